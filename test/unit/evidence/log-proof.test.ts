/** Checkpoints and proofs hold for a stranger with a shell, xmlsec1 and xmllint. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/clock.js';
import { readCheckpoint } from '../../../src/evidence/checkpoint.js';
import { startCheckpoints } from '../../../src/evidence/checkpoint-maker.js';
import { keepPublicKey, readPublicKeys } from '../../../src/evidence/kept-keys.js';
import { logProof, logProofText } from '../../../src/evidence/log-proof.js';
import { leafHash, rootOfPath } from '../../../src/evidence/merkle.js';
import { openReceiptKey } from '../../../src/evidence/receipt-keys.js';
import { silentLogger } from '../../../src/log.js';
import type { MessageId } from '../../../src/model/message-id.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import { until } from '../../support/until.js';
import { document, GATEWAY, T0 } from '../store/samples.js';
import { fillLog, type LogFolder, logFolder } from './log-bench.js';

/** The script of docs/evidence.md, word for word. */
function documentedScript(): string {
  const page = readFileSync(resolve('docs/evidence.md'), 'utf8');
  return /```sh\n(.*?)```/s.exec(page)?.[1] ?? '';
}

describe('checkpoints and proofs', function () {
  this.timeout(30_000);
  let log: LogFolder;
  let made: MessageId[];
  beforeEach(async () => {
    log = logFolder();
    made = await fillLog(log);
  });
  afterEach(() => log.remove());

  const verifies = (number: number, file: string): boolean => {
    const key = join(log.keys, `receipt-${number}.pub.pem`);
    try {
      execFileSync('xmlsec1', ['--verify', '--pubkey-pem', key, file], { stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  };

  it('are signed for xmlsec1, each with the key of its time, and valid against their schema', () => {
    for (const { number, text } of log.checkpoints()) {
      const file = join(log.folder, `${number}.xml`);
      writeFileSync(file, text);
      expect(verifies(number, file)).to.equal(true);
      expect(verifies(3 - number, file)).to.equal(false);
      writeFileSync(file, text.replace('<Entries>', '<Entries>1'));
      expect(verifies(number, file)).to.equal(false);
      const schema = resolve('xsd/receipt/1/checkpoint.xsd');
      writeFileSync(file, text);
      execFileSync('xmllint', ['--noout', '--nonet', '--schema', schema, file], { stdio: 'pipe' });
      const parsed = parseXml(scanXml(Buffer.from(text)));
      expect(parsed.validate('checkpoint')).to.deep.equal([]);
      parsed.dispose();
    }
  });

  it('are taken by their exact form only', () => {
    const keys = readPublicKeys(log.keys);
    const [first] = log.checkpoints();
    const text = first?.text ?? '';
    const kind = (xml: string): string => readCheckpoint(xml, (id) => keys.get(id)).kind;
    expect(kind(text)).to.equal('holds');
    for (const changed of [
      text.replace('<Number>1<', '<Number>2<'),
      text.replace('</Checkpoint>', ' </Checkpoint>'),
      text.replace('<MerkleRoot>', '<MerkleRoot >'),
      text.replace('Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"', 'Algorithm="urn:x"'),
      text.replace(/<Chain>/, '<Chain><Name>gateway</Name></Chain><Chain>'),
      '',
      '<Checkpoint></Checkpoint>',
    ]) {
      expect(kind(changed), changed).to.equal('broken');
    }
  });

  it('are not made when nothing was logged, and bounded in what they cover', async () => {
    const store = await log.open();
    try {
      expect(await log.checkpoint(store)).to.equal(1);
      expect(await log.checkpoint(store)).to.equal(0);
      for (let i = 0; i < 5; i++) await store.acceptMessage(document({ at: T0 + i }));
      // 15 events and the entry of the last checkpoint, then those of the new ones.
      expect(await log.checkpoint(store, 4)).to.be.greaterThan(3);
    } finally {
      await store.close();
    }
    for (const { text } of log.checkpoints().slice(3)) {
      expect(Number(/<Entries>(\d+)</.exec(text)?.[1])).to.be.within(1, 4);
    }
    expect(await log.verify()).to.deep.include({ ok: true, uncovered: 0 });
  });

  it('are made from time to time, and at the stop', async () => {
    const store = await log.open();
    const key = openReceiptKey({ folder: log.keys }, (file) => readFileSync(file));
    const start = (everyMs: number) =>
      startCheckpoints({
        ...{ store, clock: systemClock, logger: silentLogger, gateway: GATEWAY, key, everyMs },
      });
    try {
      const often = start(10);
      await until(() => log.checkpoints().length === 3);
      await often.stop();
      await store.acceptMessage(document({ at: T0 }));
      const rarely = start(3_600_000);
      await rarely.stop();
    } finally {
      await store.close();
    }
    expect(log.checkpoints()).to.have.length(4);
    expect(await log.verify()).to.deep.include({ ok: true, uncovered: 0 });
  });

  it('keep the public key of a key file, under its id', () => {
    const key = openReceiptKey({ folder: join(log.folder, 'other') }, (file) => readFileSync(file));
    expect(readPublicKeys(log.keys).has(key.id)).to.equal(false);
    for (let i = 0; i < 2; i++) keepPublicKey(log.keys, key);
    expect([...readPublicKeys(log.keys).keys()])
      .to.have.length(3)
      .and.to.include(key.id);
  });

  it('prove every event of a message, up to the root of a signed checkpoint', async () => {
    const store = await log.open();
    try {
      const proof = await logProof(store, made[1] as MessageId);
      expect(
        proof.entries.map(({ text }) => JSON.parse(`${text.split('] ')[0]}]`)[3]),
      ).to.deep.equal(['received', 'checks', 'stored', 'attempt']);
      expect(proof.checkpoints.map(({ number }) => number)).to.deep.equal([1]);
      for (const { hash, inclusion } of proof.entries) {
        const root = rootOfPath(Buffer.from(hash, 'hex'), inclusion?.path ?? []);
        expect(root.toString('hex')).to.equal(inclusion?.root);
        expect(leafHash(Buffer.from(hash, 'hex'))).to.have.length(32);
      }
      const uncovered = await logProof(store, made[3] as MessageId);
      expect(uncovered.entries).to.have.length(4);
      expect(uncovered.entries.every(({ inclusion }) => inclusion === undefined)).to.equal(true);
    } finally {
      await store.close();
    }
  });

  it('are checked by the shell script of the documentation', async () => {
    const store = await log.open();
    const run = (text: string): string[] => {
      writeFileSync(join(log.folder, 'proof.txt'), text);
      const options = { cwd: log.folder, input: documentedScript(), encoding: 'utf8' } as const;
      return execFileSync('sh', ['-s'], options).trim().split('\n');
    };
    try {
      const proof = await logProof(store, made[2] as MessageId);
      expect(proof.entries).to.have.length(4);
      for (const { number, text } of proof.checkpoints) {
        writeFileSync(join(log.folder, `checkpoint-${number}.xml`), text);
      }
      const text = logProofText(proof);
      expect(run(text)).to.deep.equal(proof.entries.map(({ line }) => `proven ${line}`));
      expect(run(text.replace('"delivered"', '"deferred"')).join()).to.include('the text is not');
      expect(run(text.replace(/^previous ./m, 'previous x')).join()).to.include('wrong hash');
      expect(run(text.replace(/^(left|right) \S\S/m, '$1 00')).join()).to.include('wrong way');
    } finally {
      await store.close();
    }
  });
});
