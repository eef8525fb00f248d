/* The nine operations with gSOAP in C, from code that wsdl2h and soapcpp2 made of the served WSDL. Job and report are flat
 * texts, see test/interop/README.md. Memory of the job is kept until the end: the client does one job and ends. */
#define main sample_main
#include "sample.c"
#undef main
#include <unistd.h>

static char *job;

/* Value of a key, NULL when absent. */
static char *maybe(const char *key) {
  size_t length = strlen(key);
  for (char *line = job; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
    if (strncmp(line, key, length) == 0 && line[length] == '=') {
      return strndup(line + length + 1, strcspn(line + length + 1, "\n"));
    }
  }
  return NULL;
}

static char *value(const char *key) {
  char *found = maybe(key);
  if (!found) {
    fprintf(stderr, "the job has no %s\n", key);
    exit(2);
  }
  return found;
}

#define DOC(name) value("document." name)
#define HEADER "edXMLEnvelope.edXMLHeader."
#define MESSAGE HEADER "MessageHeader."
#define TRACE HEADER "TraceHeaderList."

static void print_text(const char *text) {
  for (const char *at = text ? text : ""; *at; at++) putchar(*at == '\n' || *at == '\r' ? ' ' : *at);
  putchar('\n');
}

static void report(const char *key, const char *text) {
  printf("report.%s=", key);
  print_text(text);
}

static void report_at(const char *key, int at, const char *text) {
  printf("report.%s.%d=", key, at);
  print_text(text);
}

static const char *truth(enum xsd__boolean value) {
  return value == xsd__boolean__true_ ? "true" : "false";
}

/* Reports the failure of a step, if it failed. */
static int failed(struct gateway *gateway, const char *step) {
  if (!gateway->soap->error) return 0;
  char text[2000];
  soap_sprint_fault(gateway->soap, text, sizeof text);
  printf("report.%s.failed=", step);
  print_text(text);
  return 1;
}

static const char *hex_digest(const void *bytes, size_t length) {
  static char hex[65];
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL);
  for (int i = 0; i < 32; i++) sprintf(hex + 2 * i, "%02x", digest[i]);
  return hex;
}

static char *base64(const struct xsd__base64Binary *bytes) {
  char *text = malloc(bytes->__size / 3 * 4 + 5);
  EVP_EncodeBlock((unsigned char *)text, bytes->__ptr, bytes->__size);
  return text;
}

static void ping(struct gateway *gateway) {
  struct _edx__Ping request = {value("echo")};
  struct _edx__PingResponse response;
  soap_call___edx__Ping(ready(gateway), gateway->endpoint, NULL, &request, &response);
  if (failed(gateway, "ping")) return;
  report("ping.echo", response.Pong->Echo);
  report("ping.organId", response.Pong->OrganId);
}

/* Its ids are what the later steps ask for. */
struct sent {
  char *message_id, *document_id;
};

static struct sent send_first(struct gateway *gateway) {
  int length;
  char *bytes = read_file(value("packageFile"), &length);
  struct edx__SendResult *result = send_package(gateway, bytes, length);
  struct sent none = {"no package was sent", "no package was sent"};
  if (!result) {
    failed(gateway, "sendPackage");
    return none;
  }
  report("sendPackage.messageId", result->MessageId);
  report("sendPackage.duplicate", truth(result->Duplicate));
  report("sendPackage.contentDigest", result->ContentDigest);
  for (int i = 0; i < result->__sizeDelivery; i++) {
    report_at("sendPackage.recipients", i, result->Delivery[i].OrganId);
  }
  report("sendPackage.receipt", base64(&result->Receipt));
  struct sent sent = {strdup(result->MessageId), strdup(result->DocumentId)};
  return sent;
}

