import { expect } from 'chai';
import { resumeRecipient } from '../../src/operate/breakers.js';
import { requeueDead } from '../../src/operate/dead.js';
import { actOnQueue } from '../../src/operate/queue-acts.js';
import type { QueueContext } from '../../src/operate/queue-context.js';
import { resultOf } from '../support/answers.js';
import { answer, deliveryTools, documentFor, ROUTE } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { answerXml, startRecipient, type TestRecipient } from '../support/recipient.js';
import { call, operation } from '../support/soap.js';
import { until } from '../support/until.js';

const DAY = 86_400_000;

/** Acts of an operator while the gateway runs: over SOAP the partners see what they lead to. */
describe('queue: an operator acts while the gateway delivers', () => {
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
  const { as, lane, send, untilState } = deliveryTools(
    () => gateway,
    () => recipient,
  );
  const operator = (): QueueContext => ({
    ...gateway.operator,
    lifetimes: { push: [DAY, DAY, DAY, DAY, DAY] },
    retryMs: [20, 40, 80],
  });
  const act = async (order: Parameters<typeof actOnQueue>[1]): Promise<string[]> => {
    const results: string[] = [];
    for await (const one of actOnQueue(operator(), { reason: 'asked by phone', ...order })) {
      results.push(one.code ?? one.result);
    }
    return results;
  };
  const pending = async (organId: string): Promise<string[]> => {
    const items = resultOf(await call(gateway.soapUrl, operation('ListPending', ''), as(organId)));
    return [...items.all('Item')].map((one) => one.get('MessageId'));
  };

  it('held is not listed, released is listed again, cancelled never', async () => {
    const messageId = await send(documentFor('T99.02'));
    expect(await pending('T99.02')).to.deep.equal([messageId]);
    expect(await act({ act: 'hold', references: [messageId] })).to.deep.equal(['done']);
    expect(await pending('T99.02')).to.deep.equal([]);
    expect((await lane(messageId))?.get('State')).to.equal('held');
    expect(await act({ act: 'release', references: [messageId] })).to.deep.equal(['done']);
    expect(await pending('T99.02')).to.deep.equal([messageId]);
    expect(await act({ act: 'cancel', query: { toOrganId: 'T99.02' } })).to.deep.equal(['done']);
    expect(await pending('T99.02')).to.deep.equal([]);
    expect((await lane(messageId))?.get('State')).to.equal('cancelled');
    expect((await lane(messageId))?.get('LastCode')).to.equal('delivery.cancelled');
  });

  it('a dead letter that is requeued is delivered under the same MessageId', async () => {
    recipient.misbehave = (_request, response) => {
      answer(response, 200, answerXml(false, 'sai thẩm quyền'));
      return true;
    };
    const messageId = await send(documentFor());
    await untilState(messageId, 'dead');
    recipient.misbehave = undefined;
    const order = { query: { toOrganId: 'T99.04' }, reason: 'mended there' };
    for await (const one of requeueDead(operator(), order)) expect(one.result).to.equal('done');
    await untilState(messageId, 'delivered');
    expect(recipient.requests).to.deep.equal([messageId, messageId]);
  });

  it('what was delivered is sent once more when it is resent', async () => {
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    const query = { messageId, toOrganId: 'T99.04' };
    expect(await act({ act: 'resend', query, dryRun: true })).to.deep.equal(['done']);
    expect(await act({ act: 'resend', query })).to.deep.equal(['done']);
    await until(async () => recipient.requests.length === 2);
    await untilState(messageId, 'delivered');
    expect(recipient.requests).to.deep.equal([messageId, messageId]);
  });

  it('what is asked during an attempt is done when that ends without delivery', async () => {
    let fail = (): void => undefined;
    recipient.misbehave = (_request, response) => {
      fail = () => response.writeHead(503).end();
      return true;
    };
    const messageId = await send(documentFor());
    await until(async () => recipient.requests.length === 1);
    expect(await act({ act: 'hold', references: [messageId] })).to.deep.equal(['noted']);
    fail();
    await untilState(messageId, 'held');
    expect(recipient.requests).to.have.lengthOf(1);
    recipient.misbehave = undefined;
    expect(await act({ act: 'release', references: [messageId] })).to.deep.equal(['done']);
    await resumeRecipient(operator(), 'T99.04', 'it is up').catch(() => undefined);
    await untilState(messageId, 'delivered');
  });

  it('what waits for a merged agency is listed to its successor after a redirect', async () => {
    const messageId = await send(documentFor('T99.02'));
    await gateway.agency({ organId: 'T99.06' });
    const { store } = gateway;
    const [old, next] = await Promise.all([store.getAgency('T99.02'), store.getAgency('T99.06')]);
    if (old === undefined || next === undefined) throw new Error('no agency');
    const ended = { ...old, validUntil: Date.UTC(2020, 0, 1), successor: next.organId };
    await store.putAgency(ended, 'cli:test');
    expect(await pending('T99.06')).to.deep.equal([]);
    expect(await act({ act: 'redirect', references: [messageId] })).to.deep.equal(['done']);
    expect(await pending('T99.06')).to.deep.equal([messageId]);
  });
});
