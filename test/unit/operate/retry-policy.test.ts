import { expect } from 'chai';
import { addAgency } from '../../../src/operate/agencies.js';
import { listQueue } from '../../../src/operate/queue.js';
import { rescheduleForConfig, setRetryPolicy } from '../../../src/operate/retry-policy.js';
import {
  all,
  codeOf,
  type Fixture,
  failAttempt,
  NOON,
  openFixture,
  storeDocument,
} from './fixture.js';

const MINUTE = 60_000;

describe('retry policy', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await openFixture();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) {
      await addAgency(fixture, { organId, organName: organId });
    }
    await storeDocument(fixture);
    await failAttempt(fixture, 60 * MINUTE);
  });
  afterEach(() => fixture.close());

  /** When the deferred delivery is due, after noon. */
  const dueIn = async (): Promise<number> => {
    const [one] = await all(listQueue(fixture.store, { states: ['deferred'] }));
    return Math.round((Date.parse(one?.nextAttemptAt ?? '') - NOON) / MINUTE);
  };

  it('sets the schedule of one agency, and what waits for it follows', async () => {
    const view = await setRetryPolicy(fixture, 'T99.02', '2m, 5m*2');
    expect(view).to.deep.equal({
      organId: 'T99.02',
      from: 'agency',
      waits: ['2m', '5m', '5m'],
      attempts: 4,
      lastsMs: 12 * MINUTE,
      rescheduled: 1,
    });
    expect(await dueIn()).to.equal(2);
    expect((await fixture.store.getAgency('T99.02'))?.retryMs).to.deep.equal([
      2 * MINUTE,
      5 * MINUTE,
      5 * MINUTE,
    ]);
  });

  it('goes back to the configured one', async () => {
    await setRetryPolicy(fixture, 'T99.02', '2m');
    const view = await setRetryPolicy(fixture, 'T99.02', undefined);
    expect(view).to.deep.include({ from: 'configuration', waits: ['1m', '5m'], rescheduled: 1 });
    expect(await dueIn()).to.equal(1);
    expect(await fixture.store.getAgency('T99.02')).to.not.have.property('retryMs');
  });

  it('without a configuration at hand takes what the gateway last started with', async () => {
    const { retryMs: _retryMs, ...context } = fixture;
    expect((await setRetryPolicy(context, 'T99.02', undefined)).attempts).to.equal(30);
    await rescheduleForConfig(fixture, [7 * MINUTE]);
    expect((await setRetryPolicy(context, 'T99.02', undefined)).waits).to.deep.equal(['7m']);
  });

  it('refuses what is no schedule, and an unknown agency', async () => {
    for (const text of ['', '5', '1m,,2m', '1m*0']) {
      expect(await codeOf(setRetryPolicy(fixture, 'T99.02', text)), text).to.equal('agency.value');
    }
    expect(await codeOf(setRetryPolicy(fixture, 'T99.77', '1m'))).to.equal('agency.unknown');
    expect(await dueIn()).to.equal(60);
  });

  it('follows a changed configuration at the start, but not at the first one', async () => {
    expect(await rescheduleForConfig(fixture, [10 * MINUTE])).to.equal(0);
    expect(await dueIn()).to.equal(60);
    expect(await rescheduleForConfig(fixture, [10 * MINUTE])).to.equal(0);
    expect(await rescheduleForConfig(fixture, [20 * MINUTE])).to.equal(1);
    expect(await dueIn()).to.equal(20);
    await setRetryPolicy(fixture, 'T99.02', '3m');
    expect(await rescheduleForConfig(fixture, [30 * MINUTE])).to.equal(0);
    expect(await dueIn()).to.equal(3);
  });
});
