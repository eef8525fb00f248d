/**
 * Contract of messages: acceptance, duplicates, content, lists, events.
 *
 * @module
 */
import { expect } from 'chai';
import { documentKey } from '../../../../src/model/document-id.js';
import type { NewMessage } from '../../../../src/model/message.js';
import { type MessageId, newMessageId } from '../../../../src/model/message-id.js';
import type { PurgeRequest } from '../../../../src/store/store.js';
import type { Bench } from '../contract.js';
import { expectCode } from '../expect-code.js';
import { document, ids, OTHER, RECIPIENT, SENDER, status, T0 } from '../samples.js';

const UNKNOWN: MessageId = newMessageId(1);

export function messageContract(bench: Bench): void {
  /** The recipient of a message that waits to be collected confirms it. */
  async function settle({ message: { messageId } }: NewMessage, confirmedAt: number) {
    const confirmation = { messageId, outcome: 'done' as const, confirmedAt };
    await bench.store().confirm(messageId, RECIPIENT, confirmation, undefined);
  }

  function delivered(before: number, now: number): PurgeRequest {
    return { state: 'delivered', before, limit: 10, now };
  }

  it('gives a message back exactly as it was accepted', async () => {
    const sent = document({ subject: 'Về việc đấu nối', content: Buffer.from([0, 255, 10, 13]) });
    expect(await bench.store().acceptMessage(sent)).to.deep.equal({ kind: 'stored' });
    const { messageId } = sent.message;
    expect(await bench.store().getMessage(messageId)).to.deep.equal(sent.message);
    expect(await bench.store().getContent(messageId)).to.deep.equal(sent.content);
    const answer = await bench.store().getAnswer(messageId);
    expect({ ...answer, receipt: Buffer.from(answer?.receipt ?? []) }).to.deep.equal(sent.answer);
  });

  it('gives a status back exactly as it was accepted', async () => {
    const sent = status({ documentId: 'VB-1', description: 'đã đến' });
    await bench.store().acceptMessage(sent);
    expect(await bench.store().getMessage(sent.message.messageId)).to.deep.equal(sent.message);
  });

  for (const size of [0, 1, 64 * 1024, 64 * 1024 + 1, 3_000_000]) {
    it(`gives ${size} bytes of content back exactly`, async () => {
      const content = Buffer.alloc(size, 'Đ');
      const sent = document({ content });
      await bench.store().acceptMessage(sent);
      const found = await bench.store().getContent(sent.message.messageId);
      expect(found?.equals(content)).to.equal(true);
    });
  }

  it('stores content that is a window of a larger buffer', async () => {
    const whole = Buffer.from('before<edXML/>after');
    const sent = document({ content: whole.subarray(6, 14) });
    await bench.store().acceptMessage(sent);
    expect(String(await bench.store().getContent(sent.message.messageId))).to.equal('<edXML/>');
  });

  it('knows nothing of messages that were never accepted', async () => {
    const store = bench.store();
    expect(await store.getMessage(UNKNOWN)).to.equal(undefined);
    expect(await store.getContent(UNKNOWN)).to.equal(undefined);
    expect(await store.getAnswer(UNKNOWN)).to.equal(undefined);
    expect(await store.listEvents(UNKNOWN)).to.deep.equal([]);
    expect(await store.deliveriesOf(UNKNOWN)).to.deep.equal([]);
    await store.appendEvents(UNKNOWN, [{ time: T0, event: 'matched', detail: {} }]);
  });

  it('does not take a content digest for a message id', async () => {
    const sent = document();
    await bench.store().acceptMessage(sent);
    const digest = sent.message.contentDigest as unknown as MessageId;
    expect(await bench.store().getContent(digest)).to.equal(undefined);
  });

  it('answers the same submission with the first answer and stores nothing', async () => {
    const first = document({ duplicateKey: 'k' });
    const again = document({ duplicateKey: 'k', content: first.content, at: T0 + 50 });
    await bench.store().acceptMessage(first);
    const outcome = await bench.store().acceptMessage(again);
    expect(outcome.kind).to.equal('duplicate');
    const answer = outcome.kind === 'duplicate' ? outcome.answer : undefined;
    expect(answer?.messageId).to.equal(first.message.messageId);
    expect(answer?.receivedAt).to.equal(first.answer.receivedAt);
    expect(Buffer.from(answer?.receipt ?? [])).to.deep.equal(first.answer.receipt);
    expect(await bench.store().getMessage(again.message.messageId)).to.equal(undefined);
    expect((await bench.store().counts()).messages).to.equal(1);
    expect((await bench.store().listDeliveries({}, { limit: 9 })).items).to.have.length(1);
  });

  it('refuses other bytes under the same key and names the first message', async () => {
    const first = document({ duplicateKey: 'k' });
    await bench.store().acceptMessage(first);
    const outcome = await bench.store().acceptMessage(document({ duplicateKey: 'k' }));
    expect(outcome).to.deep.equal({ kind: 'conflict', messageId: first.message.messageId });
    expect((await bench.store().counts()).messages).to.equal(1);
  });

  it('accepts the same bytes under another key', async () => {
    const first = document();
    const second = document({ content: first.content });
    await bench.store().acceptMessage(first);
    expect((await bench.store().acceptMessage(second)).kind).to.equal('stored');
  });

  it('lets one of many simultaneous submissions of a key win', async () => {
    const content = Buffer.alloc(100_000, 7);
    const all = Array.from({ length: 20 }, () => document({ duplicateKey: 'k', content }));
    const outcomes = await Promise.all(all.map((one) => bench.store().acceptMessage(one)));
    expect(outcomes.filter((one) => one.kind === 'stored')).to.have.length(1);
    expect(outcomes.filter((one) => one.kind === 'duplicate')).to.have.length(19);
  });

  it('looks a duplicate key up without writing', async () => {
    const store = bench.store();
    const first = document({ duplicateKey: 'k' });
    expect(await store.findDuplicate('k', first.message.contentDigest)).to.equal(undefined);
    await store.acceptMessage(first);
    const same = await store.findDuplicate('k', first.message.contentDigest);
    expect(same?.kind).to.equal('duplicate');
    expect(await store.findDuplicate('k', '00')).to.deep.equal({
      kind: 'conflict',
      messageId: first.message.messageId,
    });
    const events = await store.listEvents(first.message.messageId);
    expect(events.map((one) => one.event)).to.not.include('repeated');
  });

  it('spoils no other submission when one fails', async () => {
    const good = document();
    const twin = document();
    const bad = { ...twin, message: { ...twin.message, messageId: good.message.messageId } };
    const after = document();
    const [a, b, c] = await Promise.allSettled([
      bench.store().acceptMessage(good),
      bench.store().acceptMessage(bad),
      bench.store().acceptMessage(after),
    ]);
    expect([a.status, b.status, c.status]).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect((await bench.store().counts()).messages).to.equal(2);
    // The key of the failed one was not taken.
    expect(await bench.store().findDuplicate(bad.duplicateKey, '00')).to.equal(undefined);
  });

  it('writes received, one checked per check, and stored with a new message', async () => {
    bench.clock().time = T0 + 4;
    const sent = document({
      checks: [
        { name: 'scan', verdict: 'pass', ms: 0.5, codes: [] },
        { name: 'schema', verdict: 'warning', ms: 1.25, codes: ['dialect.order'], detail: 'field' },
      ],
    });
    const more = { time: T0 + 5, event: 'matched', organId: RECIPIENT, detail: { n: 1 } };
    await bench.store().acceptMessage({ ...sent, events: [more] });
    const events = await bench.store().listEvents(sent.message.messageId);
    expect(events.map((one) => one.event)).to.deep.equal([
      'received',
      'checked',
      'checked',
      'stored',
      'matched',
    ]);
    expect(events[0]?.detail).to.include({ operation: 'SendPackage', caller: SENDER });
    expect(events[2]?.detail).to.deep.equal(sent.message.checks[1]);
    expect(events[3]).to.include({ time: T0 + 4, messageId: sent.message.messageId });
    expect(events[4]).to.deep.include(more);
  });

  it('notes repeats on the first message', async () => {
    const first = document({ duplicateKey: 'k' });
    await bench.store().acceptMessage(first);
    const again = document({ duplicateKey: 'k', content: first.content, at: T0 + 9 });
    await bench.store().acceptMessage(again);
    const events = await bench.store().listEvents(first.message.messageId);
    expect(events.at(-1)).to.deep.include({
      time: T0 + 9,
      event: 'repeated',
      detail: { correlationId: again.message.submission.correlationId, caller: SENDER },
    });
  });

  it('appends events in order, whatever their details hold', async () => {
    const sent = document();
    await bench.store().acceptMessage(sent);
    const detail = { text: `"quoted" ${'đ'.repeat(50)} \u0000 \\`, list: [1, null, { a: true }] };
    await bench.store().appendEvents(sent.message.messageId, [
      { time: T0 + 1, event: 'matched', detail },
      { time: T0, event: 'operator', organId: OTHER, detail: {} },
    ]);
    const [one, two] = (await bench.store().listEvents(sent.message.messageId)).slice(-2);
    expect(one?.detail).to.deep.equal(detail);
    expect(two).to.deep.include({ time: T0, event: 'operator', organId: OTHER, detail: {} });
    expect((two?.id ?? 0) > (one?.id ?? 0)).to.equal(true);
  });

  it('lists messages newest first, page by page, while new ones arrive', async () => {
    const store = bench.store();
    const all = [1, 2, 3, 4, 5].map((n) => document({ at: T0 + n }));
    for (const one of all) await store.acceptMessage(one);
    const first = await store.listMessages({}, { limit: 2 });
    await store.acceptMessage(document({ at: T0 + 9 }));
    const second = await store.listMessages({}, { limit: 2, after: first.next });
    const third = await store.listMessages({}, { limit: 2, after: second.next });
    const seen = [...first.items, ...second.items, ...third.items];
    expect(ids(seen)).to.deep.equal(ids(all.map((one) => one.message)).reverse());
    expect(third).to.not.have.property('next');
  });

  it('tells messages of one millisecond apart', async () => {
    for (let i = 0; i < 5; i++) await bench.store().acceptMessage(document());
    const seen = new Set<string>();
    let after: string | undefined;
    do {
      const page = await bench.store().listMessages({}, { limit: 1, after });
      for (const one of page.items) seen.add(one.messageId);
      after = page.next;
    } while (after !== undefined);
    expect(seen.size).to.equal(5);
  });

  it('filters messages by every part of the filter', async () => {
    const store = bench.store();
    const a = document({ documentId: 'A', at: T0, searchText: 'bao lut mien trung' });
    const b = document({ documentId: 'B', at: T0 + 10, from: OTHER, searchText: 'bao so 3' });
    const c = status({ documentId: 'A', at: T0 + 20 });
    for (const one of [a, b, c]) await store.acceptMessage(one);
    const found = async (filter: Parameters<typeof store.listMessages>[0]): Promise<string> => {
      const { items } = await store.listMessages(filter, { limit: 9 });
      const names = [a, b, c].map((one) => one.message.messageId);
      return items.map((one) => 'abc'.charAt(names.indexOf(one.messageId))).join('');
    };
    expect(await found({})).to.equal('cba');
    expect(await found({ documentKey: documentKey('A') })).to.equal('ca');
    expect(await found({ documentKey: documentKey('A'), kind: 'document' })).to.equal('a');
    expect(await found({ since: T0 + 10 })).to.equal('cb');
    expect(await found({ fromOrganId: OTHER })).to.equal('b');
    expect(await found({ kind: 'status' })).to.equal('c');
    expect(await found({ search: 'bao' })).to.equal('ba');
    expect(await found({ search: '  trung   bao ' })).to.equal('a');
    expect(await found({ search: '%' })).to.equal('');
    expect(await found({ search: 'b_o' })).to.equal('');
    expect(await found({ search: "' OR 1=1 --" })).to.equal('');
  });

  it('takes document ids for the same after NFC, and no others', async () => {
    const store = bench.store();
    const composed = 'Số-Đề/1';
    const sent = document({ documentId: composed.normalize('NFD') });
    await store.acceptMessage(sent);
    expect((await store.getMessage(sent.message.messageId))?.documentId).to.equal(
      composed.normalize('NFD'),
    );
    expect(await store.findDocuments(SENDER, documentKey(composed))).to.have.length(1);
    expect(await store.findDocuments(SENDER, documentKey(composed.toLowerCase()))).to.have.length(
      0,
    );
  });

  it('finds documents of a sender by key, or without a key by code, newest first', async () => {
    const store = bench.store();
    const a = document({ documentId: 'A', code: '7/TB-VP', at: T0 });
    const b = document({ documentId: 'A', code: '8/TB-VP', at: T0 + 1 });
    const c = document({ documentId: 'C', code: '7/TB-VP', at: T0 + 2 });
    const foreign = document({ documentId: 'A', code: '7/TB-VP', from: OTHER });
    const about = status({ from: SENDER, documentId: 'A', code: '7/TB-VP' });
    for (const one of [a, b, c, foreign, about]) await store.acceptMessage(one);
    const key = documentKey('A');
    expect(ids(await store.findDocuments(SENDER, key))).to.deep.equal(ids([b.message, a.message]));
    expect(ids(await store.findDocuments(SENDER, undefined, '7/TB-VP'))).to.deep.equal(
      ids([c.message, a.message]),
    );
    // The key decides where there is one.
    expect(ids(await store.findDocuments(SENDER, key, '7/TB-VP'))).to.have.length(2);
    expect(await store.findDocuments(SENDER, undefined)).to.deep.equal([]);
    expect(await store.findDocuments(SENDER, undefined, '')).to.deep.equal([]);
  });

  it('knows who exchanged a document with whom', async () => {
    const store = bench.store();
    await store.acceptMessage(document({ documentId: 'A', code: '7/TB-VP' }));
    const key = documentKey('A');
    expect(await store.wasExchanged(SENDER, RECIPIENT, key)).to.equal(true);
    expect(await store.wasExchanged(SENDER, RECIPIENT, undefined, '7/TB-VP')).to.equal(true);
    expect(await store.wasExchanged(SENDER, OTHER, key)).to.equal(false);
    expect(await store.wasExchanged(RECIPIENT, SENDER, key)).to.equal(false);
    expect(await store.wasExchanged(SENDER, RECIPIENT, documentKey('B'), '7/TB-VP')).to.equal(
      false,
    );
    expect(await store.wasExchanged(SENDER, RECIPIENT, undefined)).to.equal(false);
  });

  it('purges content of finished messages only, and keeps message, answer and key', async () => {
    const store = bench.store();
    const open = document({ at: T0, to: [[RECIPIENT, 'pending']] });
    const content = Buffer.alloc(70_000, 1);
    const done = document({ at: T0, to: [[RECIPIENT, 'pending']], content, duplicateKey: 'k' });
    const young = document({ at: T0, to: [[RECIPIENT, 'pending']] });
    for (const one of [open, done, young]) await store.acceptMessage(one);
    await settle(done, T0 + 10);
    await settle(young, T0 + 100);
    expect(await store.purgeContent(delivered(T0 + 50, T0 + 200))).to.equal(1);
    expect(await store.getContent(done.message.messageId)).to.equal(undefined);
    expect((await store.getMessage(done.message.messageId))?.purgedAt).to.equal(T0 + 200);
    expect((await store.getAnswer(done.message.messageId))?.contentDigest).to.equal(
      done.message.contentDigest,
    );
    expect((await store.findDuplicate('k', done.message.contentDigest))?.kind).to.equal(
      'duplicate',
    );
    expect(await store.getContent(open.message.messageId)).to.not.equal(undefined);
    expect(await store.getContent(young.message.messageId)).to.not.equal(undefined);
    expect(await store.purgeContent(delivered(T0 + 50, T0 + 300))).to.equal(0);
  });

  it('keeps bytes as long as one message counts them', async () => {
    const store = bench.store();
    const content = Buffer.alloc(70_000, 2);
    const first = document({ at: T0, to: [[RECIPIENT, 'pending']], content });
    const second = document({ at: T0, to: [[RECIPIENT, 'pending']], content });
    for (const one of [first, second]) await store.acceptMessage(one);
    await settle(first, T0 + 10);
    await settle(second, T0 + 100);
    await store.purgeContent(delivered(T0 + 50, T0 + 200));
    await store.sweep(T0 + 10_000_000_000_000);
    expect(await store.getContent(first.message.messageId)).to.equal(undefined);
    const kept = await store.getContent(second.message.messageId);
    expect(kept?.equals(content)).to.equal(true);
  });

  it('rejects every call after it was closed', async () => {
    const store = bench.store();
    await store.close();
    await expectCode(store.acceptMessage(document()), 'server.store');
    await expectCode(store.getMessage(UNKNOWN), 'server.store');
    await store.close();
  });
}
