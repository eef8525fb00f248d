import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import type { Business } from '../../src/model/edxml.js';
import type { MessageId } from '../../src/model/message-id.js';
import { answer, deliveryTools, documentFor, PATIENT, pause, ROUTE } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { answerXml, startRecipient, type TestRecipient } from '../support/recipient.js';
import { until } from '../support/until.js';

const UPDATE: Business = {
  type: 'update',
  replacements: [],
  info: { documentChanged: true, receiversChanged: false, receivers: [] },
};

/** Design 1.1 and 4, The path of a message: fair across recipients, in order, safe over a stop. */
describe('the queue: fair, in order, and kept over a restart', () => {
  let gateway: TestGateway;
  let recipient: TestRecipient;

  beforeEach(async () => {
    recipient = await startRecipient();
    gateway = await openGateway({ delivery: { attemptTimeoutMs: 400, leaseMs: 2000 } });
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.02' });
    await gateway.agency({ organId: 'T99.04', route: ROUTE(recipient.url) });
  });
  afterEach(async () => {
    await gateway.close();
    await recipient.close();
  });
  const { attempts, lane, misbehaveTimes, send, untilState } = deliveryTools(
    () => gateway,
    () => recipient,
  );

  it('one dead recipient does not delay another', async () => {
    recipient.misbehave = () => true;
    const healthy = await startRecipient();
    try {
      await gateway.agency({ organId: 'T99.05', route: ROUTE(healthy.url) });
      // More than the attempts that run at once, all of them hanging.
      const hanging: MessageId[] = [];
      for (let i = 0; i < 40; i++) hanging.push(await send(documentFor()));
      const good: MessageId[] = [];
      for (let i = 0; i < 5; i++) good.push(await send(documentFor('T99.05')));
      await until(() => good.every((one) => healthy.received.has(one)));
      const states = await Promise.all(hanging.map(async (one) => (await lane(one))?.get('State')));
      expect(states).to.not.include('delivered');
      // Most of those that hang still wait for their first attempt.
      expect(states.filter((one) => one === 'queued').length).to.be.greaterThan(0);
    } finally {
      await healthy.close();
    }
  });

  it('at most two attempts at once go to one recipient', async () => {
    gateway = await gateway.restart({ delivery: PATIENT });
    const open: ServerResponse[] = [];
    let held = true;
    recipient.misbehave = (_request, response) => {
      if (held) open.push(response);
      return held;
    };
    const ids: MessageId[] = [];
    for (let i = 0; i < 8; i++) ids.push(await send(documentFor()));
    await until(() => open.length >= 2);
    // Time for a third one to come, if one could.
    await pause(150);
    expect(open).to.have.lengthOf(2);
    held = false;
    for (const response of open) answer(response, 200, answerXml(true));
    await Promise.all(ids.map((one) => untilState(one, 'delivered')));
    expect([...recipient.requests].sort()).to.deep.equal([...ids].sort());
  });

  it('order per document and recipient is kept: the update waits for its document', async () => {
    const documentId = 'T99.01,2026/11/20,700/SMA-VP';
    misbehaveTimes(2, (response) => response.writeHead(503).end());
    const first = await send(documentFor('T99.04', { documentId, codeNumber: '700' }));
    const second = await send(
      documentFor('T99.04', {
        documentId,
        codeNumber: '700',
        business: UPDATE,
      }),
    );
    const independent = await send(documentFor());
    await Promise.all([first, second, independent].map((one) => untilState(one, 'delivered')));
    const order = recipient.requests;
    expect(order.indexOf(second)).to.be.greaterThan(order.lastIndexOf(first));
  });

  it('follow-ups under ids of their own wait for the documents they name, and keep their order', async () => {
    const named = [702, 703].map((number) => `T99.01,2026/11/20,${number}/SMA-VP`);
    misbehaveTimes(3, (response) => response.writeHead(503).end());
    const documents: MessageId[] = [];
    for (const documentId of named)
      documents.push(await send(documentFor('T99.04', { documentId })));
    const update = await send(
      documentFor('T99.04', { priority: 4, business: { ...UPDATE, documentId: named[0] ?? '' } }),
    );
    const replacements = named.map((documentId) => ({ documentId, organIds: ['T99.04'] }));
    const replace = await send(
      documentFor('T99.04', { priority: 4, business: { type: 'replace', replacements } }),
    );
    await Promise.all([...documents, update, replace].map((one) => untilState(one, 'delivered')));
    const order = recipient.requests;
    const [first = '', second = ''] = documents;
    expect(order.indexOf(update)).to.be.greaterThan(order.lastIndexOf(first));
    expect(order.indexOf(replace)).to.be.greaterThan(order.lastIndexOf(second));
    expect(order.indexOf(replace)).to.be.greaterThan(order.lastIndexOf(update));
  });

  it('a document that died does not hold its update back', async () => {
    const documentId = 'T99.01,2026/11/20,701/SMA-VP';
    misbehaveTimes(1, (response) => answer(response, 200, answerXml(false, 'trùng')));
    const first = await send(documentFor('T99.04', { documentId, codeNumber: '701' }));
    const second = await send(
      documentFor('T99.04', {
        documentId,
        codeNumber: '701',
        business: UPDATE,
      }),
    );
    await untilState(second, 'delivered');
    expect((await lane(first))?.get('State')).to.equal('dead');
  });

  it('deliveries that wait survive a restart', async () => {
    const port = Number(new URL(recipient.url).port);
    await recipient.close();
    const slow = { retryMs: [400, 400, 400, 400, 400, 400, 400, 400], attemptTimeoutMs: 400 };
    gateway = await gateway.restart({ delivery: slow });
    const ids: MessageId[] = [];
    for (let i = 0; i < 5; i++) ids.push(await send(documentFor()));
    await until(async () => (await lane(ids[0] as MessageId))?.get('LastCode') !== '');
    gateway = await gateway.restart({ delivery: slow });
    recipient = await startRecipient(port);
    await Promise.all(ids.map((one) => untilState(one, 'delivered')));
    expect([...recipient.received.keys()].sort()).to.deep.equal([...ids].sort());
    const [first] = await attempts(ids[0] as MessageId);
    expect(first?.code).to.equal('delivery.unreachable');
  });

  it('a stop lets the running attempt end and records it: no second delivery afterwards', async () => {
    gateway = await gateway.restart({ delivery: PATIENT });
    let release = (): void => undefined;
    let started = false;
    recipient.misbehave = (_request, response) => {
      started = true;
      release = () => answer(response, 200, answerXml(true));
      return true;
    };
    const messageId = await send(documentFor());
    await until(() => started);
    const restarted = gateway.restart();
    // Time for the stop to go on without the attempt, if it did not wait for it.
    await pause(200);
    release();
    gateway = await restarted;
    recipient.misbehave = undefined;
    await untilState(messageId, 'delivered');
    expect(recipient.requests).to.deep.equal([messageId]);
  });

  it('a stop while an attempt hangs ends, and the delivery is tried again', async () => {
    let started = false;
    recipient.misbehave = () => {
      started = true;
      return true;
    };
    const messageId = await send(documentFor());
    await until(() => started);
    gateway = await gateway.restart();
    recipient.misbehave = undefined;
    await untilState(messageId, 'delivered');
    expect(new Set(recipient.requests)).to.deep.equal(new Set([messageId]));
  });
});
