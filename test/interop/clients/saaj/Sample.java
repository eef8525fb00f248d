import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.xml.soap.SOAPConstants;
import javax.xml.soap.SOAPMessage;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Sends packages, takes what waits: Sample ADDRESS CA.pem ORGAN_ID TOKEN_FILE [PACKAGE.edxml]... */
public class Sample {
  public static void main(String[] args) throws Exception {
    Trust.only(Path.of(args[1]));
    String token = Files.readString(Path.of(args[3])).trim();
    Gateway gateway = new Gateway(args[0], args[2], token, SOAPConstants.SOAP_1_1_PROTOCOL);
    try {
      for (int at = 4; at < args.length; at++) {
        SOAPMessage send = gateway.request("SendPackage");
        byte[] content = Files.readAllBytes(Path.of(args[at]));
        Gateway.add(send, "Package", Base64.getEncoder().encodeToString(content));
        Element sent = gateway.call(send);
        Files.write(Path.of(args[at] + ".receipt.xml"), Gateway.bytes(sent, "Receipt")); // keep it: your proof
        System.out.println("sent " + Gateway.text(sent, "MessageId"));
      }
      Element page = gateway.call(gateway.request("ListPending"));
      NodeList items = page.getElementsByTagNameNS(Gateway.NAMESPACE, "Item");
      for (int at = 0; at < items.getLength(); at++) {
        String messageId = Gateway.text((Element) items.item(at), "MessageId");
        SOAPMessage get = gateway.request("GetPackage");
        Gateway.add(get, "MessageId", messageId);
        byte[] content = Gateway.bytes(gateway.call(get), "Package");
        try (FileOutputStream file = new FileOutputStream(messageId + ".edxml")) {
          file.write(content);
          file.getFD().sync(); // on disk before it is confirmed
        }
        SOAPMessage confirm = gateway.request("ConfirmReceived");
        Gateway.add(confirm, "MessageId", messageId);
        Gateway.add(confirm, "Outcome", "done");
        gateway.call(confirm);
        System.out.println("received " + messageId);
      }
    } catch (Gateway.Refused refused) {
      refused.explain();
      System.exit(1);
    }
  }
}
