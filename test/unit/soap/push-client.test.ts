import { expect } from 'chai';
import { refuse } from '../../../src/model/issue.js';
import { parseRetryAfter } from '../../../src/soap/answer-reader.js';
import { readDelivery } from '../../../src/soap/delivery-reader.js';
import { closeConnections } from '../../../src/soap/exchange.js';
import { writeFault } from '../../../src/soap/fault-writer.js';
import {
  deliverPackage,
  deliverPackageEnvelope,
  deliverPackageRequest,
  type PushDelivery,
  type PushOutcome,
} from '../../../src/soap/push-client.js';
import { childOf } from '../../../src/xml/tree.js';
import { envelope, listen, type RunningServer, read, SOAP_11, SOAP_12 } from './soap-support.js';

const TOKEN = 'tQ7-token-that-must-not-be-seen-anywhere-0001';
const DELIVERY: PushDelivery = {
  messageId: '01JD0000000000000000000000',
  attempt: 2,
  fromOrganId: '000.00.01.T99',
  toOrganId: 'T99.02',
  kind: 'document',
  documentId: 'T99,2026/11/24,1/TEST-<&>-Đ',
  contentDigest: 'b'.repeat(64),
  bytes: Buffer.from('<?xml version="1.0"?>\n<edXML>Công văn</edXML>\n'),
};

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

function said(content: string, namespace = SOAP_11): Buffer {
  return envelope(
    namespace,
    `<DeliverPackageResponse xmlns="urn:edxgate:receiver:1"><DeliveryAnswer>${content}</DeliveryAnswer></DeliverPackageResponse>`,
  );
}

describe('deliverPackageEnvelope', () => {
  it('is valid against the schema of the receiver, with the exact bytes', () => {
    const request = read(deliverPackageEnvelope(DELIVERY));
    const { body, document } = request;
    expect(request.version).to.equal('1.1');
    expect(document.validate('receiver', body)).to.deep.equal([]);
    expect(childOf(body, 'DocumentId')?.text).to.equal(DELIVERY.documentId);
    const element = childOf(body, 'Package');
    if (element === undefined) throw new Error('Package is missing');
    expect(document.base64(element)?.equals(DELIVERY.bytes)).to.equal(true);
    expect(body.children.at(-1)).to.equal(element);
    request.dispose();
  });
});

describe('deliverPackageRequest', () => {
  for (const carrier of ['inline', 'mtom', 'swa'] as const) {
    it(`is read by the recipient's side with the exact bytes: ${carrier}`, () => {
      const { contentType, body } = deliverPackageRequest(DELIVERY, carrier);
      const request = read(body, contentType);
      expect(request.carrier).to.equal(carrier);
      expect(request.version).to.equal('1.1');
      expect(request.attachments).to.have.length(carrier === 'inline' ? 0 : 1);
      const delivery = readDelivery(request);
      expect(delivery.bytes.equals(DELIVERY.bytes)).to.equal(true);
      expect(delivery).to.include({ messageId: DELIVERY.messageId, attempt: DELIVERY.attempt });
      request.dispose();
    });
  }

  it('says what its parts are', () => {
    const mtom = deliverPackageRequest(DELIVERY, 'mtom').contentType;
    expect(mtom).to.match(/^multipart\/related; type="application\/xop\+xml"; start="<[^>]+>"; /);
    expect(mtom).to.match(/; start-info="text\/xml"; boundary="[^"]+"$/);
    const swa = deliverPackageRequest(DELIVERY, 'swa').contentType;
    expect(swa).to.match(
      /^multipart\/related; type="text\/xml"; start="<[^>]+>"; boundary="[^"]+"$/,
    );
  });
});

