import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.activation.DataHandler;
import javax.activation.FileDataSource;
import javax.xml.soap.*;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The nine operations with SAAJ: every message built by hand, nothing generated. */
public class Client {
  static final String EDXML = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

  public static void main(String[] args) throws Exception {
    Job job = Job.read();
    Trust.only(Path.of(job.get("ca")));
    Gateway sender = connect(job, "sender");
    Gateway recipient = connect(job, "recipient");
    asSender(job, sender);
    asRecipient(job, recipient);
    afterwards(job, sender);
    job.step("large", () -> {
      Element sent = sender.call(sendPackage(job, sender, job.get("largePackageFile")));
      Element got = recipient.call(withId(recipient, "GetPackage", Gateway.text(sent, "MessageId")));
      job.report("large.contentDigest", Gateway.text(sent, "ContentDigest"));
      job.report("large.sha256", Job.sha256(Gateway.bytes(got, "Package")));
    });
    job.finish();
  }

  static Gateway connect(Job job, String who) throws SOAPException {
    String protocol =
        job.get("soap").equals("1.2") ? SOAPConstants.SOAP_1_2_PROTOCOL : SOAPConstants.SOAP_1_1_PROTOCOL;
    return new Gateway(job.get("address"), job.get(who + ".organId"), job.get(who + ".token"), protocol);
  }

