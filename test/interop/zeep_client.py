"""The nine operations with zeep, from the served WSDL.

Reads one JSON object on standard input (see test/support/interop.ts), writes one on standard output.
Run it with the python that has zeep: /usr/bin/python3 on Debian (package python3-zeep).
"""

import base64
import hashlib
import json
import sys

from requests import Session
from requests.auth import HTTPBasicAuth
from zeep import Client
from zeep.exceptions import Fault
from zeep.transports import Transport


def client_of(job, caller):
    session = Session()
    session.trust_env = False
    session.auth = HTTPBasicAuth(caller["organId"], caller["token"])
    return Client(job["wsdl"], transport=Transport(session=session))


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def typed(value, key=""):
    """JSON has no bytes: the content of attachments comes as base64 text."""
    if isinstance(value, dict):
        return {name: typed(child, name) for name, child in value.items()}
    if isinstance(value, list):
        return [typed(child, key) for child in value]
    return base64.b64decode(value) if key == "ContentTransferEncoded" else value


def main():
    job = json.load(sys.stdin)
    sender = client_of(job, job["sender"])
    recipient = client_of(job, job["recipient"])
    done = {}

    pong = sender.service.Ping(Echo=job["echo"])
    done["ping"] = {"echo": pong.Echo, "organId": pong.OrganId}

    package = base64.b64decode(job["package"])
    sent = sender.service.SendPackage(Package=package)
    done["sendPackage"] = {
        "messageId": sent.MessageId,
        "duplicate": sent.Duplicate,
        "contentDigest": sent.ContentDigest,
        "recipients": [one.OrganId for one in sent.Delivery],
        "receipt": base64.b64encode(sent.Receipt).decode(),
    }

    inline = sender.service.SendDocument(edXML=typed(job["document"]))
    done["sendDocument"] = {"messageId": inline.MessageId, "documentId": inline.DocumentId}

    page = recipient.service.ListPending(MaxItems=1000, Kind="document")
    done["listPending"] = [one.MessageId for one in page.Item]

    got = recipient.service.GetPackage(MessageId=sent.MessageId)
    done["getPackage"] = {"kind": got.Kind, "sha256": sha256(got.Package)}

    confirmed = recipient.service.ConfirmReceived(MessageId=sent.MessageId, Outcome="done")
    done["confirm"] = {"messageId": confirmed.MessageId, "outcome": confirmed.Outcome}

    status = recipient.service.SendStatus(
        ResponseFor={**job["responseFor"], "DocumentId": sent.DocumentId},
        StatusCode="03",
        Description=job["echo"],
    )
    done["sendStatus"] = {"messageId": status.MessageId, "duplicate": status.Duplicate}

    traces = sender.service.GetTraces(MessageId=sent.MessageId)
    done["traces"] = [
        {
            "state": one.State,
            "statuses": [status.StatusCode for status in one.Status],
            "description": [status.Description for status in one.Status],
        }
        for one in traces.Trace
    ]

    organizations = sender.service.GetOrganizations(MaxItems=1000)
    done["organizations"] = [one.OrganId for one in organizations.Organization]

    try:
        sender.service.GetPackage(MessageId=sent.MessageId)
        done["fault"] = None
    except Fault as fault:
        detail = sender.wsdl.types.deserialize(fault.detail[0])
        done["fault"] = {
            "text": fault.message,
            "code": detail.Code,
            "correlationId": detail.CorrelationId,
            "temporary": detail.Temporary,
            "issues": [[one.Code, one.Text, one.TextVi, one.Hint] for one in detail.Issue],
        }

    large = base64.b64decode(job["largePackage"])
    large_sent = sender.service.SendPackage(Package=large)
    large_got = recipient.service.GetPackage(MessageId=large_sent.MessageId)
    done["large"] = {
        "contentDigest": large_sent.ContentDigest,
        "sha256": sha256(large_got.Package),
    }

    json.dump(done, sys.stdout)


main()