static struct q102__DocumentHeader message_header(struct soap *soap) {
  struct q102__DocumentHeader header;
  soap_default_q102__DocumentHeader(soap, &header);
  header.From = soap_new_q102__Organization(soap, 1);
  header.From->OrganId = DOC(MESSAGE "From.OrganId");
  header.From->OrganName = DOC(MESSAGE "From.OrganName");
  header.__sizeTo = 1;
  header.To = soap_new_q102__Organization(soap, 1);
  header.To->OrganId = DOC(MESSAGE "To.0.OrganId");
  header.To->OrganName = DOC(MESSAGE "To.0.OrganName");
  header.DocumentId = DOC(MESSAGE "DocumentId");
  header.Code = soap_new_q102__DocumentCode(soap, 1);
  header.Code->CodeNumber = DOC(MESSAGE "Code.CodeNumber");
  header.Code->CodeNotation = DOC(MESSAGE "Code.CodeNotation");
  header.PromulgationInfo = soap_new_q102__PromulgationInfo(soap, 1);
  header.PromulgationInfo->Place = DOC(MESSAGE "PromulgationInfo.Place");
  header.PromulgationInfo->PromulgationDate = DOC(MESSAGE "PromulgationInfo.PromulgationDate");
  header.DocumentType = soap_new_q102__DocumentType(soap, 1);
  header.DocumentType->Type = atoi(DOC(MESSAGE "DocumentType.Type"));
  header.DocumentType->TypeName = DOC(MESSAGE "DocumentType.TypeName");
  header.Subject = DOC(MESSAGE "Subject");
  header.SignerInfo = soap_new_q102__SignerInfo(soap, 1);
  header.SignerInfo->FullName = DOC(MESSAGE "SignerInfo.FullName");
  header.OtherInfo = soap_new_q102__OtherInfo(soap, 1);
  soap_s2q102__Priority(soap, DOC(MESSAGE "OtherInfo.Priority"), &header.OtherInfo->Priority);
  return header;
}

static struct q102__TraceHeaderList *trace_list(struct soap *soap) {
  struct q102__TraceHeaderList *list = soap_new_q102__TraceHeaderList(soap, 1);
  list->__sizeTraceHeader = 1;
  list->TraceHeader = soap_new_q102__TraceHeader(soap, 1);
  list->TraceHeader->OrganId = DOC(TRACE "TraceHeader.0.OrganId");
  list->TraceHeader->Timestamp = DOC(TRACE "TraceHeader.0.Timestamp");
  list->Bussiness = soap_new_q102__Bussiness(soap, 1);
  const char *type = DOC(TRACE "Bussiness.BussinessDocType");
  soap_s2q102__BussinessDocType(soap, type, &list->Bussiness->BussinessDocType);
  return list;
}

static struct q102__Body *body(struct soap *soap) {
  struct q102__Body *body = soap_new_q102__Body(soap, 1);
  struct q102__ManifestReference *reference = soap_new_q102__ManifestReference(soap, 1);
  reference->ContentId = DOC("edXMLEnvelope.edXMLBody.edXMLManifest.Reference.0.ContentId");
  reference->ContentType = DOC("edXMLEnvelope.edXMLBody.edXMLManifest.Reference.0.ContentType");
  reference->AttachmentName = DOC("edXMLEnvelope.edXMLBody.edXMLManifest.Reference.0.AttachmentName");
  body->edXMLManifest = soap_new_q102__Manifest(soap, 1);
  body->edXMLManifest->__sizeReference = 1;
  body->edXMLManifest->Reference = reference;
  return body;
}

static struct q102__AttachmentEncoded *attachments(struct soap *soap) {
  struct q102__AttachmentEncoded *all = soap_new_q102__AttachmentEncoded(soap, 1);
  struct q102__Attachment *one = soap_new_q102__Attachment(soap, 1);
  one->ContentId = DOC("AttachmentEncoded.Attachment.0.ContentId");
  one->AttachmentName = DOC("AttachmentEncoded.Attachment.0.AttachmentName");
  one->ContentType = DOC("AttachmentEncoded.Attachment.0.ContentType");
  const char *file = DOC("AttachmentEncoded.Attachment.0.ContentTransferEncodedFile");
  one->ContentTransferEncoded.__ptr =
      (unsigned char *)read_file(file, &one->ContentTransferEncoded.__size);
  all->__sizeAttachment = 1;
  all->Attachment = one;
  return all;
}

