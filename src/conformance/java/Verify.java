import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.PrintStream;
import java.security.Key;
import java.security.cert.X509Certificate;
import javax.xml.crypto.AlgorithmMethod;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.KeySelectorException;
import javax.xml.crypto.KeySelectorResult;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.X509Data;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXParseException;

/**
 * Says of one package after another whether its first signature holds, the way the JDK reads it. Whom
 * its certificate belongs to and whether that is trusted is not asked. Runs as `java Verify.java`.
 *
 * Standard input: for each package its length (four bytes, big-endian) and its bytes. Standard output:
 * "ready", then a line for each package: "holds", or "fails" and why. DOCTYPE is refused, nothing is
 * fetched.
 */
class Verify {
  private static final int MAX_LENGTH = 512 * 1024 * 1024;
  private static final int MAX_LINE = 600;

  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    // Libraries that print must not stand between the answers.
    System.setOut(System.err);
    DataInputStream packages = new DataInputStream(System.in);
    answers.println("ready");
    while (true) {
      answers.flush();
      int length;
      try {
        length = packages.readInt();
      } catch (EOFException end) {
        return;
      }
      if (length < 0 || length > MAX_LENGTH) throw new Exception("length " + length);
      byte[] bytes = new byte[length];
      packages.readFully(bytes);
      String line;
      try {
        line = holds(bytes) ? "holds" : "fails: the signature does not hold";
      } catch (Exception | StackOverflowError error) {
        line = "fails: " + error;
      }
      line = line.replaceAll("[^\\x20-\\x7e]", " ");
      answers.println(line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line);
    }
  }

  static boolean holds(byte[] bytes) throws Exception {
    DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
    builders.setNamespaceAware(true);
    builders.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    builders.setAttribute("http://javax.xml.XMLConstants/property/accessExternalDTD", "");
    builders.setAttribute("http://javax.xml.XMLConstants/property/accessExternalSchema", "");
    DocumentBuilder builder = builders.newDocumentBuilder();
    builder.setErrorHandler(new Strict());
    Document document = builder.parse(new ByteArrayInputStream(bytes));
    NodeList signatures = document.getElementsByTagNameNS(
        "http://www.w3.org/2000/09/xmldsig#", "Signature");
    if (signatures.getLength() == 0) throw new Exception("no signature");
    DOMValidateContext context = new DOMValidateContext(new FirstThatFits(), signatures.item(0));
    context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
    NodeList all = document.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      Element element = (Element) all.item(i);
      if (element.hasAttribute("Id")) context.setIdAttributeNS(element, null, "Id");
    }
    return XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context).validate(context);
  }

  /** The key of the first certificate in X509Data of the right kind that is no authority's. */
  static class FirstThatFits extends KeySelector {
    @Override
    public KeySelectorResult select(KeyInfo info, Purpose purpose, AlgorithmMethod method,
        XMLCryptoContext context) throws KeySelectorException {
      if (info == null) throw new KeySelectorException("no KeyInfo");
      String kind = method.getAlgorithm().contains("#ecdsa") ? "EC" : "RSA";
      for (Object structure : info.getContent()) {
        if (!(structure instanceof X509Data)) continue;
        for (Object content : ((X509Data) structure).getContent()) {
          if (!(content instanceof X509Certificate)) continue;
          X509Certificate certificate = (X509Certificate) content;
          Key key = certificate.getPublicKey();
          if (key.getAlgorithm().equals(kind) && certificate.getBasicConstraints() < 0) {
            return () -> key;
          }
        }
      }
      throw new KeySelectorException("no certificate that fits");
    }
  }

  static class Strict implements ErrorHandler {
    public void warning(SAXParseException error) {}

    public void error(SAXParseException error) throws SAXParseException {
      throw error;
    }

    public void fatalError(SAXParseException error) throws SAXParseException {
      throw error;
    }
  }
}
