import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { authority, ocspAt, signer } from '../../support/pki.js';
import { changed, signBytes } from '../../support/signed.js';
import { envelope, GATEWAY, operation } from '../../support/soap.js';
import { SENDER, UNSIGNED } from '../../tools/signature-package.js';
import { DS, EXCLUSIVE, forge, X509_SENDER } from '../../unit/xml/signature-kit.js';
import { bare, edited, expectNoInternals, LIMIT_MS, sample, useRig } from './rig.js';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const SUBJECT = /<edXML:Subject>[^<]*<\/edXML:Subject>/;

/** A place for an address: as a package, or as a whole request. */
interface Place {
  readonly what: string;
  readonly package?: (url: string) => string;
  readonly request?: (url: string) => string;
  readonly headers?: (url: string) => Record<string, string>;
}

const inPackage = (what: string, text: (url: string) => string): Place => ({ what, package: text });
const inRequest = (what: string, text: (url: string) => string): Place => ({ what, request: text });
const beforeRoot = (what: string, text: (url: string) => string): Place[] => [
  inPackage(`${what}, before a package`, (url) => edited('<edXML ', `${text(url)}<edXML `)),
  inRequest(`${what}, before an envelope`, (url) => text(url) + bare(envelope(operation('Ping')))),
];
const inHeader = (what: string, block: (url: string) => string): Place =>
  inRequest(what, (url) => {
    const header = `<s:Header>${block(url)}</s:Header>`;
    const body = `<s:Body>${operation('Ping')}</s:Body>`;
    return `<s:Envelope xmlns:s="${SOAP}">${header}${body}</s:Envelope>`;
  });
const asPart = (what: string, content: (url: string) => string): Place =>
  inRequest(what, (url) => envelope(operation('SendPackage', content(url))));
/** Signed by a trusted key, so that nothing earlier ends the work. */
const signed = (what: string, forgery: (url: string) => Parameters<typeof forge>[0]): Place =>
  inPackage(what, (url) => forge({ unsigned: DELIVERABLE, ...forgery(url) }));

const DELIVERABLE = UNSIGNED.replace('>000.00.01.T99<', '>T99.03<');
const A = 'http://www.w3.org/2005/08/addressing';
const XSLT = 'http://www.w3.org/TR/1999/REC-xslt-19991116';

function stylesheet(url: string): string {
  return (
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">' +
    `<xsl:import href="${url}/import"/><xsl:template match="/">` +
    `<xsl:copy-of select="document('${url}/document')"/></xsl:template></xsl:stylesheet>`
  );
}

