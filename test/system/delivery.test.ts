import { chmodSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { resultOf, textsOf } from '../support/answers.js';
import { answer, deliveryTools, documentFor, ROUTE } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { answerXml, startRecipient, type TestRecipient } from '../support/recipient.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { call, type Node, operation, sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

/** From attempt to outcome: design 1.1, 2.3 Push, 3 Delivery states. */
describe('delivery: every accepted package ends somewhere, once', () => {
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
  const { as, attempts, lane, misbehaveTimes, send, untilState } = deliveryTools(
    () => gateway,
    () => recipient,
  );
  const notices = async (organId = 'T99.01'): Promise<Node[]> => {
    const body = operation('ListPending', '<Kind>status</Kind>');
    return [...resultOf(await call(gateway.soapUrl, body, as(organId))).all('Item')];
  };
  const noticeText = async (item: Node | undefined): Promise<string> => {
    const children = `<MessageId>${item?.get('MessageId')}</MessageId>`;
    const got = await call(gateway.soapUrl, operation('GetPackage', children), as('T99.01'));
    return Buffer.from(resultOf(got).get('Package'), 'base64').toString('utf8');
  };

  it('defers after a failure and delivers later, under the same MessageId', async () => {
    misbehaveTimes(2, (response) => response.writeHead(503).end());
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    expect(recipient.requests).to.deep.equal([messageId, messageId, messageId]);
    const history = await attempts(messageId);
    expect(history.map((one) => [one.number, one.outcome, one.code])).to.deep.equal([
      [1, 'deferred', 'delivery.http'],
      [2, 'deferred', 'delivery.http'],
      [3, 'delivered', undefined],
    ]);
    expect(recipient.received.get(messageId)?.attempt).to.equal(3);
    expect((await lane(messageId))?.get('Attempts')).to.equal('3');
  });

  it('waits longer after each failure, as the schedule says', async () => {
    await gateway.close();
    gateway = await openGateway({ delivery: { retryMs: [60, 240], attemptTimeoutMs: 400 } });
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.04', route: ROUTE(recipient.url) });
    misbehaveTimes(2, (response) => response.writeHead(500).end());
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    const [first, second, third] = await attempts(messageId);
    if (first === undefined || second === undefined || third === undefined) {
      throw new Error('there were not three attempts');
    }
    // Lower bounds only: half of the wait is certain, the rest is jitter.
    expect(second.startedAt - first.finishedAt).to.be.at.least(30);
    expect(third.startedAt - second.finishedAt).to.be.at.least(120);
  });

  it('a refusal by the recipient is final: dead, with a failure notice to the sender', async () => {
    recipient.misbehave = (_request, response) => {
      answer(response, 200, answerXml(false, 'sai thẩm quyền'));
      return true;
    };
    const messageId = await send(documentFor());
    await untilState(messageId, 'dead');
    expect((await lane(messageId))?.get('LastCode')).to.equal('delivery.refused');
    expect(recipient.requests).to.have.lengthOf(1);
    const [notice, ...more] = await notices();
    expect(more).to.deep.equal([]);
    expect(notice?.get('FromOrganId')).to.equal('T99.00');
    const text = await noticeText(notice);
    expect(text).to.include('sai thẩm quyền').and.include('T99.04').and.include('>02<');
    expect(
      (await lane(messageId))?.all('Status').map((one) => one.get('StatusCode')),
    ).to.deep.equal(['02']);
  });

  it('after the last attempt the delivery is dead, with a failure notice', async () => {
    recipient.misbehave = (_request, response) => {
      response.writeHead(500).end();
      return true;
    };
    const messageId = await send(documentFor());
    await untilState(messageId, 'dead');
    expect((await lane(messageId))?.get('LastCode')).to.equal('delivery.exhausted');
    // Three waits, so four attempts.
    expect(recipient.requests).to.have.lengthOf(4);
    expect(await notices()).to.have.lengthOf(1);
  });

  it('a status that cannot be delivered makes no notice: notices about notices never end', async () => {
    recipient.misbehave = (_request, response) => {
      answer(response, 200, answerXml(false, 'không'));
      return true;
    };
    const bytes = sampleStatusPackage({
      from: { organId: 'T99.01' },
      responseFor: { organId: 'T99.04', code: '1/X', promulgationDate: '2026/11/20' },
    });
    const messageId = await send(bytes);
    await until(async () => (await gateway.store.deliveriesOf(messageId))[0]?.state === 'dead');
    expect((await gateway.store.counts()).messages).to.equal(1);
  });

  it('a partner that stores and then answers 500 gets the same MessageId again', async () => {
    const kept: string[] = [];
    let failed = false;
    recipient.misbehave = (_request, response, received) => {
      kept.push(received.messageId);
      if (failed) return false;
      failed = true;
      response.writeHead(500).end();
      return true;
    };
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    expect(kept).to.deep.equal([messageId, messageId]);
  });

  it('a partner that closes the connection without an answer is tried again', async () => {
    misbehaveTimes(1, (response) => response.socket?.destroy());
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    const [first] = await attempts(messageId);
    expect(first?.outcome).to.equal('deferred');
    expect(first?.code).to.equal('delivery.cut');
  });

  for (const status of [301, 302, 307, 308]) {
    it(`a redirect (${status}) is not followed, and is tried again: the address may be mended`, async () => {
      const elsewhere = await startRecipient();
      try {
        recipient.misbehave = (_request, response) => {
          response.writeHead(status, { location: elsewhere.url }).end();
          return true;
        };
        const messageId = await send(documentFor());
        await untilState(messageId, 'dead');
        expect(elsewhere.requests).to.deep.equal([]);
        const history = await attempts(messageId);
        expect(history[0]?.code).to.equal('delivery.redirect');
        expect(history[0]?.httpStatus).to.equal(status);
        expect(history.map((one) => one.outcome)).to.deep.equal([
          'deferred',
          'deferred',
          'deferred',
          'dead',
        ]);
      } finally {
        await elsewhere.close();
      }
    });
  }

  for (const status of [400, 401, 404, 413, 429, 502]) {
    it(`HTTP ${status} without a SOAP answer may be the channel: tried again`, async () => {
      misbehaveTimes(1, (response) => response.writeHead(status).end('<html/>'));
      const messageId = await send(documentFor());
      await untilState(messageId, 'delivered');
      const [first] = await attempts(messageId);
      expect([first?.outcome, first?.code]).to.deep.equal(['deferred', 'delivery.http']);
    });
  }

  it('Retry-After is kept to, up to the longest wait of the schedule', async () => {
    misbehaveTimes(1, (response) => response.writeHead(503, { 'retry-after': '3600' }).end());
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    const [first, second] = await attempts(messageId);
    if (first === undefined || second === undefined) throw new Error('there were not two attempts');
    // The first wait alone is at most 20 ms, the longest one is 80 ms.
    expect(second.startedAt - first.finishedAt).to.be.at.least(80);
  });

  it('a partner that hangs is given up after the timeout and tried again', async () => {
    misbehaveTimes(1, () => undefined);
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    expect((await attempts(messageId))[0]?.code).to.equal('delivery.timeout');
  });

  it('a partner that drips its answer for ever is given up as well', async () => {
    const timers: NodeJS.Timeout[] = [];
    misbehaveTimes(1, (response) => {
      response.writeHead(200, { 'content-type': 'text/xml' });
      timers.push(setInterval(() => response.write(' '), 20));
    });
    try {
      const messageId = await send(documentFor());
      await untilState(messageId, 'delivered');
      expect((await attempts(messageId))[0]?.code).to.equal('delivery.timeout');
    } finally {
      for (const timer of timers) clearInterval(timer);
    }
  });

  const garbage: readonly [what: string, answer: (response: ServerResponse) => void][] = [
    ['an empty answer', (response) => response.writeHead(200).end()],
    ['an HTML page', (response) => answer(response, 200, '<html><body>OK</body></html>')],
    ['no XML', (response) => answer(response, 200, 'OK')],
    [
      'another response',
      (response) =>
        answer(response, 200, answerXml(true).replaceAll('urn:edxgate:receiver:1', 'urn:other')),
    ],
    [
      'an answer without Accepted',
      (response) => answer(response, 200, answerXml(true).replace('<Accepted>true</Accepted>', '')),
    ],
    [
      'an answer with a DOCTYPE',
      (response) => answer(response, 200, `<!DOCTYPE a>${answerXml(true)}`),
    ],
    [
      'an answer of 20 MB',
      (response) => answer(response, 200, answerXml(true, 'x'.repeat(20 * 1024 * 1024))),
    ],
  ];
  for (const [what, answer] of garbage) {
    it(`${what} is no acceptance: tried again`, async () => {
      misbehaveTimes(1, answer);
      const messageId = await send(documentFor());
      await untilState(messageId, 'delivered');
      const [first, second] = await attempts(messageId);
      expect(first?.outcome).to.equal('deferred');
      expect(first?.code).to.equal('delivery.answer');
      expect((first?.rawAnswer ?? '').length).to.be.at.most(20 * 1024);
      expect(second?.outcome).to.equal('delivered');
    });
  }

  it('a SOAP fault of a receiver is tried again, with its text kept', async () => {
    misbehaveTimes(1, (response) =>
      answer(
        response,
        500,
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>' +
          '<faultcode>s:Server</faultcode><faultstring>hết dung lượng</faultstring>' +
          '</s:Fault></s:Body></s:Envelope>',
      ),
    );
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    const [first] = await attempts(messageId);
    expect(first?.code).to.equal('delivery.fault');
    expect(first?.reason).to.include('hết dung lượng');
  });

  it('collected and confirmed as failed: dead, with a notice that says why', async () => {
    const messageId = await send(documentFor('T99.02'));
    const children = `<MessageId>${messageId}</MessageId><Outcome>fail</Outcome><Reason>không mở được tệp</Reason>`;
    resultOf(await call(gateway.soapUrl, operation('ConfirmReceived', children), as('T99.02')));
    expect((await lane(messageId))?.get('State')).to.equal('dead');
    const [notice] = await notices();
    expect(await noticeText(notice)).to.include('không mở được tệp');
    resultOf(await call(gateway.soapUrl, operation('ConfirmReceived', children), as('T99.02')));
    expect(await notices()).to.have.lengthOf(1);
  });

  it('ten confirmations at once: the first stands, all are told the same, one notice at most', async () => {
    const messageId = await send(documentFor('T99.02'));
    const confirm = (outcome: string) => {
      const children = `<MessageId>${messageId}</MessageId><Outcome>${outcome}</Outcome>`;
      return call(gateway.soapUrl, operation('ConfirmReceived', children), as('T99.02'));
    };
    const outcomes = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 'fail' : 'done'));
    const answers = await Promise.all(outcomes.map(confirm));
    const told = new Set(answers.map((one) => JSON.stringify(textsOf(resultOf(one)))));
    expect(told.size).to.equal(1);
    const failed = [...told][0]?.includes('fail') === true;
    expect((await lane(messageId))?.get('State')).to.equal(failed ? 'dead' : 'delivered');
    expect(await notices()).to.have.lengthOf(failed ? 1 : 0);
  });

  for (const [outcome, state, told] of [
    ['done', 'delivered', 0],
    ['fail', 'dead', 1],
  ] as const) {
    it(`a recipient that takes pushes may confirm ${outcome} by itself: ${state}, pushed no more`, async () => {
      gateway = await gateway.restart({ delivery: { retryMs: [60_000] } });
      recipient.misbehave = (_request, response) => {
        response.writeHead(503).end();
        return true;
      };
      const messageId = await send(documentFor());
      await untilState(messageId, 'deferred');
      const children = `<MessageId>${messageId}</MessageId><Outcome>${outcome}</Outcome>`;
      const confirm = operation('ConfirmReceived', children);
      resultOf(await call(gateway.soapUrl, confirm, as('T99.04')));
      expect((await lane(messageId))?.get('State')).to.equal(state);
      expect(await notices()).to.have.lengthOf(told);
      expect(recipient.requests).to.deep.equal([messageId]);
    });
  }

  it('one document for three recipients: each lane ends by itself', async () => {
    recipient.misbehave = (_request, response) => {
      answer(response, 200, answerXml(false, 'không'));
      return true;
    };
    const healthy = await startRecipient();
    try {
      await gateway.agency({ organId: 'T99.05', route: ROUTE(healthy.url) });
      const to = ['T99.02', 'T99.04', 'T99.05'].map((organId) => ({ organId }));
      const messageId = await send(samplePackage({ to }));
      const states = async () =>
        (await gateway.store.deliveriesOf(messageId)).map((one) => [one.toOrganId, one.state]);
      await until(async () =>
        (await states())
          .filter(([, state]) => state !== 'pending')
          .every(([, state]) => state === 'dead' || state === 'delivered'),
      );
      expect(await states()).to.have.deep.members([
        ['T99.02', 'pending'],
        ['T99.04', 'dead'],
        ['T99.05', 'delivered'],
      ]);
    } finally {
      await healthy.close();
    }
  });

  it('statuses are routed to the agency they answer, pushed as kind status', async () => {
    const status = await startRecipient();
    try {
      await gateway.agency({ organId: 'T99.06', route: ROUTE(status.url) });
      const sent = samplePackage({ from: { organId: 'T99.06' }, to: [{ organId: 'T99.02' }] });
      const result = resultOf(await sendPackage(gateway.soapUrl, sent, as('T99.06')));
      const documentId = result.get('DocumentId');
      const bytes = sampleStatusPackage({
        responseFor: { organId: 'T99.06', code: '1/X', documentId, promulgationDate: '2026/11/20' },
      });
      const messageId = await send(bytes, 'T99.02');
      await until(() => status.received.has(messageId));
      const got = status.received.get(messageId);
      expect(got?.kind).to.equal('status');
      expect(got?.documentId).to.equal(documentId);
      expect(got?.toOrganId).to.equal('T99.06');
      expect(got?.bytes.equals(bytes)).to.equal(true);
    } finally {
      await status.close();
    }
  });

  it('shows the token of the agency file to the recipient, as Bearer', async () => {
    const tokenFile = join(gateway.folder, 'push.token');
    writeFileSync(tokenFile, 'mau-token\n');
    chmodSync(tokenFile, 0o600);
    await gateway.agency({ organId: 'T99.05', route: { ...ROUTE(recipient.url), tokenFile } });
    const messageId = await send(documentFor('T99.05'));
    await untilState(messageId, 'delivered');
    expect(recipient.received.get(messageId)?.authorization).to.equal('Bearer mau-token');
  });
});
