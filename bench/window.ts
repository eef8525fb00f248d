/**
 * The measured time of one size. It opens with an answer and closes with the first answer after its
 * seconds, so that no half request is counted; what was on its way is counted outside.
 *
 * @module
 */
import { busySeconds, cpuSeconds, peakBytes, resetPeak } from './process-figures.js';

export interface WindowFigures {
  readonly seconds: number;
  readonly accepted: number;
  readonly refused: number;
  readonly perSecond: number;
  /** Milliseconds; null without a single answer. */
  readonly ms: Percentiles | null;
  /** User and system time of the gateway, per accepted document; null when it cannot be told. */
  readonly cpuMsPerDocument: number | null;
  readonly peakBytes: number | null;
  /** False: the peak is that of the whole life of the process. */
  readonly peakIsOfWindow: boolean;
  /** Cores that the load generator used; near 1 means that it, not the gateway, was measured. */
  readonly generatorCores: number;
  /** Cores used by neither gateway nor load generator. */
  readonly otherCores: number | null;
}

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

interface Readings {
  readonly at: number;
  readonly gateway: number | undefined;
  readonly own: number;
  readonly machine: number | undefined;
}

export interface WindowOptions {
  readonly seconds: number;
  /** Process of the gateway; absent = CPU and memory are not told. */
  readonly pid: number | undefined;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
}

export class Window {
  readonly #options: WindowOptions;
  readonly #latencies: number[] = [];
  #opened: Readings | undefined;
  #closed: Readings | undefined;
  #lastAt = 0;
  #accepted = 0;
  #refused = 0;
  #peak: number | undefined;
  #peakIsOfWindow = false;

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Every answer comes by here. @param due when the request was to be sent */
  answered(at: number, due: number, accepted: boolean): void {
    if (this.#closed !== undefined) return;
    if (this.#opened === undefined) {
      const { pid } = this.#options;
      this.#peakIsOfWindow = pid !== undefined && resetPeak(pid);
      this.#opened = this.#readings(at);
      this.#lastAt = at;
      return;
    }
    this.#lastAt = at;
    if (accepted) {
      this.#accepted += 1;
      this.#latencies.push(at - due);
    } else this.#refused += 1;
    if (at - this.#opened.at >= this.#options.seconds * 1000) this.close();
  }

  /** Ends it at the last answer, also when there was not enough to send. */
  close(): void {
    if (this.#closed !== undefined) return;
    const { pid } = this.#options;
    this.#peak = pid === undefined ? undefined : peakBytes(pid);
    this.#closed = this.#readings(this.#lastAt);
  }

  figures(): WindowFigures {
    const opened = this.#opened;
    const closed = this.#closed;
    if (closed === undefined) throw new Error('the window is still open');
    const seconds = opened === undefined ? 0 : (closed.at - opened.at) / 1000;
    const gateway = difference(closed.gateway, opened?.gateway);
    const machine = difference(closed.machine, opened?.machine);
    const own = closed.own - (opened?.own ?? closed.own);
    const others = machine === undefined ? undefined : machine - own - (gateway ?? 0);
    return {
      seconds,
      accepted: this.#accepted,
      refused: this.#refused,
      perSecond: seconds > 0 ? this.#accepted / seconds : 0,
      ms: percentiles(this.#latencies),
      cpuMsPerDocument:
        gateway === undefined || this.#accepted === 0 ? null : (gateway * 1000) / this.#accepted,
      peakBytes: this.#peak ?? null,
      peakIsOfWindow: this.#peakIsOfWindow,
      generatorCores: seconds > 0 ? own / seconds : 0,
      otherCores: others === undefined || seconds === 0 ? null : Math.max(0, others / seconds),
    };
  }

  #readings(at: number): Readings {
    const { pid } = this.#options;
    const { user, system } = process.cpuUsage();
    return {
      at,
      gateway: pid === undefined ? undefined : cpuSeconds(pid),
      own: (user + system) / 1e6,
      machine: busySeconds(),
    };
  }
}

function difference(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before;
}

/** Nearest rank. */
export function percentiles(values: readonly number[]): Percentiles | null {
  const sorted = Float64Array.from(values).sort();
  const max = sorted.at(-1);
  if (max === undefined) return null;
  const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? max;
  return { p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max };
}
