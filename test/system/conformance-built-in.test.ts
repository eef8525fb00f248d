/**
 * The whole built-in suite over HTTP against a real gateway: everything passes.
 */
import { expect } from 'chai';
import { systemClock } from '../../src/clock.js';
import { builtInSuite } from '../../src/conformance/built-in/suite.js';
import type { Player } from '../../src/conformance/run-case.js';
import { runSuite } from '../../src/conformance/run-suite.js';
import { openGateway, type TestGateway } from '../support/gateway.js';

const suite = builtInSuite();
/** So many in one test: each has its own bound of time. */
const SIZE = 150;

describe('the built-in suite against a gateway', () => {
  let gateway: TestGateway;
  const players: Player[] = [];

  before(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) {
      const token = await gateway.agency({ organId });
      players.push({ organId, name: `Cơ quan ${organId}`, token });
    }
  });

  after(() => gateway.close());

  for (let from = 0; from < suite.cases.length; from += SIZE) {
    it(`passes, from number ${from}`, async () => {
      const [sender, recipient, third] = players;
      if (sender === undefined || recipient === undefined || third === undefined) expect.fail();
      const part = { ...suite, cases: suite.cases.slice(from, from + SIZE) };
      const target = { url: gateway.soapUrl, timeoutMs: 15_000 };
      const result = await runSuite(part, { target, sender, recipient, third, clock: systemClock });
      const differing = result.cases.filter((one) => one.verdict !== 'passed');
      const told = differing.map(({ id, reason, steps }) => ({
        id,
        reason: reason?.en,
        differences: steps.at(-1)?.differences,
      }));
      expect(told).to.deep.equal([]);
    });
  }
});
