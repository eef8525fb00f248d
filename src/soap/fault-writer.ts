/**
 * Writing faults of both SOAP versions (SOAP 1.1 §4.4, SOAP 1.2 part 1 §5.4).
 *
 * `faultstring`, and the only `Reason/Text`, is `CODE: text`, since some stacks drop the detail. There is
 * no second `Text` in Vietnamese: gSOAP fails on it and loses the whole fault. The detail, in both
 * languages, is `GatewayFault` of xsd/gateway/1/gateway.xsd in both versions.
 *
 * @module
 */
import { entryOf, type GatewayError, type Issue } from '../model/issue.js';
import type { SoapVersion } from './content-type.js';
import { writeEnvelope } from './envelope-writer.js';
import { element, escapeText, optional, wrap } from './xml-text.js';

export const GATEWAY_NAMESPACE = 'urn:edxgate:gateway:1';

/** A flood of issues helps nobody, and the answer stays small. */
const MAX_ISSUES = 200;

type FaultKind = 'sender' | 'receiver' | 'must-understand' | 'version-mismatch';

const FAULT_CODES: Readonly<Record<SoapVersion, Readonly<Record<FaultKind, string>>>> = {
  '1.1': {
    sender: 'Client',
    receiver: 'Server',
    'must-understand': 'MustUnderstand',
    'version-mismatch': 'VersionMismatch',
  },
  '1.2': {
    sender: 'Sender',
    receiver: 'Receiver',
    'must-understand': 'MustUnderstand',
    'version-mismatch': 'VersionMismatch',
  },
};

function kindOf(error: GatewayError): FaultKind {
  if (error.code === 'soap.must-understand') return 'must-understand';
  if (error.code === 'soap.version') return 'version-mismatch';
  return entryOf(error.code).side === 'server' ? 'receiver' : 'sender';
}

/** The children of the schema type `Issue`, in its order. */
export function issueXml(name: string, one: Issue): string {
  return wrap(
    name,
    element('Code', one.code) +
      element('Path', one.path) +
      optional('Line', one.line) +
      element('Text', one.text) +
      element('TextVi', one.textVi) +
      element('Hint', one.hint),
  );
}

function gatewayFault(error: GatewayError, correlationId: string): string {
  return (
    `<GatewayFault xmlns="${GATEWAY_NAMESPACE}">` +
    element('Code', error.code) +
    element('CorrelationId', correlationId) +
    element('Temporary', error.temporary) +
    optional('RetryAfterSeconds', error.retryAfterSeconds) +
    error.issues
      .slice(0, MAX_ISSUES)
      .map((one) => issueXml('Issue', one))
      .join('') +
    '</GatewayFault>'
  );
}

/** A whole envelope with the fault as its body. Status and Retry-After are the server's. */
export function writeFault(
  version: SoapVersion,
  error: GatewayError,
  correlationId: string,
): Buffer {
  const code = `soap:${FAULT_CODES[version][kindOf(error)]}`;
  const text = `${error.code}: ${error.message}`;
  const detail = gatewayFault(error, correlationId);
  if (version === '1.1') {
    return writeEnvelope(
      version,
      '<soap:Fault>' +
        element('faultcode', code) +
        element('faultstring', text) +
        `<detail>${detail}</detail>` +
        '</soap:Fault>',
    );
  }
  return writeEnvelope(
    version,
    '<soap:Fault>' +
      `<soap:Code><soap:Value>${code}</soap:Value></soap:Code>` +
      `<soap:Reason><soap:Text xml:lang="en">${escapeText(text)}</soap:Text></soap:Reason>` +
      `<soap:Detail>${detail}</soap:Detail>` +
      '</soap:Fault>',
  );
}
