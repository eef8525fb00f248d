using System;
using System.Collections.Generic;
using System.Linq;
using System.Web.Services.Protocols;
using System.Xml;

/// <summary>The nine operations with .NET, through the proxy that wsdl.exe made from the served WSDL.</summary>
public static class Client {
  public static void Main() {
    Job job = new Job();
    Authority.Trust(job["ca"]);
    EdxGateway sender = Sample.Connect(job["address"], job["sender.organId"], job["sender.token"]);
    EdxGateway recipient = Sample.Connect(job["address"], job["recipient.organId"], job["recipient.token"]);
    AsSender(job, sender);
    AsRecipient(job, recipient);
    Afterwards(job, sender);
    job.Step("large", () => {
      SendResult sent = sender.SendPackage(job.Bytes("largePackageFile"));
      PackageContent got = recipient.GetPackage(sent.MessageId);
      job.Report("large.contentDigest", sent.ContentDigest);
      job.Report("large.sha256", Job.Sha256(got.Package));
    });
    job.Finish();
  }

  static void AsSender(Job job, EdxGateway sender) {
    job.Step("ping", () => {
      Pong pong = sender.Ping(job["echo"]);
      job.Report("ping.echo", pong.Echo);
      job.Report("ping.organId", pong.OrganId);
    });
    job.Step("sendPackage", () => {
      SendResult sent = sender.SendPackage(job.Bytes("packageFile"));
      job.Report("sendPackage.messageId", sent.MessageId);
      job.Report("sendPackage.duplicate", sent.Duplicate);
      job.Report("sendPackage.contentDigest", sent.ContentDigest);
      job.ReportList("sendPackage.recipients", sent.Delivery.Select(one => one.OrganId).ToArray());
      job.Report("sendPackage.receipt", Convert.ToBase64String(sent.Receipt));
      job.Keep("documentId", sent.DocumentId);
    });
    job.Step("sendDocument", () => {
      SendResult sent = sender.SendDocument(Document(job));
      job.Report("sendDocument.messageId", sent.MessageId);
      job.Report("sendDocument.documentId", sent.DocumentId);
    });
  }

  static void AsRecipient(Job job, EdxGateway recipient) {
    job.Step("listPending", () => {
      PendingPage page = recipient.ListPending(1000, true, null, Kind.document, true);
      job.ReportList("listPending", (page.Item ?? new PendingItem[0]).Select(one => one.MessageId).ToArray());
    });
    job.Step("getPackage", () => {
      PackageContent got = recipient.GetPackage(job.Answer("sendPackage.messageId"));
      job.Report("getPackage.kind", got.Kind.ToString());
      job.Report("getPackage.sha256", Job.Sha256(got.Package));
    });
    job.Step("confirm", () => {
      Confirmation confirmed = recipient.ConfirmReceived(job.Answer("sendPackage.messageId"), Outcome.done, null);
      job.Report("confirm.messageId", confirmed.MessageId);
      job.Report("confirm.outcome", confirmed.Outcome.ToString());
    });
    job.Step("sendStatus", () => {
      StatusResponseFor responseFor = new StatusResponseFor {
        OrganId = job["responseFor.OrganId"],
        Code = job["responseFor.Code"],
        DocumentId = job.Answer("documentId"),
        PromulgationDate = job["responseFor.PromulgationDate"],
      };
      SendResult sent = recipient.SendStatus(responseFor, StatusCode.Item03, job["echo"], null, null);
      job.Report("sendStatus.messageId", sent.MessageId);
      job.Report("sendStatus.duplicate", sent.Duplicate);
    });
  }

  static void Afterwards(Job job, EdxGateway sender) {
    job.Step("traces", () => {
      TracePage page = sender.GetTraces(
          job.Answer("sendPackage.messageId"), null, DateTime.MinValue, false, null, 0, false);
      for (int at = 0; at < page.Trace.Length; at++) {
        TraceStatus[] statuses = page.Trace[at].Status ?? new TraceStatus[0];
        job.Report("traces." + at + ".state", page.Trace[at].State.ToString());
        // Values that are no names become members such as Item03.
        job.ReportList("traces." + at + ".statuses",
            statuses.Select(one => one.StatusCode.ToString().Replace("Item", "")).ToArray());
        job.ReportList("traces." + at + ".description", statuses.Select(one => one.Description).ToArray());
      }
    });
    job.Step("organizations", () => {
      OrganizationPage page = sender.GetOrganizations(DateTime.MinValue, false, null, 1000, true);
      job.ReportList("organizations", page.Organization.Select(one => one.OrganId).ToArray());
    });
    job.Step("fault", () => {
      try {
        sender.GetPackage(job.Answer("sendPackage.messageId"));
      } catch (SoapException refused) {
        ReportFault(job, refused);
        return;
      }
      throw new Exception("the call was not refused");
    });
  }

