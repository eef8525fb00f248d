import gateway.*;
import java.io.FileOutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sends packages, takes what waits: Sample ADDRESS CA.pem ORGAN_ID TOKEN_FILE [PACKAGE.edxml]... */
public class Sample {
  public static void main(String[] args) throws Exception {
    Trust.only(Path.of(args[1]));
    EdxGatewayBinding11Stub gateway = connect(args[0], args[2], Files.readString(Path.of(args[3])).trim());
    try {
      for (int at = 4; at < args.length; at++) {
        SendResult sent = gateway.sendPackage(Files.readAllBytes(Path.of(args[at])));
        Files.write(Path.of(args[at] + ".receipt.xml"), sent.getReceipt()); // keep it: your proof
        System.out.println("sent " + sent.getMessageId());
      }
      PendingItem[] items = gateway.listPending(100, null, null).getItem();
      for (PendingItem item : items == null ? new PendingItem[0] : items) { // null when there is none
        PackageContent content = gateway.getPackage(item.getMessageId());
        try (FileOutputStream file = new FileOutputStream(item.getMessageId() + ".edxml")) {
          file.write(content.get_package());
          file.getFD().sync(); // on disk before it is confirmed
        }
        gateway.confirmReceived(item.getMessageId(), Outcome.done, null);
        System.out.println("received " + item.getMessageId());
      }
    } catch (GatewayFault refused) {
      explain(refused);
      System.exit(1);
    }
  }

  static EdxGatewayBinding11Stub connect(String address, String organId, String token) throws Exception {
    EdxGatewayBinding11Stub gateway =
        (EdxGatewayBinding11Stub) new EdxGatewayLocator().getEdxGateway11(new URL(address));
    gateway.setUsername(organId);
    gateway.setPassword(token);
    gateway.setTimeout(120_000); // milliseconds
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
