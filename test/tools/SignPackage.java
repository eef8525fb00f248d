import java.io.FileOutputStream;
import java.io.FileInputStream;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Signs a package the way a Java document system does, with the JDK's own XML signatures.
 * Arguments: in out key.pem certificate.pem method canonicalization [Id...]; no Id: the whole document.
 */
class SignPackage {
  public static void main(String[] args) throws Exception {
    DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
    builders.setNamespaceAware(true);
    Document document = builders.newDocumentBuilder().parse(new FileInputStream(args[0]));
    String pem = Files.readString(Path.of(args[2])).replaceAll("-----[^-]+-----|\\s", "");
    PrivateKey key = KeyFactory.getInstance(args[4].contains("#ecdsa") ? "EC" : "RSA")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new FileInputStream(args[3]));

    XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
    DigestMethod digest = factory.newDigestMethod(DigestMethod.SHA256, null);
    Transform canonical = factory.newTransform(args[5], (TransformParameterSpec) null);
    Element header = (Element) document.getElementsByTagNameNS("*", "edXMLHeader").item(0);
    DOMSignContext context = new DOMSignContext(key, header);
    List<Reference> references = new ArrayList<>();
    if (args.length == 6) {
      Transform enveloped = factory.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null);
      references.add(factory.newReference("", digest, List.of(enveloped, canonical), null, null));
    }
    for (int i = 6; i < args.length; i++) {
      var all = document.getElementsByTagName("*");
      for (int j = 0; j < all.getLength(); j++) {
        Element element = (Element) all.item(j);
        if (element.getAttribute("Id").equals(args[i])) {
          context.setIdAttributeNS(element, null, "Id");
        }
      }
      references.add(factory.newReference("#" + args[i], digest, List.of(canonical), null, null));
    }
    SignedInfo info = factory.newSignedInfo(
        factory.newCanonicalizationMethod(args[5], (C14NMethodParameterSpec) null),
        factory.newSignatureMethod(args[4], null), references);
    KeyInfoFactory keys = factory.getKeyInfoFactory();
    KeyInfo keyInfo = keys.newKeyInfo(List.of(
        keys.newKeyValue(certificate.getPublicKey()),
        keys.newX509Data(List.of(
            certificate.getSubjectX500Principal().getName(),
            keys.newX509IssuerSerial(
                certificate.getIssuerX500Principal().getName(), certificate.getSerialNumber()),
            certificate))));
    factory.newXMLSignature(info, keyInfo).sign(context);
    try (FileOutputStream out = new FileOutputStream(args[1])) {
      TransformerFactory.newInstance().newTransformer()
          .transform(new DOMSource(document), new StreamResult(out));
    }
  }
}
