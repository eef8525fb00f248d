import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommandLine } from '../../src/cli/run.js';
import { systemClock } from '../../src/clock.js';
import type { EvidenceFacts } from '../../src/evidence/evidence-facts.js';
import { CHECK_COMMANDS } from '../../src/evidence/evidence-readme.js';
import type { EvidenceReport } from '../../src/evidence/evidence-verify.js';
import type { MessageId } from '../../src/model/message-id.js';
import { answer, deliveryTools, documentFor, ROUTE } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { startRecipient, type TestRecipient } from '../support/recipient.js';
import { until } from '../support/until.js';

/** The commands beside a running gateway, on the same store. */
describe('edxgate evidence export, verify', function () {
  this.timeout(60_000);
  let gateway: TestGateway;
  let recipient: TestRecipient;
  let folder: string;
  let messageId: MessageId;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-evidence-'));
    recipient = await startRecipient();
    gateway = await openGateway();
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.04', route: ROUTE(recipient.url) });
    writeFileSync(
      join(folder, 'edxgate.yaml'),
      `organ_id: T99.00\nstore: ${join(gateway.folder, 'store')}\n`,
    );
    const { send, misbehaveTimes } = deliveryTools(
      () => gateway,
      () => recipient,
    );
    misbehaveTimes(99, (response) => answer(response, 503, 'dừng'));
    messageId = await send(documentFor());
    await until(async () => (await gateway.store.deliveriesOf(messageId))[0]?.state === 'dead');
  });
  after(async () => {
    await gateway.close();
    await recipient.close();
    rmSync(folder, { recursive: true });
  });

  async function edxgate(cwd: string, ...args: string[]) {
    let out = '';
    let err = '';
    const status = await runCommandLine(args, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      readInput: async () => Buffer.alloc(0),
      env: {},
      folder: cwd,
      clock: systemClock,
    });
    return { status, out, err };
  }
  const at = (name: string): string => join(folder, name);
  const member = (file: string, name: string): string =>
    execFileSync('unzip', ['-p', at(file), name]).toString();
  function shellStatus(file: string, ...key: string[]): number | null {
    writeFileSync(at('check.sh'), CHECK_COMMANDS);
    return spawnSync('bash', [at('check.sh'), at(file), ...key]).status;
  }

  it('exports what happened to a document that was not delivered, with the failure notice', async () => {
    const done = await edxgate(
      folder,
      'evidence',
      'export',
      messageId,
      '--out',
      'dead.zip',
      '--json',
    );
    expect(done.err).to.equal('');
    expect(done.status).to.equal(0);
    const told = JSON.parse(done.out) as { members: string[]; missing: unknown[] };
    expect(told.missing).to.deep.equal([]);
    const facts = JSON.parse(member('dead.zip', 'message.json')) as EvidenceFacts;
    const [delivery] = facts.deliveries;
    expect(delivery?.state).to.equal('dead');
    expect(delivery?.certificates).to.deep.equal([]);
    expect(delivery?.attempts).to.have.length(4);
    expect(member('dead.zip', `deliveries/${delivery?.id}/answer-1.txt`)).to.include('dừng');
    expect(facts.statuses.map((one) => [one.fromOrganId, one.statusCode])).to.deep.equal([
      ['T99.00', '02'],
    ]);
    expect(facts.log.covered).to.equal(facts.log.entries);
    expect(shellStatus('dead.zip')).to.equal(0);
  });

  it('notes who exported it in the acts of operators', async () => {
    const { items } = await gateway.store.listActs(messageId, { limit: 9 });
    expect(items[0]?.act).to.equal('evidence.export');
    expect(items[0]?.actor).to.match(/^cli:/);
  });

  it('writes over nothing, and knows no unknown message', async () => {
    const again = await edxgate(folder, 'evidence', 'export', messageId, '--out', 'dead.zip');
    expect(again.status).to.equal(1);
    expect(again.err).to.include('is there already');
    for (const id of ['01JD8Z6T4B6X3WQ2N5R7V9K1MC', '../x']) {
      const none = await edxgate(folder, 'evidence', 'export', id, '--out', 'none.zip');
      expect(none.status).to.equal(4);
    }
    expect(readdirSync(folder)).to.not.include('none.zip');
  });

  it('verifies without configuration and store: 0, or 3 when a byte was changed', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    const good = await edxgate(empty, 'evidence', 'verify', at('dead.zip'), '--json');
    expect(good.status).to.equal(0);
    const report = JSON.parse(good.out) as EvidenceReport;
    expect(report.ok).to.equal(true);
    for (const check of report.checks) expect(check).to.have.all.keys('name', 'ok', 'reason');
    const bytes = readFileSync(at('dead.zip'));
    const place = bytes.indexOf('ReceivedAt');
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    writeFileSync(at('changed.zip'), bytes);
    const bad = await edxgate(empty, 'evidence', 'verify', at('changed.zip'), '--json');
    expect(bad.status).to.equal(3);
    expect((JSON.parse(bad.out) as EvidenceReport).ok).to.equal(false);
    const people = await edxgate(empty, 'evidence', 'verify', at('changed.zip'));
    expect(people.out).to.include('the evidence file does not hold');
    const none = await edxgate(empty, 'evidence', 'verify', 'none.zip');
    expect(none.status).to.equal(1);
    expect(readdirSync(empty)).to.deep.equal([]);
  });

  it('takes the key from a file or a folder', async () => {
    const keys = join(gateway.folder, 'store', 'keys');
    const given = ['evidence', 'verify', at('dead.zip')];
    const one = await edxgate(folder, ...given, '--key', join(keys, 'receipt-1.pub.pem'));
    expect(one.status).to.equal(0);
    expect(one.out).to.not.include('NOT PROVEN');
    expect((await edxgate(folder, ...given, '--keys', keys)).status).to.equal(0);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(at('other.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    expect((await edxgate(folder, ...given, '--key', at('other.pem'))).status).to.equal(3);
    expect((await edxgate(folder, ...given, '--key', at('none.pem'))).status).to.equal(1);
  });

  it('signs with RSA and P-384 as well, for the same commands', async () => {
    const pairs = [
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
      generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    ];
    for (const [number, { privateKey }] of pairs.entries()) {
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
      writeFileSync(at(`key-${number}.pem`), pem, { mode: 0o600 });
      const config = at(`config-${number}.yaml`);
      const store = join(gateway.folder, 'store');
      const text = `organ_id: T99.00\nstore: ${store}\nkeys:\n  receipt: ${at(`key-${number}.pem`)}\n`;
      writeFileSync(config, text);
      const out = `key-${number}.zip`;
      const done = await edxgate(
        folder,
        'evidence',
        'export',
        messageId,
        '--out',
        out,
        '-c',
        config,
      );
      expect(done.err).to.equal('');
      expect((await edxgate(folder, 'evidence', 'verify', at(out))).status).to.equal(0);
      expect(shellStatus(out)).to.equal(0);
    }
    // The checkpoints made on the way are signed with keys that are kept.
    expect((await edxgate(folder, 'log', 'verify')).status).to.equal(0);
  });

  it('exports a notice as well', async () => {
    const { items } = await gateway.store.listMessages({ kind: 'status' }, { limit: 1 });
    const id = items[0]?.messageId ?? '';
    const done = await edxgate(folder, 'evidence', 'export', id, '--out', 'notice.zip');
    expect(done.status).to.equal(0);
    expect((await edxgate(folder, 'evidence', 'verify', 'notice.zip')).status).to.equal(0);
    expect(shellStatus('notice.zip')).to.equal(0);
  });
});
