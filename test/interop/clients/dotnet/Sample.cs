using System;
using System.IO;
using System.Text;
using System.Web.Services.Protocols;
using System.Xml;

/// <summary>Sends packages, takes what waits: sample ADDRESS CA.pem ORGAN_ID TOKEN_FILE [PACKAGE.edxml]...</summary>
public static class Sample {
  public static int Main(string[] args) {
    Authority.Trust(args[1]);
    EdxGateway gateway = Connect(args[0], args[2], File.ReadAllText(args[3]).Trim());
    try {
      for (int at = 4; at < args.Length; at++) {
        SendResult sent = gateway.SendPackage(File.ReadAllBytes(args[at]));
        File.WriteAllBytes(args[at] + ".receipt.xml", sent.Receipt); // keep it: your proof
        Console.WriteLine("sent " + sent.MessageId);
      }
      PendingPage page = gateway.ListPending(100, true, null, Kind.document, false);
      foreach (PendingItem item in page.Item ?? new PendingItem[0]) { // null when there is none
        PackageContent content = gateway.GetPackage(item.MessageId);
        using (FileStream file = File.Create(item.MessageId + ".edxml")) {
          file.Write(content.Package, 0, content.Package.Length);
          file.Flush(true); // on disk before it is confirmed
        }
        gateway.ConfirmReceived(item.MessageId, Outcome.done, null);
        Console.WriteLine("received " + item.MessageId);
      }
      return 0;
    } catch (SoapException refused) {
      Explain(refused);
      return 1;
    }
  }

  public static EdxGateway Connect(string address, string organId, string token) {
    EdxGateway gateway = new EdxGateway();
    gateway.Url = address;
    gateway.Basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(organId + ":" + token));
    gateway.Timeout = 120000; // milliseconds
    return gateway;
  }

  /// <summary>The proxy has no class for the fault: its detail is XML.</summary>
  public static void Explain(SoapException refused) {
    XmlNamespaceManager names = new XmlNamespaceManager(new NameTable());
    names.AddNamespace("g", "urn:edxgate:gateway:1");
    XmlNode fault = refused.Detail == null ? null : refused.Detail.SelectSingleNode("g:GatewayFault", names);
    if (fault == null) throw refused;
    Console.WriteLine(fault["Code"].InnerText + " [" + fault["CorrelationId"].InnerText + "]");
    foreach (XmlNode one in fault.SelectNodes("g:Issue", names)) {
      Console.WriteLine(one["Code"].InnerText + " " + one["Path"].InnerText + ": " + one["TextVi"].InnerText);
    }
    if (fault["Temporary"].InnerText == "true") Console.WriteLine("the same again later");
  }
}
