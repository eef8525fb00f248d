/**
 * `node dist/bench/store-run.js [--messages 1000000] [--folder DIR]`: does a large store stay quick?
 * Fills one unless the folder has one, measures opening (also after a kill with a full log), every
 * question of store-questions.ts with cold and warm caches, and what purging costs intake. Exit status
 * 1 when something is slower than promised.
 *
 * @module
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/clock.js';
import { databaseFile } from '../src/store/sqlite/database.js';
import { openSqliteStore } from '../src/store/sqlite/open.js';
import type { Store } from '../src/store/store.js';
import { describeMachine } from './report.js';
import { AGENCIES, fillStore } from './store-fill.js';
import { MessageSource, makeDirectory } from './store-messages.js';
import { measurePurge, median } from './store-purge.js';
import { questionsFor } from './store-questions.js';

const OPEN_MS = 1000;
const ANSWER_MS = 200;
const LEAST_RATIO = 0.9;
const WARM_RUNS = 5;
/** Three times what is kept of the log; SQLite reads all of it after a kill. */
const LOG_BYTES = 200_000_000;
const REFUSALS = { keepMs: 86_400_000, maxBytes: 1_000_000_000 };

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** @returns false where we may not: then nothing is cold. */
function dropCaches(): boolean {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '1');
    return true;
  } catch {
    return false;
  }
}

function open(folder: string): Promise<Store> {
  return openSqliteStore({ folder, clock: systemClock, refusals: REFUSALS });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = systemClock.monotonic();
  await work();
  return systemClock.monotonic() - begun;
}

/** Opens, asks one thing, closes. */
function opening(folder: string): Promise<number> {
  let store: Store | undefined;
  return timed(async () => {
    store = await open(folder);
    await store.counts();
  }).finally(() => store?.close());
}

/** Accepts messages in a process that is killed; its log stays behind. @returns bytes of the log */
async function leaveLog(folder: string): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--write', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  return statSync(`${databaseFile(folder)}-wal`).size;
}

/** A reader that stays keeps the log from being cut: it grows as it would under a long backup. */
async function writeUntilKilled(folder: string): Promise<void> {
  const store = await open(folder);
  const { openReading } = await import('../src/store/sqlite/database.js');
  const reader = openReading(folder);
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM total').get();
  const source = sourceAfter((await store.counts()).messages);
  while (statSync(`${databaseFile(folder)}-wal`).size < LOG_BYTES) {
    const batch = Array.from({ length: 200 }, () => source.next(systemClock.now()));
    await Promise.all(batch.map((one) => store.acceptMessage(one)));
  }
  say('written');
  setInterval(() => reader.inTransaction, 1000);
}

function sourceAfter(messages: number): MessageSource {
  // Far from the numbers that were used.
  return new MessageSource(makeDirectory(AGENCIES, 0), messages, messages + 10_000_000);
}

function judge(name: string, ms: number, bound: number, note = ''): boolean {
  const ok = ms < bound;
  say(`${ok ? ' ' : '!'} ${ms.toFixed(1).padStart(9)} ms  ${name}${note}`);
  return ok;
}

function coldNote(cold: number): string {
  return Number.isNaN(cold) ? '' : `, cold ${cold.toFixed(1)} ms`;
}

async function measureOpening(folder: string): Promise<boolean> {
  const cold = dropCaches();
  const results = [judge(`open${cold ? ', cold' : ''}`, await opening(folder), OPEN_MS)];
  results.push(judge('open, warm', await opening(folder), OPEN_MS));
  const log = await leaveLog(folder);
  dropCaches();
  const note = ` of ${(log / 1e6).toFixed(0)} MB`;
  results.push(judge('open after a kill, with a log', await opening(folder), OPEN_MS, note));
  return results.every((ok) => ok);
}

async function measureQuestions(folder: string, withCold: boolean): Promise<boolean> {
  let ok = true;
  const store = await open(folder);
  const slowest: { name: string; cold: number; warm: number }[] = [];
  const questions = await questionsFor(store);
  for (const { name, ask } of questions) {
    const cold = withCold && dropCaches() ? await timed(ask) : Number.NaN;
    const warm: number[] = [];
    for (let i = 0; i < WARM_RUNS; i++) warm.push(await timed(ask));
    const one = { name, cold, warm: median(warm) };
    slowest.push(one);
    if (one.warm >= ANSWER_MS) {
      ok = false;
      judge(`${name}, warm`, one.warm, ANSWER_MS, coldNote(cold));
    }
  }
  await store.close();
  slowest.sort((a, b) => b.warm - a.warm);
  say(
    `${questions.length} questions, median of warm medians ${median(slowest.map((one) => one.warm)).toFixed(2)} ms; the slowest:`,
  );
  for (const { name, warm, cold } of slowest.slice(0, 12)) {
    judge(`${name}, warm`, warm, ANSWER_MS, coldNote(cold));
  }
  if (!withCold) return ok;
  slowest.sort((a, b) => b.cold - a.cold);
  say('the slowest with cold caches, which are told and not judged:');
  for (const { name, warm, cold } of slowest.slice(0, 8)) {
    judge(`${name}, cold`, cold, Number.POSITIVE_INFINITY, `, warm ${warm.toFixed(1)} ms`);
  }
  return ok;
}

async function measurePurging(folder: string, wanted: number): Promise<boolean> {
  const store = await open(folder);
  try {
    const source = sourceAfter((await store.counts()).messages + 1);
    const result = await measurePurge({
      store,
      source,
      wanted,
      roundMs: 20_000,
      senders: 16,
    });
    const { purged, purgeRate, rounds, quiet, purging, ratio } = result;
    const ok = ratio > LEAST_RATIO;
    say(
      `${ok ? ' ' : '!'} purged ${purged} in ${rounds} rounds, ${purgeRate.toFixed(0)}/s: ${purging.toFixed(0)} accepted/s with, ${quiet.toFixed(0)} without, ratio ${ratio.toFixed(3)}`,
    );
    return ok;
  } finally {
    await store.close();
  }
}

const PARTS = ['open', 'questions', 'purge'];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      messages: { type: 'string', default: '1000000' },
      only: { type: 'string', default: PARTS.join() },
      purge: { type: 'string', default: '100000' },
      cold: { type: 'boolean', default: false },
      write: { type: 'string' },
    },
  });
  if (values.write !== undefined) {
    await writeUntilKilled(values.write);
    return 0;
  }
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'edxgate-bench-store-'));
  if (!existsSync(databaseFile(folder))) {
    fillStore({ folder, messages: Number(values.messages), progress: say });
  }
  try {
    say(JSON.stringify(describeMachine(folder)));
    const size = statSync(databaseFile(folder)).size;
    say(`database of ${(size / 1e9).toFixed(2)} GB in ${folder}`);
    const only = values.only.split(',');
    const results = [
      !only.includes('open') || (await measureOpening(folder)),
      !only.includes('questions') || (await measureQuestions(folder, values.cold)),
      !only.includes('purge') || (await measurePurging(folder, Number(values.purge))),
    ];
    return results.every((ok) => ok) ? 0 : 1;
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

const status = await main();
if (!process.argv.includes('--write')) process.exitCode = status;
