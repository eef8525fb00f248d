import java.io.File;
import java.io.FileInputStream;
import java.security.Key;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.xml.crypto.AlgorithmMethod;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.KeySelectorException;
import javax.xml.crypto.KeySelectorResult;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.XMLStructure;
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
 * Verifies packages the way a Java document system does. Arguments: authority.pem folder. Prints one
 * line for each file of the folder, in the order of names: "holds", or "fails" and why.
 */
class Verify {
  public static void main(String[] args) throws Exception {
    X509Certificate authority = (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new FileInputStream(args[0]));
    File[] files = new File(args[1]).listFiles((folder, name) -> name.endsWith(".xml"));
    Arrays.sort(files);
    for (File file : files) {
      String line;
      try {
        line = verify(file, authority) ? "holds" : "fails: the signature does not hold";
      } catch (Exception | StackOverflowError error) {
        line = "fails: " + error;
      }
      System.out.println(line.replaceAll("[\\r\\n]", " "));
    }
  }

  static boolean verify(File file, X509Certificate authority) throws Exception {
    DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
    builders.setNamespaceAware(true);
    builders.setAttribute("http://javax.xml.XMLConstants/property/accessExternalDTD", "");
    builders.setAttribute("http://javax.xml.XMLConstants/property/accessExternalSchema", "");
    DocumentBuilder builder = builders.newDocumentBuilder();
    builder.setErrorHandler(new Silent());
    Document document = builder.parse(file);
    NodeList signatures = document.getElementsByTagNameNS(
        "http://www.w3.org/2000/09/xmldsig#", "Signature");
    if (signatures.getLength() == 0) throw new Exception("no signature");
    DOMValidateContext context = new DOMValidateContext(new ByCertificate(authority), signatures.item(0));
    context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
    NodeList all = document.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      Element element = (Element) all.item(i);
      if (element.hasAttribute("Id")) context.setIdAttributeNS(element, null, "Id");
    }
    return XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context).validate(context);
  }

  /** The key of the first certificate in X509Data that the authority issued. */
  static class ByCertificate extends KeySelector {
    private final X509Certificate authority;

    ByCertificate(X509Certificate authority) {
      this.authority = authority;
    }

    @Override
    public KeySelectorResult select(KeyInfo info, Purpose purpose, AlgorithmMethod method,
        XMLCryptoContext context) throws KeySelectorException {
      if (info == null) throw new KeySelectorException("no KeyInfo");
      for (Object structure : info.getContent()) {
        if (!(structure instanceof X509Data)) continue;
        for (Object content : ((X509Data) structure).getContent()) {
          if (!(content instanceof X509Certificate)) continue;
          X509Certificate certificate = (X509Certificate) content;
          boolean fits = method.getAlgorithm().contains("#ecdsa")
              == certificate.getPublicKey().getAlgorithm().equals("EC");
          if (fits && isIssued(certificate) && certificate.getBasicConstraints() < 0) {
            Key key = certificate.getPublicKey();
            return () -> key;
          }
        }
      }
      throw new KeySelectorException("no certificate that fits");
    }

    private boolean isIssued(X509Certificate certificate) {
      try {
        certificate.verify(authority.getPublicKey());
        return true;
      } catch (Exception error) {
        return false;
      }
    }
  }

  static class Silent implements ErrorHandler {
    public void warning(SAXParseException error) {}

    public void error(SAXParseException error) throws SAXParseException {
      throw error;
    }

    public void fatalError(SAXParseException error) throws SAXParseException {
      throw error;
    }
  }
}
