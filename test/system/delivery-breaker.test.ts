import { expect } from 'chai';
import type { MessageId } from '../../src/model/message-id.js';
import { answer, deliveryTools, documentFor, ROUTE } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { answerXml, startRecipient, type TestRecipient } from '../support/recipient.js';
import { until } from '../support/until.js';

/** A recipient that is down is left alone for a while, without cost for others or for its documents. */
describe('delivery: recipients that are left alone, lifetimes, own schedules', () => {
  let gateway: TestGateway;
  let recipient: TestRecipient;
  const breaker = { failures: 3, pauseMs: 100, maxPauseMs: 400 };

  beforeEach(async () => {
    recipient = await startRecipient();
    gateway = await openGateway({ delivery: { breaker } });
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
    await gateway.agency({ organId: 'T99.04', route: ROUTE(recipient.url) });
  });
  afterEach(async () => {
    await gateway.close();
    await recipient.close();
  });
  const { attempts, send, untilState } = deliveryTools(
    () => gateway,
    () => recipient,
  );
  const T9904 = async () => {
    const found = await gateway.store.getAgency('T99.04');
    if (found === undefined) throw new Error('no agency');
    return found;
  };

  it('is opened by failures in a row, probed, and closed by a success; nothing is lost', async () => {
    let down = true;
    recipient.misbehave = (_request, response) => {
      if (down) response.writeHead(500).end();
      return down;
    };
    gateway = await gateway.restart({ delivery: { breaker, retryMs: Array(40).fill(20) } });
    const ids: MessageId[] = [];
    for (let i = 0; i < 6; i++) ids.push(await send(documentFor()));
    await until(async () => (await gateway.store.listBreakers()).length === 1);
    const { organId } = await T9904();
    // Probes fail and each lengthens the pause.
    const failures = async () => (await gateway.store.getBreaker(organId))?.failures ?? 0;
    await until(async () => (await failures()) > 4);
    down = false;
    await Promise.all(ids.map((one) => untilState(one, 'delivered')));
    expect(await gateway.store.getBreaker(organId)).to.equal(undefined);
    expect([...recipient.received.keys()].sort()).to.deep.equal([...ids].sort());
  });

  it('stays open over a restart, and closed by hand lets everything through', async () => {
    const patient = { failures: 2, pauseMs: 60_000, maxPauseMs: 60_000 };
    gateway = await gateway.restart({ delivery: { breaker: patient } });
    let down = true;
    recipient.misbehave = (_request, response) => {
      if (down) response.writeHead(503).end();
      return down;
    };
    const first = await send(documentFor());
    await until(async () => (await gateway.store.listBreakers()).length === 1);
    gateway = await gateway.restart({ delivery: { breaker: patient } });
    const tried = recipient.requests.length;
    const second = await send(documentFor());
    const other = await send(documentFor('T99.02'));
    down = false;
    expect((await gateway.store.deliveriesOf(other))[0]?.state).to.equal('pending');
    expect(recipient.requests).to.have.lengthOf(tried);
    const { organId } = await T9904();
    const now = gateway.operator.clock.now();
    await gateway.store.closeBreaker(organId, 'cli:mau', 'đã sửa', now);
    await Promise.all([first, second].map((one) => untilState(one, 'delivered')));
    expect((await attempts(second)).map((one) => one.outcome)).to.deep.equal(['delivered']);
  });

  it('a refusal is a working channel: no pause after any number of them', async () => {
    recipient.misbehave = (_request, response) => {
      answer(response, 200, answerXml(false, 'không'));
      return true;
    };
    const ids: MessageId[] = [];
    for (let i = 0; i < 5; i++) ids.push(await send(documentFor()));
    await Promise.all(ids.map((one) => untilState(one, 'dead')));
    expect(await gateway.store.getBreaker((await T9904()).organId)).to.equal(undefined);
  });

  it('an agency with waits of its own is tried as often as they say', async () => {
    recipient.misbehave = (_request, response) => {
      response.writeHead(400).end();
      return true;
    };
    await gateway.store.putAgency({ ...(await T9904()), retryMs: [5] }, 'cli:test');
    const messageId = await send(documentFor());
    await untilState(messageId, 'dead');
    expect(recipient.requests).to.have.lengthOf(2);
  });
});
