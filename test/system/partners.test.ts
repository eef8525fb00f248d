import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  BEHAVIOUR_NAMES,
  type BehaviourName,
  behaviourOf,
  type Expectation,
  parseBehaviour,
} from '../../src/cli/simulate-behaviours.js';
import type { Observed } from '../../src/cli/simulate-recipient.js';
import { type Simulator, startSimulator } from '../../src/cli/simulate-server.js';
import { systemClock } from '../../src/clock.js';
import type { DeliveryAttempt } from '../../src/model/message.js';
import type { MessageId } from '../../src/model/message-id.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { MAX_RAW_BYTES } from '../../src/soap/raw-answer.js';
import { deliveryTools, ROUTE } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { answerXml } from '../support/recipient.js';
import { samplePackage } from '../support/sample-document.js';
import { until } from '../support/until.js';

/** What an answer of 1 MiB at most can cost, with what loopback and both ends hold on the way. */
const MAX_TAKEN_BYTES = 32 * 1024 * 1024;
/** Status line and headers of an answer, 16 KiB at most, on top of the body. */
const MAX_KEPT_CHARS = MAX_RAW_BYTES + 20 * 1024;

interface Partner {
  readonly simulator: Simulator;
  readonly observed: readonly Observed[];
  behave(...names: string[]): void;
}

function chosen(names: readonly string[]) {
  return names.map((name) => {
    const found = parseBehaviour(name);
    if (found === undefined) throw new Error(`no behaviour ${name}`);
    return found;
  });
}

async function startPartner(
  names: readonly string[],
  tls?: { readonly cert: Buffer; readonly key: Buffer },
): Promise<Partner> {
  const observed: Observed[] = [];
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    ...(tls === undefined ? {} : { tls }),
    plan: { behaviours: chosen(names), seed: 'partners' },
    clock: systemClock,
    observe: (one) => observed.push(one),
  });
  return {
    simulator,
    observed,
    behave: (...next) => simulator.behave({ behaviours: chosen(next) }),
  };
}

function endOf(attempt: DeliveryAttempt | undefined): Expectation | undefined {
  if (attempt === undefined) return undefined;
  const { outcome, code } = attempt;
  return { state: outcome, ...(code === undefined ? {} : { code }) } as Expectation;
}

function endText(end: Expectation): string {
  return 'code' in end ? `\`${end.state}\`, \`${end.code}\`` : `\`${end.state}\``;
}

/** As it stands in docs/partners.md. */
function rowOf(name: BehaviourName): string {
  const { does, parameter, keeps, expected, expectedTls } = behaviourOf(name);
  const written = parameter === undefined ? name : `${name}:${parameter.byDefault}`;
  const overTls = expectedTls === undefined ? '' : `; over TLS ${endText(expectedTls)}`;
  return `| \`${written}\` | ${does} | ${keeps ? 'yes' : 'no'} | ${endText(expected)}${overTls} |`;
}

