import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { listReceiptKeys, rotateReceiptKey } from '../../src/evidence/receipt-keys.js';
import type { MessageId } from '../../src/model/message-id.js';
import { messageStory } from '../../src/operate/story.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import { resultOf } from '../support/answers.js';
import { deliveryTools, documentFor, ROUTE } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { startRecipient, type TestRecipient } from '../support/recipient.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { basic, call, envelope, operation, sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

/** Receipt and delivery certificate: what is proved by whom, and that a stranger can check it. */
describe('receipts and delivery certificates', () => {
  let gateway: TestGateway;
  let recipient: TestRecipient;

  beforeEach(async () => {
    recipient = await startRecipient();
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
    await gateway.agency({ organId: 'T99.04', route: ROUTE(recipient.url) });
  });
  afterEach(async () => {
    await gateway.close();
    await recipient.close();
  });
  const { as, send, untilState } = deliveryTools(
    () => gateway,
    () => recipient,
  );

  const keysFolder = () => join(gateway.folder, 'store', 'keys');
  const publicKey = (number: number) => {
    const found = listReceiptKeys(keysFolder()).find((one) => one.number === number);
    if (found === undefined) throw new Error(`no key ${number}`);
    return found.publicKeyFile;
  };
  /** With xmlsec1 and xmllint alone. */
  const verify = (signed: Uint8Array, schema: string, key = 1): void => {
    const file = join(gateway.folder, 'signed.xml');
    writeFileSync(file, signed);
    const stdio = 'pipe' as const;
    execFileSync('xmlsec1', ['--verify', '--pubkey-pem', publicKey(key), file], { stdio });
    const xsd = join(PACKAGE_ROOT, 'xsd', 'receipt', '1', schema);
    execFileSync('xmllint', ['--nonet', '--noout', '--schema', xsd, file], { stdio });
  };
  const fieldsOf = (signed: Uint8Array): Map<string, string> => {
    const document = parseXml(scanXml(signed));
    try {
      return new Map(document.root.children.map((one) => [one.name, one.text]));
    } finally {
      document.dispose();
    }
  };
  const certificateOf = async (messageId: MessageId) => {
    const [one] = await gateway.store.listDeliveryCertificates(messageId);
    if (one === undefined) throw new Error('no certificate');
    return one;
  };
  const confirm = (messageId: MessageId, outcome: string) => {
    const children = `<MessageId>${messageId}</MessageId><Outcome>${outcome}</Outcome>`;
    return call(gateway.soapUrl, operation('ConfirmReceived', children), as('T99.02'));
  };

  /** Writes the request, waits until it is committed, and goes away without reading the answer. */
  async function sendAndVanish(bytes: Buffer): Promise<void> {
    const { hostname, port, pathname } = new URL(gateway.soapUrl);
    const body = envelope(
      operation('SendPackage', `<Package>${bytes.toString('base64')}</Package>`),
    );
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.pause();
    socket.on('error', () => undefined);
    socket.write(
      `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: text/xml; charset=utf-8\r\n` +
        `Authorization: ${basic('T99.01', gateway.tokenOf('T99.01'))}\r\nSOAPAction: ""\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    await until(async () => (await gateway.store.counts()).messages === 1);
    socket.resetAndDestroy();
  }

  it('a repeat after a lost answer, a restart and a new key gets the first receipt, byte for byte', async () => {
    const bytes = samplePackage();
    await sendAndVanish(bytes);
    const { items } = await gateway.store.listMessages({}, { limit: 9 });
    const messageId = items[0]?.messageId as MessageId;
    const stored = Buffer.from((await gateway.store.getAnswer(messageId))?.receipt ?? []);

    expect(rotateReceiptKey(keysFolder()).number).to.equal(2);
    gateway = await gateway.restart();
    for (let times = 0; times < 2; times++) {
      const again = resultOf(await sendPackage(gateway.soapUrl, bytes, as('T99.01')));
      expect(again.get('Duplicate')).to.equal('true');
      const receipt = Buffer.from(again.get('Receipt'), 'base64');
      expect(receipt.equals(stored)).to.equal(true);
    }
    verify(stored, 'receipt.xsd', 1);
    expect(() => verify(stored, 'receipt.xsd', 2)).to.throw();

    const other = samplePackage({ documentId: 'T99.01,2026/11/20,777/SMA-VP' });
    const fresh = resultOf(await sendPackage(gateway.soapUrl, other, as('T99.01')));
    verify(Buffer.from(fresh.get('Receipt'), 'base64'), 'receipt.xsd', 2);
    expect((await gateway.store.counts()).messages).to.equal(2);
  });

  it('certifies what a recipient took by push, with the digest of its answer', async () => {
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    const { certificate, toOrganId, number } = await certificateOf(messageId);
    expect([toOrganId, number]).to.deep.equal(['T99.04', 1]);
    verify(certificate, 'certificate.xsd');
    const fields = fieldsOf(certificate);
    const message = await gateway.store.getMessage(messageId);
    const [delivery] = await gateway.store.deliveriesOf(messageId);
    const [attempt] = await gateway.store.listAttempts(delivery?.id ?? 0);
    const digest = createHash('sha256')
      .update(attempt?.rawAnswer ?? '')
      .digest('hex');
    expect([...fields.entries()].filter(([name]) => name !== 'Signature')).to.deep.equal([
      ['CertificateVersion', '1'],
      ['Gateway', 'T99.00'],
      ['MessageId', messageId],
      ['Kind', 'document'],
      ['FromOrganId', 'T99.01'],
      ['ToOrganId', 'T99.04'],
      ['DocumentId', message?.documentId],
      ['ContentDigest', message?.contentDigest],
      ['DeliveredAt', new Date(delivery?.finishedAt ?? 0).toISOString()],
      ['How', 'push'],
      ['Attempt', '1'],
      ['Endpoint', new URL(recipient.url).host],
      ['AnswerDigest', digest],
    ]);
    const story = await messageStory(gateway.store, messageId);
    expect(story.deliveries[0]?.certificates).to.deep.equal([
      {
        number: 1,
        madeAt: fields.get('DeliveredAt'),
        digest: createHash('sha256').update(certificate).digest('hex'),
      },
    ]);
  });

  it('certifies a confirmation once, and neither a failed one nor a status notice', async () => {
    const messageId = await send(documentFor('T99.02'));
    const receipt = (await gateway.store.getAnswer(messageId))?.receipt ?? new Uint8Array();
    verify(receipt, 'receipt.xsd');
    // Arrived for people is not taken by the system.
    const notice = sampleStatusPackage({
      from: { organId: 'T99.02' },
      responseFor: { organId: 'T99.01', code: '1/SMA-VP' },
      statusCode: '03',
    });
    resultOf(await sendPackage(gateway.soapUrl, notice, as('T99.02')));
    expect(await gateway.store.listDeliveryCertificates(messageId)).to.deep.equal([]);
    resultOf(await confirm(messageId, 'done'));
    const { certificate } = await certificateOf(messageId);
    verify(certificate, 'certificate.xsd');
    const fields = fieldsOf(certificate);
    expect([fields.get('How'), fields.get('ConfirmedOutcome')]).to.deep.equal(['collect', 'done']);
    resultOf(await confirm(messageId, 'done'));
    expect(await gateway.store.listDeliveryCertificates(messageId)).to.have.length(1);

    const refused = await send(documentFor('T99.02', { documentId: 'T99.01,2026/11/20,2/SMA' }));
    resultOf(await confirm(refused, 'fail'));
    expect(await gateway.store.listDeliveryCertificates(refused)).to.deep.equal([]);
  });

  it('the sender and the recipient get the certificate with the trace of a named document', async () => {
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    const { certificate } = await certificateOf(messageId);
    const traces = async (organId: string, asked: string) => {
      const answer = await call(gateway.soapUrl, operation('GetTraces', asked), as(organId));
      return resultOf(answer).all('Trace');
    };
    const named = `<MessageId>${messageId}</MessageId>`;
    for (const organId of ['T99.01', 'T99.04']) {
      const [trace] = await traces(organId, named);
      expect(Buffer.from(trace?.get('Certificate') ?? '', 'base64').equals(certificate)).to.equal(
        true,
      );
    }
    const since = await traces('T99.01', '<Since>2020-01-01T00:00:00Z</Since>');
    expect(since.flatMap((one) => one.all('Certificate'))).to.deep.equal([]);
  });

  it('a confirmation is certified though the delivery was reopened after we looked', async () => {
    const id = 'T99.01,2026/11/20,3/SMA';
    const messageId = await send(documentFor('T99.02', { documentId: id }));
    const { store } = gateway;
    const findDelivery = store.findDelivery.bind(store);
    store.findDelivery = async (...asked) => {
      const found = await findDelivery(...asked);
      return found && { ...found, state: 'delivered' };
    };
    try {
      resultOf(await confirm(messageId, 'done'));
    } finally {
      store.findDelivery = findDelivery;
    }
    expect(await store.listDeliveryCertificates(messageId)).to.have.lengthOf(1);
  });

  it('what is resent is certified again; the first certificate stays', async () => {
    const messageId = await send(documentFor());
    await untilState(messageId, 'delivered');
    const first = await certificateOf(messageId);
    rotateReceiptKey(keysFolder());
    gateway = await gateway.restart();
    await gateway.store.actOnDeliveries({
      act: 'resend',
      ids: [first.deliveryId],
      actor: 'cli:test',
      reason: 'bên nhận mất dữ liệu',
      now: Date.now(),
      lifetimes: { push: [1e9, 1e9, 1e9, 1e9, 1e9] },
    });
    await until(async () => (await gateway.store.listDeliveryCertificates(messageId)).length === 2);
    const [kept, second] = await gateway.store.listDeliveryCertificates(messageId);
    expect(Buffer.from(kept?.certificate ?? []).equals(first.certificate)).to.equal(true);
    verify(kept?.certificate ?? new Uint8Array(), 'certificate.xsd', 1);
    verify(second?.certificate ?? new Uint8Array(), 'certificate.xsd', 2);
    const fields = fieldsOf(second?.certificate ?? new Uint8Array());
    expect(fields.get('Attempt')).to.equal('2');
  });
});
