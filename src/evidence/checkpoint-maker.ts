/**
 * Makes checkpoints while the gateway serves: looks twice a minute whether anything was logged, by
 * whatever process, and makes one then, and at the stop.
 *
 * @module
 */
import { type Clock, utc } from '../clock.js';
import type { Logger } from '../log.js';
import { causeText } from '../model/issue.js';
import type { OrganId } from '../model/organ-id.js';
import type { ChainEnd, LogReader, StoredCheckpoint } from '../store/log-reader.js';
import type { Store } from '../store/store.js';
import {
  type ChainPart,
  type CheckpointContent,
  checkpointDigest,
  continueFrom,
  makeCheckpoint,
} from './checkpoint.js';
import { MerkleTree } from './merkle.js';
import type { ReceiptKey } from './receipt-keys.js';

/** So that one is made within 60 seconds of the first entry that it covers. */
const EVERY_MS = 30_000;
/** Bounds what a checkpoint has to hash, and a proof to read. */
export const MAX_ENTRIES = 65_536;
const PAGE = 500;

export interface CheckpointContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly gateway: OrganId;
  readonly key: ReceiptKey;
  /** Entries of one checkpoint at most. */
  readonly maxEntries?: number;
}

export interface CheckpointMaker {
  /** Makes one now if anything was logged. */
  now(): Promise<void>;
  stop(): Promise<void>;
}

/** The parts that a checkpoint would add; chains in the order of the store. */
function newParts(
  ends: readonly ChainEnd[],
  last: CheckpointContent | undefined,
  most: number,
): { readonly from: number; readonly to: number; readonly end: ChainEnd }[] {
  let left = most;
  return ends.map((end) => {
    const from = (last?.chains.find(({ name }) => name === end.chain)?.to ?? 0) + 1;
    const to = Math.min(end.index, from - 1 + left);
    left -= Math.max(0, to - from + 1);
    return { from, to: Math.max(to, from - 1), end };
  });
}

/** A checkpoint is an entry too, but none that asks for the next one. */
function onlyCheckpoint(parts: ReturnType<typeof newParts>): boolean {
  const fresh = parts.filter(({ from, end }) => end.index >= from);
  return fresh.every(({ from, end }) => end.index === from && end.kind === 'checkpoint');
}

async function addHashes(
  log: LogReader,
  tree: MerkleTree,
  chain: string,
  from: number,
  to: number,
): Promise<Buffer | undefined> {
  let head: Buffer | undefined;
  for (let after = from - 1; after < to; ) {
    const hashes = await log.hashes({ chain, after, to, limit: PAGE });
    if (hashes.length === 0) throw new Error(`entries of chain ${chain} are missing`);
    for (const hash of hashes) tree.add(hash);
    head = hashes.at(-1);
    after += hashes.length;
    // Requests come first.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return head;
}

async function nextCheckpoint(
  log: LogReader,
  context: CheckpointContext,
): Promise<(StoredCheckpoint & { readonly whole: boolean }) | undefined> {
  const { clock, gateway, key, maxEntries = MAX_ENTRIES } = context;
  const stored = await log.lastCheckpoint();
  const last = stored === undefined ? undefined : continueFrom(stored.text);
  if (stored !== undefined && last === undefined) throw new Error('the last checkpoint is damaged');
  const parts = newParts(await log.ends(), last, maxEntries);
  if (onlyCheckpoint(parts)) return undefined;
  const tree = new MerkleTree();
  const chains: ChainPart[] = [];
  for (const { from, to, end } of parts) {
    const before = last?.chains.find(({ name }) => name === end.chain)?.head ?? '';
    const head = await addHashes(log, tree, end.chain, from, to);
    const part = { name: end.chain, from, to, head: head?.toString('hex') ?? before };
    if (to > 0) chains.push(part);
  }
  const number = (stored?.number ?? 0) + 1;
  const time = clock.now();
  const content: CheckpointContent = {
    number,
    time: utc(time),
    gateway,
    ...(stored === undefined ? {} : { previousDigest: checkpointDigest(stored.text) }),
    chains,
    entries: tree.size,
    merkleRoot: tree.root().toString('hex'),
  };
  const whole = parts.every(({ to, end }) => to === end.index);
  return { number, time, text: makeCheckpoint(content, key), whole };
}

/** Covers everything logged so far, in as many checkpoints as that takes. @returns how many were made. */
export async function makeCheckpoints(context: CheckpointContext): Promise<number> {
  for (let made = 0; ; made++) {
    const log = await context.store.openLog();
    let next: Awaited<ReturnType<typeof nextCheckpoint>>;
    try {
      next = await nextCheckpoint(log, context);
    } finally {
      log.close();
    }
    if (next === undefined) return made;
    const { whole, ...checkpoint } = next;
    if (!(await context.store.addCheckpoint(checkpoint))) return made;
    if (whole) return made + 1;
  }
}

export function startCheckpoints(
  context: CheckpointContext & { readonly logger: Logger; readonly everyMs?: number },
): CheckpointMaker {
  const { logger, everyMs = EVERY_MS } = context;
  let running: Promise<void> = Promise.resolve();
  const make = async (): Promise<void> => {
    try {
      const count = await makeCheckpoints(context);
      if (count > 0) logger.debug('log.checkpoint', { count });
    } catch (error) {
      logger.error('store.failed', { reason: causeText(error), error });
    }
  };
  const now = (): Promise<void> => {
    running = running.then(make);
    return running;
  };
  const timer = setInterval(now, everyMs);
  timer.unref();
  return {
    now,
    stop: () => {
      clearInterval(timer);
      return now();
    },
  };
}
