using System;
using System.Net;

/// <summary>The other half of the generated class: signs in with the first request, not after a 401.</summary>
public partial class EdxGateway {
  public string Basic;

  protected override WebRequest GetWebRequest(Uri uri) {
    WebRequest request = base.GetWebRequest(uri);
    request.Headers["Authorization"] = Basic;
    return request;
  }
}
