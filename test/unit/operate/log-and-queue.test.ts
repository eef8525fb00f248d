import { expect } from 'chai';
import { addAgency } from '../../../src/operate/agencies.js';
import { listMessages } from '../../../src/operate/messages.js';
import { listQueue, showDeliveries } from '../../../src/operate/queue.js';
import { actOnQueue } from '../../../src/operate/queue-acts.js';
import type { QueueQuery } from '../../../src/operate/queue-query.js';
import { listRefusals } from '../../../src/operate/refusals.js';
import { messageStory } from '../../../src/operate/story.js';
import {
  all,
  codeOf,
  type Fixture,
  failAttempt,
  NOON,
  openFixture,
  organ,
  storeDocument,
} from './fixture.js';

describe('log and queue', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await openFixture();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) {
      await addAgency(fixture, { organId, organName: organId });
    }
  });

  afterEach(() => fixture.close());

  it('lists messages with their deliveries, newest first', async () => {
    await storeDocument(fixture, 'first');
    fixture.pass(1000);
    const second = await storeDocument(fixture, 'second');
    const found = await all(listMessages(fixture.store, {}));
    expect(found.map((one) => one.documentId)).to.deep.equal(['second', 'first']);
    expect(found[0]).to.deep.include({
      messageId: second,
      kind: 'document',
      fromOrganId: 'T99.01',
      receivedAt: new Date(NOON + 1000).toISOString(),
      signatureClass: 'absent',
    });
    expect(
      found[0]?.deliveries.map(({ organId, state, attempts }) => [organId, state, attempts]),
    ).to.deep.equal([
      ['T99.02', 'queued', 0],
      ['T99.03', 'pending', 0],
    ]);
  });

  it('finds messages by document id in either form of writing, by time, sender and count', async () => {
    await storeDocument(fixture, 'Quyết định 1');
    fixture.pass(60_000);
    await storeDocument(fixture, 'other');
    const ids = async (query: Parameters<typeof listMessages>[1]) =>
      (await all(listMessages(fixture.store, query))).map((one) => one.documentId);
    expect(await ids({ documentId: 'Quyết định 1'.normalize('NFD') })).to.deep.equal([
      'Quyết định 1',
    ]);
    expect(await ids({ since: NOON + 60_000 })).to.deep.equal(['other']);
    expect(await ids({ fromOrganId: 'T99.02' })).to.deep.equal([]);
    expect(await ids({ fromOrganId: 'not an id' })).to.deep.equal([]);
    expect(await ids({ limit: 1 })).to.deep.equal(['other']);
  });

  it('tells the story of a message in time order', async () => {
    const messageId = await storeDocument(fixture);
    fixture.pass(1000);
    await failAttempt(fixture, 60_000);
    fixture.pass(1000);
    await fixture.store.listPending(organ('T99.03'), undefined, { limit: 10 }, fixture.clock.now());
    fixture.pass(1000);
    await fixture.store.recordAccess(
      messageId,
      organ('T99.03'),
      'T99.03',
      'soap',
      fixture.clock.now(),
    );
    fixture.pass(1000);
    const confirmedAt = fixture.clock.now();
    await fixture.store.confirm(
      messageId,
      organ('T99.03'),
      { messageId, outcome: 'done', confirmedAt },
      undefined,
    );

    const story = await messageStory(fixture.store, messageId);
    expect(
      story.events.map(({ event, organId = '' }) => `${event} ${organId}`.trim()),
    ).to.deep.equal([
      'received',
      'checked',
      'stored',
      'attempt T99.02',
      'listed T99.03',
      'fetched T99.03',
      'confirmed T99.03',
    ]);
    expect(story.events[3]?.detail).to.deep.include({
      number: 1,
      outcome: 'deferred',
      code: 'delivery.unreachable',
      reason: 'ECONNREFUSED',
      nextAttemptAt: new Date(NOON + 61_000).toISOString(),
    });
    expect(story.events[6]?.detail).to.deep.include({ outcome: 'done' });
    expect(story.deliveries[0]?.history).to.have.length(1);
    expect(story.deliveries[1]?.state).to.equal('delivered');
    const times = story.events.map(({ time }) => time);
    expect(times).to.deep.equal([...times].sort());
  });

  it('answers an unknown message and what is no message id the same', async () => {
    for (const id of ['01JD8Z6T4B6X3WQ2N5R7V9K1MC', '../etc', '']) {
      expect(await codeOf(messageStory(fixture.store, id))).to.equal('message.unknown');
    }
  });

  it('lists what waits, with its last code and the time of the next attempt', async () => {
    const messageId = await storeDocument(fixture);
    await failAttempt(fixture, 60_000);
    const queue = await all(listQueue(fixture.store));
    expect(queue.map(({ organId, state }) => [organId, state])).to.have.deep.members([
      ['T99.02', 'deferred'],
      ['T99.03', 'pending'],
    ]);
    const [deferred] = await all(listQueue(fixture.store, { code: 'delivery.unreachable' }));
    expect(deferred).to.deep.include({
      messageId,
      attempts: 1,
      lastCode: 'delivery.unreachable',
      nextAttemptAt: new Date(NOON + 60_000).toISOString(),
    });
    expect(
      await all(listQueue(fixture.store, { toOrganId: 'T99.03', states: ['dead'] })),
    ).to.deep.equal([]);
  });

  it('shows deliveries by number and by message id', async () => {
    const messageId = await storeDocument(fixture);
    await failAttempt(fixture, 60_000);
    const both = await showDeliveries(fixture, messageId);
    expect(both).to.have.length(2);
    const [one] = await showDeliveries(fixture, String(both[0]?.id));
    expect(one?.history.map(({ code }) => code)).to.deep.equal(['delivery.unreachable']);
    for (const reference of ['999', '0', '-1', 'x', '01JD8Z6T4B6X3WQ2N5R7V9K1MC', '1e3']) {
      expect(await codeOf(showDeliveries(fixture, reference)), reference).to.equal(
        'delivery.unknown',
      );
    }
  });

  it('makes deferred deliveries due now and says which were not changed', async () => {
    const messageId = await storeDocument(fixture);
    await failAttempt(fixture, 3_600_000);
    fixture.pass(1000);
    const references = [messageId];
    const dry = await all(actOnQueue(fixture, { act: 'retry', references, dryRun: true }));
    expect(dry.map(({ result }) => result)).to.deep.equal(['done', 'unchanged']);
    expect(await fixture.store.nextDueAt()).to.equal(NOON + 3_600_000);
    const done = await all(actOnQueue(fixture, { act: 'retry', references }));
    expect(done.map(({ organId, result, code }) => [organId, result, code])).to.deep.equal([
      ['T99.02', 'done', undefined],
      ['T99.03', 'unchanged', 'delivery.state'],
    ]);
    expect(await fixture.store.nextDueAt()).to.be.at.most(NOON + 1000);
    expect(done[0]?.attempts).to.equal(1);
    const story = await messageStory(fixture.store, messageId);
    expect(story.events.at(-1)).to.deep.include({ event: 'operator', organId: 'T99.02' });
  });

  it('makes every delivery with a code or to a recipient due now', async () => {
    await storeDocument(fixture, 'a');
    await failAttempt(fixture, 3_600_000);
    await storeDocument(fixture, 'b');
    const retry = (query: QueueQuery) => all(actOnQueue(fixture, { act: 'retry', query }));
    const byCode = await retry({ code: 'delivery.unreachable' });
    expect(byCode.map(({ documentId }) => documentId)).to.deep.equal(['a']);
    expect(await retry({ toOrganId: 'T99.03' })).to.deep.equal([]);
  });

  it('lists refusals without the refused bytes', async () => {
    await fixture.store.addRefusal({
      correlationId: 'c-9',
      time: NOON,
      callerOrganId: organ('T99.01'),
      code: 'xml.doctype',
      issues: [],
      checks: [],
      sizeBytes: 3,
      content: Buffer.from('<!D'),
    });
    expect(await all(listRefusals(fixture.store))).to.deep.equal([
      {
        correlationId: 'c-9',
        time: '2026-11-24T05:00:00.000Z',
        callerOrganId: 'T99.01',
        code: 'xml.doctype',
        issues: [],
        sizeBytes: 3,
      },
    ]);
  });
});
