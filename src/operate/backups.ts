/**
 * Backups that a running gateway makes by itself: one every so often, rehearsed, the newest few kept.
 * When one fails the operator is alerted and it is tried again before long. What was done last stands in
 * the facts `backup.last` and `backup.rehearsed`, so that a restart does not make one too many.
 *
 * @module
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { utc } from '../clock.js';
import type { BackupConfig } from '../config/config.js';
import { causeText } from '../model/issue.js';
import { fileTime } from '../store/file-time.js';
import {
  type JobResults,
  type RunningJob,
  runStoreJob,
  type StoreJob,
} from '../store/store-job.js';
import type { HousekeepingOptions } from './housekeeping.js';

export const BACKUP_LAST = 'backup.last';
export const BACKUP_REHEARSED = 'backup.rehearsed';

/** Ours; what else lies in the folder is left alone. */
const NAME = /^edxgate-\d{8}T\d{6}Z$/;
const UNFINISHED = /^edxgate-\d{8}T\d{6}Z\.(?:partial|rehearsal|rehearsal\.restoring)$/;
/** After a failure. */
const AGAIN_MS = 15 * 60_000;

interface LastBackup {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly folder: string;
}

function isLastBackup(value: unknown): value is LastBackup {
  return (
    typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'number'
  );
}

function lastBackup(fact: string | undefined): number | undefined {
  if (fact === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(fact);
    return isLastBackup(value) ? value.at : undefined;
  } catch {
    return undefined;
  }
}

class Backups {
  readonly #options: HousekeepingOptions;
  readonly #backup: BackupConfig;
  #job: RunningJob<StoreJob['kind']> | undefined;
  #failedAt: number | undefined;
  stopped = false;

  constructor(options: HousekeepingOptions, backup: BackupConfig) {
    this.#options = options;
    this.#backup = backup;
  }

  async #run<J extends StoreJob>(job: J): Promise<JobResults[J['kind']]> {
    const running = runStoreJob(job);
    this.#job = running;
    try {
      return await running.result;
    } finally {
      this.#job = undefined;
    }
  }

  async isDue(now: number): Promise<boolean> {
    const { everyMs } = this.#backup;
    const failed = this.#failedAt;
    if (failed !== undefined && now >= failed && now - failed < Math.min(AGAIN_MS, everyMs)) {
      return false;
    }
    const last = lastBackup(await this.#options.store.getFact(BACKUP_LAST));
    // A clock that was set back must not put it off.
    return last === undefined || now < last || now - last >= everyMs;
  }

  async make(now: number): Promise<void> {
    const { logger, store } = this.#options;
    try {
      const folder = await this.#save(now);
      await store.setFact(BACKUP_LAST, JSON.stringify({ at: now, time: utc(now), folder }));
      if (this.#backup.rehearse) await this.#rehearse(folder, now);
      this.#failedAt = undefined;
      this.#keepNewest();
    } catch (error) {
      if (this.stopped) return;
      this.#failedAt = now;
      logger.error('alert.backup', { folder: this.#backup.folder, reason: causeText(error) });
    }
  }

  async #save(now: number): Promise<string> {
    const { config, version, clock, logger } = this.#options;
    const began = clock.monotonic();
    this.#removeUnfinished();
    const to = join(this.#backup.folder, `edxgate-${fileTime(now)}`);
    const report = await this.#run({
      kind: 'backup',
      folder: config.store.folder,
      to,
      version,
      now,
    });
    const { messages, damaged } = report;
    const ms = Math.round(clock.monotonic() - began);
    logger.info('store.backup', { folder: to, count: messages, ms });
    if (damaged.length > 0) {
      const reason = `${damaged.length} contents of the store are missing or damaged`;
      logger.error('alert.backup', { folder: to, reason });
    }
    return to;
  }

  async #rehearse(backup: string, now: number): Promise<void> {
    const { store, clock, logger } = this.#options;
    const began = clock.monotonic();
    const check = await this.#run({
      kind: 'rehearse',
      backup,
      scratch: `${backup}.rehearsal`,
      now,
    });
    if (!check.ok) {
      const [first] = check.findings;
      const reason = `${check.findingCount} findings, first: ${first?.subject} ${first?.text}`;
      throw new Error(`the rehearsal found the backup not sound: ${reason}`);
    }
    const ms = Math.round(clock.monotonic() - began);
    logger.info('store.rehearsed', { folder: backup, count: check.messages, ms });
    await store.setFact(
      BACKUP_REHEARSED,
      JSON.stringify({ at: now, time: utc(now), folder: backup, messages: check.messages }),
    );
  }

  #names(pattern: RegExp): string[] {
    const { folder } = this.#backup;
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort();
  }

  #remove(names: readonly string[]): void {
    for (const name of names) rmSync(join(this.#backup.folder, name), { recursive: true });
  }

  #removeUnfinished(): void {
    this.#remove(this.#names(UNFINISHED));
  }

  #keepNewest(): void {
    this.#remove(this.#names(NAME).slice(0, -this.#backup.keep));
  }

  async cancel(): Promise<void> {
    this.stopped = true;
    await this.#job?.cancel();
  }
}

/** Looks every so often whether one is due. */
export function startBackups(
  options: HousekeepingOptions,
  lookMs: number,
): { stop(): Promise<void> } {
  const { config, clock, logger } = options;
  if (config.backup === undefined) return { stop: async () => undefined };
  const backups = new Backups(options, config.backup);
  let running: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      const now = clock.now();
      if ((await backups.isDue(now)) && !backups.stopped) await backups.make(now);
    } catch (error) {
      if (!backups.stopped) logger.error('store.failed', { reason: causeText(error) });
    }
  };
  const begin = (): void => {
    running ??= look().finally(() => {
      running = undefined;
    });
  };
  begin();
  const timer = setInterval(begin, lookMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await backups.cancel();
      await running;
    },
  };
}
