import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSecretFile } from '../../../src/config/secret-file.js';
import {
  makePassReport,
  passReportText,
  readPassReport,
} from '../../../src/evidence/pass-report.js';
import { openReceiptKey, type ReceiptKey } from '../../../src/evidence/receipt-keys.js';
import { newMessageId } from '../../../src/model/message-id.js';
import type { OrganId } from '../../../src/model/organ-id.js';
import type { PassFacts } from '../../../src/model/partner-pass.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import { receiptSignature } from '../../../src/xml/sign.js';

const GATEWAY = 'T99.00' as OrganId;
const ID = newMessageId(1_764_000_000_000, Buffer.alloc(10, 7));
const FACTS: PassFacts = {
  organId: 'T99.05' as OrganId,
  suiteVersion: 1,
  since: '2026-11-20T01:00:00.000Z',
  issuedAt: '2026-11-24T03:04:05.678Z',
  shown: [
    { requirementId: 'send.document', messageIds: [ID] },
    { requirementId: 'send.large', messageIds: [ID, ID] },
  ],
};

describe('pass reports', () => {
  let folder: string;
  let key: ReceiptKey;
  let report: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-pass-'));
    key = openReceiptKey({ folder }, readSecretFile);
    report = makePassReport(FACTS, GATEWAY, key);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const keys = () => new Map([[key.id, key.publicKey]]);

  it('are written in exclusive canonical form, and fit their schema', () => {
    const text = passReportText(FACTS, GATEWAY);
    const plain = parseXml(scanXml(Buffer.from(text)));
    const canonical = plain.canonical(plain.root, { method: 'exclusive' });
    expect(canonical.toString('utf8')).to.equal(text);
    plain.dispose();
    const document = parseXml(scanXml(Buffer.from(report)));
    expect(document.validate('partnerPass')).to.deep.equal([]);
    document.dispose();
    const file = join(folder, 'report.xml');
    writeFileSync(file, report);
    const schema = join(PACKAGE_ROOT, 'xsd', 'receipt', '1', 'partner-pass.xsd');
    const args = ['--nonet', '--noout', '--schema', schema, file];
    execFileSync('xmllint', args, { stdio: 'pipe' });
    const publicFile = join(folder, 'receipt-1.pub.pem');
    execFileSync('xmlsec1', ['--verify', '--pubkey-pem', publicFile, file], { stdio: 'pipe' });
  });

  it('are read back as they were written, an end of line after them or not', () => {
    for (const xml of [report, `${report}\r\n`]) {
      expect(readPassReport(xml, keys())).to.deep.equal({
        ok: true,
        keyId: key.id,
        pass: { ...FACTS, gateway: GATEWAY, report },
      });
    }
  });

  it('count only unchanged, signed with a known key, and as pass reports', () => {
    const reasonOf = (xml: string, known = keys()) => {
      const reading = readPassReport(xml, known);
      return reading.ok ? 'ok' : reading.reason;
    };
    expect(reasonOf(report.replace('T99.05', 'T99.06'))).to.contain('does not hold');
    expect(reasonOf(passReportText(FACTS, GATEWAY))).to.contain('does not hold');
    expect(reasonOf('')).to.contain('does not hold');
    expect(reasonOf(report, new Map())).to.contain('another key');
    expect(reasonOf(' '.repeat(300_000))).to.contain('too long');
    // What the same key signed for other ends.
    const others = [
      `<Receipt xmlns="urn:edxgate:receipt:1"><OrganId>T99.05</OrganId></Receipt>`,
      passReportText(FACTS, GATEWAY).replace('sandbox', 'production'),
      passReportText(FACTS, GATEWAY).replace(ID, 'x'),
      passReportText({ ...FACTS, issuedAt: 'never' }, GATEWAY),
    ];
    for (const text of others) {
      expect(reasonOf(receiptSignature(text, key)), text).to.contain('not a pass report');
    }
  });
});
