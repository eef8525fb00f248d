/**
 * The served contract: makes each WSDL and schema that a client may fetch from the sources in wsdl/
 * and xsd/.
 *
 * One WSDL source holds both SOAP versions. A client is given one version at a time, since Axis and
 * Delphi stumble over a second binding; addresses and schema locations point back at this server.
 * Each document is parsed once and kept with a mark where the base URL goes: a base URL may come
 * from a Host header, so nothing is kept per base URL and no XML work is done for one.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../package-root.js';
import { TrustedXml } from '../xml/trusted.js';

export type WsdlVariant = '1.1' | '1.2';

const XSD = 'http://www.w3.org/2001/XMLSchema';
const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
const SOAP_OF_VARIANT: Readonly<Record<WsdlVariant, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/wsdl/soap/',
  '1.2': 'http://schemas.xmlsoap.org/wsdl/soap12/',
};

const GATEWAY_WSDL = 'wsdl/edxgate.wsdl';
const RECEIVER_WSDL = 'wsdl/edxgate-receiver.wsdl';

/** What `?xsd=NAME` may name: a name from outside is looked up, never made into a path. */
const SCHEMA_FILES: ReadonlyMap<string, string> = new Map([
  ['gateway.xsd', 'xsd/gateway/1/gateway.xsd'],
  ['receiver.xsd', 'xsd/receiver/1/receiver.xsd'],
  ['receipt.xsd', 'xsd/receipt/1/receipt.xsd'],
  ['certificate.xsd', 'xsd/receipt/1/certificate.xsd'],
  ['partner-pass.xsd', 'xsd/receipt/1/partner-pass.xsd'],
  ['checkpoint.xsd', 'xsd/receipt/1/checkpoint.xsd'],
  ['edxml-document.xsd', 'xsd/qcvn-102/2016/edxml-document.xsd'],
  ['edxml-status.xsd', 'xsd/qcvn-102/2016/edxml-status.xsd'],
  ['edxml-types.xsd', 'xsd/qcvn-102/2016/edxml-types.xsd'],
  ['xmldsig-core-schema.xsd', 'xsd/xmldsig/xmldsig-core-schema.xsd'],
]);

/** The names that `xsdDocument` knows. */
export const SCHEMA_NAMES: readonly string[] = [...SCHEMA_FILES.keys()];

/**
 * The WSDL of the gateway with the binding and port of one SOAP version.
 *
 * @param baseUrl address of the service without a query, `http://host:8080/soap`
 */
export function wsdlDocument(variant: WsdlVariant, baseUrl: string): Buffer {
  return fill(wsdlTemplate(GATEWAY_WSDL, variant), baseUrl);
}

/**
 * The WSDL that recipients of pushes serve, with the binding and port of one SOAP version. Its
 * schema is at `baseUrl`; its address is `baseUrl` too, until the recipient writes its own.
 */
export function receiverWsdl(variant: WsdlVariant, baseUrl: string): Buffer {
  return fill(wsdlTemplate(RECEIVER_WSDL, variant), baseUrl);
}

/** @returns the schema of that name, or `undefined` when there is none. */
export function xsdDocument(name: string, baseUrl: string): Buffer | undefined {
  const file = SCHEMA_FILES.get(name);
  return file === undefined ? undefined : fill(schemaTemplate(file), baseUrl);
}

/** Text between the places where the base URL goes. */
type Template = readonly string[];

const templates = new Map<string, Template>();
/** Stands for the base URL in a template; needs no escaping and occurs in no source. */
const BASE_URL_MARK = 'urn:edxgate:base-url';

function template(key: string, make: () => string): Template {
  let known = templates.get(key);
  if (known === undefined) {
    known = make().split(BASE_URL_MARK);
    templates.set(key, known);
  }
  return known;
}

function fill(parts: Template, baseUrl: string): Buffer {
  const escaped = baseUrl
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return Buffer.from(parts.join(escaped), 'utf8');
}

function schemaTemplate(file: string): Template {
  return template(file, () => {
    const source = read(file);
    pointSchemasAtBaseUrl(source);
    return source.write();
  });
}

function wsdlTemplate(file: string, variant: WsdlVariant): Template {
  return template(`${file} ${variant}`, () => {
    const source = read(file);
    for (const other of Object.values(SOAP_OF_VARIANT)) {
      if (other !== SOAP_OF_VARIANT[variant]) dropSoapVersion(source, other);
    }
    for (const address of source.elements(SOAP_OF_VARIANT[variant], 'address')) {
      address.setAttribute('location', BASE_URL_MARK);
    }
    pointSchemasAtBaseUrl(source);
    return source.write();
  });
}

/** Removes the bindings and ports of one SOAP version, and its namespace declaration. */
function dropSoapVersion(source: TrustedXml, soapNamespace: string): void {
  const extensions = [
    ...source.elements(soapNamespace, 'binding'),
    ...source.elements(soapNamespace, 'address'),
  ];
  for (const extension of extensions) extension.parentNode?.remove();
  for (const definitions of source.elements(WSDL, 'definitions')) {
    for (const { name, value } of [...definitions.attributes]) {
      if (name.startsWith('xmlns:') && value === soapNamespace) definitions.removeAttribute(name);
    }
  }
}

/** `../xsd/gateway/1/gateway.xsd` becomes `BASE?xsd=gateway.xsd`. */
function pointSchemasAtBaseUrl(source: TrustedXml): void {
  const references = [...source.elements(XSD, 'import'), ...source.elements(XSD, 'include')];
  for (const reference of references) {
    const location = reference.getAttribute('schemaLocation') ?? '';
    const name = location.slice(location.lastIndexOf('/') + 1);
    if (!SCHEMA_FILES.has(name)) throw new Error(`schemaLocation "${location}" is not served`);
    reference.setAttribute('schemaLocation', `${BASE_URL_MARK}?xsd=${name}`);
  }
}

/** Only files of our own package come here, never anything from outside. */
function read(file: string): TrustedXml {
  return new TrustedXml(readFileSync(join(PACKAGE_ROOT, file), 'utf8'));
}
