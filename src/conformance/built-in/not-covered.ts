/**
 * Codes that the suite does not ask for, with the reason: what a tester with three organ ids cannot bring
 * about over HTTP, or is never answered there. A test holds that every other code of a client is asked
 * for.
 *
 * @module
 */
const OPERATOR = 'answered to operators, on the command line and in the console; never over SOAP';
const PUSH =
  'the outcome of a push or of an act of an operator; seen by the sender in a trace only';
const DIRECTORY = 'needs an agency that has ended, is not active or begins later';
const SIGNED = 'needs a key and the trust of the target; asked with PackageSource.signature';

/** By code, or by the first part of a code with its dot. */
export const NOT_COVERED: Readonly<Record<string, string>> = {
  'agency.': OPERATOR,
  'breaker.': OPERATOR,
  'certificate.': OPERATOR,
  'cli.': OPERATOR,
  'config.': OPERATOR,
  'file.': OPERATOR,
  'peer.': OPERATOR,
  'quarantine.': OPERATOR,
  'queue.': OPERATOR,
  'server.': OPERATOR,
  'store.': OPERATOR,
  'suite.': OPERATOR,
  'token.': OPERATOR,
  'trust.': OPERATOR,
  'user.': OPERATOR,
  'delivery.': PUSH,
  'http.too-large':
    'the bound is a setting of the target, and so large a body may be answered http.busy',
  'recipient.dissolved': DIRECTORY,
  'recipient.inactive': DIRECTORY,
  'recipient.lane': 'needs an agency of the other lane',
  'recipient.not-yet': DIRECTORY,
  'recipient.succeeded': DIRECTORY,
  'sender.dissolved': DIRECTORY,
  'sender.unknown': 'needs a caller that may act for an agency that takes no part',
  'recipient.none': 'the schema demands a recipient first: schema.missing',
  'status.reason': 'a missing reason is marked, status.no-reason, and not refused',
  'auth.ws-security': 'WS-Security is a setting of the target',
  'attachment.signature': 'needs an agency whose signatures inside files are checked',
  'signature.coverage': SIGNED,
  'signature.recorded': SIGNED,
  'signature.required': 'needs an agency of the policy require',
  'signature.sha1': SIGNED,
  'signature.untrusted': SIGNED,
};

export function reasonNotCovered(code: string): string | undefined {
  return NOT_COVERED[code] ?? NOT_COVERED[code.slice(0, code.indexOf('.') + 1)];
}