static void send_document(struct gateway *gateway) {
  struct soap *soap = ready(gateway);
  struct q102__DocumentHeader header = message_header(soap);
  struct q102__DocumentEnvelopeHeader top;
  soap_default_q102__DocumentEnvelopeHeader(soap, &top);
  top.MessageHeader = &header;
  top.TraceHeaderList = trace_list(soap);
  struct q102__DocumentEnvelope envelope = {&top, body(soap), NULL};
  struct q102__DocumentPackage package = {&envelope, attachments(soap), NULL};
  struct _edx__SendDocument request = {&package};
  struct _edx__SendDocumentResponse response;
  soap_call___edx__SendDocument(soap, gateway->endpoint, NULL, &request, &response);
  if (failed(gateway, "sendDocument")) return;
  report("sendDocument.messageId", response.SendResult->MessageId);
  report("sendDocument.documentId", response.SendResult->DocumentId);
}

static void list_pending(struct gateway *gateway) {
  int most = 1000;
  enum edx__Kind kind = edx__Kind__document;
  struct _edx__ListPending request = {&most, NULL, &kind};
  struct _edx__ListPendingResponse response;
  soap_call___edx__ListPending(ready(gateway), gateway->endpoint, NULL, &request, &response);
  if (failed(gateway, "listPending")) return;
  struct edx__PendingPage *page = response.PendingPage;
  for (int i = 0; i < page->__sizeItem; i++) report_at("listPending", i, page->Item[i].MessageId);
}

static void get_package(struct gateway *gateway, char *message_id) {
  struct soap *soap = ready(gateway);
  struct _edx__GetPackage request = {message_id};
  struct _edx__GetPackageResponse response;
  soap_call___edx__GetPackage(soap, gateway->endpoint, NULL, &request, &response);
  if (failed(gateway, "getPackage")) return;
  struct edx__PackageContent *content = response.PackageContent;
  report("getPackage.kind", soap_edx__Kind2s(soap, content->Kind));
  report("getPackage.sha256", hex_digest(content->Package.__ptr, content->Package.__size));
}

static void confirm(struct gateway *gateway, char *message_id) {
  struct soap *soap = ready(gateway);
  struct _edx__ConfirmReceived request = {message_id, edx__Outcome__done, NULL};
  struct _edx__ConfirmReceivedResponse response;
  soap_call___edx__ConfirmReceived(soap, gateway->endpoint, NULL, &request, &response);
  if (failed(gateway, "confirm")) return;
  report("confirm.messageId", response.Confirmation->MessageId);
  report("confirm.outcome", soap_edx__Outcome2s(soap, response.Confirmation->Outcome));
}

static void send_status(struct gateway *gateway, char *document_id) {
  struct soap *soap = ready(gateway);
  struct edx__StatusResponseFor about = {
      value("responseFor.OrganId"), value("responseFor.Code"), document_id,
      value("responseFor.PromulgationDate")};
  struct _edx__SendStatus request = {&about, q102__StatusCode__03, value("echo"), NULL, NULL};
  struct _edx__SendStatusResponse response;
  soap_call___edx__SendStatus(soap, gateway->endpoint, NULL, &request, &response);
  if (failed(gateway, "sendStatus")) return;
  report("sendStatus.messageId", response.SendResult->MessageId);
  report("sendStatus.duplicate", truth(response.SendResult->Duplicate));
}

