"""The job of test/interop/README.md with suds, on top of the sample."""

import base64
import hashlib
import json
import sys

from sample import connect, listed, refusal
from suds import WebFault


def client_of(job, caller):
    return connect(job["wsdl"], job["ca"], caller["organId"], caller["token"])


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def decoded(value):
    return base64.b64decode(str(value))


def truth(value):
    """In a fault's detail everything is a text."""
    return str(value).lower() == "true"


class Steps:
    def __init__(self, job):
        self.job = job
        self.sender = client_of(job, job["sender"])
        self.recipient = client_of(job, job["recipient"])
        self.sent = None

    def ping(self):
        pong = self.sender.service.Ping(Echo=self.job["echo"])
        return {"echo": pong.Echo, "organId": pong.OrganId}

    def sendPackage(self):
        sent = self.sent = self.sender.service.SendPackage(Package=self.job["package"])
        return {
            "messageId": sent.MessageId,
            "duplicate": sent.Duplicate,
            "contentDigest": sent.ContentDigest,
            "recipients": [one.OrganId for one in sent.Delivery],
            "receipt": sent.Receipt,
        }

    def sendDocument(self):
        sent = self.sender.service.SendDocument(edXML=self.job["document"])
        return {"messageId": sent.MessageId, "documentId": sent.DocumentId}

    def listPending(self):
        page = self.recipient.service.ListPending(MaxItems=1000, Kind="document")
        return [one.MessageId for one in page.Item]

    def getPackage(self):
        got = self.recipient.service.GetPackage(MessageId=self.sent.MessageId)
        return {"kind": got.Kind, "sha256": sha256(decoded(got.Package))}

    def confirm(self):
        service = self.recipient.service
        done = service.ConfirmReceived(MessageId=self.sent.MessageId, Outcome="done")
        return {"messageId": done.MessageId, "outcome": done.Outcome}

    def sendStatus(self):
        status = self.recipient.service.SendStatus(
            ResponseFor={**self.job["responseFor"], "DocumentId": self.sent.DocumentId},
            StatusCode="03",
            Description=self.job["echo"],
        )
        return {"messageId": status.MessageId, "duplicate": status.Duplicate}

    def traces(self):
        page = self.sender.service.GetTraces(MessageId=self.sent.MessageId)
        return [
            {
                "state": one.State,
                "statuses": [status.StatusCode for status in listed(getattr(one, "Status", None))],
                "description": [status.Description for status in listed(getattr(one, "Status", None))],
            }
            for one in page.Trace
        ]

    def organizations(self):
        page = self.sender.service.GetOrganizations(MaxItems=1000)
        return [one.OrganId for one in page.Organization]

    def fault(self):
        try:
            self.sender.service.GetPackage(MessageId=self.sent.MessageId)
            return None
        except WebFault as fault:
            detail = refusal(fault)
            issues = detail.Issue if isinstance(detail.Issue, list) else [detail.Issue]
            return {
                "text": fault.fault.faultstring,
                "code": detail.Code,
                "correlationId": detail.CorrelationId,
                "temporary": truth(detail.Temporary),
                "issues": [[one.Code, one.Text, one.TextVi, one.Hint] for one in issues],
            }

    def large(self):
        sent = self.sender.service.SendPackage(Package=self.job["largePackage"])
        got = self.recipient.service.GetPackage(MessageId=sent.MessageId)
        return {"contentDigest": sent.ContentDigest, "sha256": sha256(decoded(got.Package))}


ORDER = (
    "ping sendPackage sendDocument listPending getPackage confirm sendStatus traces"
    " organizations fault large"
)


def main():
    steps = Steps(json.load(sys.stdin))
    report = {}
    for name in ORDER.split():
        try:
            report[name] = getattr(steps, name)()
        except Exception as error:  # the job goes on; the reason is the result of this step
            report[name] = {"failed": f"{type(error).__name__}: {error}"}
    json.dump(report, sys.stdout)


main()
