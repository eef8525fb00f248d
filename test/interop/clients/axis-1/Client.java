import edxml.*;
import gateway.*;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Hashtable;
import java.util.List;
import javax.activation.DataHandler;
import javax.activation.FileDataSource;
import org.apache.axis.MessageContext;
import org.apache.axis.transport.http.HTTPConstants;
import org.apache.axis.types.Token;

/** The nine operations with Axis 1.4, through classes that WSDL2Java made from the served WSDL. */
public class Client {
  public static void main(String[] args) throws Exception {
    Job job = Job.read();
    Trust.only(Path.of(job.get("ca")));
    EdxGatewayBinding11Stub sender = connect(job, "sender");
    EdxGatewayBinding11Stub recipient = connect(job, "recipient");
    asSender(job, sender);
    asRecipient(job, recipient);
    afterwards(job, sender);
    job.step("large", () -> {
      SendResult sent = send(job, sender, job.get("largePackageFile"));
      PackageContent got = recipient.getPackage(sent.getMessageId());
      job.report("large.contentDigest", sent.getContentDigest());
      job.report("large.sha256", Job.sha256(got.get_package()));
    });
    job.finish();
  }

  static EdxGatewayBinding11Stub connect(Job job, String who) throws Exception {
    return Sample.connect(job.get("address"), job.get(who + ".organId"), job.get(who + ".token"));
  }

  static SendResult send(Job job, EdxGatewayBinding11Stub sender, String file) throws IOException {
    if (job.get("carrier").equals("swa")) return sendAttached(sender, file);
    return sender.sendPackage(Files.readAllBytes(Path.of(file)));
  }

  // sample:begin attached
  /** The package as an attachment of its own, read from disk while it is sent. */
  static SendResult sendAttached(EdxGatewayBinding11Stub gateway, String file) throws IOException {
    // With newer JavaMail (1.6) the Content-Length that Axis writes is too small: send in chunks instead.
    Hashtable<String, String> chunked = new Hashtable<>();
    chunked.put(HTTPConstants.HEADER_TRANSFER_ENCODING, HTTPConstants.HEADER_TRANSFER_ENCODING_CHUNKED);
    gateway._setProperty(HTTPConstants.REQUEST_HEADERS, chunked);
    gateway._setProperty(MessageContext.HTTP_TRANSPORT_VERSION, HTTPConstants.HEADER_PROTOCOL_V11);
    gateway.addAttachment(new DataHandler(new FileDataSource(file)));
    try {
      return gateway.sendPackage(new byte[0]);
    } finally {
      gateway.clearAttachments(); // else the next call sends it again
    }
  }
  // sample:end attached

  static void asSender(Job job, EdxGatewayBinding11Stub sender) {
    job.step("ping", () -> {
      Pong pong = sender.ping(job.get("echo"));
      job.report("ping.echo", pong.getEcho());
      job.report("ping.organId", pong.getOrganId());
    });
    job.step("sendPackage", () -> {
      SendResult sent = send(job, sender, job.get("packageFile"));
      List<String> recipients = new ArrayList<>();
      for (RecipientDelivery delivery : sent.getDelivery()) recipients.add(delivery.getOrganId());
      job.report("sendPackage.messageId", sent.getMessageId());
      job.report("sendPackage.duplicate", sent.isDuplicate());
      job.report("sendPackage.contentDigest", sent.getContentDigest());
      job.reportList("sendPackage.recipients", recipients);
      job.report("sendPackage.receipt", Base64.getEncoder().encodeToString(sent.getReceipt()));
      job.keep("documentId", sent.getDocumentId());
    });
    job.step("sendDocument", () -> {
      SendResult sent = sender.sendDocument(document(job));
      job.report("sendDocument.messageId", sent.getMessageId());
      job.report("sendDocument.documentId", sent.getDocumentId());
    });
  }

  static void asRecipient(Job job, EdxGatewayBinding11Stub recipient) {
    job.step("listPending", () -> {
      List<String> ids = new ArrayList<>();
      PendingItem[] items = recipient.listPending(1000, null, Kind.document).getItem();
      for (PendingItem item : items == null ? new PendingItem[0] : items) ids.add(item.getMessageId());
      job.reportList("listPending", ids);
    });
    job.step("getPackage", () -> {
      PackageContent got = recipient.getPackage(job.answer("sendPackage.messageId"));
      job.report("getPackage.kind", got.getKind().getValue());
      job.report("getPackage.sha256", Job.sha256(got.get_package()));
    });
    job.step("confirm", () -> {
      Confirmation confirmed = recipient.confirmReceived(job.answer("sendPackage.messageId"), Outcome.done, null);
      job.report("confirm.messageId", confirmed.getMessageId());
      job.report("confirm.outcome", confirmed.getOutcome().getValue());
    });
    job.step("sendStatus", () -> {
      StatusResponseFor responseFor = new StatusResponseFor();
      responseFor.setOrganId(job.get("responseFor.OrganId"));
      responseFor.setCode(job.get("responseFor.Code"));
      responseFor.setDocumentId(job.answer("documentId"));
      responseFor.setPromulgationDate(job.get("responseFor.PromulgationDate"));
      SendResult sent =
          recipient.sendStatus(responseFor, StatusCode.fromString("03"), job.get("echo"), null, null);
      job.report("sendStatus.messageId", sent.getMessageId());
      job.report("sendStatus.duplicate", sent.isDuplicate());
    });
  }

