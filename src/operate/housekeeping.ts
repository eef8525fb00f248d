/**
 * Housekeeping of a running gateway: retention, left-over files, backups with their rehearsal.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import type { Logger } from '../log.js';
import { causeText } from '../model/issue.js';
import type { Store } from '../store/store.js';
import { startBackups } from './backups.js';
import { Pauses, retain, STEP_PACE, type StepPace } from './retain.js';

export interface HousekeepingOptions {
  readonly store: Store;
  readonly config: Pick<Config, 'retention' | 'backup' | 'store'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of edxgate, for the manifest of backups. */
  readonly version: string;
  /** Tests shorten the waits. */
  readonly pace?: Partial<Pace>;
}

export interface Pace extends StepPace {
  /** Between two runs. */
  readonly everyMs: number;
  /** Between two looks at all content files. */
  readonly sweepEveryMs: number;
  /** Between two looks whether a backup is due. */
  readonly backupLookMs: number;
}

export const PACE: Pace = {
  ...STEP_PACE,
  everyMs: 10 * 60_000,
  sweepEveryMs: 86_400_000,
  backupLookMs: 30_000,
};

export interface Housekeeping {
  /** What runs ends with its present step. */
  stop(): Promise<void>;
}

/** When all content files were looked at last; milliseconds since 1970. */
const SWEPT = 'content.swept';
/** Left-over files are few and harmless: all are looked at once a day, also over restarts. */
async function sweep({ store, clock }: HousekeepingOptions, pace: Pace): Promise<void> {
  const now = clock.now();
  const swept = Number((await store.getFact(SWEPT)) ?? 0);
  if (now >= swept && now - swept < pace.sweepEveryMs) {
    await store.sweepRefusals(now);
    return;
  }
  await store.sweep(now);
  await store.setFact(SWEPT, String(now));
}

export function startHousekeeping(options: HousekeepingOptions): Housekeeping {
  const pace: Pace = { ...PACE, ...options.pace };
  const pauses = new Pauses();
  const loop = async (work: () => Promise<void>, everyMs: number): Promise<void> => {
    while (!pauses.stopped) {
      try {
        await work();
      } catch (error) {
        if (!pauses.stopped) options.logger.error('store.failed', { reason: causeText(error) });
      }
      await pauses.wait(everyMs);
    }
  };
  const backups = startBackups(options, pace.backupLookMs);
  const running = loop(async () => {
    const { store, clock, logger } = options;
    await retain({ store, retention: options.config.retention, clock, logger, pace, pauses });
    if (!pauses.stopped) await sweep(options, pace);
  }, pace.everyMs);
  return {
    async stop() {
      pauses.stop();
      await Promise.all([running, backups.stop()]);
    },
  };
}