/** docs/partners.md: every way in which a recipient can go wrong ends as promised. */
describe('partners: a recipient that misbehaves', () => {
  let gateway: TestGateway;
  let good: Partner;
  let serial = 0;
  const partners: Partner[] = [];

  before(async () => {
    gateway = await openGateway({
      delivery: {
        retryMs: [30, 30, 60, 60, 120, 120, 240, 240],
        attemptTimeoutMs: 700,
        leaseMs: 3000,
      },
    });
    good = await startPartner(['ok']);
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.05', route: ROUTE(good.simulator.url) });
  });
  after(async () => {
    await gateway.close();
    await good.simulator.stop();
  });
  afterEach(async () => {
    for (const one of partners.splice(0)) await one.simulator.stop();
  });

  const { send } = deliveryTools(() => gateway);
  const partnerFor = async (names: readonly string[]): Promise<[Partner, string]> => {
    const partner = await startPartner(names);
    partners.push(partner);
    serial += 1;
    const organId = `T99.${100 + serial}`;
    await gateway.agency({ organId, route: ROUTE(partner.simulator.url) });
    return [partner, organId];
  };
  const deliveryOf = async (messageId: MessageId, organId: string) => {
    const all = await gateway.store.deliveriesOf(messageId);
    return all.find((one) => one.toOrganId === organId);
  };
  const attemptsOf = async (messageId: MessageId, organId: string) => {
    const delivery = await deliveryOf(messageId, organId);
    return delivery === undefined ? [] : gateway.store.listAttempts(delivery.id);
  };
  const untilState = (messageId: MessageId, organId: string, state: string) =>
    until(async () => (await deliveryOf(messageId, organId))?.state === state);
  const sendTo = (...organIds: string[]) =>
    send(samplePackage({ to: organIds.map((organId) => ({ organId })) }));

  const expectOnce = (partner: Partner, messageId: MessageId, bytes: Buffer) => {
    const kept = partner.observed.filter((one) => one.kept === true);
    expect(kept.map((one) => one.delivery?.messageId)).to.deep.equal([messageId]);
    expect(kept[0]?.delivery?.bytes.equals(bytes)).to.equal(true);
    expect(partner.observed.every((one) => one.delivery?.digestMatches !== false)).to.equal(true);
  };

  const table: readonly BehaviourName[] = BEHAVIOUR_NAMES;
  for (const name of table) {
    const { expected, keeps, stage } = behaviourOf(name);
    const ends = 'code' in expected ? `${expected.state}, ${expected.code}` : expected.state;
    it(`${name}: ${ends}; others are served, and later it is delivered once`, async () => {
      const [partner, organId] = await partnerFor([name]);
      const bytes = samplePackage({ to: [{ organId }] });
      const messageId = await send(bytes);
      await until(async () => {
        const delivery = await deliveryOf(messageId, organId);
        return delivery !== undefined && delivery.state !== 'queued';
      });
      // While the attempt runs or waits for its next time.
      const other = await sendTo('T99.05');
      await untilState(other, 'T99.05', 'delivered');
      await until(async () => (await attemptsOf(messageId, organId)).length > 0);
      const spent = partner.simulator.counts();
      partner.behave('ok');
      const [first] = await attemptsOf(messageId, organId);
      expect(endOf(first)).to.deep.equal(expected);
      expect((first?.rawAnswer ?? '').length).to.be.at.most(MAX_KEPT_CHARS);
      expect(spent.bytesSent / Math.max(1, spent.connections)).to.be.below(MAX_TAKEN_BYTES);

      if (expected.state === 'dead') {
        expect((await deliveryOf(messageId, organId))?.state).to.equal('dead');
        expect(spent.deliveries).to.equal(1);
        expect(spent.kept).to.equal(0);
        return;
      }
      await untilState(messageId, organId, 'delivered');
      await until(() => partner.observed.some((one) => one.kept === true));
      expectOnce(partner, messageId, bytes);
      const { kept, elsewhere } = partner.simulator.counts();
      expect(kept).to.equal(1);
      expect(elsewhere, 'requests that followed a redirect').to.equal(0);
      if (stage === 'message') expect(partner.observed[0]?.kept).to.equal(keeps);
    });
  }

  it('bounds an answer of 200 MiB by what it reads, not by time', async () => {
    for (const name of ['huge', 'huge-headers', 'flood-100', 'flood-103']) {
      const [partner, organId] = await partnerFor([name]);
      const messageId = await sendTo(organId);
      await until(async () => (await attemptsOf(messageId, organId)).length > 0);
      const { bytesSent, connections } = partner.simulator.counts();
      expect(bytesSent / connections, name).to.be.below(MAX_TAKEN_BYTES);
      const [first] = await attemptsOf(messageId, organId);
      expect(first?.code, name).to.not.equal('delivery.timeout');
      partner.behave('ok');
      await untilState(messageId, organId, 'delivered');
    }
  });

  it('takes a few interim answers for what they are', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        for (let i = 0; i < 16; i++) response.writeProcessing();
        response.writeHead(200, { 'content-type': 'text/xml' }).end(answerXml(true));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      serial += 1;
      const organId = `T99.${100 + serial}`;
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await gateway.agency({ organId, route: ROUTE(url) });
      const messageId = await sendTo(organId);
      await untilState(messageId, organId, 'delivered');
      expect(await attemptsOf(messageId, organId)).to.have.lengthOf(1);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('keepalive-close: the next document meets the reset, and is delivered at its second attempt', async () => {
    const [partner, organId] = await partnerFor(['keepalive-close', 'ok']);
    const first = await sendTo(organId);
    await untilState(first, organId, 'delivered');
    const second = await sendTo(organId);
    await untilState(second, organId, 'delivered');
    const ends = (await attemptsOf(second, organId)).map(endOf);
    expect(ends).to.deep.equal([
      { state: 'deferred', code: 'delivery.cut' },
      { state: 'delivered' },
    ]);
    expect(partner.simulator.counts()).to.include({ kept: 2, repeated: 0 });
  });

  it('two-answers: the second one is not taken for the answer to the next document', async () => {
    const [partner, organId] = await partnerFor(['two-answers']);
    const first = await sendTo(organId);
    await untilState(first, organId, 'delivered');
    partner.behave('ok');
    const second = await sendTo(organId);
    await untilState(second, organId, 'delivered');
    expect(partner.simulator.counts()).to.include({ kept: 2, repeated: 0 });
  });

  it('what was kept before the answer was lost comes again as a repeat, once', async () => {
    for (const name of ['cut-body', 'fail-after', 'garbage', 'not-xml']) {
      const [partner, organId] = await partnerFor([name, 'ok']);
      const messageId = await sendTo(organId);
      await untilState(messageId, organId, 'delivered');
      expect(partner.observed.map((one) => [one.kept, one.repeated])).to.deep.equal([
        [true, false],
        [false, true],
      ]);
      expect(partner.observed.map((one) => one.delivery?.attempt)).to.deep.equal([1, 2]);
    }
  });

  describe('over TLS', () => {
    const file = (name: string) => join(PACKAGE_ROOT, 'fixtures', 'soap', 'tls', name);
    const tls = {
      cert: readFileSync(file('localhost.crt')),
      key: readFileSync(file('localhost.key')),
    };
    const names: readonly BehaviourName[] = ['ok', 'tls-break', 'hang-connect', 'cut-body', 'huge'];
    for (const name of names) {
      const { expected, expectedTls = expected } = behaviourOf(name);
      it(`${name}: ${'code' in expectedTls ? expectedTls.code : expectedTls.state}`, async () => {
        const partner = await startPartner([name], tls);
        partners.push(partner);
        serial += 1;
        const organId = `T99.${100 + serial}`;
        // The certificate names localhost, not its address.
        const url = partner.simulator.url.replace('127.0.0.1', 'localhost');
        await gateway.agency({
          organId,
          route: { ...ROUTE(url), caFile: file('localhost.crt') },
        });
        const messageId = await sendTo(organId);
        await until(async () => (await attemptsOf(messageId, organId)).length > 0);
        const [first] = await attemptsOf(messageId, organId);
        expect(endOf(first)).to.deep.equal(expectedTls);
        partner.behave('ok');
        await untilState(messageId, organId, 'delivered');
        expect(partner.simulator.counts().kept).to.equal(1);
      });
    }
  });

  it('docs/partners.md has the table of the behaviours', () => {
    const written = readFileSync(join(PACKAGE_ROOT, 'docs', 'partners.md'), 'utf8');
    const rows = written.split('\n').filter((line) => /^\| `[a-z0-9-]+(?::[^`]+)?` \|/.test(line));
    expect(rows).to.deep.equal(BEHAVIOUR_NAMES.map(rowOf));
  });
});
