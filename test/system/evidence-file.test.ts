import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.js';
import { makeCheckpoints } from '../../src/evidence/checkpoint-maker.js';
import type { EvidenceFacts } from '../../src/evidence/evidence-facts.js';
import { exportEvidence } from '../../src/evidence/evidence-file.js';
import { CHECK_COMMANDS } from '../../src/evidence/evidence-readme.js';
import { type Check, verifyEvidence } from '../../src/evidence/evidence-verify.js';
import { publicKeysOf, readPublicKeys } from '../../src/evidence/kept-keys.js';
import {
  listReceiptKeys,
  openReceiptKey,
  rotateReceiptKey,
} from '../../src/evidence/receipt-keys.js';
import { type Member, writeZip } from '../../src/evidence/zip-format.js';
import { readZip } from '../../src/evidence/zip-read.js';
import type { MessageId } from '../../src/model/message-id.js';
import { resultOf } from '../support/answers.js';
import { answer, deliveryTools, ROUTE } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { startRecipient, type TestRecipient } from '../support/recipient.js';
import { sampleStatusPackage } from '../support/sample-document.js';
import { certificateFor, sampleAuthority, signed } from '../support/signed.js';
import { call, operation, sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const HOSTILE = '<script>alert(1)</script>"\u202e';

/** The commands of docs/evidence.md, as somebody would copy them. */
function documented(): string {
  const text = readFileSync('docs/evidence.md', 'utf8');
  const block = /### The check without edxgate[\s\S]*?\n```bash\n([\s\S]*?)```/.exec(text)?.[1];
  if (block === undefined) throw new Error('docs/evidence.md shows no commands');
  return block;
}

describe('the evidence file', function () {
  this.timeout(60_000);
  let gateway: TestGateway;
  let recipient: TestRecipient;
  let folder: string;
  let messageId: MessageId;
  let file: Buffer;
  let members: readonly Member[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-evidence-'));
    writeFileSync(join(folder, 'check.sh'), documented());
    const authority = sampleAuthority();
    const anchors = join(folder, 'anchor.pem');
    writeFileSync(anchors, authority.certificatePem);
    recipient = await startRecipient();
    gateway = await openGateway({ trust: { anchors: [anchors] } });
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
    await gateway.agency({ organId: 'T99.04', route: ROUTE(recipient.url) });
    const { send, as, misbehaveTimes } = deliveryTools(
      () => gateway,
      () => recipient,
    );
    misbehaveTimes(1, (response) => answer(response, 503, HOSTILE));
    messageId = await send(
      signed(
        { to: [{ organId: 'T99.04' }, { organId: 'T99.02' }], subject: HOSTILE.slice(0, -1) },
        { by: certificateFor(authority, 'T99.01') },
      ),
    );
    await until(async () => {
      const states = (await gateway.store.deliveriesOf(messageId)).map(({ state }) => state);
      return states.includes('delivered');
    });
    const ask = async (name: string, children: string) =>
      resultOf(await call(gateway.soapUrl, operation(name, children), as('T99.02')));
    await ask('GetPackage', `<MessageId>${messageId}</MessageId>`);
    await ask('ConfirmReceived', `<MessageId>${messageId}</MessageId><Outcome>done</Outcome>`);
    const message = await gateway.store.getMessage(messageId);
    const notice = sampleStatusPackage({
      from: { organId: 'T99.02' },
      responseFor: {
        organId: 'T99.01',
        code: message?.documentCode ?? '',
        documentId: message?.documentId ?? '',
        promulgationDate: '2026/11/20',
      },
      statusCode: '03',
    });
    resultOf(await sendPackage(gateway.soapUrl, notice, as('T99.02')));
    file = await exported();
    members = membersOf(file);
  });
  after(async () => {
    await gateway.close();
    await recipient.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const keysFolder = (): string => join(gateway.folder, 'store', 'keys');

  async function exported(): Promise<Buffer> {
    const { store } = gateway;
    const key = openReceiptKey({ folder: keysFolder() }, (name) => readFileSync(name));
    const organId = 'T99.00' as Parameters<typeof exportEvidence>[0]['gateway'];
    await makeCheckpoints({ store, clock: systemClock, gateway: organId, key });
    const { bytes } = await exportEvidence(
      {
        store,
        clock: systemClock,
        gateway: organId,
        version: '0.0.0',
        key,
        keys: readPublicKeys(keysFolder()),
        trust: { anchors: [join(folder, 'anchor.pem')], crls: [] },
        storeFolder: join(gateway.folder, 'store'),
      },
      messageId,
    );
    return bytes;
  }
  function membersOf(bytes: Buffer): readonly Member[] {
    const read = readZip(bytes);
    if (read.kind === 'refused') throw new Error(read.reason);
    return read.members;
  }
  const textOf = (name: string, from = members): string =>
    Buffer.from(from.find((one) => one.name === name)?.bytes ?? []).toString('utf8');
  const keyFile = (number = 1): string =>
    listReceiptKeys(keysFolder()).find((one) => one.number === number)?.publicKeyFile ?? '';

  let count = 0;
  /** @returns what the documented commands say, and their status */
  async function shell(bytes: Buffer, ...key: string[]): Promise<{ status: number; out: string }> {
    const own = join(folder, `${++count}`);
    mkdirSync(own);
    const zip = join(own, 'evidence.zip');
    writeFileSync(zip, bytes);
    try {
      const { stdout } = await run('bash', [join(folder, 'check.sh'), zip, ...key]);
      return { status: 0, out: stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { status: code, out: stdout + stderr };
    } finally {
      rmSync(own, { recursive: true });
    }
  }
  const checkOf = (bytes: Buffer, name: string): Check | undefined =>
    verifyEvidence(bytes).checks.find((one) => one.name === name);
  const failedIn = (bytes: Buffer): string[] =>
    verifyEvidence(bytes)
      .checks.filter(({ ok }) => !ok)
      .map(({ name, reason }) => `${name}: ${reason}`);

  it('holds all there is', () => {
    const names = members.map(({ name }) => name);
    const facts = JSON.parse(textOf('message.json')) as EvidenceFacts;
    expect(facts.missing).to.deep.equal([]);
    expect(facts.messageId).to.equal(messageId);
    expect(names[0]).to.equal('mimetype');
    const [pushed, collected] = ['T99.04', 'T99.02'].map((organId) =>
      facts.deliveries.find((one) => one.organId === organId),
    );
    expect(names).to.include.members([
      'package.edxml',
      'receipt.xml',
      'signature/verdict.json',
      'signature/package-1.pem',
      'signature/anchor-1.pem',
      `deliveries/${pushed?.id}/certificate-1.xml`,
      `deliveries/${pushed?.id}/attempt-1.json`,
      `deliveries/${pushed?.id}/answer-1.txt`,
      `deliveries/${pushed?.id}/answer-2.txt`,
      `deliveries/${collected?.id}/certificate-1.xml`,
      'log/proof.json',
      'log/proof.txt',
      'log/checkpoint-1.xml',
    ]);
    expect(pushed?.attempts.map(({ outcome }) => outcome)).to.deep.equal(['deferred', 'delivered']);
    expect(collected?.collection?.confirmation?.outcome).to.equal('done');
    expect(facts.statuses.map(({ statusCode }) => statusCode)).to.deep.equal(['03']);
    expect(names).to.include.members([
      facts.statuses[0]?.package ?? '',
      facts.statuses[0]?.receipt ?? '',
    ]);
    expect(facts.log.covered).to.equal(facts.log.entries);
  });

  it('passes every check, and says that the key is not proven until one is given', () => {
    const report = verifyEvidence(file);
    expect(report.checks.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(report.ok).to.equal(true);
    expect(checkOf(file, 'key')?.reason).to.include('NOT PROVEN');
    expect(checkOf(file, 'signature')?.reason).to.match(/recorded: valid; made anew .*: valid/);
    const given = verifyEvidence(file, publicKeysOf([keyFile()]));
    expect(given.ok).to.equal(true);
    expect(given.checks.find(({ name }) => name === 'key')?.reason).to.not.include('NOT PROVEN');
  });

  it('passes the documented commands, which are those in its README', async () => {
    expect(documented()).to.equal(CHECK_COMMANDS);
    expect(textOf('README.txt')).to.include(CHECK_COMMANDS);
    for (const key of [[], [keyFile()]]) {
      const { status, out } = await shell(file, ...key);
      expect(out).to.include(`ok: message ${messageId}`);
      expect(out).to.include('delivered to T99.04 at ');
      expect(status).to.equal(0);
    }
  });

  it('is refused when one byte of any member is changed', async () => {
    for (const [at, { name, bytes }] of members.entries()) {
      const changed = Buffer.from(bytes);
      const place = Math.floor(changed.length / 2);
      changed[place] = (changed[place] ?? 0) ^ 1;
      const other = members.map((one, index) => (index === at ? { name, bytes: changed } : one));
      const zip = writeZip(other);
      expect(verifyEvidence(zip).ok, name).to.equal(false);
      const { status, out } = await shell(zip);
      expect(status, `${name}: ${out}`).to.not.equal(0);
      expect(out, name).to.include('FAILED');
    }
  });

  it('is refused when any byte of the archive is changed', () => {
    // Every byte of the small members, headers and directory; of large contents some.
    for (let at = 0; at < file.length; at += file.length > 60_000 ? 97 : 1) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x20;
      expect(verifyEvidence(changed).ok, `byte ${at}`).to.equal(false);
    }
  });

  it('is refused with a member more, fewer, renamed, doubled or moved', async () => {
    const extra = { name: 'log/checkpoint-999.xml', bytes: Buffer.from('x') };
    const at = members.findIndex(({ name }) => name === 'receipt.xml');
    const cases: Record<string, readonly Member[]> = {
      more: [...members.slice(0, at), extra, ...members.slice(at)],
      fewer: members.filter((_one, index) => index !== at),
      renamed: members.map((one) =>
        one.name === 'package.edxml' ? { ...one, name: 'statuses/x.edxml' } : one,
      ),
      behind: [...members, extra],
    };
    for (const [name, other] of Object.entries(cases)) {
      expect(verifyEvidence(writeZip(other)).ok, name).to.equal(false);
      expect((await shell(writeZip(other))).status, name).to.not.equal(0);
    }
    const doubled = writeZip([...members.slice(0, at), ...members.slice(at - 1)]);
    expect(failedIn(doubled)).to.deep.equal(['zip: zip.duplicate']);
    expect((await shell(doubled)).status).to.not.equal(0);
    const [one, two, ...rest] = members;
    if (one === undefined || two === undefined) throw new Error('no members');
    expect(verifyEvidence(writeZip([two, one, ...rest])).ok).to.equal(false);
  });

  it('is refused when somebody else seals it, once the key is known', async () => {
    const other = join(folder, 'other-keys');
    rotateReceiptKey(other);
    const theirs = listReceiptKeys(other)[0]?.publicKeyFile ?? '';
    const report = verifyEvidence(file, publicKeysOf([theirs]));
    expect(report.checks.filter(({ ok }) => !ok).map(({ name }) => name)).to.deep.equal(['key']);
    expect((await shell(file, theirs)).status).to.not.equal(0);
  });

  it('shows hostile text as text', () => {
    const page = textOf('index.html');
    expect(page).to.include('&lt;script&gt;alert(1)&lt;/script&gt;&quot;');
    expect(page).to.not.match(/<script|\u202e|(?:src|href)="(?:[a-z]+:|\/\/)/i);
    expect(page).to.include("default-src 'none'");
  });

  it('xmlsec1 and openssl each take the seal alone', () => {
    const own = join(folder, 'seal');
    mkdirSync(own);
    for (const name of ['META-INF/manifest.xml', 'SHA256SUMS', 'SHA256SUMS.sig']) {
      const bytes = members.find((one) => one.name === name)?.bytes ?? Buffer.alloc(0);
      writeFileSync(join(own, name.replace('META-INF/', '')), bytes);
    }
    const at = (name: string): string => join(own, name);
    const xmlsec = ['--verify', '--pubkey-pem', keyFile(), at('manifest.xml')];
    expect(spawnSync('xmlsec1', xmlsec).status).to.equal(0);
    const openssl = ['dgst', '-sha256', '-verify', keyFile(), '-signature', at('SHA256SUMS.sig')];
    expect(spawnSync('openssl', [...openssl, at('SHA256SUMS')]).status).to.equal(0);
  });

  it('stays whole after the key was rotated: old proofs by the old key, the file by the new one', async () => {
    rotateReceiptKey(keysFolder());
    gateway = await gateway.restart();
    const later = await exported();
    expect(failedIn(later)).to.deep.equal([]);
    const names = membersOf(later).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('keys/'))).to.have.length(2);
    expect(verifyEvidence(later, publicKeysOf([keyFile(2)])).ok).to.equal(true);
    expect(verifyEvidence(later, publicKeysOf([keyFile(1)])).ok).to.equal(false);
    expect((await shell(later, keyFile(2))).status).to.equal(0);
  });

  it('still proves what remains when retention deleted the content', async () => {
    const later = systemClock.now() + 400 * 86_400_000;
    const request = { state: 'delivered', before: later, limit: 100, now: later } as const;
    expect(await gateway.store.purgeContent(request)).to.be.at.least(1);
    const purged = await exported();
    const facts = JSON.parse(textOf('message.json', membersOf(purged))) as EvidenceFacts;
    expect(facts.package).to.equal(undefined);
    expect(facts.missing.map(({ what }) => what)).to.include('package.edxml');
    expect(failedIn(purged)).to.deep.equal([]);
    expect(checkOf(purged, 'package')?.reason).to.include('not in the file');
    const { status, out } = await shell(purged);
    expect(out).to.include('note: the package is not in the file');
    expect(status).to.equal(0);
  });
});