describe('deliverPackage', () => {
  let running: RunningServer | undefined;

  afterEach(async () => {
    await closeConnections();
    await running?.close();
    running = undefined;
  });

  async function pushTo(answer: Answer, token: string | undefined = TOKEN): Promise<PushOutcome> {
    running = await listen((request, _body, response) => {
      const echoed = { 'x-echo': request.headers.authorization ?? '-' };
      response
        .writeHead(answer.status ?? 200, {
          'content-type': 'text/xml',
          ...echoed,
          ...answer.headers,
        })
        .end(answer.body ?? '');
    });
    const target = { url: running.url, timeoutMs: 5000 };
    return deliverPackage(token === undefined ? target : { ...target, token }, DELIVERY);
  }

  it('posts SOAP 1.1 with the action and the token', async () => {
    let seen: unknown;
    running = await listen((request, _body, response) => {
      const { headers } = request;
      seen = [headers['content-type'], headers['soapaction'], headers.authorization];
      response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end(said('<Accepted>true</Accepted>'));
    });
    const target = { url: running.url, timeoutMs: 5000, token: TOKEN };
    expect((await deliverPackage(target, DELIVERY)).kind).to.equal('accepted');
    expect(seen).to.deep.equal([
      'text/xml; charset=utf-8',
      '"urn:edxgate:receiver:1/DeliverPackage"',
      `Bearer ${TOKEN}`,
    ]);
  });

  it('reads accepted in every form a boolean and an envelope may have', async () => {
    const contents = ['<Accepted>true</Accepted>', '<Accepted> 1 </Accepted><Reason>x</Reason>'];
    for (const content of contents) {
      for (const namespace of [SOAP_11, SOAP_12]) {
        const outcome = await pushTo({ body: said(content, namespace) });
        expect(outcome.kind).to.equal('accepted');
        await running?.close();
      }
    }
  });

  it('reads an answer in multipart', async () => {
    const body = `\r\n--b\r\nContent-Type: text/xml\r\n\r\n${said('<Accepted>1</Accepted>')}\r\n--b--`;
    const outcome = await pushTo({
      headers: { 'content-type': 'multipart/related; boundary=b' },
      body,
    });
    expect(outcome.kind).to.equal('accepted');
  });

  it('reads refused with its reason', async () => {
    const outcome = await pushTo({
      body: said('<Accepted>false</Accepted><Reason>không đúng nơi nhận</Reason>'),
    });
    expect(outcome).to.include({ kind: 'refused', reason: 'không đúng nơi nhận', status: 200 });
  });

  it('reads faults of both versions, foreign and ours', async () => {
    const foreign11 = envelope(
      SOAP_11,
      '<s:Fault><faultcode>s:Client.Auth</faultcode><faultstring>no</faultstring></s:Fault>',
    );
    const first = await pushTo({ status: 500, body: foreign11 });
    expect(first.kind === 'fault' && first.fault).to.deep.equal({
      code: 'Client.Auth',
      text: 'no',
      side: 'client',
    });
    await running?.close();
    const foreign12 = envelope(
      SOAP_12,
      '<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en">later</s:Text></s:Reason></s:Fault>',
    );
    const second = await pushTo({
      status: 500,
      body: foreign12,
      headers: { 'retry-after': '120' },
    });
    expect(second).to.include({ kind: 'fault', retryAfterSeconds: 120, status: 500 });
    expect(second.kind === 'fault' && second.fault.side).to.equal('server');
    await running?.close();
    const ours = writeFault('1.2', refuse('message.unknown'), 'c-1');
    const third = await pushTo({ status: 500, body: ours });
    expect(third.kind === 'fault' && third.fault.gateway).to.include({
      code: 'message.unknown',
      correlationId: 'c-1',
      temporary: false,
    });
  });

  it('lets a status speak for itself, with the fault that may come with it', async () => {
    for (const status of [302, 401, 404, 503]) {
      const body = writeFault('1.1', refuse('http.busy'), 'c');
      const outcome = await pushTo({ status, body, headers: { 'retry-after': '7' } });
      expect(outcome).to.include({ kind: 'http', status, retryAfterSeconds: 7 });
      expect(outcome.kind === 'http' && outcome.fault?.gateway?.code).to.equal('http.busy');
      await running?.close();
    }
    const html = await pushTo({ status: 500, body: '<html>Oops', headers: {} });
    expect(html).to.include({ kind: 'http', status: 500 });
  });

  it('says unreadable for a success that is none', async () => {
    const bodies: (string | Buffer)[] = [
      '',
      'OK',
      '<html/>',
      '<!DOCTYPE x><x/>',
      said(''),
      said('<Accepted>yes</Accepted>'),
      said('<Accepted>true</Accepted><Accepted>false</Accepted>'),
      envelope(SOAP_11, '<DeliverPackageResponse xmlns="urn:example:x"/>'),
      envelope(SOAP_11, '<DeliveryAnswer xmlns="urn:edxgate:receiver:1"/>'),
      'x'.repeat(1024 * 1024 + 1),
    ];
    for (const body of bodies) {
      const outcome = await pushTo({ body });
      expect(outcome.kind, String(body).slice(0, 80)).to.equal('unreadable');
      await running?.close();
    }
  });

  it('keeps the raw answer, bounded and without the token that a peer echoes', async () => {
    const padding = 'x'.repeat(16 * 1024 - 10);
    const outcome = await pushTo({
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: `${padding}${TOKEN}${'y'.repeat(100)} ${TOKEN}`,
    });
    if (outcome.kind !== 'http') throw new Error(outcome.kind);
    const { rawAnswer } = outcome;
    expect(rawAnswer.status).to.equal(502);
    expect(rawAnswer.headers).to.deep.include(['x-echo', 'Bearer ***']);
    expect(rawAnswer.body).to.have.length(16 * 1024);
    expect(rawAnswer.body.endsWith('xxx***yyyyyyy')).to.equal(true);
    expect(rawAnswer.truncated).to.equal(true);
    expect(JSON.stringify(outcome)).not.to.include(TOKEN.slice(0, 6));
  });

  it('says what the network did', async () => {
    running = await listen((request) => request.socket.destroy());
    const target = { url: running.url, timeoutMs: 5000 };
    expect((await deliverPackage(target, DELIVERY)).kind).to.equal('cut');
    await running.close();
    expect((await deliverPackage(target, DELIVERY)).kind).to.equal('unreachable');
  });
});

describe('parseRetryAfter', () => {
  it('reads seconds and dates, at most a week', () => {
    const now = Date.UTC(2026, 10, 24, 3, 0, 0);
    expect(parseRetryAfter('120', now)).to.equal(120);
    expect(parseRetryAfter('Tue, 24 Nov 2026 03:01:00 GMT', now)).to.equal(60);
    expect(parseRetryAfter('Tue, 24 Nov 2026 02:00:00 GMT', now)).to.equal(0);
    expect(parseRetryAfter('999999999', now)).to.equal(7 * 24 * 3600);
    for (const text of [undefined, '', 'soon', '-5x', '1e9999']) {
      expect(parseRetryAfter(text, now), String(text)).to.equal(undefined);
    }
  });
});
