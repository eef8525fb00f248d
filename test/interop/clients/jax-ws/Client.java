import gateway.*;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.activation.DataHandler;
import javax.activation.FileDataSource;

/** The nine operations with JAX-WS RI, through classes that wsimport made from the served WSDL. */
public class Client {
  public static void main(String[] args) throws Exception {
    Job job = Job.read();
    Trust.only(Path.of(job.get("ca")));
    EdxGatewayPortType sender = connect(job, "sender");
    EdxGatewayPortType recipient = connect(job, "recipient");
    asSender(job, sender);
    asRecipient(job, recipient);
    afterwards(job, sender);
    job.step("large", () -> {
      SendResult sent = sender.sendPackage(file(job.get("largePackageFile")));
      PackageContent got = recipient.getPackage(sent.getMessageId());
      job.report("large.contentDigest", sent.getContentDigest());
      job.report("large.sha256", Job.sha256(bytes(got.getPackage())));
    });
    job.finish();
  }

  static EdxGatewayPortType connect(Job job, String who) throws Exception {
    boolean mtom = job.get("carrier").equals("mtom");
    return Sample.connect(job.get("wsdl"), job.get(who + ".organId"), job.get(who + ".token"), mtom);
  }

  static void asSender(Job job, EdxGatewayPortType sender) {
    job.step("ping", () -> {
      Pong pong = sender.ping(job.get("echo"));
      job.report("ping.echo", pong.getEcho());
      job.report("ping.organId", pong.getOrganId());
    });
    job.step("sendPackage", () -> {
      SendResult sent = sender.sendPackage(file(job.get("packageFile")));
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

  static void asRecipient(Job job, EdxGatewayPortType recipient) {
    job.step("listPending", () -> {
      List<String> ids = new ArrayList<>();
      for (PendingItem item : recipient.listPending(1000, null, Kind.DOCUMENT).getItem()) ids.add(item.getMessageId());
      job.reportList("listPending", ids);
    });
    job.step("getPackage", () -> {
      PackageContent got = recipient.getPackage(job.answer("sendPackage.messageId"));
      job.report("getPackage.kind", got.getKind().value());
      job.report("getPackage.sha256", Job.sha256(bytes(got.getPackage())));
    });
    job.step("confirm", () -> {
      Confirmation confirmed = recipient.confirmReceived(job.answer("sendPackage.messageId"), Outcome.DONE, null);
      job.report("confirm.messageId", confirmed.getMessageId());
      job.report("confirm.outcome", confirmed.getOutcome().value());
    });
    job.step("sendStatus", () -> {
      StatusResponseFor responseFor = new StatusResponseFor();
      responseFor.setOrganId(job.get("responseFor.OrganId"));
      responseFor.setCode(job.get("responseFor.Code"));
      responseFor.setDocumentId(job.answer("documentId"));
      responseFor.setPromulgationDate(job.get("responseFor.PromulgationDate"));
      SendResult sent = recipient.sendStatus(responseFor, "03", job.get("echo"), null, null);
      job.report("sendStatus.messageId", sent.getMessageId());
      job.report("sendStatus.duplicate", sent.isDuplicate());
    });
  }

  static void afterwards(Job job, EdxGatewayPortType sender) {
    job.step("traces", () -> {
      List<DeliveryTrace> traces =
          sender.getTraces(job.answer("sendPackage.messageId"), null, null, null, null).getTrace();
      for (int at = 0; at < traces.size(); at++) {
        List<String> codes = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (TraceStatus status : traces.get(at).getStatus()) {
          codes.add(status.getStatusCode());
          texts.add(status.getDescription());
        }
        job.report("traces." + at + ".state", traces.get(at).getState().value());
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
      } catch (GatewayFaultMessage refused) {
        GatewayFault fault = refused.getFaultInfo();
        job.report("fault.text", refused.getMessage());
        job.report("fault.code", fault.getCode());
        job.report("fault.correlationId", fault.getCorrelationId());
        job.report("fault.temporary", fault.isTemporary());
        for (int at = 0; at < fault.getIssue().size(); at++) {
          Issue issue = fault.getIssue().get(at);
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
    message.getTo().add(organization(job, header + "To.0."));
    message.setDocumentId(job.get(header + "DocumentId"));
    message.setCode(new DocumentCode());
    message.getCode().setCodeNumber(job.get(header + "Code.CodeNumber"));
    message.getCode().setCodeNotation(job.get(header + "Code.CodeNotation"));
    message.setPromulgationInfo(new PromulgationInfo());
    message.getPromulgationInfo().setPlace(job.get(header + "PromulgationInfo.Place"));
    message.getPromulgationInfo().setPromulgationDate(job.get(header + "PromulgationInfo.PromulgationDate"));
    message.setDocumentType(new DocumentType());
    message.getDocumentType().setType(Integer.parseInt(job.get(header + "DocumentType.Type")));
    message.getDocumentType().setTypeName(job.get(header + "DocumentType.TypeName"));
    message.setSubject(job.get(header + "Subject"));
    message.setSignerInfo(new SignerInfo());
    message.getSignerInfo().setFullName(job.get(header + "SignerInfo.FullName"));
    message.setOtherInfo(new OtherInfo());
    message.getOtherInfo().setPriority(job.get(header + "OtherInfo.Priority"));

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
    organization.setOrganId(job.get(key + "OrganId"));
    organization.setOrganName(job.get(key + "OrganName"));
    return organization;
  }

  static TraceHeaderList hops(Job job) {
    String list = "document.edXMLEnvelope.edXMLHeader.TraceHeaderList.";
    TraceHeader hop = new TraceHeader();
    hop.setOrganId(job.get(list + "TraceHeader.0.OrganId"));
    hop.setTimestamp(job.get(list + "TraceHeader.0.Timestamp"));
    TraceHeaderList hops = new TraceHeaderList();
    hops.getTraceHeader().add(hop);
    hops.setBussiness(new Bussiness());
    hops.getBussiness().setBussinessDocType(job.get(list + "Bussiness.BussinessDocType"));
    return hops;
  }

  static Body manifest(Job job) {
    String key = "document.edXMLEnvelope.edXMLBody.edXMLManifest.Reference.0.";
    ManifestReference reference = new ManifestReference();
    reference.setContentId(job.get(key + "ContentId"));
    reference.setContentType(job.get(key + "ContentType"));
    reference.setAttachmentName(job.get(key + "AttachmentName"));
    Body body = new Body();
    body.setEdXMLManifest(new Manifest());
    body.getEdXMLManifest().getReference().add(reference);
    return body;
  }

  static AttachmentEncoded attachments(Job job) throws IOException {
    String key = "document.AttachmentEncoded.Attachment.0.";
    Attachment attachment = new Attachment();
    attachment.setContentId(job.get(key + "ContentId"));
    attachment.setAttachmentName(job.get(key + "AttachmentName"));
    attachment.setContentType(job.get(key + "ContentType"));
    attachment.setContentTransferEncoded(job.bytes(key + "ContentTransferEncodedFile"));
    AttachmentEncoded attachments = new AttachmentEncoded();
    attachments.getAttachment().add(attachment);
    return attachments;
  }

  static DataHandler file(String path) {
    return new DataHandler(new FileDataSource(path));
  }

  static byte[] bytes(DataHandler content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    content.writeTo(bytes);
    return bytes.toByteArray();
  }
}
