/**
 * A real store, a clock that the test moves, and recipients that answer what the test says.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeliverContext, Push, WorkContext } from '../../../src/deliver/deliver-one.js';
import { deliverOne } from '../../../src/deliver/deliver-one.js';
import type { PushOutcome } from '../../../src/deliver/push-outcome.js';
import { Turns } from '../../../src/deliver/turns.js';
import type { EventName, Fields, Logger } from '../../../src/log.js';
import { createMetrics } from '../../../src/metrics.js';
import type { Agency } from '../../../src/model/agency.js';
import type { LeasedDelivery, NewMessage } from '../../../src/model/message.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import type { LeaseRequest, Store } from '../../../src/store/store.js';
import { agency, OTHER, RECIPIENT, SENDER, TestClock } from '../store/samples.js';

export interface Line extends Fields {
  readonly event: EventName;
}

export interface DeliverBench {
  readonly folder: string;
  readonly store: Store;
  readonly clock: TestClock;
  readonly context: WorkContext;
  readonly lines: Line[];
  /** What the recipients answer; the test may replace it. */
  push: Push;
  /** The general schedule. */
  retryMs: readonly number[];
  accept(...all: readonly NewMessage[]): Promise<void>;
  lease(more?: Partial<LeaseRequest>): Promise<readonly LeasedDelivery[]>;
  /** Leases what is due now and tries it, all at the same time. @returns how many. */
  round(result?: PushOutcome): Promise<number>;
  events(): EventName[];
  end(): Promise<void>;
}

export const BREAKER = { failures: 3, pauseMs: 1000, maxPauseMs: 8000 };
export const DOWN: PushOutcome = { kind: 'unreachable', reason: 'ECONNREFUSED' };

export function pushed(organId: Agency['organId'], more: Partial<Agency> = {}): Agency {
  const url = 'http://mau.example/deliver';
  return agency(organId, { route: { kind: 'push', pushKind: 'receiver', url }, ...more });
}

export async function openDeliverBench(more: Partial<DeliverContext> = {}): Promise<DeliverBench> {
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-deliver-'));
  const clock = new TestClock();
  const refusals = { keepMs: 1000, maxBytes: 1000 };
  const store = await openSqliteStore({ folder, clock, refusals });
  await store.putAgencies([pushed(RECIPIENT), pushed(OTHER), agency(SENDER)], 'test');
  const lines: Line[] = [];
  const write = (event: EventName, fields: Fields = {}): void => {
    lines.push({ event, ...fields });
  };
  const logger: Logger = { error: write, warn: write, info: write, debug: write };
  const context: WorkContext = {
    store,
    clock,
    logger,
    metrics: createMetrics(),
    schedule: () => bench.retryMs,
    breaker: BREAKER,
    turns: new Turns(),
    random: () => 1,
    push: (...args) => bench.push(...args),
    makeNotice: async () => undefined,
    makeCertificate: (facts) => Buffer.from(JSON.stringify(facts)),
    ...more,
  };
  const lease = (wish: Partial<LeaseRequest> = {}) =>
    store.leaseDue({ now: clock.time, limit: 100, perRecipient: 100, leaseMs: 60_000, ...wish });
  const bench: DeliverBench = {
    folder,
    store,
    clock,
    context,
    lines,
    push: async () => ({ kind: 'accepted' }),
    retryMs: [1000, 2000, 4000],
    lease,
    async accept(...all) {
      for (const one of all) await store.acceptMessage(one);
    },
    async round(result) {
      if (result !== undefined) bench.push = async () => result;
      const leased = await lease();
      const { signal } = new AbortController();
      await Promise.all(leased.map((one) => deliverOne(context, one, signal)));
      return leased.length;
    },
    events: () => lines.map(({ event }) => event),
    async end() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return bench;
}
