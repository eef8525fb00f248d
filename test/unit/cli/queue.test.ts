import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/clock.js';
import { issue } from '../../../src/model/issue.js';
import type { Refusal } from '../../../src/model/message.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import type { Store } from '../../../src/store/store.js';
import { samplePackage } from '../../support/sample-document.js';
import { endAttempt, failAttempt, organ, storeDocument } from '../operate/fixture.js';
import { openShell, type Shell } from './terminal.js';

const REASON = ['--reason', 'asked by phone'];

describe('queue, dead and quarantine on the command line', () => {
  let shell: Shell;

  beforeEach(async () => {
    shell = openShell();
    shell.write('edxgate.yaml', 'organ_id: T99.00\nstore: store\nlog: {format: text}\n');
    for (const organId of ['T99.01', 'T99.03']) {
      await shell.run(['agency', 'add', organId, '--name', organId]);
    }
    const push = ['--push', 'https://b.example/deliver'];
    await shell.run(['agency', 'add', 'T99.02', '--name', 'b', ...push]);
  });
  afterEach(() => shell.remove());

  const withStore = async <T>(
    work: (parts: { store: Store; clock: typeof systemClock }) => Promise<T>,
  ) => {
    const store = await openSqliteStore({
      folder: join(shell.folder, 'store'),
      clock: systemClock,
      refusals: { keepMs: 86_400_000, maxBytes: 10_000_000 },
    });
    try {
      return await work({ store, clock: systemClock });
    } finally {
      await store.close();
    }
  };
  const status = async (...args: string[]) => (await shell.run(args)).status;
  const code = async (...args: string[]) => {
    const { status: exit, err } = await shell.run([...args, '--json']);
    return [exit, (JSON.parse(err) as { error: { code: string } }).error.code];
  };

  it('acts on deliveries: status 0 all done, 3 some not, 4 none, 2 without a reason', async () => {
    const messageId = await withStore((parts) => storeDocument(parts));
    expect(await code('queue', 'hold', messageId)).to.deep.equal([2, 'queue.reason']);
    expect(await status('queue', 'hold', messageId, '--dry-run')).to.equal(0);
    expect((await shell.json(['queue', 'list', '--state', 'held'])).length).to.equal(0);
    expect(await status('queue', 'hold', '--to', 'T99.02', ...REASON)).to.equal(0);
    const [held, pending] = await shell.json(['queue', 'list', '--message', messageId]);
    expect([held?.['state'], pending?.['state']]).to.have.members(['held', 'pending']);
    expect(await status('queue', 'release', messageId, ...REASON)).to.equal(3);
    expect(await status('queue', 'hold', '--to', 'T99.77', ...REASON)).to.equal(4);
    expect(await code('queue', 'hold', ...REASON)).to.deep.equal([2, 'cli.usage']);
    expect(await code('queue', 'hold', '1', '--limit', '3', ...REASON)).to.deep.equal([
      2,
      'cli.usage',
    ]);
    const [act] = await shell.json(['log', 'acts', '--since', '1h', '--limit', '1']);
    expect(act).to.deep.include({ act: 'delivery.release', reason: 'asked by phone' });
    expect((await shell.run(['log', 'acts', '--limit', '1'])).out).to.contain('"asked by phone"');
  });

  it('answers each delivery with its result, and retry still with `retried`', async () => {
    const messageId = await withStore((parts) => storeDocument(parts));
    const { out } = await shell.run(['queue', 'retry', messageId, '--json']);
    const views = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(
      views.map((one) => [one['organId'], one['result'], one['retried'], one['code']]),
    ).to.deep.equal([
      ['T99.02', 'done', true, undefined],
      ['T99.03', 'unchanged', false, 'delivery.state'],
    ]);
    const text = await shell.run(['queue', 'cancel', messageId, '-n']);
    expect(text.out).to.match(/^\d+ {2}T99\.02 {2}queued {2}would be done\n/);
  });

  it('tells the sender of a cancelled document', async () => {
    const messageId = await withStore((parts) => storeDocument(parts));
    expect(await status('queue', 'cancel', messageId, '--reason', 'sent twice')).to.equal(0);
    const notices = await shell.json(['log', 'list', '--kind', 'status']);
    expect(notices.map((one) => [one['fromOrganId'], one['statusCode']])).to.deep.equal([
      ['T99.00', '02'],
      ['T99.00', '02'],
    ]);
  });

  it('shows attempts, answers as they came, what it waits for and what is next', async () => {
    const messageId = await withStore(async (parts) => {
      const id = await storeDocument(parts);
      await failAttempt(parts, 60_000, {
        organId: organ('T99.02'),
        failures: 5,
        lastCode: 'delivery.unreachable',
        openedAt: systemClock.now(),
        openUntil: systemClock.now() + 600_000,
      });
      return id;
    });
    const { out } = await shell.run(['queue', 'show', messageId]);
    expect(out).to.contain('attempt 1').and.contain('waits: the recipient is paused until');
    expect(out).to.contain('as a dead letter, delivery.exhausted');
    expect(out).to.contain('waits: for the recipient to collect; first listed: not listed yet');
    expect((await shell.run(['queue', 'breakers'])).out).to.contain('T99.02     open');
    expect((await shell.run(['queue', 'forecast'])).out).to.contain('paused until');
    const [forecast] = await shell.json(['queue', 'forecast', '--to', 'T99.02']);
    expect(forecast).to.deep.include({ organId: 'T99.02', noDrain: 'breaker' });
    expect(await status('queue', 'resume', 'T99.02', ...REASON)).to.equal(0);
    expect(await code('queue', 'resume', 'T99.02', ...REASON)).to.deep.equal([
      4,
      'breaker.unknown',
    ]);
    expect((await shell.run(['queue', 'breakers'])).out).to.equal('no recipient is paused\n');
  });

  it('shows the newest 100 to people and says that there are more', async () => {
    await withStore(async (parts) => {
      for (let i = 0; i < 51; i++) await storeDocument(parts, `d${i}`);
    });
    const { out } = await shell.run(['queue', 'list']);
    expect(out.trim().split('\n')).to.have.lengthOf(102);
    expect(out).to.contain('more with --limit');
    expect(await shell.json(['queue', 'list'])).to.have.lengthOf(102);
    expect((await shell.run(['queue', 'list', '--limit', '5'])).out).not.to.contain('more');
  });

  it('lists, shows and requeues dead letters', async () => {
    const { id } = await withStore(async (parts) => {
      await storeDocument(parts);
      return endAttempt(parts, 'dead', 'delivery.refused');
    });
    expect((await shell.run(['dead', 'list'])).out).to.contain('delivery.refused "so it was"');
    const shown = (await shell.run(['dead', 'show', String(id)])).out;
    expect(shown).to.contain('attempt 1').and.not.contain('<came/>');
    const raw = (await shell.run(['queue', 'show', String(id), '--raw'])).out;
    expect(raw).to.contain('    | HTTP/1.1 200 OK\n    | \n    | <as/><it/><came/>');
    expect(await status('dead', 'requeue', '--code', 'delivery.refused', ...REASON)).to.equal(0);
    expect((await shell.run(['dead', 'list'])).out).to.equal('no dead letters\n');
    expect(await status('dead', 'requeue', String(id), ...REASON)).to.equal(3);
  });

  describe('quarantine', () => {
    const refuse = (content: Buffer, over: Partial<Refusal> = {}) =>
      withStore(({ store }) =>
        store.addRefusal({
          correlationId: 'c-1',
          time: systemClock.now(),
          callerOrganId: organ('T99.01'),
          operation: 'SendPackage',
          code: 'recipient.unknown',
          issues: [issue('recipient.unknown', { value: 'T99.02' })],
          checks: [{ name: 'parts', verdict: 'pass', ms: 1, codes: [] }],
          sizeBytes: content.byteLength,
          contentDigest: createHash('sha256').update(content).digest('hex'),
          content,
          ...over,
        }),
      );

    it('hands a package in again under the rules of today', async () => {
      await refuse(samplePackage());
      expect((await shell.run(['quarantine', 'list'])).out).to.contain('package, whole');
      const [done] = await shell.json(['quarantine', 'requeue', 'c-1', ...REASON]);
      expect(done).to.deep.include({ correlationId: 'c-1', result: 'stored' });
      const [again] = await shell.json(['quarantine', 'requeue', 'c-1', ...REASON]);
      expect(again).to.deep.include({ result: 'duplicate', messageId: done?.['messageId'] });
      const [story] = await shell.json(['log', 'show', String(done?.['messageId'])]);
      expect(story?.['submission']).to.deep.include({
        operation: 'SendPackage',
        proof: 'operator',
      });
    });

    it('looks at the attachments of what it handed in: no gateway that runs would', async () => {
      await refuse(samplePackage({}, Buffer.from('%PDF-1.7 không có chữ ký')));
      const [done] = await shell.json(['quarantine', 'requeue', 'c-1', ...REASON]);
      const messageId = String(done?.['messageId']);
      const [story] = await shell.json(['log', 'show', messageId]);
      const events = story?.['events'] as readonly { event: string; detail: unknown }[];
      const looked = events.filter(({ event }) => event === 'attachments-checked');
      expect(looked.map(({ detail }) => detail)).to.deep.equal([{ files: 1, signatures: 0 }]);
      const acts = await shell.json(['log', 'acts', '--subject', 'c-1']);
      expect(acts.map((one) => one['act'])).to.deep.equal(['quarantine.requeue']);
    });

    it('says every issue when it is refused again: status 3', async () => {
      await refuse(samplePackage({ to: [{ organId: 'T99.88' }, { organId: 'T99.89' }] }));
      const { status: exit, out } = await shell.run(['quarantine', 'requeue', 'c-1', ...REASON]);
      expect(exit).to.equal(3);
      expect(out).to.contain('refused again: recipient.unknown');
      expect(out).to.contain('T99.88').and.contain('T99.89');
    });

    it('refuses for a caller that takes part no longer', async () => {
      await refuse(samplePackage());
      await shell.run(['agency', 'set', 'T99.01', '--inactive']);
      const { out } = await shell.run(['quarantine', 'requeue', 'c-1', '--json', ...REASON]);
      expect(JSON.parse(out)).to.deep.include({ result: 'refused', code: 'sender.unknown' });
    });

    it('exports what was kept into a new file for the owner alone, and says when it is cut', async () => {
      const content = samplePackage();
      await refuse(content, { sizeBytes: 5_000_000 });
      const { out } = await shell.run(['quarantine', 'export', 'c-1', '--out', 'refused.edxml']);
      expect(out).to.contain(`cut: the first ${content.byteLength} of 5000000 bytes`);
      const file = join(shell.folder, 'refused.edxml');
      expect(readFileSync(file).equals(content)).to.equal(true);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      expect(await status('quarantine', 'export', 'c-1', '--out', 'refused.edxml')).to.equal(1);
      expect(await code('quarantine', 'requeue', 'c-1', ...REASON)).to.deep.equal([
        1,
        'quarantine.cut',
      ]);
      expect(await code('quarantine', 'show', 'c-2')).to.deep.equal([4, 'quarantine.unknown']);
      const shown = await shell.run(['quarantine', 'show', 'c-1']);
      expect(shown.out).to.contain('check parts: pass').and.contain('recipient.unknown');
    });

    it('lists deliveries whose copy is damaged', async () => {
      await withStore(async (parts) => {
        await storeDocument(parts);
        await endAttempt(parts, 'held', 'store.damaged');
      });
      const [one] = await shell.json(['quarantine', 'list', '--damaged']);
      expect(one).to.deep.include({ organId: 'T99.02', state: 'held', lastCode: 'store.damaged' });
      expect((await shell.run(['quarantine', 'list'])).out).to.equal('nothing is kept\n');
    });
  });
});
