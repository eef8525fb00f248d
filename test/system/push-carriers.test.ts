import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { parseBehaviour } from '../../src/cli/simulate-behaviours.js';
import type { Observed } from '../../src/cli/simulate-recipient.js';
import { type Simulator, startSimulator } from '../../src/cli/simulate-server.js';
import { systemClock } from '../../src/clock.js';
import { PUSH_CARRIERS } from '../../src/model/agency.js';
import { deliveryTools, ROUTE } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { until } from '../support/until.js';

/** docs/clients.md, "Taking pushes": the package inline, by MTOM or as an attachment. */
describe('how packages travel to recipients that take pushes', () => {
  let gateway: TestGateway;
  let simulator: Simulator;
  let observed: Observed[];

  before(async () => {
    gateway = await openGateway();
    await gateway.agency({ organId: 'T99.01' });
    const ok = parseBehaviour('ok');
    if (ok === undefined) throw new Error('no behaviour ok');
    simulator = await startSimulator({
      host: '127.0.0.1',
      port: 0,
      plan: { behaviours: [ok], seed: 'carriers' },
      clock: systemClock,
      observe: (one) => observed.push(one),
    });
  });
  after(async () => {
    await gateway.close();
    await simulator.stop();
  });
  beforeEach(() => {
    observed = [];
  });

  const { send } = deliveryTools(() => gateway);

  for (const [index, carrier] of PUSH_CARRIERS.entries()) {
    it(`${carrier}: the recipient gets the exact bytes`, async () => {
      const organId = `T99.1${index}`;
      const route = { ...ROUTE(simulator.url), ...(carrier === 'inline' ? {} : { carrier }) };
      await gateway.agency({ organId, route });
      const bytes = samplePackage({ to: [{ organId }] }, randomBytes(50_000));
      const messageId = await send(bytes);
      await until(async () => {
        const [delivery] = await gateway.store.deliveriesOf(messageId);
        return delivery?.state === 'delivered';
      });
      const [one, ...more] = observed;
      expect(more).to.deep.equal([]);
      expect(one?.delivery?.messageId).to.equal(messageId);
      expect(one?.delivery?.digestMatches).to.equal(true);
      expect(one?.delivery?.bytes.equals(bytes)).to.equal(true);
    });
  }
});
