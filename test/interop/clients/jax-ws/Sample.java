import gateway.*;
import java.io.FileOutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.activation.DataHandler;
import javax.activation.FileDataSource;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.soap.MTOMFeature;

/** Sends packages, takes what waits: Sample WSDL CA.pem ORGAN_ID TOKEN_FILE [PACKAGE.edxml]... */
public class Sample {
  public static void main(String[] args) throws Exception {
    Trust.only(Path.of(args[1]));
    EdxGatewayPortType gateway = connect(args[0], args[2], Files.readString(Path.of(args[3])).trim(), true);
    try {
      for (int at = 4; at < args.length; at++) {
        SendResult sent = gateway.sendPackage(new DataHandler(new FileDataSource(args[at])));
        Files.write(Path.of(args[at] + ".receipt.xml"), sent.getReceipt()); // keep it: your proof
        System.out.println("sent " + sent.getMessageId());
      }
      for (PendingItem item : gateway.listPending(100, null, null).getItem()) {
        PackageContent content = gateway.getPackage(item.getMessageId());
        try (FileOutputStream file = new FileOutputStream(item.getMessageId() + ".edxml")) {
          content.getPackage().writeTo(file);
          file.getFD().sync(); // on disk before it is confirmed
        }
        gateway.confirmReceived(item.getMessageId(), Outcome.DONE, null);
        System.out.println("received " + item.getMessageId());
      }
    } catch (GatewayFaultMessage refused) {
      explain(refused.getFaultInfo());
      System.exit(1);
    }
  }

  static EdxGatewayPortType connect(String wsdl, String organId, String token, boolean mtom) throws Exception {
    EdxGateway service = new EdxGateway(new URL(wsdl));
    EdxGatewayPortType gateway = service.getPort(EdxGatewayPortType.class, new MTOMFeature(mtom));
    Map<String, Object> context = ((BindingProvider) gateway).getRequestContext();
    context.put(BindingProvider.USERNAME_PROPERTY, organId);
    context.put(BindingProvider.PASSWORD_PROPERTY, token);
    context.put("com.sun.xml.ws.connect.timeout", 10_000); // milliseconds; without them it waits for ever
    context.put("com.sun.xml.ws.request.timeout", 120_000);
    context.put("com.sun.xml.ws.transport.http.client.streaming.chunk.size", 65_536); // else kept in memory
    return gateway;
  }

  static void explain(GatewayFault fault) {
    System.out.println(fault.getCode() + " [" + fault.getCorrelationId() + "]");
    for (Issue issue : fault.getIssue()) {
      System.out.println(issue.getCode() + " " + issue.getPath() + ": " + issue.getTextVi() + " " + issue.getHint());
    }
    if (fault.isTemporary()) System.out.println("the same again after " + fault.getRetryAfterSeconds() + " seconds");
  }
}
