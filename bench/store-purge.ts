/**
 * What purging costs intake: rounds of accepting messages, in turn without and with the purge of content
 * in the background, in one store. The ratio of the two counts, not the counts, is the figure.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/clock.js';
import type { Store } from '../src/store/store.js';
import type { MessageSource } from './store-messages.js';

export interface PurgeOptions {
  readonly store: Store;
  readonly source: MessageSource;
  /** Purge so many in all. */
  readonly wanted: number;
  readonly roundMs: number;
  readonly senders: number;
  /** Messages of one step of the purge, and the pause after it as a multiple of its time. */
  readonly step: number;
  readonly pause: number;
}

export interface PurgeResult {
  readonly purged: number;
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

/** Purges step by step until told to stop. @returns how many. */
async function purge(options: PurgeOptions, until: () => boolean): Promise<number> {
  const { store, step, pause } = options;
  let purged = 0;
  while (!until()) {
    const begun = systemClock.monotonic();
    const now = systemClock.now();
    const request = { state: 'delivered', before: now, limit: step, now } as const;
    const count = await store.purgeContent(request);
    if (count === 0) break;
    purged += count;
    await sleep((systemClock.monotonic() - begun) * pause);
  }
  return purged;
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
      withPurge ? purge(options, over) : 0,
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
    rounds: quiet.length,
    quiet: median(quiet),
    purging: median(purging),
    ratio: median(purging.map((rate, at) => rate / (quiet[at] ?? rate))),
  };
}
