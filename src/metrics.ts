/**
 * Counters of the running gateway in the text form of Prometheus, for `/metrics`. Labels come from
 * fixed lists (codes, outcomes, states) and from the directory, never from what a caller wrote.
 *
 * @module
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface QueueCount {
  readonly organId: string;
  readonly state: string;
  readonly count: number;
}

export interface Metrics {
  /** A package was stored. */
  accepted(kind: 'document' | 'status'): void;
  /** A request was answered with a fault. `code` is one of the error table. */
  refused(code: string): void;
  /** The same package came again. */
  duplicate(): void;
  /** An attempt to deliver ended. */
  attempt(
    outcome: 'delivered' | 'deferred' | 'dead' | 'held' | 'interrupted',
    seconds: number,
  ): void;
  /** A delivery ended because its lifetime was over. */
  expired(): void;
  /** A request was answered. */
  request(operation: string, httpStatus: number, seconds: number): void;
  /** How many recipients are left alone for a while; asked at each scrape. */
  onPausedScrape(count: () => Promise<number>): void;
  /** Asked at each scrape. */
  onScrape(count: () => Promise<readonly QueueCount[]>): void;
  /** Asked at each scrape: bytes free on the disk of the store. */
  onFreeBytes(ask: () => number | undefined): void;
  /** Text of the registry. */
  text(): Promise<string>;
  readonly contentType: string;
}

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export interface MetricsOptions {
  /** Also those of the process: memory, event loop, garbage collection. */
  readonly process?: boolean;
}

export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.process === true) collectDefaultMetrics({ register: registry });
  const accepted = new Counter({
    name: 'edxgate_accepted_total',
    help: 'Packages stored, by kind',
    labelNames: ['kind'] as const,
    registers,
  });
  const refused = new Counter({
    name: 'edxgate_refused_total',
    help: 'Requests answered with a fault, by code',
    labelNames: ['code'] as const,
    registers,
  });
  const duplicates = new Counter({
    name: 'edxgate_duplicates_total',
    help: 'Packages that were sent again and answered with the first answer',
    registers,
  });
  const attempts = new Histogram({
    name: 'edxgate_delivery_attempt_seconds',
    help: 'Delivery attempts, by outcome',
    labelNames: ['outcome'] as const,
    buckets: SECONDS,
    registers,
  });
  const requests = new Histogram({
    name: 'edxgate_request_seconds',
    help: 'Requests on the exchange listener, by operation and HTTP status',
    labelNames: ['operation', 'status'] as const,
    buckets: SECONDS,
    registers,
  });
  const expired = new Counter({
    name: 'edxgate_expired_total',
    help: 'Deliveries that ended because their lifetime was over',
    registers,
  });
  let paused: (() => Promise<number>) | undefined;
  new Gauge({
    name: 'edxgate_recipients_paused',
    help: 'Recipients whose breaker is open or half open',
    registers,
    async collect() {
      this.set((await paused?.()) ?? 0);
    },
  });
  let count: (() => Promise<readonly QueueCount[]>) | undefined;
  new Gauge({
    name: 'edxgate_deliveries',
    help: 'Deliveries in the store, by recipient and state',
    labelNames: ['organ_id', 'state'] as const,
    registers,
    async collect() {
      this.reset();
      for (const one of (await count?.()) ?? []) {
        this.set({ organ_id: one.organId, state: one.state }, one.count);
      }
    },
  });
  let freeBytes: (() => number | undefined) | undefined;
  new Gauge({
    name: 'edxgate_store_free_bytes',
    help: 'Bytes free on the disk of the store',
    registers,
    collect() {
      const bytes = freeBytes?.();
      if (bytes === undefined) this.reset();
      else this.set(bytes);
    },
  });
  return {
    accepted: (kind) => accepted.inc({ kind }),
    refused: (code) => refused.inc({ code }),
    duplicate: () => duplicates.inc(),
    attempt: (outcome, seconds) => attempts.observe({ outcome }, seconds),
    expired: () => expired.inc(),
    request: (operation, httpStatus, seconds) =>
      requests.observe({ operation, status: String(httpStatus) }, seconds),
    onPausedScrape: (ask) => {
      paused = ask;
    },
    onScrape: (ask) => {
      count = ask;
    },
    onFreeBytes: (ask) => {
      freeBytes = ask;
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