  static void ReportFault(Job job, SoapException refused) {
    XmlElement fault = refused.Detail["GatewayFault", "urn:edxgate:gateway:1"];
    job.Report("fault.text", refused.Message);
    foreach (string name in new[] { "Code", "CorrelationId", "Temporary" }) {
      job.Report("fault." + char.ToLowerInvariant(name[0]) + name.Substring(1), fault[name].InnerText);
    }
    int at = 0;
    foreach (XmlElement issue in fault.GetElementsByTagName("Issue", "urn:edxgate:gateway:1")) {
      string[] names = { "Code", "Text", "TextVi", "Hint" };
      job.ReportList("fault.issues." + at, names.Select(name => issue[name].InnerText).ToArray());
      at += 1;
    }
  }

  static DocumentPackage Document(Job job) {
    return new DocumentPackage {
      edXMLEnvelope = new DocumentEnvelope {
        edXMLHeader = new DocumentEnvelopeHeader {
          MessageHeader = Header(job, "document.edXMLEnvelope.edXMLHeader.MessageHeader."),
          TraceHeaderList = Hops(job, "document.edXMLEnvelope.edXMLHeader.TraceHeaderList."),
        },
        edXMLBody = new Body {
          edXMLManifest = new Manifest {
            Reference = new[] { Reference(job, "document.edXMLEnvelope.edXMLBody.edXMLManifest.Reference.0.") },
          },
        },
      },
      AttachmentEncoded = new AttachmentEncoded {
        Attachment = new[] { OneAttachment(job, "document.AttachmentEncoded.Attachment.0.") },
      },
    };
  }

  static DocumentHeader Header(Job job, string key) {
    return new DocumentHeader {
      From = OneOrganization(job, key + "From."),
      To = new[] { OneOrganization(job, key + "To.0.") },
      DocumentId = job[key + "DocumentId"],
      Code = new DocumentCode {
        CodeNumber = job[key + "Code.CodeNumber"],
        CodeNotation = job[key + "Code.CodeNotation"],
      },
      PromulgationInfo = new PromulgationInfo {
        Place = job[key + "PromulgationInfo.Place"],
        PromulgationDate = job[key + "PromulgationInfo.PromulgationDate"],
      },
      DocumentType = new DocumentType {
        Type = int.Parse(job[key + "DocumentType.Type"]),
        TypeName = job[key + "DocumentType.TypeName"],
      },
      Subject = job[key + "Subject"],
      SignerInfo = new SignerInfo { FullName = job[key + "SignerInfo.FullName"] },
      OtherInfo = new OtherInfo {
        Priority = (Priority) Enum.Parse(typeof(Priority), "Item" + job[key + "OtherInfo.Priority"]),
      },
    };
  }

  static Organization OneOrganization(Job job, string key) {
    return new Organization { OrganId = job[key + "OrganId"], OrganName = job[key + "OrganName"] };
  }

  static TraceHeaderList Hops(Job job, string key) {
    return new TraceHeaderList {
      TraceHeader = new[] {
        new TraceHeader {
          OrganId = job[key + "TraceHeader.0.OrganId"],
          Timestamp = job[key + "TraceHeader.0.Timestamp"],
        },
      },
      Bussiness = new Bussiness {
        BussinessDocType = (BussinessDocType) Enum.Parse(
            typeof(BussinessDocType), "Item" + job[key + "Bussiness.BussinessDocType"]),
      },
    };
  }

  static ManifestReference Reference(Job job, string key) {
    return new ManifestReference {
      ContentId = job[key + "ContentId"],
      ContentType = job[key + "ContentType"],
      AttachmentName = job[key + "AttachmentName"],
    };
  }

  static Attachment OneAttachment(Job job, string key) {
    return new Attachment {
      ContentId = job[key + "ContentId"],
      AttachmentName = job[key + "AttachmentName"],
      ContentType = job[key + "ContentType"],
      ContentTransferEncoded = job.Bytes(key + "ContentTransferEncodedFile"),
    };
  }
}