static void traces(struct gateway *gateway, char *message_id) {
  struct soap *soap = ready(gateway);
  struct _edx__GetTraces request = {message_id, NULL, NULL, NULL, NULL};
  struct _edx__GetTracesResponse response;
  soap_call___edx__GetTraces(soap, gateway->endpoint, NULL, &request, &response);
  if (failed(gateway, "traces")) return;
  for (int i = 0; i < response.TracePage->__sizeTrace; i++) {
    struct edx__DeliveryTrace *trace = response.TracePage->Trace + i;
    char key[64];
    snprintf(key, sizeof key, "traces.%d.state", i);
    report(key, soap_edx__DeliveryState2s(soap, trace->State));
    for (int j = 0; j < trace->__sizeStatus; j++) {
      snprintf(key, sizeof key, "traces.%d.statuses", i);
      report_at(key, j, soap_q102__StatusCode2s(soap, trace->Status[j].StatusCode));
      snprintf(key, sizeof key, "traces.%d.description", i);
      report_at(key, j, trace->Status[j].Description);
    }
  }
}

static void organizations(struct gateway *gateway) {
  int most = 1000;
  struct _edx__GetOrganizations request = {NULL, NULL, &most};
  struct _edx__GetOrganizationsResponse response;
  soap_call___edx__GetOrganizations(ready(gateway), gateway->endpoint, NULL, &request, &response);
  if (failed(gateway, "organizations")) return;
  struct edx__OrganizationPage *page = response.OrganizationPage;
  for (int i = 0; i < page->__sizeOrganization; i++) {
    report_at("organizations", i, page->Organization[i].OrganId);
  }
}

static void fault(struct gateway *gateway, char *message_id) {
  struct soap *soap = ready(gateway);
  struct _edx__GetPackage request = {message_id};
  struct _edx__GetPackageResponse response;
  if (!soap_call___edx__GetPackage(soap, gateway->endpoint, NULL, &request, &response)) {
    report("fault", "");
    return;
  }
  struct edx__GatewayFault *why = refusal(soap);
  if (!why) {
    failed(gateway, "fault");
    return;
  }
  report("fault.text", *soap_faultstring(soap));
  report("fault.code", why->Code);
  report("fault.correlationId", why->CorrelationId);
  report("fault.temporary", truth(why->Temporary));
  for (int i = 0; i < why->__sizeIssue; i++) {
    char key[64];
    snprintf(key, sizeof key, "fault.issues.%d", i);
    report_at(key, 0, why->Issue[i].Code);
    report_at(key, 1, why->Issue[i].Text);
    report_at(key, 2, why->Issue[i].TextVi);
    report_at(key, 3, why->Issue[i].Hint);
  }
}

static void large(struct gateway *sender, struct gateway *recipient, const char *folder) {
  int length;
  char file[4096];
  char *bytes = read_file(value("largePackageFile"), &length);
  struct edx__SendResult *sent = send_package(sender, bytes, length);
  if (!sent) {
    failed(sender, "large");
    return;
  }
  report("large.contentDigest", sent->ContentDigest);
  snprintf(file, sizeof file, "%s/large-%ld", folder, (long)getpid());
  if (take(recipient, sent->MessageId, file)) {
    failed(recipient, "large");
    return;
  }
  bytes = read_file(file, &length);
  unlink(file);
  report("large.sha256", hex_digest(bytes, length));
}

static struct gateway gateway_of(const char *who) {
  char organ_id[64], token[64];
  snprintf(organ_id, sizeof organ_id, "%s.organId", who);
  snprintf(token, sizeof token, "%s.token", who);
  struct gateway gateway = {value("address"), value(organ_id), value(token), NULL};
  if (connect_gateway(&gateway, value("ca"), strcmp(value("carrier"), "mtom") == 0)) {
    soap_print_fault(gateway.soap, stderr);
    exit(1);
  }
  return gateway;
}

int main(int argc, char **argv) {
  int length;
  job = read_file(argv[1], &length);
  struct gateway sender = gateway_of("sender"), recipient = gateway_of("recipient");
  ping(&sender);
  struct sent sent = send_first(&sender);
  send_document(&sender);
  list_pending(&recipient);
  get_package(&recipient, sent.message_id);
  confirm(&recipient, sent.message_id);
  send_status(&recipient, sent.document_id);
  traces(&sender, sent.message_id);
  organizations(&sender);
  fault(&sender, sent.message_id);
  large(&sender, &recipient, argv[2]);
  return 0;
}
