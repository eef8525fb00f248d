import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSecretFile } from '../../../src/config/secret-file.js';
import { certificateText, makeCertificate } from '../../../src/evidence/certificate.js';
import { makeReceipt } from '../../../src/evidence/receipt.js';
import { openReceiptKey } from '../../../src/evidence/receipt-keys.js';
import type { CertificateFacts } from '../../../src/model/certificate.js';
import { GatewayError } from '../../../src/model/issue.js';
import { newMessageId } from '../../../src/model/message-id.js';
import type { OrganId } from '../../../src/model/organ-id.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';

const GATEWAY = 'T99.00' as OrganId;
const PUSHED: CertificateFacts = {
  messageId: newMessageId(1_764_000_000_000, Buffer.alloc(10, 7)),
  kind: 'document',
  fromOrganId: 'T99.01' as OrganId,
  toOrganId: 'T99.02' as OrganId,
  documentId: 'T99.01,2026/11/24,7/SMA-TTĐT & <em> "x" \r\n\t]]>',
  contentDigest: 'ab'.repeat(32),
  deliveredAt: '2026-11-24T03:04:05.678Z',
  how: { kind: 'push', attempt: 3, endpoint: 'mau.example:443', answerDigest: 'cd'.repeat(32) },
};
const COLLECTED: CertificateFacts = { ...PUSHED, how: { kind: 'collect' } };
const BARE: CertificateFacts = { ...PUSHED, how: { kind: 'push', attempt: 1 } };

const KEYS: Readonly<Record<string, () => KeyObject>> = {
  'EC P-256': () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey,
  'EC P-384': () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey,
  'RSA 2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  'RSA 3072': () => generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey,
};
const UNFIT: Readonly<Record<string, () => KeyObject>> = {
  'RSA 1024': () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
  Ed25519: () => generateKeyPairSync('ed25519').privateKey,
  'EC secp256k1': () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey,
};

describe('delivery certificates', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-certificate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const path = (name: string) => join(folder, name);
  function keyFile(key: KeyObject): string {
    const pem = key.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(path('receipt.pem'), pem, { mode: 0o600 });
    return path('receipt.pem');
  }
  function openKey(key: KeyObject) {
    return openReceiptKey({ file: keyFile(key) }, readSecretFile);
  }
  /** With nothing but the public key. */
  function xmlsec(xml: string, key: KeyObject): void {
    const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
    writeFileSync(path('public.pem'), pem);
    writeFileSync(path('signed.xml'), xml);
    const args = ['--verify', '--pubkey-pem', path('public.pem'), path('signed.xml')];
    execFileSync('xmlsec1', args, { stdio: 'pipe' });
  }
  function xmllint(xml: string, schema: string): void {
    writeFileSync(path('signed.xml'), xml);
    const file = join(PACKAGE_ROOT, 'xsd', 'receipt', '1', schema);
    const args = ['--nonet', '--noout', '--schema', file, path('signed.xml')];
    execFileSync('xmllint', args, { stdio: 'pipe' });
  }
  const receipt = (key: KeyObject) =>
    Buffer.from(
      makeReceipt(
        {
          ...PUSHED,
          sizeBytes: 12345,
          receivedAt: PUSHED.deliveredAt,
          signatureClass: 'valid',
          recipients: [PUSHED.toOrganId],
        },
        GATEWAY,
        openKey(key),
      ),
    ).toString('utf8');
  const certificate = (key: KeyObject, facts = PUSHED) =>
    Buffer.from(makeCertificate(facts, GATEWAY, openKey(key))).toString('utf8');

  for (const [name, facts] of Object.entries({ PUSHED, COLLECTED, BARE })) {
    it(`is written in exclusive canonical form: ${name}`, () => {
      const text = certificateText(facts, GATEWAY);
      const document = parseXml(scanXml(Buffer.from(text)));
      const canonical = document.canonical(document.root, { method: 'exclusive' });
      expect(canonical.toString('utf8')).to.equal(text);
      document.dispose();
    });

    it(`is valid against its schema, by our reader and by xmllint: ${name}`, () => {
      const xml = certificate((KEYS['EC P-256'] as () => KeyObject)(), facts);
      const document = parseXml(scanXml(Buffer.from(xml)));
      expect(document.validate('certificate')).to.deep.equal([]);
      document.dispose();
      xmllint(xml, 'certificate.xsd');
    });
  }

  it('says who took what, when and how', () => {
    expect(certificateText(COLLECTED, GATEWAY)).to.match(
      /<How>collect<\/How><ConfirmedOutcome>done<\/ConfirmedOutcome><\/DeliveryCertificate>$/,
    );
    expect(certificateText(PUSHED, GATEWAY)).to.include(
      `<How>push</How><Attempt>3</Attempt><Endpoint>mau.example:443</Endpoint>` +
        `<AnswerDigest>${'cd'.repeat(32)}</AnswerDigest>`,
    );
  });

  for (const [name, makeKey] of Object.entries(KEYS)) {
    it(`receipt and certificate hold for xmlsec1 alone, signed with ${name}`, () => {
      const key = makeKey();
      const texts = [
        [receipt(key), 'receipt.xsd'],
        [certificate(key), 'certificate.xsd'],
        [certificate(key, COLLECTED), 'certificate.xsd'],
      ] as const;
      for (const [xml, schema] of texts) {
        xmlsec(xml, key);
        xmllint(xml, schema);
        expect(() => xmlsec(xml.replace('T99.01', 'T99.09'), key)).to.throw();
        expect(() => xmlsec(xml, makeKey())).to.throw();
      }
    });
  }

  for (const [name, makeKey] of Object.entries(UNFIT)) {
    it(`refuses to start with a key that verifiers would not take: ${name}`, () => {
      expect(() => openKey(makeKey()))
        .to.throw(GatewayError, /receipt\.pem/)
        .with.property('code', 'file.unreadable');
    });
  }

  it('refuses a file that holds no private key', () => {
    writeFileSync(path('receipt.pem'), 'không phải khóa', { mode: 0o600 });
    expect(() => openReceiptKey({ file: path('receipt.pem') }, readSecretFile))
      .to.throw(GatewayError, /receipt\.pem/)
      .with.property('code', 'file.unreadable');
  });
});
