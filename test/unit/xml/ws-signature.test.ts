/**
 * Signatures of WS-Security headers: what holds, and every way in which one must not.
 */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Certificate, readCertificate } from '../../../src/xml/certificates.js';
import { parseXml } from '../../../src/xml/parse.js';
import {
  createSampleAuthority,
  issueSampleCertificate,
  type SampleCertificate,
} from '../../../src/xml/sample-authority.js';
import { scanXml } from '../../../src/xml/scan.js';
import { childOf, type XmlElement } from '../../../src/xml/tree.js';
import { keyNames } from '../../../src/xml/ws-key-reference.js';
import { THUMBPRINT_SHA1, X509_KEY_ID, X509_V3 } from '../../../src/xml/ws-names.js';
import { readWsSignature } from '../../../src/xml/ws-signature.js';
import { binaryToken, DIRECT, DS, signedMessage, template } from '../../support/ws-security.js';

const AT = Date.UTC(2026, 10, 24, 3);
const authority = createSampleAuthority({ notBefore: AT - 1e9, notAfter: AT + 1e12 });
const issue = (organId: string, keyType: 'ec' | 'rsa'): SampleCertificate =>
  issueSampleCertificate(authority, { organId, name: `Cơ quan ${organId}`, keyType });
const RSA = issue('T99.01', 'rsa');
const EC = issue('T99.02', 'ec');
const x509Of = ({ certificatePem }: SampleCertificate) => new X509Certificate(certificatePem);

function certificate(of: SampleCertificate): Certificate {
  const read = readCertificate(x509Of(of).raw);
  if (read === undefined) throw new Error('not a certificate');
  return read;
}

