import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.xml.namespace.QName;
import javax.xml.soap.*;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Messages to the gateway, built and read by hand. */
public class Gateway {
  static final String NAMESPACE = "urn:edxgate:gateway:1";
  final String address;
  final String authorization;
  final MessageFactory messages;

  Gateway(String address, String organId, String token, String protocol) throws SOAPException {
    byte[] credentials = (organId + ":" + token).getBytes(StandardCharsets.UTF_8);
    this.address = address;
    authorization = "Basic " + Base64.getEncoder().encodeToString(credentials);
    messages = MessageFactory.newInstance(protocol);
    System.setProperty("sun.net.client.defaultConnectTimeout", "10000"); // milliseconds; else it waits for ever
    System.setProperty("sun.net.client.defaultReadTimeout", "120000");
  }

  SOAPMessage request(String operation) throws SOAPException {
    SOAPMessage message = messages.createMessage();
    message.getSOAPBody().addBodyElement(new QName(NAMESPACE, operation, "g"));
    message.getMimeHeaders().setHeader("Authorization", authorization);
    message.getMimeHeaders().setHeader("SOAPAction", "\"\"");
    return message;
  }

  static SOAPElement add(SOAPMessage request, String name, String value) throws SOAPException {
    SOAPElement operation = (SOAPElement) request.getSOAPBody().getFirstChild();
    return operation.addChildElement(name, "g").addTextNode(value);
  }

  Element call(SOAPMessage request) throws SOAPException, Refused {
    SOAPConnection connection = SOAPConnectionFactory.newInstance().createConnection();
    try {
      SOAPBody body = connection.call(request, address).getSOAPBody();
      if (body.hasFault()) throw new Refused(body.getFault());
      return (Element) body.getFirstChild();
    } finally {
      connection.close();
    }
  }

  static String text(Element within, String name) {
    NodeList found = within.getElementsByTagNameNS(NAMESPACE, name);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent();
  }

  static byte[] bytes(Element within, String name) {
    return Base64.getMimeDecoder().decode(text(within, name));
  }

  static class Refused extends Exception {
    final Element detail;

    Refused(SOAPFault fault) {
      super(fault.getFaultString());
      Element detail = fault.getDetail();
      this.detail = detail == null ? fault : detail;
    }

    void explain() {
      System.out.println(text(detail, "Code") + " [" + text(detail, "CorrelationId") + "]");
      NodeList issues = detail.getElementsByTagNameNS(NAMESPACE, "Issue");
      for (int at = 0; at < issues.getLength(); at++) {
        Element issue = (Element) issues.item(at);
        System.out.println(text(issue, "Code") + " " + text(issue, "Path") + ": " + text(issue, "TextVi"));
      }
      if (text(detail, "Temporary").equals("true")) {
        System.out.println("the same again after " + text(detail, "RetryAfterSeconds") + " seconds");
      }
    }
  }
}
