import { expect } from 'chai';
import type { PushOutcome } from '../../../src/deliver/push-outcome.js';
import { type Scheduler, startScheduler } from '../../../src/deliver/scheduler.js';
import type { NewMessage } from '../../../src/model/message.js';
import { until } from '../../support/until.js';
import { act, document, OTHER, RECIPIENT, T0 } from '../store/samples.js';
import { type DeliverBench, openDeliverBench, pushed } from './bench.js';

interface Running {
  readonly organId: string;
  readonly size: number;
  end(result?: PushOutcome): void;
}

describe('the scheduler: bounds', () => {
  let bench: DeliverBench;
  let scheduler: Scheduler | undefined;
  let running: Running[];
  let most: { count: number; bytes: number };

  beforeEach(async () => {
    bench = await openDeliverBench();
    running = [];
    most = { count: 0, bytes: 0 };
    bench.push = (agency, _delivery, bytes, signal) =>
      new Promise((resolve) => {
        const one: Running = {
          organId: agency.organId,
          size: bytes.length,
          end: (result = { kind: 'accepted' }) => {
            signal.removeEventListener('abort', cut);
            running = running.filter((other) => other !== one);
            resolve(result);
          },
        };
        const cut = (): void => one.end({ kind: 'cut', reason: 'aborted' });
        signal.addEventListener('abort', cut);
        running.push(one);
        const inAll = running.reduce((sum, { size }) => sum + size, 0);
        most = {
          count: Math.max(most.count, running.length),
          bytes: running.length > 1 ? Math.max(most.bytes, inAll) : most.bytes,
        };
      });
  });
  afterEach(async () => {
    await scheduler?.stop(0);
    await bench.end();
  });

  function start(more: { concurrency?: number; contentBytes?: number } = {}): void {
    scheduler = startScheduler(bench.context, {
      concurrency: 10,
      perRecipient: 2,
      leaseMs: 60_000,
      idleMs: 20,
      expireEveryMs: 20,
      ...more,
    });
  }

  function sized(bytes: number, number: number): NewMessage {
    const to = [[number % 2 === 0 ? RECIPIENT : OTHER, 'queued'] as const];
    return document({ to, content: Buffer.alloc(bytes, `${number}.`) });
  }

  async function states(): Promise<string[]> {
    const { items } = await bench.store.listDeliveries({}, { limit: 100 });
    return items.map(({ state }) => state);
  }

  it('ends what was cancelled during an attempt that was lost', async () => {
    await bench.accept(document());
    const [leased] = await bench.lease({ leaseMs: 10 });
    await bench.store.actOnDeliveries(act('cancel', [leased?.id ?? 0]));
    bench.clock.time += 10;
    start();
    await until(async () => (await states())[0] === 'cancelled');
    expect(running).to.deep.equal([]);
  });

  it('a recipient that hangs holds no more than its slots', async () => {
    await bench.accept(...Array.from({ length: 8 }, () => document()));
    await bench.accept(...Array.from({ length: 5 }, () => document({ to: [[OTHER, 'queued']] })));
    start();
    const healthy = () => running.filter(({ organId }) => organId === OTHER);
    await until(async () => {
      for (const one of healthy()) one.end();
      return (await states()).filter((state) => state === 'delivered').length === 5;
    });
    expect(running.map(({ organId }) => organId)).to.deep.equal([RECIPIENT, RECIPIENT]);
  });

  it('holds no more content than its budget, and a larger one alone', async () => {
    await bench.accept(...[40, 50, 300, 40, 30, 20].map(sized));
    start({ contentBytes: 100 });
    await until(async () => {
      if (running.some(({ size }) => size === 300)) expect(running).to.have.length(1);
      running[0]?.end();
      return (await states()).every((state) => state === 'delivered');
    });
    expect(most.bytes).to.be.within(90, 100);
  });

  it('runs no more at once than its concurrency, and leases no more', async () => {
    await bench.accept(...Array.from({ length: 6 }, (_, i) => sized(10, i)));
    start({ concurrency: 3 });
    await until(() => running.length === 3);
    expect((await states()).filter((state) => state === 'active')).to.have.length(3);
    await until(async () => {
      running[0]?.end();
      return (await states()).every((state) => state === 'delivered');
    });
    expect(most.count).to.equal(3);
  });

  it('ends what expires while it waits, beside running attempts', async () => {
    await bench.accept(document(), document());
    const late = document();
    const expiresAt = T0 + 1000;
    await bench.accept({
      ...late,
      deliveries: [{ organId: RECIPIENT, state: 'queued', expiresAt }],
    });
    start();
    await until(() => running.length === 2);
    bench.clock.time = T0 + 1001;
    await until(async () => (await states()).includes('dead'));
    expect(await states()).to.have.members(['active', 'active', 'dead']);
  });

  it('what was accepted while the clock was ahead is tried when it is put right', async () => {
    const hours = 6 * 3_600_000;
    await bench.accept(document({ at: T0 + hours }));
    start();
    await until(() => running.length === 1);
    expect(bench.events()).to.deep.equal(['delivery.clock']);
  });

  it('and what a request stores only then, with the time it read before', async () => {
    const hours = 6 * 3_600_000;
    bench.clock.time = T0 + hours;
    start();
    bench.clock.time = T0;
    await bench.accept(document({ at: T0, to: [[OTHER, 'queued']] }));
    await until(() => running.length === 1);
    await bench.accept(document({ at: T0 + hours }));
    bench.clock.time = T0 + 5000;
    await until(() => running.length === 2);
  });

  it('and so when it is put right under way, also after a failure and for a paused recipient', async () => {
    const hours = 6 * 3_600_000;
    bench.retryMs = [1000, 1000];
    bench.clock.time = T0 + hours;
    await bench.accept(document({ at: T0 + hours }));
    start();
    await until(() => running.length === 1);
    running[0]?.end({ kind: 'http', status: 503, retryAfterMs: 1000 });
    await until(async () => (await states()).includes('deferred'));
    bench.clock.time = T0;
    await until(() => running.length === 1);
    expect(bench.events()).to.include('delivery.clock');
  });

  it('leaves times alone that the schedule of an agency can have set', async () => {
    await bench.store.putAgency(pushed(RECIPIENT, { retryMs: [90_000_000] }), 'test');
    await bench.accept(document());
    const hanging = bench.push;
    await bench.round({ kind: 'http', status: 404 });
    bench.push = hanging;
    const mine = { toOrganId: RECIPIENT };
    const due = async () => (await bench.store.listDeliveries(mine, { limit: 1 })).items[0]?.dueAt;
    expect(await due()).to.equal(T0 + 90_000_000);
    start();
    await bench.accept(document({ to: [[OTHER, 'queued']] }));
    await until(() => running.length === 1);
    expect(await due()).to.equal(T0 + 90_000_000);
  });

  it('tells how many recipients are left alone', async () => {
    await bench.accept(document());
    start();
    await until(() => running.length === 1);
    running[0]?.end({ kind: 'http', status: 503, retryAfterMs: 4000 });
    await until(async () => (await bench.store.listBreakers()).length === 1);
    expect(await bench.context.metrics.text()).to.match(/^edxgate_recipients_paused 1$/m);
  });
});