const PLACES: readonly Place[] = [
  ...beforeRoot('DOCTYPE SYSTEM', (url) => `<!DOCTYPE edXML SYSTEM "${url}/dtd">`),
  ...beforeRoot('DOCTYPE PUBLIC', (url) => `<!DOCTYPE edXML PUBLIC "-//T//T" "${url}/dtd">`),
  ...beforeRoot('an external entity', (url) => `<!DOCTYPE x [<!ENTITY y SYSTEM "${url}/entity">]>`),
  ...beforeRoot(
    'a parameter entity',
    (url) => `<!DOCTYPE x [<!ENTITY % y SYSTEM "${url}/entity"> %y;]>`,
  ),
  ...beforeRoot('xml-stylesheet', (url) => `<?xml-stylesheet type="text/xsl" href="${url}/xsl"?>`),
  ...beforeRoot('xml-model', (url) => `<?xml-model href="${url}/rng"?>`),
  inPackage('an external entity that is used', (url) =>
    edited(
      SUBJECT,
      '<edXML:Subject>&y;</edXML:Subject>',
      edited('<edXML ', `<!DOCTYPE x [<!ENTITY y SYSTEM "${url}/entity">]><edXML `),
    ),
  ),
  inPackage('xsi:schemaLocation', (url) =>
    edited('<edXML ', `<edXML xmlns:xsi="${XSI}" xsi:schemaLocation="urn:x ${url}/xsd" `),
  ),
  inPackage('xsi:schemaLocation of edXML itself', (url) =>
    edited(
      '<edXML ',
      `<edXML xmlns:xsi="${XSI}" xsi:schemaLocation="http://www.mic.gov.vn/TBT/QCVN_102_2016 ${url}/xsd" `,
    ),
  ),
  inPackage('xsi:noNamespaceSchemaLocation', (url) =>
    edited('<edXML ', `<edXML xmlns:xsi="${XSI}" xsi:noNamespaceSchemaLocation="${url}/xsd" `),
  ),
  inPackage('a namespace', (url) => edited('<edXML ', `<edXML xmlns:c="${url}/namespace" `)),
  inPackage('xml:base', (url) => edited('<edXML ', `<edXML xml:base="${url}/base/" `)),
  inPackage('xi:include', (url) =>
    edited(
      SUBJECT,
      `<edXML:Subject>T<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="${url}/include"/></edXML:Subject>`,
    ),
  ),
  inPackage('xi:include as text', (url) =>
    edited(
      SUBJECT,
      `<edXML:Subject>T<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text" href="${url}/include"><i:fallback/></i:include></edXML:Subject>`,
    ),
  ),
  ...['Website', 'Email', 'OrganAdd', 'OrganizationInCharge', 'Telephone', 'Fax'].map((name) =>
    inPackage(`${name} of a recipient`, (url) =>
      edited(
        '<edXML:OrganName>Sở Mẫu B</edXML:OrganName>',
        `<edXML:OrganName>Sở Mẫu B</edXML:OrganName><edXML:${name}>${url}/${name}</edXML:${name}>`,
      ),
    ),
  ),
  inPackage('subject and name of a file', (url) =>
    edited(
      SUBJECT,
      `<edXML:Subject>${url}/subject</edXML:Subject>`,
      sample().replaceAll('cong-van.pdf', `${url}/file.pdf`),
    ),
  ),
  inPackage('ContentId of an attachment', (url) => sample().replaceAll('cid:1<', `${url}/part<`)),
  inPackage('href of an attachment', (url) =>
    edited('<edXML:ContentTransferEncoded ', `<edXML:ContentTransferEncoded href="${url}/part" `),
  ),
  inPackage('a recipient', (url) => edited('>T99.02<', `>${url}/to<`)),
  signed('ds:Reference', (url) => ({
    references: [{ uri: '' }, { uri: `${url}/reference`, target: 'header' }],
  })),
  signed('Type of ds:Reference', (url) => ({
    references: [{ uri: '', more: ` Type="${url}/type"` }],
  })),
  signed('xpointer of ds:Reference', (url) => ({
    references: [{ uri: `${url}/reference#xpointer(/)`, target: 'header' }],
  })),
  signed('RetrievalMethod', (url) => ({
    keyInfo: `<RetrievalMethod URI="${url}/key" Type="${DS}rawX509Certificate"/>`,
  })),
  signed('RetrievalMethod beside a certificate', (url) => ({
    keyInfo: `${X509_SENDER}<RetrievalMethod URI="${url}/key"/>`,
  })),
  signed('KeyName', (url) => ({ keyInfo: `<KeyName>${url}/key</KeyName>${X509_SENDER}` })),
  signed('an XSLT transform', (url) => ({
    references: [{ uri: '', transforms: [`${DS}enveloped-signature`, XSLT, EXCLUSIVE] }],
    edit: (info) =>
      edited(
        `<Transform Algorithm="${XSLT}"/>`,
        `<Transform Algorithm="${XSLT}">${stylesheet(url)}</Transform>`,
        info,
      ),
  })),
  signed('the name of a transform', (url) => ({
    references: [{ uri: '', transforms: [`${url}/transform`] }],
  })),
  signed('the name of an algorithm', (url) => ({ method: `${url}/method` })),
  signed('a manifest in an object', (url) => ({
    objects:
      `<Object><Manifest><Reference URI="${url}/manifest"><DigestMethod Algorithm="${DS}sha1"/>` +
      '<DigestValue>AA==</DigestValue></Reference></Manifest></Object>',
  })),
  asPart(
    'XOP Include',
    (url) =>
      `<Package><x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="${url}/xop"/></Package>`,
  ),
  asPart('href of Package', (url) => `<Package href="${url}/href"/>`),
  asPart('text of Package', (url) => `<Package>${url}/text</Package>`),
  inHeader(
    'WS-Addressing',
    (url) =>
      `<a:ReplyTo xmlns:a="${A}"><a:Address>${url}/reply</a:Address></a:ReplyTo>` +
      `<a:FaultTo xmlns:a="${A}"><a:Address>${url}/fault</a:Address></a:FaultTo>` +
      `<a:From xmlns:a="${A}"><a:Address>${url}/from</a:Address></a:From>` +
      `<a:To xmlns:a="${A}">${url}/to</a:To>`,
  ),
  inHeader(
    'WS-Addressing that must be understood',
    (url) =>
      `<a:ReplyTo xmlns:a="${A}" s:mustUnderstand="1"><a:Address>${url}/reply</a:Address></a:ReplyTo>`,
  ),
  inHeader('the actor of a header', (url) => `<x s:actor="${url}/actor"/>`),
  inHeader(
    'WS-Security by reference',
    (url) =>
      '<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">' +
      `<w:SecurityTokenReference><w:Reference URI="${url}/token"/></w:SecurityTokenReference></w:Security>`,
  ),
  inRequest(
    'encodingStyle',
    (url) =>
      `<s:Envelope xmlns:s="${SOAP}" s:encodingStyle="${url}/style"><s:Body>${operation('Ping')}</s:Body></s:Envelope>`,
  ),
  inRequest(
    'xsi:schemaLocation of an envelope',
    (url) =>
      `<s:Envelope xmlns:s="${SOAP}" xmlns:i="${XSI}" i:schemaLocation="${SOAP} ${url}/soap ${GATEWAY} ${url}/xsd">` +
      `<s:Body>${operation('Ping')}</s:Body></s:Envelope>`,
  ),
  inRequest('a body in the namespace of it', (url) => envelope(`<Ping xmlns="${url}/ping"/>`)),
  inRequest('an import of a WSDL', (url) =>
    envelope(
      `<d:definitions xmlns:d="http://schemas.xmlsoap.org/wsdl/"><d:import location="${url}/wsdl"/></d:definitions>`,
    ),
  ),
  {
    what: 'headers of HTTP',
    request: () => envelope(operation('Ping')),
    headers: (url) => ({
      soapaction: `"${url}/action"`,
      referer: `${url}/referer`,
      origin: url,
      'content-location': `${url}/location`,
      'x-forwarded-host': url.slice('http://'.length),
      'x-original-url': `${url}/original`,
      link: `<${url}/link>; rel="describedby"`,
    }),
  },
];

