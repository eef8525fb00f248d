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
import { THUMBPRINT_SHA1, WSSE, WSU, X509_KEY_ID, X509_V3 } from '../../../src/xml/ws-names.js';
import { readWsSignature } from '../../../src/xml/ws-signature.js';
import {
  binaryToken,
  DIRECT,
  DS,
  passwordText,
  signedMessage,
  template,
} from '../../support/ws-security.js';

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

const WSA = 'http://www.w3.org/2005/08/addressing';
const WSA_2004 = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
const BOTH = ['#Body-1', '#TS-1'];
const ADDRESSING = ['To', 'Action', 'MessageID', 'ReplyTo', 'From', 'FaultTo', 'RelatesTo'];

/** A header block with an Id, `urn:x` in it. */
function block(name: string, namespace = WSA, id = name): string {
  return `<a:${name} xmlns:a="${namespace}" xmlns:wsu="${WSU}" wsu:Id="${id}">urn:x</a:${name}>`;
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

    for (const [version, namespace] of Object.entries({ '1.0': WSA, '2004/08': WSA_2004 })) {
      it(`over the headers of WS-Addressing ${version} and the tokens as well`, () => {
        const text = signedMessage({
          by: RSA,
          more: ADDRESSING.map((name) => block(name, namespace)).join(''),
          extra: passwordText('T99.01', 'x'),
          uris: [...BOTH, ...ADDRESSING.map((name) => `#${name}`), '#X509-1', '#UT-1'],
        });
        expect(judge(text)).to.equal('ok T99.01');
        for (const name of ADDRESSING) {
          const other = changed(
            text,
            block(name, namespace),
            block(name, namespace).replace('x<', 'y<'),
          );
          expect(judge(other), name).to.equal('digest.mismatch');
        }
        expect(judge(changed(text, '>x</wsse:Password', '>y</wsse:Password'))).to.equal(
          'digest.mismatch',
        );
      });
    }

    it('over sixteen nodes, and no more', () => {
      const over = (count: number) => {
        const ids = Array.from({ length: count }, (_, index) => `R-${index}`);
        const more = ids.map((id) => block('RelatesTo', WSA, id)).join('');
        return signedMessage({ by: RSA, more, uris: [...BOTH, ...ids.map((id) => `#${id}`)] });
      };
      expect(judge(over(14))).to.equal('ok T99.01');
      expect(judge(over(15))).to.equal('references.count');
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

    it('when a header was signed that is none of WS-Addressing, or stands elsewhere', () => {
      const inBody = `<Ping xmlns="urn:edxgate:gateway:1">${block('To')}</Ping>`;
      const wishes = {
        'another name': { more: block('FaultDetail', WSA, 'To') },
        'another spelling': { more: block('to', WSA, 'To') },
        'another namespace': { more: block('To', 'urn:x') },
        'no namespace': { more: `<To Id="To">urn:x</To>` },
        'in another header': { more: `<w:Wrap xmlns:w="urn:w">${block('To')}</w:Wrap>` },
        'in one of its own kind': { more: block('From').replace('urn:x', block('To')) },
        'in the Security header': { extra: block('To') },
        'in the Body': { body: inBody },
        'a token beside the Security header': {
          more: passwordText('T99.01', 'x')
            .replaceAll('wsse:', 'a:')
            .replace('UT-1', 'To')
            .replace('<a:UsernameToken', `<a:UsernameToken xmlns:a="${WSSE}" xmlns:wsu="${WSU}"`),
        },
        'a token deeper in the Security header': {
          extra: `<w:Wrap xmlns:w="urn:w">${passwordText('T99.01', 'x').replace('UT-1', 'To')}</w:Wrap>`,
        },
        'a token of another namespace': { extra: block('UsernameToken', 'urn:x', 'To') },
      };
      for (const [what, wish] of Object.entries(wishes)) {
        const text = signedMessage({ by: RSA, ...wish, uris: [...BOTH, '#To'] });
        expect(judge(text), what).to.equal('reference.not-a-part');
      }
    });

    it('when the header itself, the envelope, or a part of the signature is signed', () => {
      const text = signedMessage({ by: RSA, uris: [...BOTH, '#To'], more: block('To') });
      const bare = changed(text, block('To'), block('To').replace(' wsu:Id="To"', ''));
      for (const [from, to] of [
        ['<s:Header>', '<s:Header Id="To">'],
        ['<s:Envelope ', '<s:Envelope Id="To" '],
        ['<wsse:Security ', '<wsse:Security Id="To" '],
        ['<wsse:SecurityTokenReference wsu:Id="STR-1"', '<wsse:SecurityTokenReference wsu:Id="To"'],
        [
          '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="SIG-1"',
          `<ds:Signature xmlns:ds="${DS}" Id="To"`,
        ],
      ] as const) {
        expect(judge(changed(bare, from, to)), to).to.equal('reference.not-a-part');
      }
    });

    it('when a signed header was moved into another and a second stands in its place', () => {
      const signed = block('To');
      const text = signedMessage({ by: RSA, uris: [...BOTH, '#To'], more: signed });
      const evil = signed.replace('urn:x', 'urn:y');
      const moved = (other: string) =>
        changed(text, signed, `${other}<w:Wrap xmlns:w="urn:w">${signed}</w:Wrap>`);
      expect(judge(moved(evil)), 'same Id').to.equal('reference.repeated-id');
      for (const id of ['ID="To"', 'xml:id="To"']) {
        expect(judge(moved(evil.replace('wsu:Id="To"', id))), id).to.equal('reference.repeated-id');
      }
      expect(judge(moved(evil.replace('"To"', '"To-2"'))), 'other Id').to.equal(
        'reference.not-a-part',
      );
      expect(judge(moved(evil.replace(' wsu:Id="To"', ''))), 'no Id').to.equal(
        'reference.not-a-part',
      );
    });

    it('when headers are signed, but Body or Timestamp is not', () => {
      for (const uri of BOTH) {
        const uris = [uri, '#To', '#Action'];
        const text = signedMessage({ by: RSA, uris, more: block('To') + block('Action') });
        expect(judge(text), uri).to.equal('reference.missing');
      }
    });

    it('when a header is signed twice', () => {
      const uris = [...BOTH, '#To', '#To'];
      expect(judge(signedMessage({ by: RSA, uris, more: block('To') }))).to.equal(
        'reference.repeated',
      );
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
        () => signedMessage({ by: RSA, uris: ['#Body-1', '#TS-1', '#STR-1'] }),
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
