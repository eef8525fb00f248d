import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Vector;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.axis.AxisFault;
import org.apache.axis.Message;
import org.apache.axis.MessageContext;
import org.apache.axis.SOAPPart;
import org.apache.axis.client.Call;
import org.apache.axis.client.Service;
import org.apache.axis.handlers.BasicHandler;
import org.apache.axis.message.SOAPBodyElement;
import org.apache.axis.utils.XMLUtils;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.WSSConfig;
import org.apache.ws.security.components.crypto.Merlin;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSignature;
import org.apache.ws.security.message.WSSecTimestamp;
import org.apache.ws.security.message.WSSecUsernameToken;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * A document system on Axis 1.4 that signs in with WSS4J, as they stand in ministries.
 *
 * Arguments: address, way (text, digest, direct, ski, serial, thumbprint), organ id, folder with
 * `secret`, `key.pem`, `certificate.pem` and `package.edxml`. Prints the caller that Ping answered and
 * the digest that SendPackage answered, a line each.
 */
class AxisClient {
  static final String GATEWAY = "urn:edxgate:gateway:1";

  public static void main(String[] args) throws Exception {
    WSSConfig.init();
    Security security = new Security(args[1], args[2], Path.of(args[3]));
    Element pong = call(args[0], "<Ping xmlns='" + GATEWAY + "'><Echo>ch\u00e0o</Echo></Ping>", security);
    System.out.println(text(pong, "OrganId"));
    byte[] bytes = Files.readAllBytes(Path.of(args[3], "package.edxml"));
    String base64 = Base64.getMimeEncoder().encodeToString(bytes);
    String send = "<SendPackage xmlns='" + GATEWAY + "'><Package>" + base64 + "</Package></SendPackage>";
    System.out.println(text(call(args[0], send, security), "ContentDigest"));
  }

  static Element call(String url, String body, Security security) throws Exception {
    DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
    builders.setNamespaceAware(true);
    Document document = builders.newDocumentBuilder().parse(new ByteArrayInputStream(body.getBytes("UTF-8")));
    Call call = (Call) new Service().createCall();
    call.setTargetEndpointAddress(url);
    call.setClientHandlers(security, null);
    try {
      Vector<?> answer = (Vector<?>) call.invoke(new Object[] {new SOAPBodyElement(document.getDocumentElement())});
      return ((SOAPBodyElement) answer.get(0)).getAsDOM();
    } catch (AxisFault fault) {
      System.err.println(fault.getFaultString());
      throw fault;
    }
  }

  static String text(Element answer, String name) {
    return answer.getElementsByTagNameNS(GATEWAY, name).item(0).getTextContent();
  }

  /** Writes the header into each message before it leaves. */
  static class Security extends BasicHandler {
    final String way;
    final String organId;
    final Path folder;

    Security(String way, String organId, Path folder) {
      this.way = way;
      this.organId = organId;
      this.folder = folder;
    }

    @Override
    public void invoke(MessageContext context) throws AxisFault {
      try {
        Message message = context.getCurrentMessage();
        Document document = message.getSOAPEnvelope().getAsDocument();
        WSSecHeader header = new WSSecHeader();
        header.insertSecurityHeader(document);
        if (way.equals("text") || way.equals("digest")) addToken(document, header);
        else sign(document, header);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        XMLUtils.DocumentToStream(document, bytes);
        ((SOAPPart) message.getSOAPPart()).setCurrentMessage(bytes.toByteArray(), SOAPPart.FORM_BYTES);
      } catch (Exception error) {
        throw AxisFault.makeFault(error);
      }
    }

    void addToken(Document document, WSSecHeader header) throws Exception {
      WSSecUsernameToken token = new WSSecUsernameToken();
      token.setPasswordType(way.equals("text") ? WSConstants.PASSWORD_TEXT : WSConstants.PASSWORD_DIGEST);
      token.setUserInfo(organId, Files.readString(folder.resolve("secret")).trim());
      token.build(document, header);
    }

    void sign(Document document, WSSecHeader header) throws Exception {
      WSSecTimestamp timestamp = new WSSecTimestamp();
      timestamp.setTimeToLive(300);
      timestamp.build(document, header);
      WSSecSignature signature = new WSSecSignature();
      signature.setUserInfo("agency", "");
      signature.setKeyIdentifierType(
          switch (way) {
            case "ski" -> WSConstants.SKI_KEY_IDENTIFIER;
            case "serial" -> WSConstants.ISSUER_SERIAL;
            case "thumbprint" -> WSConstants.THUMBPRINT_IDENTIFIER;
            default -> WSConstants.BST_DIRECT_REFERENCE;
          });
      signature.setSignatureAlgorithm("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
      signature.setDigestAlgo("http://www.w3.org/2001/04/xmlenc#sha256");
      List<WSEncryptionPart> parts = new ArrayList<>();
      parts.add(new WSEncryptionPart("Body", document.getDocumentElement().getNamespaceURI(), "Content"));
      parts.add(new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, "Content"));
      signature.setParts(parts);
      Merlin crypto = new Merlin();
      crypto.setKeyStore(keys());
      signature.build(document, crypto, header);
    }

    KeyStore keys() throws Exception {
      String pem = Files.readString(folder.resolve("key.pem")).replaceAll("-----[^-]+-----|\\s", "");
      PrivateKey key =
          KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
      Certificate certificate;
      try (FileInputStream in = new FileInputStream(folder.resolve("certificate.pem").toFile())) {
        certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
      }
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry("agency", key, new char[0], new Certificate[] {certificate});
      return keys;
    }
  }
}
