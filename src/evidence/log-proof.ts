/**
 * The proof that the events of one message stand in the log: each entry with the hash before it, and the
 * way from it to the root in the signed checkpoint that covers it. The reader needs the public key and
 * nothing of the gateway; docs/evidence.md shows the check with printf, sha256sum and xmlsec1.
 *
 * @module
 */
import { entryLine, NO_HASH } from '../model/log-entry.js';
import type { MessageId } from '../model/message-id.js';
import type { LogReader, ReadEntry, StoredCheckpoint } from '../store/log-reader.js';
import type { Store } from '../store/store.js';
import { type ChainPart, type CheckpointContent, continueFrom } from './checkpoint.js';
import { merklePath, type PathStep } from './merkle.js';

export interface ProvenEntry {
  /** What the digest at the end of the line is made over: the event itself. */
  readonly text: string;
  readonly line: string;
  /** Hash of the entry before it in its chain. */
  readonly previous: string;
  /** SHA-256 of `previous`, a space and `line`. */
  readonly hash: string;
  /** Absent while no checkpoint covers it. */
  readonly inclusion?: {
    /** Number of the checkpoint. */
    readonly checkpoint: number;
    /** Which leaf it is, from 0, and of how many. */
    readonly leaf: number;
    readonly leaves: number;
    /** From the leaf to the root. */
    readonly path: readonly PathStep[];
    readonly root: string;
  };
}

export interface LogProof {
  readonly messageId: string;
  /** In the order of the events. Events from before the log was chained have none. */
  readonly entries: readonly ProvenEntry[];
  /** Those that cover an entry: signed XML, exactly as made. */
  readonly checkpoints: readonly { readonly number: number; readonly text: string }[];
}

interface Covering {
  readonly stored: StoredCheckpoint;
  readonly content: CheckpointContent;
}

/** Looks checkpoints up, and keeps those that were read for one proof. */
class Checkpoints {
  readonly #log: LogReader;
  readonly #read = new Map<number, Covering>();
  readonly #leaves = new Map<number, Promise<Buffer[]>>();

  constructor(log: LogReader) {
    this.#log = log;
  }

  async #get(number: number): Promise<Covering | undefined> {
    const known = this.#read.get(number);
    if (known !== undefined) return known;
    const [stored] = await this.#log.checkpoints(number - 1, 1);
    const content = stored?.number === number ? continueFrom(stored.text) : undefined;
    if (stored === undefined || content === undefined) return undefined;
    const one = { stored, content };
    this.#read.set(number, one);
    return one;
  }

  /** Every checkpoint names the ends of all chains, and these only grow: the first that reaches it. */
  async covering(chain: string, index: number): Promise<Covering | undefined> {
    let low = 1;
    let high = ((await this.#log.lastCheckpoint())?.number ?? 0) + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const part = partOf((await this.#get(middle))?.content, chain);
      if ((part?.to ?? 0) >= index) high = middle;
      else low = middle + 1;
    }
    const one = await this.#get(low);
    const part = partOf(one?.content, chain);
    return part !== undefined && part.from <= index && index <= part.to ? one : undefined;
  }

  /** Hashes of all entries that it covers, in the order of its tree. */
  leaves({ content }: Covering): Promise<Buffer[]> {
    let leaves = this.#leaves.get(content.number);
    if (leaves === undefined) {
      leaves = readLeaves(this.#log, content);
      this.#leaves.set(content.number, leaves);
    }
    return leaves;
  }
}

function partOf(content: CheckpointContent | undefined, chain: string): ChainPart | undefined {
  return content?.chains.find(({ name }) => name === chain);
}

async function readLeaves(log: LogReader, { chains }: CheckpointContent): Promise<Buffer[]> {
  const leaves: Buffer[] = [];
  for (const { name: chain, from, to } of chains) {
    const limit = to - from + 1;
    if (limit > 0) leaves.push(...(await log.hashes({ chain, after: from - 1, to, limit })));
  }
  return leaves;
}

function leafOf({ chains }: CheckpointContent, chain: string, index: number): number {
  let before = 0;
  for (const { name, from, to } of chains) {
    if (name === chain) return before + index - from;
    before += to - from + 1;
  }
  return -1;
}

async function previousHash(log: LogReader, chain: string, index: number): Promise<string> {
  if (index === 1) return NO_HASH;
  const [hash] = await log.hashes({ chain, after: index - 2, to: index - 1, limit: 1 });
  return hash?.toString('hex') ?? '';
}

async function inclusionOf(
  checkpoints: Checkpoints,
  { chain, index }: ReadEntry['entry'],
): Promise<Pick<ProvenEntry, 'inclusion'>> {
  const covering = await checkpoints.covering(chain, index);
  if (covering === undefined) return {};
  const { content } = covering;
  const leaves = await checkpoints.leaves(covering);
  const leaf = leafOf(content, chain, index);
  return {
    inclusion: {
      checkpoint: content.number,
      leaf,
      leaves: leaves.length,
      path: merklePath(leaves, leaf),
      root: content.merkleRoot,
    },
  };
}

/** Proves what there is; whether the log itself is whole is the question of `log verify`. */
export async function logProof(store: Store, messageId: MessageId): Promise<LogProof> {
  const log = await store.openLog();
  try {
    const checkpoints = new Checkpoints(log);
    const entries: ProvenEntry[] = [];
    const used = new Set<number>();
    for (const { entry, row } of await log.entriesOf(messageId)) {
      const { inclusion } = await inclusionOf(checkpoints, entry);
      if (inclusion !== undefined) used.add(inclusion.checkpoint);
      entries.push({
        text: row?.text ?? '',
        line: entryLine(entry),
        previous: await previousHash(log, entry.chain, entry.index),
        hash: entry.hash,
        ...(inclusion === undefined ? {} : { inclusion }),
      });
    }
    const texts: { number: number; text: string }[] = [];
    for (const number of [...used].sort((a, b) => a - b)) {
      const [stored] = await log.checkpoints(number - 1, 1);
      if (stored !== undefined) texts.push({ number, text: stored.text });
    }
    return { messageId, entries, checkpoints: texts };
  } finally {
    log.close();
  }
}

/** The proof as lines that shell tools can take apart: a word, a space, the rest. */
export function logProofText({ messageId, entries }: LogProof): string {
  const lines = [`message ${messageId}`];
  for (const { text, line, previous, hash, inclusion } of entries) {
    lines.push('', `text ${text}`, `line ${line}`, `previous ${previous}`, `hash ${hash}`);
    if (inclusion === undefined) continue;
    const { checkpoint, leaf, leaves, path, root } = inclusion;
    lines.push(`checkpoint ${checkpoint}`, `leaf ${leaf} of ${leaves}`);
    for (const step of path) lines.push(`${step.side} ${step.hash}`);
    lines.push(`root ${root}`);
  }
  return `${lines.join('\n')}\n`;
}
