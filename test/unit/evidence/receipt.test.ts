import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSecretFile } from '../../../src/config/secret-file.js';
import { makeReceipt, type ReceiptContent, receiptText } from '../../../src/evidence/receipt.js';
import {
  listReceiptKeys,
  openReceiptKey,
  rotateReceiptKey,
} from '../../../src/evidence/receipt-keys.js';
import { newMessageId } from '../../../src/model/message-id.js';
import type { OrganId } from '../../../src/model/organ-id.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import { childOf } from '../../../src/xml/tree.js';

const GATEWAY = 'T99.00' as OrganId;
const CONTENT: ReceiptContent = {
  messageId: newMessageId(1_764_000_000_000, Buffer.alloc(10, 7)),
  kind: 'document',
  fromOrganId: 'T99.01' as OrganId,
  documentId: 'T99.01,2026/11/20,7/SMA-TTĐT & <em> "x" \r\n\t]]>',
  contentDigest: 'ab'.repeat(32),
  sizeBytes: 12345,
  receivedAt: '2026-11-24T03:04:05.678Z',
  signatureClass: 'valid',
  recipients: ['T99.02' as OrganId, 'T99.03' as OrganId],
};

describe('receipts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-receipt-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes the text in exclusive canonical form, whatever the document id holds', () => {
    const text = receiptText(CONTENT, GATEWAY);
    const document = parseXml(scanXml(Buffer.from(text)));
    expect(document.canonical(document.root, { method: 'exclusive' }).toString('utf8')).to.equal(
      text,
    );
    expect(childOf(document.root, 'DocumentId')?.text).to.equal(CONTENT.documentId);
    document.dispose();
  });

  it('replaces what XML cannot hold', () => {
    const text = receiptText({ ...CONTENT, documentId: 'a\u0000b\u001f\ud800c' }, GATEWAY);
    expect(text).to.include('<DocumentId>a\ufffdb\ufffd\ufffdc</DocumentId>');
  });

  it('is valid against the receipt schema', () => {
    const key = openReceiptKey({ folder }, readSecretFile);
    const document = parseXml(scanXml(makeReceipt(CONTENT, GATEWAY, key)));
    expect(document.validate('receipt')).to.deep.equal([]);
    document.dispose();
  });

  it('holds for xmlsec1 with nothing but the public key, and no longer when a byte changes', () => {
    const key = openReceiptKey({ folder }, readSecretFile);
    const [listed] = listReceiptKeys(folder);
    const file = join(folder, 'receipt.xml');
    const verify = () =>
      execFileSync('xmlsec1', ['--verify', '--pubkey-pem', listed?.publicKeyFile ?? '', file], {
        stdio: 'pipe',
      });
    const receipt = Buffer.from(makeReceipt(CONTENT, GATEWAY, key)).toString('utf8');
    writeFileSync(file, receipt);
    verify();
    writeFileSync(file, receipt.replace('12345', '12346'));
    expect(verify).to.throw();
  });
});

describe('receipt keys', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('makes the first key once and finds it again', () => {
    const first = openReceiptKey({ folder }, readSecretFile);
    const again = openReceiptKey({ folder }, readSecretFile);
    expect(again.id).to.equal(first.id);
    expect(listReceiptKeys(folder).map((one) => one.number)).to.deep.equal([1]);
    expect(statSync(join(folder, 'receipt-1.pem')).mode & 0o777).to.equal(0o600);
  });

  it('keeps the old public keys when it rotates', () => {
    const first = openReceiptKey({ folder }, readSecretFile);
    const made = rotateReceiptKey(folder);
    expect(made.number).to.equal(2);
    expect(openReceiptKey({ folder }, readSecretFile).id).to.equal(made.id);
    const all = listReceiptKeys(folder);
    expect(all.map((one) => [one.id, one.signing])).to.deep.equal([
      [first.id, false],
      [made.id, true],
    ]);
    expect(readdirSync(folder)).to.include('receipt-1.pub.pem');
  });

  it('refuses a key file that others can read', () => {
    openReceiptKey({ folder }, readSecretFile);
    chmodSync(join(folder, 'receipt-1.pem'), 0o644);
    expect(() => openReceiptKey({ folder }, readSecretFile)).to.throw(/receipt-1\.pem/);
  });
});
