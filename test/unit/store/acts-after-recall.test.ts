/**
 * Acts of operators where they meet recalls, redirects and each other.
 */
import { expect } from 'chai';
import { documentKey } from '../../../src/model/document-id.js';
import type { NewMessage } from '../../../src/model/message.js';
import type { OrganId } from '../../../src/model/organ-id.js';
import type { Store } from '../../../src/store/store.js';
import { getDelivery, lease, reach } from './lanes.js';
import { openBench, type StoreBench } from './open-store.js';
import { act, agency, document, OTHER, organ, RECIPIENT, SENDER, status, T0 } from './samples.js';

const PUSH = { kind: 'push', pushKind: 'receiver', url: 'https://r.example/' } as const;

describe('acts where they meet recalls and redirects', () => {
  let bench: StoreBench;
  let store: Store;
  beforeEach(async () => {
    bench = openBench();
    store = await bench.open();
    for (const organId of [RECIPIENT, OTHER]) {
      await store.putAgency(agency(organId, { route: PUSH }), 'cli:an');
    }
  });
  afterEach(() => bench.end());

  async function accept(one: NewMessage): Promise<NewMessage> {
    expect(await store.acceptMessage(one)).to.deep.equal({ kind: 'stored' });
    return one;
  }
  function revoke(documentId: string, to: OrganId = RECIPIENT): NewMessage {
    const made = document({ documentId, to: [[to, 'queued']], at: T0 + 50 });
    return {
      ...made,
      message: { ...made.message, businessType: 'revoke' },
      recall: { documents: [{ key: documentKey(documentId) }], lanes: [{ organId: to }] },
    };
  }
  function status13(documentId: string): NewMessage {
    const made = status({
      from: SENDER,
      about: RECIPIENT,
      documentId,
      statusCode: '13',
      to: RECIPIENT,
      at: T0 + 50,
    });
    return {
      ...made,
      recall: { documents: [{ key: documentKey(documentId) }], lanes: [{ organId: RECIPIENT }] },
    };
  }
  async function idOf(one: NewMessage, organId: OrganId): Promise<number> {
    return (await store.findDelivery(one.message.messageId, organId))?.id ?? 0;
  }

  for (const [name, recallOf] of [
    ['a revoke', revoke],
    ['a status 13', status13],
  ] as const) {
    for (const state of ['dead', 'cancelled'] as const) {
      it(`what was ${state} when ${name} came cannot be requeued`, async () => {
        const { id } = await reach(store, state, { documentId: 'VB-R' });
        await accept(recallOf('VB-R'));
        expect(await store.actOnDeliveries(act('requeue', [id]))).to.deep.equal([
          { id, result: 'unchanged', code: 'delivery.recalled' },
        ]);
        expect((await getDelivery(store, id)).state).to.equal(state);
      });
    }
  }

  it('a dead letter that was recalled does not go to the successor', async () => {
    const { id, sent } = await reach(store, 'dead', { documentId: 'VB-R' });
    await accept(revoke('VB-R'));
    const [outcome] = await store.actOnDeliveries(act('redirect', [id], { toOrganId: OTHER }));
    expect(outcome).to.include({ result: 'unchanged', code: 'delivery.recalled' });
    expect(await store.findDelivery(sent.message.messageId, OTHER)).to.equal(undefined);
  });

  it('a recall of somebody else, of another recipient or of another document stops no requeue', async () => {
    const { id } = await reach(store, 'dead', { documentId: 'VB-R' });
    const stranger = revoke('VB-R');
    await accept({ ...stranger, message: { ...stranger.message, fromOrganId: OTHER } });
    await accept(revoke('VB-R', OTHER));
    await accept(revoke('VB-S'));
    expect(await store.actOnDeliveries(act('requeue', [id]))).to.deep.equal([
      { id, result: 'done' },
    ]);
  });

  it('what came after a recall under the same document id may be started again', async () => {
    await accept(revoke('VB-R'));
    await lease(store, T0 + 60);
    const later = await accept(document({ documentId: 'VB-R', at: T0 + 70 }));
    const id = await idOf(later, RECIPIENT);
    await store.actOnDeliveries(act('cancel', [id]));
    expect(await store.actOnDeliveries(act('requeue', [id]))).to.deep.equal([
      { id, result: 'done' },
    ]);
  });

  it('redirects done one after the other, the newest first, keep the order of one document', async () => {
    const first = await reach(store, 'queued', { documentId: 'VB-1' });
    const second = await reach(store, 'queued', { documentId: 'VB-1' });
    await store.actOnDeliveries(act('redirect', [second.id], { toOrganId: OTHER }));
    await store.actOnDeliveries(act('redirect', [first.id], { toOrganId: OTHER }));
    const leased = await store.leaseDue({
      now: T0 + 100,
      limit: 9,
      perRecipient: 9,
      leaseMs: 1000,
    });
    expect(leased.map((one) => one.messageId)).to.deep.equal([first.sent.message.messageId]);
  });

  it('a document redirected late goes before its update that the successor waits for already', async () => {
    const first = await reach(store, 'queued', { documentId: 'VB-1' });
    const update = document({ documentId: 'VB-1U', to: [[OTHER, 'queued']] });
    await accept({ ...update, actsOn: [documentKey('VB-1')] });
    await store.actOnDeliveries(act('redirect', [first.id], { toOrganId: OTHER }));
    expect((await lease(store, T0 + 100)).messageId).to.equal(first.sent.message.messageId);
  });

  it('a recall by the first recipient takes back what was redirected, also when it was twice', async () => {
    const { id, sent } = await reach(store, 'queued', { documentId: 'VB-R' });
    const last = organ('T99.04');
    await store.actOnDeliveries(act('redirect', [id], { toOrganId: OTHER }));
    const second = await idOf(sent, OTHER);
    await store.actOnDeliveries(act('redirect', [second], { toOrganId: last }));
    const recall = await accept(revoke('VB-R'));
    expect(await store.findDelivery(sent.message.messageId, last)).to.include({
      state: 'cancelled',
      lastCode: 'delivery.recalled',
    });
    // It was in the hands of an operator: the recall itself is passed on.
    expect((await getDelivery(store, await idOf(recall, RECIPIENT))).state).to.equal('queued');
  });

  for (const end of ['cancelled', 'dead'] as const) {
    it(`redirect towards a successor whose own delivery is ${end} leaves the document where it is`, async () => {
      const sent = await accept(
        document({
          to: [
            [OTHER, 'queued'],
            [RECIPIENT, 'pending'],
          ],
        }),
      );
      const ended = await idOf(sent, OTHER);
      if (end === 'cancelled') await store.actOnDeliveries(act('cancel', [ended]));
      else {
        const leased = await lease(store, T0 + 1);
        await store.finishAttempt({
          deliveryId: leased.id,
          lease: leased.lease,
          state: 'dead',
          attempt: { number: 1, startedAt: T0 + 1, finishedAt: T0 + 2, outcome: 'dead' },
        });
      }
      const id = await idOf(sent, RECIPIENT);
      const [outcome] = await store.actOnDeliveries(act('redirect', [id], { toOrganId: OTHER }));
      expect(outcome).to.deep.equal({ id, result: 'unchanged', code: 'delivery.state' });
      expect((await getDelivery(store, id)).state).to.equal('pending');
    });
  }

  it('asks at the end of a delivery by an index whether another one is open, and settles at the last', async () => {
    const to = [RECIPIENT, OTHER].map((organId) => [organId, 'queued'] as const);
    const sent = await accept(document({ to }));
    const settled = () => bench.sql('SELECT state, settled_at FROM settled');
    await store.actOnDeliveries(act('cancel', [await idOf(sent, RECIPIENT)]));
    expect(settled()).to.deep.equal([]);
    await store.actOnDeliveries(act('cancel', [await idOf(sent, OTHER)], { now: T0 + 200 }));
    expect(settled()).to.deep.equal([{ state: 'cancelled', settled_at: T0 + 200 }]);
    // A message may have thousands of deliveries: each end must not look at all of them.
    const triggers = bench.sql(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%INDEXED BY delivery_open%'",
    );
    expect(triggers).to.have.deep.members([
      { name: 'delivery_settled' },
      { name: 'delivery_made_final' },
    ]);
  });
});
