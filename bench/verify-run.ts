/**
 * `node dist/bench/verify-run.js`: what verifying one signed package costs, beside xmlsec1 on the same
 * file in the same run (`--repeat`, start-up subtracted). Ours counts scan, parse and verdict.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/clock.js';
import { locate } from '../src/edxml/locate.js';
import { parseXml } from '../src/xml/parse.js';
import { createSampleAuthority, issueSampleCertificate } from '../src/xml/sample-authority.js';
import { scanXml } from '../src/xml/scan.js';
import { signPackage } from '../src/xml/sign.js';
import { TrustStore } from '../src/xml/trust.js';
import { type SignatureTrust, verifySignature } from '../src/xml/verify-signature.js';
import { samplePackage } from '../test/support/sample-document.js';
import { describeMachine } from './report.js';

const DAY = 86_400_000;
const now = systemClock.now();
const span = { notBefore: now - DAY, notAfter: now + DAY };
const authority = createSampleAuthority(span);
const issued = issueSampleCertificate(authority, {
  organId: 'T99.01',
  name: 'Sở Mẫu A',
  keyType: 'rsa',
});
const trust: SignatureTrust = {
  store: TrustStore.from([Buffer.from(authority.certificatePem)], []),
  from: 'T99.01',
  registered: [],
  at: now,
  allowSha1: false,
};

function verify(bytes: Buffer): void {
  const document = parseXml(scanXml(bytes));
  try {
    const verdict = verifySignature(document, locate(document), trust);
    if (verdict.class !== 'valid') throw new Error(`not valid: ${verdict.reasons.join()}`);
  } finally {
    document.dispose();
  }
}

function oursMs(bytes: Buffer, times: number): number {
  for (let i = 0; i < Math.min(times, 50); i++) verify(bytes);
  const start = systemClock.monotonic();
  for (let i = 0; i < times; i++) verify(bytes);
  return (systemClock.monotonic() - start) / times;
}

function xmlsec1Ms(file: string, anchor: string, times: number): number {
  const run = (repeat: number): number => {
    const start = systemClock.monotonic();
    const args = ['--verify', '--trusted-pem', anchor, '--repeat', String(repeat), file];
    execFileSync('xmlsec1', args, { stdio: 'pipe' });
    return systemClock.monotonic() - start;
  };
  run(1);
  const startUp = run(1);
  return (run(times + 1) - startUp) / times;
}

const folder = mkdtempSync(join(tmpdir(), 'edxgate-verify-'));
try {
  const anchor = join(folder, 'authority.pem');
  writeFileSync(anchor, authority.certificatePem);
  const file = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(3500, 'A')]);
  const places = Array.from({ length: 49_900 }, (_, at) => `P${at}`);
  const packages: readonly (readonly [name: string, xml: Buffer, times: number])[] = [
    ['10 kB', samplePackage({}, file), 1000],
    ['50,000 elements', samplePackage({ toPlaces: places }), 20],
  ];
  const machine = describeMachine(folder);
  process.stdout.write(`${JSON.stringify(machine)}\n`);
  for (const [name, xml, times] of packages) {
    const certificate = new X509Certificate(issued.certificatePem);
    const signed = signPackage(xml, createPrivateKey(issued.keyPem), certificate, {
      references: 'document',
    });
    const path = join(folder, 'package.edxml');
    writeFileSync(path, signed);
    const [ours, theirs] = [oursMs(signed, times), xmlsec1Ms(path, anchor, times)];
    process.stdout.write(
      `${name}, ${signed.length} bytes: ours ${ours.toFixed(3)} ms, xmlsec1 ${theirs.toFixed(3)} ms, ours/xmlsec1 ${(ours / theirs).toFixed(2)}\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