  static SOAPMessage sendPackage(Job job, Gateway sender, String file) throws Exception {
    if (job.get("carrier").equals("swa")) return attached(sender, file);
    SOAPMessage request = sender.request("SendPackage");
    Gateway.add(request, "Package", Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(file))));
    return request;
  }

  // sample:begin attached
  /** The package as an attachment that the element names (swaRef), read from disk while it is sent. */
  static SOAPMessage attached(Gateway gateway, String file) throws SOAPException {
    SOAPMessage request = gateway.request("SendPackage");
    AttachmentPart part = request.createAttachmentPart(new DataHandler(new FileDataSource(file)));
    part.setContentId("<package@client.example>");
    request.addAttachmentPart(part);
    Gateway.add(request, "Package", "cid:package@client.example");
    return request;
  }
  // sample:end attached

  static SOAPMessage withId(Gateway gateway, String operation, String messageId) throws SOAPException {
    SOAPMessage request = gateway.request(operation);
    Gateway.add(request, "MessageId", messageId);
    return request;
  }

  static void asSender(Job job, Gateway sender) {
    job.step("ping", () -> {
      SOAPMessage request = sender.request("Ping");
      Gateway.add(request, "Echo", job.get("echo"));
      Element pong = sender.call(request);
      job.report("ping.echo", Gateway.text(pong, "Echo"));
      job.report("ping.organId", Gateway.text(pong, "OrganId"));
    });
    job.step("sendPackage", () -> {
      Element sent = sender.call(sendPackage(job, sender, job.get("packageFile")));
      job.report("sendPackage.messageId", Gateway.text(sent, "MessageId"));
      job.report("sendPackage.duplicate", Gateway.text(sent, "Duplicate"));
      job.report("sendPackage.contentDigest", Gateway.text(sent, "ContentDigest"));
      job.reportList("sendPackage.recipients", texts(all(sent, "Delivery"), "OrganId"));
      job.report("sendPackage.receipt", Base64.getEncoder().encodeToString(Gateway.bytes(sent, "Receipt")));
      job.keep("documentId", Gateway.text(sent, "DocumentId"));
    });
    job.step("sendDocument", () -> {
      Element sent = sender.call(sendDocument(job, sender));
      job.report("sendDocument.messageId", Gateway.text(sent, "MessageId"));
      job.report("sendDocument.documentId", Gateway.text(sent, "DocumentId"));
    });
  }

  static void asRecipient(Job job, Gateway recipient) {
    job.step("listPending", () -> {
      SOAPMessage request = recipient.request("ListPending");
      Gateway.add(request, "MaxItems", "1000");
      Gateway.add(request, "Kind", "document");
      job.reportList("listPending", texts(all(recipient.call(request), "Item"), "MessageId"));
    });
    job.step("getPackage", () -> {
      Element got = recipient.call(withId(recipient, "GetPackage", job.answer("sendPackage.messageId")));
      job.report("getPackage.kind", Gateway.text(got, "Kind"));
      job.report("getPackage.sha256", Job.sha256(Gateway.bytes(got, "Package")));
    });
    job.step("confirm", () -> {
      SOAPMessage request = withId(recipient, "ConfirmReceived", job.answer("sendPackage.messageId"));
      Gateway.add(request, "Outcome", "done");
      Element confirmed = recipient.call(request);
      job.report("confirm.messageId", Gateway.text(confirmed, "MessageId"));
      job.report("confirm.outcome", Gateway.text(confirmed, "Outcome"));
    });
    job.step("sendStatus", () -> {
      SOAPMessage request = recipient.request("SendStatus");
      SOAPElement responseFor = Gateway.add(request, "ResponseFor", "");
      for (String name : List.of("OrganId", "Code")) {
        responseFor.addChildElement(name, "g").addTextNode(job.get("responseFor." + name));
      }
      responseFor.addChildElement("DocumentId", "g").addTextNode(job.answer("documentId"));
      responseFor.addChildElement("PromulgationDate", "g").addTextNode(job.get("responseFor.PromulgationDate"));
      Gateway.add(request, "StatusCode", "03");
      Gateway.add(request, "Description", job.get("echo"));
      Element sent = recipient.call(request);
      job.report("sendStatus.messageId", Gateway.text(sent, "MessageId"));
      job.report("sendStatus.duplicate", Gateway.text(sent, "Duplicate"));
    });
  }

  static void afterwards(Job job, Gateway sender) {
    job.step("traces", () -> {
      Element page = sender.call(withId(sender, "GetTraces", job.answer("sendPackage.messageId")));
      List<Element> traces = all(page, "Trace");
      for (int at = 0; at < traces.size(); at++) {
        List<Element> statuses = all(traces.get(at), "Status");
        job.report("traces." + at + ".state", Gateway.text(traces.get(at), "State"));
        job.reportList("traces." + at + ".statuses", texts(statuses, "StatusCode"));
        job.reportList("traces." + at + ".description", texts(statuses, "Description"));
      }
    });
    job.step("organizations", () -> {
      SOAPMessage request = sender.request("GetOrganizations");
      Gateway.add(request, "MaxItems", "1000");
      job.reportList("organizations", texts(all(sender.call(request), "Organization"), "OrganId"));
    });
    job.step("fault", () -> {
      try {
        sender.call(withId(sender, "GetPackage", job.answer("sendPackage.messageId")));
        throw new IllegalStateException("the call was not refused");
      } catch (Gateway.Refused refused) {
        job.report("fault.text", refused.getMessage());
        job.report("fault.code", Gateway.text(refused.detail, "Code"));
        job.report("fault.correlationId", Gateway.text(refused.detail, "CorrelationId"));
        job.report("fault.temporary", Gateway.text(refused.detail, "Temporary"));
        List<Element> issues = all(refused.detail, "Issue");
        for (int at = 0; at < issues.size(); at++) {
          Element issue = issues.get(at);
          job.reportList("fault.issues." + at, List.of(Gateway.text(issue, "Code"), Gateway.text(issue, "Text"),
              Gateway.text(issue, "TextVi"), Gateway.text(issue, "Hint")));
        }
      }
    });
  }

  /** Elements in the order of the job, which is that of the schema. */
  static SOAPMessage sendDocument(Job job, Gateway sender) throws SOAPException, IOException {
    SOAPMessage request = sender.request("SendDocument");
    SOAPElement root = (SOAPElement) request.getSOAPBody().getFirstChild();
    SOAPElement document = root.addChildElement("edXML", "e", EDXML);
    for (String key : job.keys("document.")) {
      SOAPElement at = document;
      String[] names = key.replaceAll("\\.[0-9]+(?=\\.)", "").split("\\.");
      for (int depth = 1; depth < names.length - 1; depth++) at = open(at, names[depth]);
      String last = names[names.length - 1];
      if (last.endsWith("File")) {
        at.addChildElement(last.replaceFirst("File$", ""), "e")
            .addTextNode(Base64.getEncoder().encodeToString(job.bytes(key)));
      } else {
        at.addChildElement(last, "e").addTextNode(job.get(key));
      }
    }
    return request;
  }

  /** The element that was begun last, when it has that name, else a new one; the document has single lists only. */
  static SOAPElement open(SOAPElement parent, String name) throws SOAPException {
    Node last = parent.getLastChild();
    if (last != null && name.equals(last.getLocalName())) return (SOAPElement) last;
    return parent.addChildElement(name, "e");
  }

  static List<Element> all(Element within, String name) {
    NodeList found = within.getElementsByTagNameNS(Gateway.NAMESPACE, name);
    List<Element> elements = new ArrayList<>();
    for (int at = 0; at < found.getLength(); at++) elements.add((Element) found.item(at));
    return elements;
  }

  static List<String> texts(List<Element> elements, String name) {
    List<String> texts = new ArrayList<>();
    for (Element one : elements) texts.add(Gateway.text(one, name));
    return texts;
  }
}
