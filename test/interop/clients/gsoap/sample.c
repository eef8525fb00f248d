/* Sends packages, takes what waits: sample ENDPOINT CA_FILE ORGAN_ID TOKEN_FILE [PACKAGE_FILE]... */
#include <openssl/evp.h>
#include <stdio.h>
#include "soapH.h"
#include "edxgate.nsmap"

struct gateway {
  const char *endpoint, *organ_id, *token;
  struct soap *soap;
};

/* mtom: packages travel as binary parts, a third smaller than base64. */
static int connect_gateway(struct gateway *gateway, const char *ca, int mtom) {
  struct soap *soap = soap_new1(SOAP_C_UTFSTRING | (mtom ? SOAP_ENC_MTOM : 0));
  gateway->soap = soap;
  soap->connect_timeout = 10; /* seconds */
  soap->send_timeout = soap->recv_timeout = 120;
  return soap_ssl_client_context(soap, SOAP_SSL_DEFAULT, NULL, NULL, ca, NULL, NULL);
}

/* To be called before every call: frees the answer before, and gSOAP forgets the user after a call. */
static struct soap *ready(struct gateway *gateway) {
  struct soap *soap = gateway->soap;
  soap_destroy(soap);
  soap_end(soap);
  soap->userid = gateway->organ_id;
  soap->passwd = gateway->token;
  return soap;
}

/* The same bytes may be sent again when no answer came: Duplicate is then true. */
static struct edx__SendResult *send_package(struct gateway *gateway, char *bytes, int length) {
  struct soap *soap = ready(gateway);
  struct _edx__SendPackage request = {{(unsigned char *)bytes, length, NULL, NULL, NULL}};
  struct _edx__SendPackageResponse response;
  if (soap->omode & SOAP_ENC_MTOM) request.Package.type = "application/octet-stream";
  if (soap_call___edx__SendPackage(soap, gateway->endpoint, NULL, &request, &response)) return NULL;
  return response.SendResult;
}

static int is_intact(const struct edx__PackageContent *content) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  char hex[2 * EVP_MAX_MD_SIZE + 1];
  EVP_Digest(content->Package.__ptr, content->Package.__size, digest, NULL, EVP_sha256(), NULL);
  for (int i = 0; i < 32; i++) sprintf(hex + 2 * i, "%02x", digest[i]);
  return strcmp(hex, content->ContentDigest) == 0;
}

static int write_file(const char *name, const struct xsd__base64Binary *bytes) {
  FILE *out = fopen(name, "wb");
  size_t written = out ? fwrite(bytes->__ptr, 1, bytes->__size, out) : 0;
  return out && fclose(out) == 0 && written == (size_t)bytes->__size;
}

/* Writes the package to a file, and only then confirms it. Not 0: see soap->error. */
static int take(struct gateway *gateway, char *message_id, const char *file) {
  struct soap *soap = ready(gateway);
  struct _edx__GetPackage get = {message_id};
  struct _edx__GetPackageResponse got;
  struct _edx__ConfirmReceived confirm = {message_id, edx__Outcome__done, NULL};
  struct _edx__ConfirmReceivedResponse confirmed;
  if (soap_call___edx__GetPackage(soap, gateway->endpoint, NULL, &get, &got)) return soap->error;
  if (!is_intact(got.PackageContent) || !write_file(file, &got.PackageContent->Package)) {
    return soap_sender_fault(soap, "the package is damaged or was not written", NULL);
  }
  soap = ready(gateway);
  return soap_call___edx__ConfirmReceived(soap, gateway->endpoint, NULL, &confirm, &confirmed);
}

/* NULL: not a refusal of the gateway (no connection, damaged content, disk full ...). */
static struct edx__GatewayFault *refusal(struct soap *soap) {
  struct SOAP_ENV__Detail *detail = NULL;
  if (soap->fault) detail = soap->version == 2 ? soap->fault->SOAP_ENV__Detail : soap->fault->detail;
  return detail ? detail->edx__GatewayFault : NULL;
}

static char *read_file(const char *name, int *length) {
  FILE *in = fopen(name, "rb");
  if (!in) { perror(name); exit(2); }
  fseek(in, 0, SEEK_END);
  *length = (int)ftell(in);
  rewind(in);
  char *bytes = calloc(*length + 1, 1);
  *length = (int)fread(bytes, 1, *length, in);
  fclose(in);
  return bytes;
}

static int send_file(struct gateway *gateway, const char *file) {
  int length;
  char receipt[4096];
  char *bytes = read_file(file, &length);
  struct edx__SendResult *sent = send_package(gateway, bytes, length);
  free(bytes);
  if (!sent) return gateway->soap->error;
  snprintf(receipt, sizeof receipt, "%s.receipt.xml", file);
  if (!write_file(receipt, &sent->Receipt)) perror(receipt); /* keep it: your proof */
  printf("sent %s\n", sent->MessageId);
  return SOAP_OK;
}

/* One at a time: an answer lasts until the next call. */
static int take_next(struct gateway *gateway, int *taken) {
  char id[64], file[80];
  int one = 1;
  struct _edx__ListPending list = {&one, NULL, NULL};
  struct _edx__ListPendingResponse listed;
  struct soap *soap = ready(gateway);
  *taken = 0;
  if (soap_call___edx__ListPending(soap, gateway->endpoint, NULL, &list, &listed)) return soap->error;
  if (listed.PendingPage->__sizeItem == 0) return SOAP_OK;
  snprintf(id, sizeof id, "%s", listed.PendingPage->Item->MessageId);
  snprintf(file, sizeof file, "%s.edxml", id);
  if (take(gateway, id, file)) return soap->error;
  printf("received %s\n", id);
  *taken = 1;
  return SOAP_OK;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  int length, taken = 1;
  char *token = read_file(argv[4], &length);
  token[strcspn(token, "\r\n")] = 0;
  struct gateway gateway = {argv[1], argv[3], token, NULL};
  int error = connect_gateway(&gateway, argv[2], 1);
  for (int i = 5; i < argc && !error; i++) error = send_file(&gateway, argv[i]);
  while (taken && !error) error = take_next(&gateway, &taken);
  if (!error) return 0;
  struct edx__GatewayFault *why = refusal(gateway.soap);
  if (!why) soap_print_fault(gateway.soap, stderr);
  else printf("%s %s %s\n", why->Code, why->CorrelationId, why->Temporary ? "try again" : "final");
  for (int i = 0; why && i < why->__sizeIssue; i++) {
    printf("  %s %s: %s (%s)\n", why->Issue[i].Code, why->Issue[i].Path, why->Issue[i].TextVi, why->Issue[i].Hint);
  }
  return 1;
}