function only(element: XmlElement | undefined, name: string): XmlElement {
  const found = childOf(element, name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

/** `ok ID-OF-SIGNER`, or the reason; a registered key is one of these. */
function judge(text: string, registered: readonly SampleCertificate[] = []): string {
  const doc = parseXml(scanXml(Buffer.from(text)));
  try {
    const security = only(childOf(doc.root, 'Header'), 'Security');
    const answer = readWsSignature(doc, {
      security,
      body: only(doc.root, 'Body'),
      timestamp: only(security, 'Timestamp'),
      signature: only(security, 'Signature'),
    });
    if (!answer.ok) return answer.reason;
    const { key, verify } = answer.signature;
    const candidates =
      key.kind === 'certificate'
        ? [key.certificate]
        : registered.filter((one) => keyNames(x509Of(one)).includes(key.name)).map(certificate);
    const verdict = verify(candidates);
    return verdict.ok ? `ok ${verdict.signer.identity}` : verdict.reason;
  } finally {
    doc.dispose();
  }
}

function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the message does not hold ${from}`);
  return text.replace(from, to);
}

describe('signatures of WS-Security', () => {
  describe('hold', () => {
    it('over Body and Timestamp, with RSA and with ECDSA', () => {
      expect(judge(signedMessage({ by: RSA }))).to.equal('ok T99.01');
      expect(judge(signedMessage({ by: EC }))).to.equal('ok T99.02');
    });

    it('with the PrefixList that WSS4J writes', () => {
      expect(judge(signedMessage({ by: RSA, prefixList: 's xsd' }))).to.equal('ok T99.01');
      expect(judge(signedMessage({ by: RSA, prefixList: '' }))).to.equal('ok T99.01');
    });

    it('for a large package, whose text is cut out before the parse', () => {
      const text = Buffer.alloc(300_000, 7).toString('base64');
      const body = `<SendPackage xmlns="urn:edxgate:gateway:1"><Package>${text}</Package></SendPackage>`;
      for (const prefixList of [undefined, 's xsd']) {
        const whole = signedMessage({
          by: RSA,
          body,
          ...(prefixList === undefined ? {} : { prefixList }),
        });
        expect(judge(whole)).to.equal('ok T99.01');
        expect(judge(changed(whole, 'BwcHBwcH', 'BwcHBwcI'))).to.equal('digest.mismatch');
      }
    });

    const serial = BigInt(`0x${x509Of(RSA).serialNumber}`).toString();
    const ski = keyNames(x509Of(RSA)).find((one) => one.startsWith('ski:')) ?? '';
    const thumbprint = Buffer.from(x509Of(RSA).fingerprint.replaceAll(':', ''), 'hex');
    const base64 = x509Of(RSA).raw.toString('base64');
    const named: Readonly<Record<string, string>> = {
      'a subject key identifier': `<wsse:KeyIdentifier ValueType="${X509_KEY_ID}">${Buffer.from(ski.slice(4), 'hex').toString('base64')}</wsse:KeyIdentifier>`,
      'a thumbprint': `<wsse:KeyIdentifier ValueType="${THUMBPRINT_SHA1}">${thumbprint.toString('base64')}</wsse:KeyIdentifier>`,
      'issuer and serial number': `<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=x</ds:X509IssuerName><ds:X509SerialNumber>${serial}</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>`,
    };
    for (const [what, token] of Object.entries(named)) {
      it(`for a registered certificate named by ${what}, and for no other`, () => {
        const text = signedMessage({ by: RSA, token });
        expect(judge(text, [EC, RSA])).to.equal('ok T99.01');
        expect(judge(text, [EC])).to.equal('value.mismatch');
      });
    }

    it('for a certificate inside the token reference', () => {
      const inX509 = `<ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data>`;
      const inIdentifier = `<wsse:KeyIdentifier ValueType="${X509_V3}">${base64}</wsse:KeyIdentifier>`;
      expect(judge(signedMessage({ by: RSA, token: inX509 }))).to.equal('ok T99.01');
      expect(judge(signedMessage({ by: RSA, token: inIdentifier }))).to.equal('ok T99.01');
    });

    it('when xmlsec1 made them', () => {
      const folder = mkdtempSync(join(tmpdir(), 'edxgate-wss-'));
      try {
        writeFileSync(join(folder, 'message.xml'), template({ by: RSA, prefixList: 's xsd' }));
        writeFileSync(join(folder, 'key.pem'), RSA.keyPem, { mode: 0o600 });
        const ids = ['Body', 'Timestamp'].flatMap((name) => ['--id-attr:Id', name]);
        const args = ['--sign', ...ids, '--privkey-pem', join(folder, 'key.pem')];
        const signed = execFileSync('xmlsec1', [...args, join(folder, 'message.xml')], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        expect(judge(signed)).to.equal('ok T99.01');
        expect(judge(changed(signed, '<Echo>ch', '<Echo>x'))).to.equal('digest.mismatch');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });

  describe('do not hold', () => {
    it('when Body, Timestamp, SignedInfo or the token was changed', () => {
      const text = signedMessage({ by: RSA, created: AT });
      expect(judge(changed(text, 'chào', 'ChÀO'))).to.equal('digest.mismatch');
      expect(judge(changed(text, '<wsu:Expires>2026', '<wsu:Expires>2027'))).to.equal(
        'digest.mismatch',
      );
      expect(judge(changed(text, '<ds:Reference ', '<ds:Reference Type="x" '))).to.equal(
        'value.mismatch',
      );
      expect(judge(changed(text, binaryToken(RSA), binaryToken(EC)))).to.equal('value.mismatch');
    });

    it('when the signed Body was moved into a header and another stands in its place', () => {
      const text = signedMessage({ by: RSA });
      const start = text.indexOf('<s:Body');
      const body = text.slice(start, text.indexOf('</s:Envelope>'));
      const evil = body.replace('chào', 'khác');
      const moved = (other: string): string =>
        text
          .replace(body, () => other)
          .replace('</s:Header>', `<w:Wrap xmlns:w="urn:w">${body}</w:Wrap></s:Header>`);
      expect(judge(moved(evil)), 'same Id').to.equal('reference.repeated-id');
      expect(judge(moved(evil.replace('Body-1', 'Body-2'))), 'other Id').to.equal(
        'reference.not-a-part',
      );
      expect(judge(moved(evil.replace(' wsu:Id="Body-1"', ''))), 'no Id').to.equal(
        'reference.not-a-part',
      );
    });

    it('when the signed Timestamp was moved and another stands in its place', () => {
      const text = signedMessage({ by: RSA, created: AT });
      const start = text.indexOf('<wsu:Timestamp');
      const time = text.slice(start, text.indexOf('</wsu:Timestamp>') + 16);
      const fresh = time.replaceAll('2026', '2027').replace('TS-1', 'TS-2');
      const moved = text
        .replace(time, fresh)
        .replace('</s:Header>', `<w:Wrap xmlns:w="urn:w">${time}</w:Wrap></s:Header>`)
        .replace(
          'xmlns:xsd',
          'xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" xmlns:xsd',
        );
      expect(judge(moved)).to.equal('reference.not-a-part');
    });

    it('when a second node bears a signed Id, in whatever spelling', () => {
      const text = signedMessage({ by: RSA });
      for (const spelling of ['Id', 'ID', 'id', 'xml:id', 'wsu:Id', 'x:iD']) {
        const second = `<x:y xmlns:x="urn:x" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" ${spelling}="Body-1"/>`;
        const twice = text.replace('</s:Header>', `${second}</s:Header>`);
        expect(judge(twice), spelling).to.equal('reference.repeated-id');
      }
    });

    it('when a second token bears the Id of the token', () => {
      const text = signedMessage({ by: RSA, extra: binaryToken(EC) });
      expect(judge(text)).to.equal('reference.repeated-id');
    });

    it('when the token stands outside of the header', () => {
      const text = signedMessage({ by: RSA });
      const token = binaryToken(RSA);
      const declared = token.replace(
        '<wsse:BinarySecurityToken',
        '<wsse:BinarySecurityToken xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"',
      );
      const moved = text.replace(token, '').replace('</s:Header>', `${declared}</s:Header>`);
      expect(judge(moved)).to.equal('reference.token');
    });

    const refused: readonly (readonly [string, string, () => string])[] = [
      [
        'only Body is signed',
        'reference.missing',
        () => signedMessage({ by: RSA, uris: ['#Body-1'] }),
      ],
      [
        'only Timestamp is signed',
        'reference.missing',
        () => signedMessage({ by: RSA, uris: ['#TS-1'] }),
      ],
      [
        'Body is signed twice',
        'reference.repeated',
        () => signedMessage({ by: RSA, uris: ['#Body-1', '#Body-1'] }),
      ],
      [
        'something else is signed too',
        'reference.not-a-part',
        () => signedMessage({ by: RSA, uris: ['#Body-1', '#TS-1', '#X509-1'] }),
      ],
      [
        'the whole document is signed',
        'reference.uri',
        () => signedMessage({ by: RSA, uris: ['', '#TS-1'] }),
      ],
      [
        'an XPointer is used',
        'reference.uri',
        () => changed(signedMessage({ by: RSA }), '"#Body-1"', `"#xpointer(id('Body-1'))"`),
      ],
      [
        'an Id is unknown',
        'reference.unknown-id',
        () => changed(signedMessage({ by: RSA }), 'URI="#Body-1"', 'URI="#Body-9"'),
      ],
      [
        'a digest is SHA-1',
        'algorithm.sha1',
        () => signedMessage({ by: RSA, digestUri: `${DS}sha1` }),
      ],
      [
        'the method is RSA with SHA-1',
        'algorithm.sha1',
        () => signedMessage({ by: RSA, methodUri: `${DS}rsa-sha1` }),
      ],
      [
        'the method is HMAC',
        'algorithm.signature',
        () => signedMessage({ by: RSA, methodUri: `${DS}hmac-sha1` }),
      ],
      [
        'the canonical form is inclusive',
        'algorithm.canonicalization',
        () => signedMessage({ by: RSA, form: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' }),
      ],
      [
        'a transform is not a canonical form',
        'algorithm.transform',
        () =>
          changed(
            signedMessage({ by: RSA }),
            '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">',
            '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">',
          ),
      ],
      [
        'an Object hangs on it',
        'structure.Object',
        () => signedMessage({ by: RSA, object: '<ds:Object/>' }),
      ],
      [
        'KeyInfo holds a bare certificate',
        'structure.KeyInfo',
        () =>
          changed(
            changed(
              signedMessage({ by: RSA }),
              '<wsse:SecurityTokenReference wsu:Id="STR-1">',
              '<ds:X509Data>',
            ),
            '</wsse:SecurityTokenReference>',
            '</ds:X509Data>',
          ),
      ],
      [
        'two tokens are referred to',
        'structure.SecurityTokenReference',
        () => changed(signedMessage({ by: RSA }), DIRECT, `${DIRECT}${DIRECT}`),
      ],
      [
        'the token is of another kind',
        'reference.token',
        () =>
          changed(
            signedMessage({ by: RSA }),
            `ValueType="${X509_V3}" wsu:Id`,
            'ValueType="urn:x" wsu:Id',
          ),
      ],
      ['the value is empty', 'placeholder.value', () => template({ by: RSA })],
    ];
    for (const [what, reason, make] of refused) {
      it(`when ${what}`, () => {
        expect(judge(make())).to.equal(reason);
      });
    }

    it('when a stranger signed with a key of the same name', () => {
      const stranger = issue('T99.01', 'rsa');
      const text = signedMessage({ by: stranger, token: DIRECT, extra: binaryToken(RSA) });
      expect(judge(text)).to.equal('value.mismatch');
    });
  });

  it('recognises a message whose ECDSA value was turned into another one that holds', () => {
    const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
    const text = signedMessage({ by: EC, created: AT });
    const written = /<ds:SignatureValue>([^<]+)</.exec(text)?.[1] ?? '';
    const value = Buffer.from(written, 'base64');
    const s = order - BigInt(`0x${value.subarray(32).toString('hex')}`);
    const turned = Buffer.concat([
      value.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
    ]).toString('base64');
    const idOf = (one: string): string => {
      const doc = parseXml(scanXml(Buffer.from(one)));
      try {
        const found = only(childOf(doc.root, 'Header'), 'Security');
        const answer = readWsSignature(doc, {
          security: found,
          body: only(doc.root, 'Body'),
          timestamp: only(found, 'Timestamp'),
          signature: only(found, 'Signature'),
        });
        const verdict = answer.ok ? answer.signature.verify([certificate(EC)]) : answer;
        return verdict.ok && 'signedInfo' in verdict
          ? verdict.signedInfo
          : verdict.ok
            ? ''
            : verdict.reason;
      } finally {
        doc.dispose();
      }
    };
    expect(turned).not.to.equal(written);
    expect(idOf(changed(text, written, turned))).to.equal(idOf(text));
    expect(idOf(text)).to.match(/^[0-9a-f]{64}$/);
  });
});
