/**
 * Retention: deletes what is past its time, in small steps with pauses that grow with what a step took.
 * While the store has other work a step waits long in its queue, and the next comes later: so whatever is
 * to be purged, intake keeps nine tenths of its speed and more.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import type { Logger } from '../log.js';
import type { PurgeRequest, Store } from '../store/store.js';

export interface StepPace {
  /** Messages per step. */
  readonly step: number;
  /** At least so long between two steps. */
  readonly pauseMs: number;
  /** At least so many times as long as the step took. */
  readonly pauseFactor: number;
}

export const STEP_PACE: StepPace = { step: 50, pauseMs: 10, pauseFactor: 19 };

/** Sleeps that a stop cuts short. */
export class Pauses {
  readonly #waking = new Set<() => void>();
  stopped = false;

  async wait(ms: number): Promise<void> {
    if (this.stopped) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waking.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waking.add(done);
    });
  }

  stop(): void {
    this.stopped = true;
    for (const wake of [...this.#waking]) wake();
  }
}

export interface RetainOptions {
  readonly store: Store;
  readonly retention: Config['retention'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pace?: StepPace;
  readonly pauses?: Pauses;
}

export interface Retained {
  /** Messages whose content was deleted. */
  readonly contents: number;
  /** Messages that were deleted whole. */
  readonly messages: number;
}

const ENDS = ['delivered', 'dead', 'cancelled'] as const;

type Step = (now: number, limit: number) => Promise<number>;

/** Repeats a step until it finds less than it may take. @returns how many in all. */
async function inSteps(step: Step, options: RetainOptions): Promise<number> {
  const { clock, pace = STEP_PACE, pauses = new Pauses() } = options;
  let all = 0;
  while (!pauses.stopped) {
    const began = clock.monotonic();
    const count = await step(clock.now(), pace.step);
    all += count;
    if (count < pace.step) break;
    await pauses.wait(Math.max(pace.pauseMs, (clock.monotonic() - began) * pace.pauseFactor));
  }
  return all;
}

async function retainContents(options: RetainOptions): Promise<number> {
  const { store, retention, logger } = options;
  let all = 0;
  for (const state of ENDS) {
    const keepMs = retention.contentMs[state];
    if (keepMs === undefined) continue;
    const count = await inSteps((now, limit) => {
      const request: PurgeRequest = { state, before: now - keepMs, limit, now };
      return store.purgeContent(request);
    }, options);
    if (count > 0) logger.info('store.purged', { kind: 'content', outcome: state, count });
    all += count;
  }
  return all;
}

/** Content first: only messages without it are deleted. */
export async function retain(options: RetainOptions): Promise<Retained> {
  const { store, retention, logger } = options;
  const contents = await retainContents(options);
  const { logMs } = retention;
  if (logMs === undefined) return { contents, messages: 0 };
  const messages = await inSteps(
    (now, limit) => store.purgeMessages(now - logMs, limit, now),
    options,
  );
  if (messages > 0) logger.info('store.purged', { kind: 'message', count: messages });
  return { contents, messages };
}
