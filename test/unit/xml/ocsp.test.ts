/**
 * What an OCSP answer is worth: right ones, and every lie a responder may tell.
 */
import { expect } from 'chai';
import { ocspUrlOf } from '../../../src/xml/authority-information.js';
import { extensions } from '../../../src/xml/certificate-writer.js';
import { derChildren, readDer } from '../../../src/xml/der.js';
import { isFresh, readOcspAnswer, writeOcspRequest } from '../../../src/xml/ocsp.js';
import {
  authority,
  DAY,
  ecKey,
  make,
  type OcspContent,
  ocspAt,
  ocspResponse,
  signer,
} from '../../support/pki.js';

const AT = Date.UTC(2026, 10, 24);
const HOUR = 3_600_000;
const root = authority(AT, 'Root T');
const other = authority(AT, 'Root U');
const leaf = signer(AT, root, 'T99.02');
const GOOD: OcspContent = { status: 'good', thisUpdate: AT - HOUR, nextUpdate: AT + DAY };
const PURPOSE_OCSP = extensions.extendedKeyUsage('1.3.6.1.5.5.7.3.9');

function read(bytes: Buffer, about = leaf, by = root): string {
  const reading = readOcspAnswer(bytes, about.certificate, by.certificate, AT);
  if (!reading.ok) return reading.reason;
  return reading.answer.revokedAt === undefined ? 'good' : 'revoked';
}
const answer = (changes: Partial<OcspContent> = {}): string =>
  read(ocspResponse(leaf, root, { ...GOOD, ...changes }));

describe('OCSP answers', () => {
  it('of the issuer are read, by key or by name, hashed with SHA-1 or SHA-256', () => {
    expect(answer()).to.equal('good');
    expect(answer({ byName: true })).to.equal('good');
    expect(answer({ hash: 'sha256' })).to.equal('good');
    expect(answer({ status: 'revoked', revokedAt: AT - DAY })).to.equal('revoked');
  });

  it('of a responder that the issuer appointed are read', () => {
    const delegate = make(AT, {
      subject: [['CN', 'OCSP T']],
      by: root,
      extensions: [PURPOSE_OCSP],
    });
    expect(answer({ delegate })).to.equal('good');
    expect(answer({ delegate, byName: true })).to.equal('good');
  });

  it('of anybody else are not', () => {
    expect(answer({ key: ecKey() })).to.equal('signature');
    const plain = make(AT, { subject: [['CN', 'OCSP T']], by: root });
    expect(answer({ delegate: plain }), 'without the purpose').to.equal('signature');
    const foreign = make(AT, {
      subject: [['CN', 'OCSP T']],
      by: other,
      extensions: [PURPOSE_OCSP],
    });
    expect(answer({ delegate: foreign }), 'of another authority').to.equal('signature');
    const selfMade = make(AT, { subject: root.name, extensions: [PURPOSE_OCSP] });
    expect(answer({ delegate: selfMade }), 'that calls itself the issuer').to.equal('signature');
    const ended = { notBefore: AT - 9 * DAY, notAfter: AT - DAY, extensions: [PURPOSE_OCSP] };
    const old = make(AT, { subject: [['CN', 'OCSP T']], by: root, ...ended });
    expect(answer({ delegate: old }), 'that has ended').to.equal('signature');
    expect(answer({ delegate: leaf }), 'the certificate asked about').to.equal('signature');
  });

  it('with a weak signature are not', () => {
    expect(answer({ signatureHash: 'sha1' })).to.equal('signature');
  });

  it('about another certificate, or of another authority, are not', () => {
    const sister = signer(AT, root, 'T99.03');
    expect(read(ocspResponse(sister, root, GOOD))).to.equal('other-certificate');
    expect(read(ocspResponse(leaf, other, GOOD))).to.equal('other-certificate');
  });

  it('past their time, or from the future, are not', () => {
    expect(answer({ nextUpdate: AT - 1000 })).to.equal('stale');
    expect(answer({ thisUpdate: AT + HOUR })).to.equal('future');
    const { nextUpdate: _, ...endless } = GOOD;
    expect(read(ocspResponse(leaf, root, endless))).to.equal('good');
    const old = { ...endless, thisUpdate: AT - 2 * DAY };
    expect(read(ocspResponse(leaf, root, old))).to.equal('stale');
  });

  it('that say nothing are not', () => {
    expect(answer({ status: 'unknown' })).to.equal('unknown');
    expect(answer({ responseStatus: 3 })).to.equal('refused');
    expect(read(Buffer.alloc(0))).to.equal('unreadable');
    expect(read(Buffer.from('<html>404</html>'))).to.equal('unreadable');
    expect(read(Buffer.alloc(70_000, 0x30))).to.equal('unreadable');
  });

  it('with any byte bent say no good and throw nothing', () => {
    const bytes = ocspResponse(leaf, root, GOOD);
    for (let i = 0; i < bytes.length; i++) {
      const bent = Buffer.from(bytes);
      bent.writeUInt8(bent.readUInt8(i) ^ 0x41, i);
      expect(read(bent), `byte ${i}`).not.to.equal('revoked');
      if (i > 40) expect(read(bent), `byte ${i}`).not.to.equal('good');
    }
  });

  it('count until their end', () => {
    const held = { thisUpdate: AT, nextUpdate: AT + HOUR, revokedAt: undefined };
    expect(isFresh(held, AT + HOUR)).to.equal(true);
    expect(isFresh(held, AT + HOUR + 1)).to.equal(false);
    expect(isFresh({ ...held, nextUpdate: undefined }, AT + DAY)).to.equal(true);
    expect(isFresh({ ...held, nextUpdate: undefined }, AT + DAY + 1)).to.equal(false);
  });
});

describe('OCSP questions', () => {
  it('name the certificate and nothing of us', () => {
    const request = readDer(writeOcspRequest(leaf.certificate, root.certificate));
    let node = request;
    for (let depth = 0; depth < 4; depth++) {
      const inner = derChildren(node);
      expect(inner).to.have.length(1);
      node = inner[0] ?? node;
    }
    const [, nameHash, keyHash, serial] = derChildren(node);
    expect(nameHash?.content.length).to.equal(20);
    expect(keyHash?.content.length).to.equal(20);
    expect(serial?.content.toString('hex')).to.equal(leaf.certificate.serial);
  });

  it('go only to hosts on the list', () => {
    const at = (url: string): string | undefined =>
      ocspUrlOf(
        signer(AT, root, 'T99.02', ocspAt(url)).certificate,
        new Set(['ocsp.example', 'ocsp.example:8080']),
      );
    expect(at('http://ocsp.example/x')).to.equal('http://ocsp.example/x');
    expect(at('http://OCSP.example:8080/')).to.equal('http://OCSP.example:8080/');
    for (const url of [
      'http://ocsp.example.evil.example/',
      'http://ocsp.example@evil.example/',
      'http://user:pw@ocsp.example/',
      'http://ocsp.example:81/',
      'http://evil.example/?ocsp.example',
      'ldap://ocsp.example/',
      'file:///etc/passwd',
      'not an address',
      `http://ocsp.example/${'x'.repeat(600)}`,
    ]) {
      expect(at(url), url).to.equal(undefined);
    }
    expect(ocspUrlOf(leaf.certificate, new Set(['ocsp.example']))).to.equal(undefined);
  });
});
