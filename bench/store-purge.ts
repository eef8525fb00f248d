/**
 * What purging costs intake: rounds of accepting messages, in turn without and with retention at work in
 * the background, as the gateway runs it, in one store. The ratio of the two counts, not the counts, is
 * the figure.
 *
 * @module
 */
import { systemClock } from '../src/clock.js';
import { silentLogger } from '../src/log.js';
import { Pauses, retain } from '../src/operate/retain.js';
import type { Store } from '../src/store/store.js';
import type { MessageSource } from './store-messages.js';

export interface PurgeOptions {
  readonly store: Store;
  readonly source: MessageSource;
  /** Purge so many in all. */
  readonly wanted: number;
  readonly roundMs: number;
  readonly senders: number;
}

export interface PurgeResult {
  readonly purged: number;
  /** Purged per second of the rounds with intake. */
  readonly purgeRate: number;
  readonly rounds: number;
  /** Accepted per second, medians over the rounds. */
  readonly quiet: number;
  readonly purging: number;
  /** Median over the pairs of rounds. */
  readonly ratio: number;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** @returns accepted per second. */
async function intake(options: PurgeOptions, until: () => boolean): Promise<number> {
  const { store, source, senders } = options;
  const begun = systemClock.monotonic();
  let accepted = 0;
  const sender = async (): Promise<void> => {
    while (!until()) {
      const outcome = await store.acceptMessage(source.next(systemClock.now()));
      if (outcome.kind !== 'stored') throw new Error(`not stored: ${outcome.kind}`);
      accepted += 1;
    }
  };
  await Promise.all(Array.from({ length: senders }, sender));
  return (accepted * 1000) / (systemClock.monotonic() - begun);
}

/** Retention until told to stop, in the steps and with the pauses of the gateway. @returns how many. */
async function purge({ store, roundMs }: PurgeOptions): Promise<number> {
  const pauses = new Pauses();
  const timer = setTimeout(() => pauses.stop(), roundMs);
  try {
    const { contents } = await retain({
      store,
      retention: { contentMs: { delivered: 0 }, refusals: { keepMs: 0, maxBytes: 0 } },
      clock: systemClock,
      logger: silentLogger,
      pauses,
    });
    return contents;
  } finally {
    clearTimeout(timer);
  }
}

export async function measurePurge(options: PurgeOptions): Promise<PurgeResult> {
  const quiet: number[] = [];
  const purging: number[] = [];
  let purged = 0;
  const round = async (withPurge: boolean): Promise<void> => {
    const end = systemClock.monotonic() + options.roundMs;
    const over = (): boolean => systemClock.monotonic() >= end;
    const [rate, count] = await Promise.all([
      intake(options, over),
      withPurge ? purge(options) : 0,
    ]);
    (withPurge ? purging : quiet).push(rate);
    if (withPurge && count === 0) throw new Error('nothing was left to purge');
    purged += count;
  };
  await round(false);
  quiet.length = 0;
  while (purged < options.wanted || quiet.length < 5) {
    // Turned about, so that neither is always the first.
    const first = quiet.length % 2 === 0;
    await round(!first);
    await round(first);
  }
  return {
    purged,
    purgeRate: (purged * 1000) / (options.roundMs * purging.length),
    rounds: quiet.length,
    quiet: median(quiet),
    purging: median(purging),
    ratio: median(purging.map((rate, at) => rate / (quiet[at] ?? rate))),
  };
}