  static void afterwards(Job job, EdxGatewayBinding11Stub sender) {
    job.step("traces", () -> {
      DeliveryTrace[] traces =
          sender.getTraces(job.answer("sendPackage.messageId"), null, null, null, null).getTrace();
      for (int at = 0; at < traces.length; at++) {
        List<String> codes = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        TraceStatus[] statuses = traces[at].getStatus();
        for (TraceStatus status : statuses == null ? new TraceStatus[0] : statuses) {
          codes.add(status.getStatusCode().toString());
          texts.add(status.getDescription());
        }
        job.report("traces." + at + ".state", traces[at].getState().getValue());
        job.reportList("traces." + at + ".statuses", codes);
        job.reportList("traces." + at + ".description", texts);
      }
    });
    job.step("organizations", () -> {
      List<String> ids = new ArrayList<>();
      OrganizationPage page = sender.getOrganizations(null, null, 1000);
      for (DirectoryOrganization one : page.getOrganization()) ids.add(one.getOrganId());
      job.reportList("organizations", ids);
    });
    job.step("fault", () -> {
      try {
        sender.getPackage(job.answer("sendPackage.messageId"));
        throw new IllegalStateException("the call was not refused");
      } catch (GatewayFault refused) {
        job.report("fault.text", refused.getFaultString());
        job.report("fault.code", refused.getCode());
        job.report("fault.correlationId", refused.getCorrelationId());
        job.report("fault.temporary", refused.isTemporary());
        for (int at = 0; at < refused.getIssue().length; at++) {
          Issue issue = refused.getIssue(at);
          job.reportList("fault.issues." + at,
              List.of(issue.getCode(), issue.getText(), issue.getTextVi(), issue.getHint()));
        }
      }
    });
  }

  static DocumentPackage document(Job job) throws IOException {
    String header = "document.edXMLEnvelope.edXMLHeader.MessageHeader.";
    DocumentHeader message = new DocumentHeader();
    message.setFrom(organization(job, header + "From."));
    message.setTo(new Organization[] {organization(job, header + "To.0.")});
    message.setDocumentId(job.get(header + "DocumentId"));
    message.setCode(new DocumentCode(job.get(header + "Code.CodeNumber"), job.get(header + "Code.CodeNotation")));
    message.setPromulgationInfo(new PromulgationInfo());
    message.getPromulgationInfo().setPlace(job.get(header + "PromulgationInfo.Place"));
    message.getPromulgationInfo().setPromulgationDate(new Token(job.get(header + "PromulgationInfo.PromulgationDate")));
    message.setDocumentType(new DocumentType());
    message.getDocumentType().setType(Integer.parseInt(job.get(header + "DocumentType.Type")));
    message.getDocumentType().setTypeName(job.get(header + "DocumentType.TypeName"));
    message.setSubject(job.get(header + "Subject"));
    message.setSignerInfo(new SignerInfo());
    message.getSignerInfo().setFullName(job.get(header + "SignerInfo.FullName"));
    message.setOtherInfo(new OtherInfo());
    message.getOtherInfo().setPriority(Priority.fromString(job.get(header + "OtherInfo.Priority")));

    DocumentEnvelope envelope = new DocumentEnvelope();
    envelope.setEdXMLHeader(new DocumentEnvelopeHeader());
    envelope.getEdXMLHeader().setMessageHeader(message);
    envelope.getEdXMLHeader().setTraceHeaderList(hops(job));
    envelope.setEdXMLBody(manifest(job));
    DocumentPackage document = new DocumentPackage();
    document.setEdXMLEnvelope(envelope);
    document.setAttachmentEncoded(attachments(job));
    return document;
  }

  static Organization organization(Job job, String key) {
    Organization organization = new Organization();
    organization.setOrganId(new Token(job.get(key + "OrganId")));
    organization.setOrganName(job.get(key + "OrganName"));
    return organization;
  }

  static TraceHeaderList hops(Job job) {
    String list = "document.edXMLEnvelope.edXMLHeader.TraceHeaderList.";
    TraceHeader hop = new TraceHeader();
    hop.setOrganId(new Token(job.get(list + "TraceHeader.0.OrganId")));
    hop.setTimestamp(new Token(job.get(list + "TraceHeader.0.Timestamp")));
    TraceHeaderList hops = new TraceHeaderList();
    hops.setTraceHeader(new TraceHeader[] {hop});
    hops.setBussiness(new Bussiness());
    hops.getBussiness().setBussinessDocType(
        BussinessDocType.fromString(job.get(list + "Bussiness.BussinessDocType")));
    return hops;
  }

  static Body manifest(Job job) {
    String key = "document.edXMLEnvelope.edXMLBody.edXMLManifest.Reference.0.";
    ManifestReference reference = new ManifestReference();
    reference.setContentId(job.get(key + "ContentId"));
    reference.setContentType(job.get(key + "ContentType"));
    reference.setAttachmentName(job.get(key + "AttachmentName"));
    Body body = new Body();
    body.setEdXMLManifest(new ManifestReference[] {reference});
    return body;
  }

  static Attachment[] attachments(Job job) throws IOException {
    String key = "document.AttachmentEncoded.Attachment.0.";
    Attachment attachment = new Attachment();
    attachment.setContentId(job.get(key + "ContentId"));
    attachment.setAttachmentName(job.get(key + "AttachmentName"));
    attachment.setContentType(job.get(key + "ContentType"));
    attachment.setContentTransferEncoded(job.bytes(key + "ContentTransferEncodedFile"));
    return new Attachment[] {attachment};
  }
}
