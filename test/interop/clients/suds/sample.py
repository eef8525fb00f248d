"""Sends a package, takes what waits: sample.py WSDL CA.pem ORGAN_ID TOKEN_FILE [PACKAGE.edxml]"""

import base64
import ssl
import sys
import urllib.request
from pathlib import Path

from suds import WebFault
from suds.cache import NoCache
from suds.client import Client
from suds.transport.http import HttpAuthenticated


class Transport(HttpAuthenticated):
    """Basic with the first request, over TLS with an authority of one's own."""

    def __init__(self, ca, **options):
        super().__init__(**options)
        self.context = ssl.create_default_context(cafile=ca)  # this authority, no other

    def u2handlers(self):
        # No proxy of the environment; then our authority.
        tls = urllib.request.HTTPSHandler(context=self.context)
        return [urllib.request.ProxyHandler({}), tls]


def connect(wsdl, ca, organ_id, token):
    transport = Transport(ca, username=organ_id, password=token)
    return Client(wsdl, transport=transport, cache=NoCache(), timeout=120)


def listed(value):
    """suds leaves out what is not there."""
    return value if isinstance(value, list) else []


def refusal(fault):
    """The GatewayFault: Code, CorrelationId, Temporary, RetryAfterSeconds, Issue. Texts, all of them."""
    return fault.fault.detail.GatewayFault


def main(wsdl, ca, organ_id, token_file, *files):
    gateway = connect(wsdl, ca, organ_id, Path(token_file).read_text().strip()).service
    try:
        for file in files:
            # suds does not encode: a base64Binary is a text.
            package = base64.b64encode(Path(file).read_bytes()).decode()
            sent = gateway.SendPackage(Package=package)
            print("sent", sent.MessageId, sent.ContentDigest)
            Path(f"{file}.receipt.xml").write_bytes(base64.b64decode(sent.Receipt))  # your proof
        for item in listed(getattr(gateway.ListPending(MaxItems=100), "Item", None)):
            got = gateway.GetPackage(MessageId=item.MessageId)
            Path(f"{item.MessageId}.edxml").write_bytes(base64.b64decode(got.Package))
            # Only now that the bytes are on disk:
            gateway.ConfirmReceived(MessageId=item.MessageId, Outcome="done")
            print("received", item.MessageId, item.FromOrganId)
    except WebFault as fault:
        detail = refusal(fault)
        again = "try again" if str(detail.Temporary).lower() == "true" else "final"
        print(detail.Code, detail.CorrelationId, again)
        issues = detail.Issue if isinstance(detail.Issue, list) else [detail.Issue]
        for issue in issues:
            print(f"  {issue.Code} at {issue.Path}: {issue.Text} ({issue.Hint})")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
