import { expect } from 'chai';
import { CHECK_NAMES } from '../../src/model/check.js';
import { type MessageId, parseMessageId } from '../../src/model/message-id.js';
import { messageStory } from '../../src/operate/story.js';
import { resultOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { startRecipient, type TestRecipient } from '../support/recipient.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { call, type Node, operation, sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

/** Names of the events, each run of the same name once. */
/** All but the one that only some agencies ask for. */
const USUAL_CHECKS = CHECK_NAMES.filter((name) => name !== 'attachments');

function steps(events: readonly { readonly event: string }[]): string[] {
  // Attachments are looked at in the background: that event has no fixed place among the others.
  const names = events.map((one) => one.event).filter((name) => name !== 'attachments-checked');
  return names.filter((name, at) => name !== names[at - 1]);
}

/** "Where is my document, and can you prove it?" must be answered from what was written down. */
describe('the story of a message tells every check, attempt and word about it', () => {
  let gateway: TestGateway;
  let recipient: TestRecipient;
  let failures = 0;

  before(async () => {
    recipient = await startRecipient();
    gateway = await openGateway();
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.02' });
    const route = { kind: 'push', pushKind: 'receiver', url: recipient.url } as const;
    await gateway.agency({ organId: 'T99.04', route });
    recipient.misbehave = (_request, response) => {
      if (failures === 0) return false;
      failures -= 1;
      response.writeHead(503).end('dừng');
      return true;
    };
  });
  after(async () => {
    await gateway.close();
    await recipient.close();
  });
  const as = (organId: string) => ({ organId, token: gateway.tokenOf(organId) });
  const send = async (
    bytes: Buffer,
    organId = 'T99.01',
  ): Promise<{ id: MessageId; result: Node }> => {
    const result = resultOf(await sendPackage(gateway.soapUrl, bytes, as(organId)));
    const id = parseMessageId(result.get('MessageId'));
    if (id === undefined) throw new Error('no message id');
    return { id, result };
  };
  const ask = async (name: string, children: string, organId: string) =>
    resultOf(await call(gateway.soapUrl, operation(name, children), as(organId)));

  it('received, checked and stored, with how it came', async () => {
    const { id } = await send(samplePackage());
    const story = await messageStory(gateway.store, id);
    expect(steps(story.events)).to.deep.equal(['received', 'checked', 'stored']);
    expect(story.callerOrganId).to.equal('T99.01');
    expect(story.submission.operation).to.equal('SendPackage');
    expect(story.submission.soapVersion).to.equal('1.1');
    expect(story.submission.carrier).to.equal('inline');
    expect(story.submission.proof).to.equal('basic');
    expect(story.submission.tokenId).to.be.a('string');
    expect(story.submission.remoteAddress).to.match(/127\.0\.0\.1$/);
    expect(story.submission.correlationId).to.match(/^[0-9a-f-]{36}$/);
  });

  it('every check of the way in, in order, with its verdict and how long it took', async () => {
    const { id } = await send(samplePackage());
    const { checks } = await messageStory(gateway.store, id);
    expect(new Set(checks.map((one) => one.name))).to.deep.equal(new Set(USUAL_CHECKS));
    expect(checks).to.have.lengthOf(USUAL_CHECKS.length);
    for (const check of checks) {
      expect(check.verdict, check.name).to.equal(check.name === 'signature' ? 'warning' : 'pass');
      expect(check.ms, check.name).to.be.a('number').and.at.least(0);
    }
    const of = (name: string) => checks.find((one) => one.name === name);
    expect(of('signature')?.codes).to.deep.equal(['signature.not-signed']);
    expect(of('signature')?.detail).to.include('absent');
    expect(of('size')?.detail).to.match(/^\d+ bytes$/);
  });

  it('the log itself holds the checks, not only the message', async () => {
    const { id } = await send(samplePackage());
    const events = await gateway.store.listEvents(id);
    const checked = events.filter((one) => one.event === 'checked').map((one) => one.detail);
    expect(checked.map((one) => one['name'])).to.have.members(USUAL_CHECKS);
    for (const one of checked) {
      expect(one['verdict']).to.be.oneOf(['pass', 'warning']);
      expect(one['ms']).to.be.a('number');
    }
    const signature = checked.find((one) => one['name'] === 'signature');
    expect(signature?.['codes']).to.deep.equal(['signature.not-signed']);
  });

  it('a dialect is a warning of its check, kept with the message', async () => {
    const bytes = Buffer.concat([Buffer.from('\ufeff'), samplePackage()]);
    const { id, result } = await send(bytes);
    expect(result.all('Warning').map((one) => one.get('Code'))).to.include('dialect.bom');
    const story = await messageStory(gateway.store, id);
    expect(story.checks.find((one) => one.codes.includes('dialect.bom'))?.verdict).to.equal(
      'warning',
    );
    expect(story.warnings.map((one) => one.code)).to.include('dialect.bom');
  });

  it('each attempt with endpoint, status, answer and when it is due again', async () => {
    failures = 2;
    const { id } = await send(samplePackage({ to: [{ organId: 'T99.04' }] }));
    await until(async () => (await gateway.store.deliveriesOf(id))[0]?.state === 'delivered');
    const story = await messageStory(gateway.store, id);
    const attempts = story.events.filter((one) => one.event === 'attempt');
    expect(attempts.map((one) => [one.organId, one.detail['outcome']])).to.deep.equal([
      ['T99.04', 'deferred'],
      ['T99.04', 'deferred'],
      ['T99.04', 'delivered'],
    ]);
    expect(attempts[0]?.detail['nextAttemptAt']).to.match(/^\d{4}-.*Z$/);
    const [lane] = story.deliveries;
    expect(lane?.history.map((one) => [one.outcome, one.code, one.httpStatus])).to.deep.equal([
      ['deferred', 'delivery.http', 503],
      ['deferred', 'delivery.http', 503],
      ['delivered', undefined, 200],
    ]);
    const host = new URL(recipient.url).host;
    expect(lane?.history[0]?.endpoint).to.equal(host);
    expect(lane?.history[0]?.rawAnswer).to.include('dừng');
  });

  it('listed, fetched, confirmed and each status, in the order in which they happened', async () => {
    const { id, result } = await send(samplePackage());
    await ask('ListPending', '<MaxItems>1000</MaxItems>', 'T99.02');
    await ask('GetPackage', `<MessageId>${id}</MessageId>`, 'T99.02');
    await ask('ConfirmReceived', `<MessageId>${id}</MessageId><Outcome>done</Outcome>`, 'T99.02');
    for (const statusCode of ['01', '03'] as const) {
      const bytes = sampleStatusPackage({
        statusCode,
        responseFor: {
          organId: 'T99.01',
          code: '1/X',
          documentId: result.get('DocumentId'),
          promulgationDate: '2026/11/20',
        },
      });
      await send(bytes, 'T99.02');
    }
    const story = await messageStory(gateway.store, id);
    expect(steps(story.events)).to.deep.equal([
      'received',
      'checked',
      'stored',
      'listed',
      'fetched',
      'confirmed',
      'status',
    ]);
    const later = story.events.slice(story.events.findIndex((one) => one.event === 'listed'));
    for (const one of later) expect(one.organId, one.event).to.equal('T99.02');
    const statuses = story.events.filter((one) => one.event === 'status');
    expect(statuses.map((one) => one.detail['code'])).to.deep.equal(['01', '03']);
    const times = story.events.map((one) => Date.parse(one.time));
    expect(times).to.deep.equal([...times].sort((a, b) => a - b));
  });

  it('a confirmation of failure, with its reason and the notice to the sender', async () => {
    const { id } = await send(samplePackage());
    const children = `<MessageId>${id}</MessageId><Outcome>fail</Outcome><Reason>tệp hỏng</Reason>`;
    await ask('ConfirmReceived', children, 'T99.02');
    const story = await messageStory(gateway.store, id);
    const confirmed = story.events.find((one) => one.event === 'confirmed');
    expect(confirmed?.detail).to.include({ outcome: 'fail', reason: 'tệp hỏng' });
    const status = story.events.find((one) => one.event === 'status' || one.event === 'notice');
    expect(status, 'the notice is part of the story').to.not.equal(undefined);
  });

  it('no event holds a token or the content', async () => {
    const bytes = samplePackage();
    const { id } = await send(bytes);
    const events = JSON.stringify(await gateway.store.listEvents(id));
    expect(events).to.not.include(gateway.tokenOf('T99.01'));
    expect(events).to.not.include(bytes.toString('base64').slice(100, 160));
    expect(events).to.not.include('Về việc gửi văn bản mẫu');
  });
});
