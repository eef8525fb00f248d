/**
 * Contract of traces: who sees which lane, and which status notices belong to it.
 *
 * @module
 */
import { expect } from 'chai';
import { documentKey } from '../../../../src/model/document-id.js';
import type { NewMessage, Trace } from '../../../../src/model/message.js';
import type { MessageId } from '../../../../src/model/message-id.js';
import type { TraceFilter } from '../../../../src/store/store.js';
import type { Bench } from '../contract.js';
import {
  agency,
  document,
  GATEWAY,
  notice,
  OTHER,
  organ,
  outcome,
  RECIPIENT,
  SENDER,
  status,
  T0,
} from '../samples.js';

export function traceContract(bench: Bench): void {
  async function accept(...all: NewMessage[]): Promise<void> {
    for (const one of all) await bench.store().acceptMessage(one);
  }

  async function traces(filter: TraceFilter): Promise<readonly Trace[]> {
    return (await bench.store().listTraces(filter, { limit: 100 })).items;
  }

  function lanes(all: readonly Trace[]): string[] {
    return all.map((one) => one.toOrganId);
  }

  const both = [
    [RECIPIENT, 'pending'],
    [OTHER, 'pending'],
  ] as const;

  it('shows the sender all lanes and a recipient its own', async () => {
    const sent = document({ documentId: 'A', to: both });
    await accept(sent);
    const { messageId } = sent.message;
    for (const by of [{ messageId }, { documentKey: documentKey('A') }, { since: T0 }]) {
      expect(lanes(await traces({ ...by, viewer: SENDER }))).to.deep.equal([RECIPIENT, OTHER]);
      expect(lanes(await traces({ ...by, viewer: OTHER }))).to.deep.equal([OTHER]);
      expect(lanes(await traces({ ...by, viewer: GATEWAY }))).to.deep.equal([]);
    }
  });

  it('shows a stranger of an existing message what it shows of an unknown one', async () => {
    const sent = document();
    await accept(sent);
    const unknown = '0'.repeat(26) as MessageId;
    const page = { limit: 10 };
    expect(
      await bench.store().listTraces({ messageId: sent.message.messageId, viewer: OTHER }, page),
    ).to.deep.equal(await bench.store().listTraces({ messageId: unknown, viewer: OTHER }, page));
  });

  it('tells lanes of another sender with the same document id apart', async () => {
    await accept(
      document({ documentId: 'A' }),
      document({ documentId: 'A', from: OTHER, to: [[GATEWAY, 'pending']] }),
    );
    const filter = { documentKey: documentKey('A') };
    expect(lanes(await traces({ ...filter, viewer: SENDER }))).to.deep.equal([RECIPIENT]);
    expect(lanes(await traces({ ...filter, viewer: RECIPIENT }))).to.deep.equal([RECIPIENT]);
    expect(lanes(await traces({ ...filter, viewer: OTHER }))).to.deep.equal([GATEWAY]);
  });

  it('shows the status notices of a lane in the order in which they came', async () => {
    const sent = document({ documentId: 'A', code: '7/TB-VP', to: both });
    const arrived = status({ documentId: 'A', statusCode: '01', at: T0 + 1 });
    const accepted = status({
      documentId: 'A',
      statusCode: '03',
      description: 'vào sổ',
      at: T0 + 2,
    });
    const byCode = status({ code: '7/TB-VP', statusCode: '05', at: T0 + 3 });
    await accept(sent, arrived, accepted, byCode);
    const [mine, other] = await traces({ messageId: sent.message.messageId, viewer: SENDER });
    expect(mine?.statuses.map((one) => one.statusCode)).to.deep.equal(['01', '03', '05']);
    expect(mine?.statuses[1]).to.deep.equal({
      messageId: accepted.message.messageId,
      statusCode: '03',
      fromOrganId: RECIPIENT,
      timestamp: '2026/11/20 10:00:00',
      description: 'vào sổ',
      receivedAt: T0 + 2,
    });
    expect(other?.statuses).to.deep.equal([]);
  });

  it('matches document ids after NFC', async () => {
    const id = 'Số-Đề/1';
    await accept(
      document({ documentId: id.normalize('NFC') }),
      status({ documentId: id.normalize('NFD') }),
    );
    const [lane] = await traces({ documentKey: documentKey(id), viewer: SENDER });
    expect(lane?.statuses).to.have.length(1);
  });

  it('leaves out notices of strangers, about others, and about other documents', async () => {
    const sent = document({ documentId: 'A', code: '7/TB-VP' });
    await accept(
      sent,
      status({ from: OTHER, documentId: 'A' }),
      status({ about: OTHER, documentId: 'A', to: OTHER }),
      status({ documentId: 'B', code: '7/TB-VP' }),
      status({ code: '8/TB-VP' }),
      status({ from: SENDER, documentId: 'A', to: RECIPIENT, about: RECIPIENT, statusCode: '03' }),
      status({ documentId: 'A', statusCode: '13' }),
    );
    const [lane] = await traces({ messageId: sent.message.messageId, viewer: SENDER });
    expect(lane?.statuses).to.deep.equal([]);
  });

  it('shows status 13, which the sender of the document sends to a recipient', async () => {
    const sent = document({ documentId: 'A', to: both });
    const recall = status({
      from: SENDER,
      about: RECIPIENT,
      to: RECIPIENT,
      documentId: 'A',
      statusCode: '13',
    });
    await accept(sent, recall);
    const [mine, other] = await traces({ messageId: sent.message.messageId, viewer: SENDER });
    expect(mine?.statuses.map((one) => one.statusCode)).to.deep.equal(['13']);
    expect(other?.statuses).to.deep.equal([]);
  });

  it('knows the sender by its old organ id in a status notice', async () => {
    const old = organ('000.00.12.T99');
    await bench.store().putAgency(agency(SENDER, { oldOrganId: old }), 'cli:an');
    await accept(document({ documentId: 'A' }));
    await accept(status({ documentId: 'A', about: old, to: SENDER }));
    const [lane] = await traces({ documentKey: documentKey('A'), viewer: SENDER });
    expect(lane?.statuses).to.have.length(1);
  });

  it('shows a failure notice in the lane that failed', async () => {
    const sent = document({
      documentId: 'A',
      to: [
        [RECIPIENT, 'queued'],
        [OTHER, 'pending'],
      ],
    });
    await accept(sent);
    const [leased] = await bench
      .store()
      .leaseDue({ now: T0, limit: 1, perRecipient: 1, leaseMs: 1000 });
    if (leased === undefined) throw new Error('nothing leased');
    const tell = notice(sent, RECIPIENT);
    await bench.store().finishAttempt(outcome(leased, 'dead', { notice: tell }));
    const [failed, other] = await traces({ messageId: sent.message.messageId, viewer: SENDER });
    expect(failed?.statuses[0]).to.include({ fromOrganId: GATEWAY, statusCode: '02' });
    expect(other?.statuses).to.deep.equal([]);
  });

  it('shows a notice of the gateway about a document as a whole in all its lanes', async () => {
    const sent = document({ documentId: 'A', to: both });
    await accept(sent, notice(sent, RECIPIENT));
    const all = await traces({ messageId: sent.message.messageId, viewer: SENDER });
    expect(all.map((one) => one.statuses.length)).to.deep.equal([1, 1]);
  });

  it('keeps the latest hundred notices of a lane', async () => {
    const sent = document({ documentId: 'A' });
    await accept(sent);
    const many = Array.from({ length: 105 }, (_, i) => status({ documentId: 'A', at: T0 + i }));
    await Promise.all(many.map((one) => bench.store().acceptMessage(one)));
    const [lane] = await traces({ messageId: sent.message.messageId, viewer: SENDER });
    expect(lane?.statuses).to.have.length(100);
    expect(lane?.statuses.at(-1)?.receivedAt).to.equal(T0 + 104);
  });

  it('notes a status on the document and changes its lane', async () => {
    const sent = document({ documentId: 'A', to: both });
    const arrived = status({ documentId: 'A', at: T0 + 500 });
    await accept(sent, arrived);
    const events = await bench.store().listEvents(sent.message.messageId);
    expect(events.at(-1)).to.deep.include({
      time: T0 + 500,
      event: 'status',
      organId: RECIPIENT,
      detail: { code: '01', from: RECIPIENT, messageId: arrived.message.messageId },
    });
    const changed = await traces({ since: T0 + 500, viewer: SENDER });
    expect(changed.map((one) => [one.toOrganId, one.updatedAt])).to.deep.equal([
      [RECIPIENT, T0 + 500],
    ]);
  });

  it('does not take a notice for one about a document that came later', async () => {
    const early = status({ documentId: 'A', at: T0 });
    await accept(early, document({ documentId: 'A', at: T0 + 1 }));
    const [lane] = await traces({ documentKey: documentKey('A'), viewer: SENDER });
    expect(lane?.statuses).to.deep.equal([]);
  });

  it('writes no event for a status of a stranger', async () => {
    const sent = document({ documentId: 'A' });
    await accept(sent, status({ from: OTHER, documentId: 'A' }));
    const events = await bench.store().listEvents(sent.message.messageId);
    expect(events.map((one) => one.event)).to.not.include('status');
  });

  it('pages changed lanes by time of change; one that changes meanwhile comes again', async () => {
    const all = [1, 2, 3, 4].map((n) => document({ documentId: `D${n}`, at: T0 + n }));
    await accept(...all);
    const filter = { since: T0, viewer: SENDER };
    const first = await bench.store().listTraces(filter, { limit: 2 });
    await accept(status({ documentId: 'D1', at: T0 + 100 }));
    const second = await bench.store().listTraces(filter, { limit: 9, after: first.next });
    expect(first.items.map((one) => one.documentId)).to.deep.equal(['D1', 'D2']);
    expect(second.items.map((one) => one.documentId)).to.deep.equal(['D3', 'D4', 'D1']);
    expect(second).to.not.have.property('next');
  });

  it('pages the lanes of one message', async () => {
    const to = ['T1', 'T2', 'T3'].map((id) => [organ(id), 'pending'] as const);
    const sent = document({ to });
    await accept(sent);
    const filter = { messageId: sent.message.messageId, viewer: SENDER };
    const first = await bench.store().listTraces(filter, { limit: 2 });
    const second = await bench.store().listTraces(filter, { limit: 2, after: first.next });
    expect(lanes([...first.items, ...second.items])).to.deep.equal(['T1', 'T2', 'T3']);
    expect(second).to.not.have.property('next');
  });

  it('shows a lane to oneself once', async () => {
    await accept(document({ to: [[SENDER, 'pending']] }));
    expect(await traces({ viewer: SENDER })).to.have.length(1);
  });

  it('shows the delivery of a status only by its message id', async () => {
    const sent = status({ documentId: 'A' });
    await accept(sent);
    const { messageId } = sent.message;
    expect(lanes(await traces({ messageId, viewer: RECIPIENT }))).to.deep.equal([SENDER]);
    expect(await traces({ documentKey: documentKey('A'), viewer: RECIPIENT })).to.deep.equal([]);
    expect(await traces({ since: 0, viewer: RECIPIENT })).to.deep.equal([]);
  });
}
