using System.Security.Cryptography.X509Certificates;
using Mono.Security.Interface;

/// <summary>Trusts one private authority beside those of the system, host name checked as ever. Mono only.</summary>
public static class Authority {
  public static void Trust(string pemFile) {
    MonoTlsSettings settings = MonoTlsSettings.CopyDefaultSettings();
    settings.TrustAnchors = new X509CertificateCollection { new X509Certificate2(pemFile) };
    MonoTlsSettings.DefaultSettings = settings;
  }
}
