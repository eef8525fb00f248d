/**
 * Contract of the chained log: every event and every act has its entry, and what was rolled back leaves
 * no gap.
 *
 * @module
 */
import { expect } from 'chai';
import { entryHash, entryLine, NO_HASH, sha256Text } from '../../../../src/model/log-entry.js';
import type { ReadEntry } from '../../../../src/store/log-reader.js';
import type { Bench } from '../contract.js';
import { act, agency, document, OTHER, organ, RECIPIENT, SENDER, T0 } from '../samples.js';

export function logContract(bench: Bench): void {
  /** All entries of all chains; gapless and linked, each with its row. */
  async function entries(): Promise<ReadEntry[]> {
    const log = await bench.store().openLog();
    try {
      const all: ReadEntry[] = [];
      for (const { chain, index: to } of await log.ends()) {
        const some = await log.entries({ chain, after: 0, to, limit: 10_000 });
        let previous = NO_HASH;
        for (const [i, { entry, row }] of some.entries()) {
          expect(entry.index).to.equal(i + 1);
          expect(entry.hash).to.equal(entryHash(previous, entryLine(entry)));
          previous = entry.hash;
          if (entry.kind === 'begin') continue;
          expect(sha256Text(row?.text ?? '')).to.equal(entry.digest);
          expect([row?.chain, row?.index]).to.deep.equal([entry.chain, entry.index]);
        }
        all.push(...some);
      }
      for (const kind of ['event', 'act'] as const) {
        expect(await log.strays(kind, 0, 10)).to.deep.equal({ unchained: 0, rows: [] });
      }
      return all;
    } finally {
      log.close();
    }
  }
  const names = async (): Promise<string[]> => (await entries()).map(({ entry }) => entry.name);

  it('begins with its own entry and grows with every event and act', async () => {
    const store = bench.store();
    expect(await names()).to.deep.equal([]);
    await store.putAgency(agency(RECIPIENT, {}), 'cli:an');
    expect(await names()).to.deep.equal(['log.begin', 'agency.put']);
    const sent = document();
    await store.acceptMessage(sent);
    await store.acceptMessage(sent);
    const [delivery] = await store.deliveriesOf(sent.message.messageId);
    await store.actOnDeliveries(act('hold', [delivery?.id ?? 0]));
    expect((await names()).slice(2)).to.deep.equal([
      ...['received', 'checks', 'stored', 'repeated', 'operator', 'delivery.hold'],
    ]);
  });

  it('holds ids and digests, no names, actors or subjects of documents', async () => {
    const store = bench.store();
    await store.putAgency(agency(RECIPIENT, { organName: 'Sở Mẫu' }), 'cli:an');
    await store.acceptMessage(document({ subject: 'Điều động' }));
    const lines = (await entries()).map(({ entry }) => entryLine(entry)).join('\n');
    expect(lines).to.match(/^[\n -~]+$/);
    expect(lines).to.not.match(/cli:|%/);
  });

  it('has one row for the checks of a message, told as an event for each', async () => {
    const checks = ['scan', 'schema'].map((name) => {
      return { name, verdict: 'pass', ms: 1, codes: [] } as never;
    });
    const sent = document({ checks });
    await bench.store().acceptMessage(sent);
    const told = await bench.store().listEvents(sent.message.messageId);
    expect(told.map((one) => one.event)).to.deep.equal([
      'received',
      'checked',
      'checked',
      'stored',
    ]);
    expect(told.slice(1, 3).map((one) => one.detail)).to.deep.equal(checks);
    expect(await names()).to.have.length(4);
  });

  it('is gapless over operations that fail in the middle of a group', async () => {
    const store = bench.store();
    await store.putAgencies([agency(SENDER, {}), agency(RECIPIENT, {})], 'cli:an');
    const old = organ('T99.OLD');
    const clash = () =>
      store.putAgencies(
        [agency(SENDER, { oldOrganId: old }), agency(OTHER, { oldOrganId: old })],
        'cli:an',
      );
    const results = await Promise.allSettled([
      store.acceptMessage(document()),
      // Fails after its acts were written: the old id belongs to two.
      clash(),
      store.acceptMessage(document()),
      clash(),
      store.putAgency(agency(SENDER, { organName: 'Bên gửi' }), 'cli:an'),
    ]);
    expect(results.map(({ status }) => status)).to.deep.equal([
      ...['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    ]);
    const found = await entries();
    expect(found.filter(({ entry }) => entry.kind === 'event')).to.have.length(6);
    expect(found.filter(({ entry }) => entry.kind === 'act')).to.have.length(3);
  });

  it('is seen as it was when it was opened, whatever is written meanwhile', async () => {
    const store = bench.store();
    await store.acceptMessage(document());
    const log = await store.openLog();
    try {
      const before = await log.ends();
      await store.acceptMessage(document());
      expect(await log.ends()).to.deep.equal(before);
    } finally {
      log.close();
    }
  });

  it('takes checkpoints in order only', async () => {
    const store = bench.store();
    const one = (number: number) => ({
      number,
      time: T0,
      text: `<Checkpoint>${number}</Checkpoint>`,
    });
    expect(await store.addCheckpoint(one(2))).to.equal(false);
    expect(await store.addCheckpoint(one(1))).to.equal(true);
    expect(await store.addCheckpoint(one(1))).to.equal(false);
    expect(await store.addCheckpoint(one(2))).to.equal(true);
    expect(await names()).to.deep.equal(['log.begin', 'log.checkpoint', 'log.checkpoint']);
  });
}