/** A server that only notes who came. */
async function startCanary(): Promise<{ url: string; hits: string[]; server: Server }> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`);
    response.end('<x/>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hits, server };
}

describe('G: nothing in a message makes the gateway open a connection', () => {
  const now = Date.now();
  const ca = authority(now, 'T99 Authority');
  const stranger = authority(now, 'T99 Stranger');
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-canary-'));
  const anchor = join(folder, 'ca.pem');
  writeFileSync(anchor, ca.certificatePem);
  const rig = useRig({
    trust: {
      anchors: [join(PACKAGE_ROOT, 'fixtures', 'keys', 'authority.pem'), anchor],
      crls: [join(PACKAGE_ROOT, 'fixtures', 'keys', 'authority.crl.pem')],
    },
  });
  let canary: Awaited<ReturnType<typeof startCanary>>;
  before(async () => {
    canary = await startCanary();
  });
  after(() => {
    canary.server.closeAllConnections();
    canary.server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(canary.hits).to.deep.equal([]);
  });

  const visit = async (path: string): Promise<void> => {
    const signal = AbortSignal.timeout(LIMIT_MS);
    await (await fetch(`${canary.url}${path}`, { signal })).text();
  };

  it('the canary hears who comes', async () => {
    await visit('/heard');
    expect(canary.hits.splice(0)).to.deep.equal(['GET /heard']);
  });

  it('the signatures that are sent here would hold without the address', async () => {
    const result = await rig.accept(forge({ unsigned: DELIVERABLE }), SENDER);
    expect(result.get('SignatureClass')).to.equal('valid');
  });

  for (const place of PLACES) {
    it(place.what, async () => {
      const { url } = canary;
      const bytes = place.package?.(url);
      const organId = bytes?.includes(
        `<edXML:OrganId>${SENDER}</edXML:OrganId>\n          <edXML:OrganName>Sở Thử`,
      )
        ? SENDER
        : 'T99.01';
      const headers = place.headers?.(url) ?? {};
      const { status, bytes: answer } =
        bytes === undefined
          ? await rig.post(place.request?.(url) ?? '', { ...rig.as(), headers })
          : await rig.send(bytes, organId);
      expect(status).to.be.oneOf([200, 401, 500]);
      expectNoInternals(answer.toString('utf8'));
    });
  }

  for (const [what, by, spoilt] of [
    ['of a trusted authority', ca, false],
    ['of a trusted authority, in a signature that does not hold', ca, true],
    ['of a stranger', stranger, false],
  ] as const) {
    it(`the responder named in a certificate ${what}`, async () => {
      const leaf = signer(now, by, 'T99.01', ocspAt(`${canary.url}/ocsp`));
      const bytes = signBytes(Buffer.from(sample()), { by: leaf });
      const sent = spoilt ? changed(bytes, 'văn bản mẫu', 'văn bản khác') : bytes;
      const answer = await rig.send(sent);
      if (by === ca && !spoilt) {
        expect(answer.body.children[0]?.get('SignatureClass')).to.equal('valid');
      } else expect(answer.code).to.match(/^signature\./);
    });
  }

  it('and nobody came later either', async () => {
    // Deliveries of what was accepted, and anything that was put off.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await visit('/last');
    expect(canary.hits.splice(0)).to.deep.equal(['GET /last']);
  });
});
