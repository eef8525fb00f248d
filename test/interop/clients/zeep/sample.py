"""Sends a package, takes what waits: sample.py WSDL CA.pem ORGAN_ID TOKEN_FILE [PACKAGE.edxml]"""

import sys
from pathlib import Path

from requests import Session
from requests.auth import HTTPBasicAuth
from zeep import Client, Settings
from zeep.exceptions import Fault
from zeep.transports import Transport


def connect(wsdl, ca, organ_id, token):
    session = Session()
    session.verify = ca  # the authority of the gateway's certificate; never False
    session.trust_env = False  # or REQUESTS_CA_BUNDLE and proxies of the environment win
    session.auth = HTTPBasicAuth(organ_id, token)
    transport = Transport(session=session, timeout=30, operation_timeout=120)
    # Without xml_huge_tree lxml refuses packages beyond about 7 MB.
    return Client(wsdl, transport=transport, settings=Settings(xml_huge_tree=True))


def refusal(client, fault):
    """The GatewayFault: Code, CorrelationId, Temporary, RetryAfterSeconds, Issue."""
    return client.wsdl.types.deserialize(fault.detail[0])


def main(wsdl, ca, organ_id, token_file, *files):
    client = connect(wsdl, ca, organ_id, Path(token_file).read_text().strip())
    gateway = client.service
    try:
        for file in files:
            sent = gateway.SendPackage(Package=Path(file).read_bytes())
            print("sent", sent.MessageId, sent.ContentDigest)
            Path(f"{file}.receipt.xml").write_bytes(sent.Receipt)  # keep it: your proof
        for item in gateway.ListPending(MaxItems=100).Item:
            got = gateway.GetPackage(MessageId=item.MessageId)
            Path(f"{item.MessageId}.edxml").write_bytes(got.Package)
            # Only now that the bytes are on disk:
            gateway.ConfirmReceived(MessageId=item.MessageId, Outcome="done")
            print("received", item.MessageId, item.Subject)
    except Fault as fault:
        detail = refusal(client, fault)
        print(detail.Code, detail.CorrelationId, "try again" if detail.Temporary else "final")
        for issue in detail.Issue:
            print(f"  {issue.Code} at {issue.Path}: {issue.Text} ({issue.Hint})")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
