/**
 * Retention: what goes when, and what stays.
 */
import { existsSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { expect } from 'chai';
import { checkStore } from '../../../src/store/check-store.js';
import { LEFT_OVER_AFTER_MS } from '../../../src/store/content-files.js';
import type { PurgeRequest, Store } from '../../../src/store/store.js';
import { openBench, type StoreBench } from './open-store.js';
import { document, ids, OTHER, RECIPIENT, SENDER, status, T0 } from './samples.js';

const LARGE = 70_000;
const DAY = 86_400_000;

describe('retention', () => {
  let bench: StoreBench;
  let store: Store;
  beforeEach(async () => {
    bench = openBench();
    store = await bench.open();
  });
  afterEach(() => bench.end());

  const request = (more: Partial<PurgeRequest> = {}): PurgeRequest => ({
    state: 'delivered',
    before: T0 + 1000,
    limit: 100,
    now: T0 + DAY,
    ...more,
  });
  const sound = async (): Promise<unknown> =>
    (await checkStore(bench.folder, { deep: true, now: T0 + DAY })).findings;

  it('deletes content by how its message ended and since when', async () => {
    const done = document();
    const late = document();
    const dead = document();
    const open = document({ to: [[OTHER, 'pending']] });
    await bench.settle(store, done, 'delivered', T0 + 10);
    await bench.settle(store, late, 'delivered', T0 + 1000);
    await bench.settle(store, dead, 'dead', T0 + 10);
    await store.acceptMessage(open);
    expect(await store.purgeContent(request())).to.equal(1);
    expect(await store.getContent(done.message.messageId)).to.equal(undefined);
    expect((await store.getMessage(done.message.messageId))?.purgedAt).to.equal(T0 + DAY);
    for (const one of [late, dead, open]) {
      expect(await store.getContent(one.message.messageId)).to.deep.equal(one.content);
    }
    expect(await store.purgeContent(request())).to.equal(0);
    expect(await store.purgeContent(request({ state: 'dead' }))).to.equal(1);
    expect(await store.getContent(dead.message.messageId)).to.equal(undefined);
    expect(await sound()).to.deep.equal([]);
  });

  it('takes at most as many as it may, the longest settled first', async () => {
    const sent = [30, 10, 20].map((at) => ({ at, one: document() }));
    for (const { at, one } of sent) await bench.settle(store, one, 'delivered', T0 + at);
    expect(await store.purgeContent(request({ limit: 2 }))).to.equal(2);
    for (const { at, one } of sent) {
      const kept = (await store.getContent(one.message.messageId)) !== undefined;
      expect(kept, String(at)).to.equal(at === 30);
    }
    expect(await store.purgeContent(request({ limit: 2 }))).to.equal(1);
  });

  it('keeps bytes that another message counts, and deletes the file with the last one', async () => {
    const content = Buffer.alloc(LARGE, 'r');
    const [first, second] = [document({ content }), document({ content })];
    await bench.settle(store, first, 'delivered', T0 + 10);
    await bench.settle(store, second, 'delivered', T0 + 2000);
    const file = bench.contentFile(first.message.contentDigest);
    const old = new Date(T0 - LEFT_OVER_AFTER_MS);
    await utimes(file, old, old);
    await store.purgeContent(request());
    expect(existsSync(file)).to.equal(true);
    expect(await store.getContent(second.message.messageId)).to.deep.equal(content);
    await store.purgeContent(request({ before: T0 + 3000 }));
    expect(existsSync(file)).to.equal(false);
    expect(await sound()).to.deep.equal([]);
  });

  it('leaves a file alone that was written just now: a message may be about to count it', async () => {
    const sent = document({ content: Buffer.alloc(LARGE, 's') });
    await bench.settle(store, sent, 'delivered', T0 + 10);
    const file = bench.contentFile(sent.message.contentDigest);
    const young = new Date(T0 + DAY - 1000);
    await utimes(file, young, young);
    await store.purgeContent(request());
    expect(existsSync(file)).to.equal(true);
    await store.sweep(T0 + DAY + LEFT_OVER_AFTER_MS);
    expect(existsSync(file)).to.equal(false);
  });

  it('deletes messages whole once their content is gone; key and answer stay', async () => {
    const sent = document({ duplicateKey: 'kept' });
    await bench.settle(store, sent, 'delivered', T0 + 10);
    const { messageId } = sent.message;
    await store.recordAccess(messageId, SENDER, 'an', 'console', T0 + 20);
    expect(await store.purgeMessages(T0 + 1000, 10, T0 + DAY)).to.equal(0);
    await store.purgeContent(request());
    expect(await store.purgeMessages(T0 + 5, 10, T0 + DAY)).to.equal(0);
    expect(await store.purgeMessages(T0 + 1000, 10, T0 + DAY)).to.equal(1);
    expect(await store.getMessage(messageId)).to.equal(undefined);
    expect(await store.deliveriesOf(messageId)).to.deep.equal([]);
    const tables = [
      'message',
      'delivery',
      'delivery_attempt',
      'message_event',
      'settled',
      'acts_on',
    ];
    for (const table of [...tables, 'content', 'content_access', 'collection']) {
      expect(bench.sql(`SELECT * FROM ${table}`), table).to.deep.equal([]);
    }
    expect((await store.counts()).messages).to.equal(0);
    const again = await store.findDuplicate('kept', sent.message.contentDigest);
    expect(again?.kind).to.equal('duplicate');
    expect((await store.acceptMessage(sent)).kind).to.equal('duplicate');
    await store.appendEvents(messageId, [{ time: T0, event: 'repeated', detail: {} }]);
    expect(await sound()).to.deep.equal([]);
  });

  it('deletes a status notice though lanes of other messages refer to it, and the other way round', async () => {
    const about = document({ documentId: 'ABOUT' });
    await bench.settle(store, about, 'delivered', T0 + 10);
    const told = status({ documentId: 'ABOUT', from: RECIPIENT, about: SENDER });
    await store.acceptMessage(told);
    expect(bench.sql('SELECT * FROM delivery_status')).to.have.length(1);
    await store.confirm(
      told.message.messageId,
      SENDER,
      { messageId: told.message.messageId, outcome: 'done', confirmedAt: T0 + 20 },
      undefined,
    );
    await store.purgeContent(request());
    expect(await store.purgeMessages(T0 + 1000, 1, T0 + DAY)).to.equal(1);
    expect(bench.sql('SELECT * FROM delivery_status')).to.deep.equal([]);
    expect(await store.purgeMessages(T0 + 1000, 1, T0 + DAY)).to.equal(1);
    expect(ids((await store.listMessages({}, { limit: 10 })).items)).to.deep.equal([]);
    expect(await sound()).to.deep.equal([]);
  });

  it('walks an index of what has settled, whatever the backlog', () => {
    const plans = [
      `SELECT s.message_ref FROM settled s INDEXED BY settled_due CROSS JOIN message m
         ON m.id = s.message_ref WHERE s.purged = 0 AND s.state = 'dead' AND s.settled_at < 5
         ORDER BY s.settled_at, s.message_ref LIMIT 5`,
      `SELECT message_ref FROM settled INDEXED BY settled_due WHERE purged = 1 AND state = 'dead'
         AND settled_at < 5 ORDER BY settled_at, message_ref LIMIT 5`,
    ].map((sql) => JSON.stringify(bench.sql(`EXPLAIN QUERY PLAN ${sql}`)));
    for (const plan of plans) {
      expect(plan).to.contain('SEARCH').and.not.contain('SCAN').and.not.contain('TEMP B-TREE');
    }
  });
});
