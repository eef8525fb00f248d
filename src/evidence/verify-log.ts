/**
 * Verifies the chained log: every entry against the one before it and against the row it stands for,
 * every row against its entry, every checkpoint against its signature, the one before it and the entries
 * it covers. Reads in pages, so that a log of any length takes bounded memory.
 *
 * @module
 */
import {
  CHAINS,
  ENTRY_KINDS,
  entryHash,
  entryLine,
  NO_HASH,
  sha256Text,
} from '../model/log-entry.js';
import type { LogReader, ReadEntry, StoredCheckpoint } from '../store/log-reader.js';
import type { Store } from '../store/store.js';
import { type CheckpointContent, checkpointDigest, readCheckpoint } from './checkpoint.js';
import type { PublicKeys } from './kept-keys.js';
import { Findings, type LogReport } from './log-findings.js';
import { MerkleTree } from './merkle.js';

const PAGE = 1000;
const CHECKPOINT_PAGE = 100;

export interface VerifyOptions {
  readonly keys: PublicKeys;
  /** Checkpoints exported earlier: the log must still hold them unchanged. */
  readonly exported?: readonly string[];
  readonly onProgress?: (entries: number) => void;
}

/** How far a chain was read. */
interface Place {
  index: number;
  /** Undefined after a gap: what comes next cannot be held against what is missing. */
  hash: string | undefined;
}

/** Covers entries from that index on, of one chain. */
interface Cover {
  readonly from: number;
  readonly tree: MerkleTree;
}

class Verification {
  readonly findings = new Findings();
  readonly #log: LogReader;
  readonly #options: VerifyOptions;
  readonly #places = new Map<string, Place>();
  /** Numbers of the last rows from before the log was chained. */
  #bounds: { readonly event: number; readonly act: number } | undefined;
  #entries = 0;
  #events = 0;
  #acts = 0;
  #purged = 0;
  #checkpoints = 0;
  #uncovered = 0;

  constructor(log: LogReader, options: VerifyOptions) {
    this.#log = log;
    this.#options = options;
  }

  async run(): Promise<LogReport> {
    await this.#checkpointsWithEntries();
    await this.#rest();
    const unchained = await this.#strays();
    for (const text of this.#options.exported ?? []) await this.#exported(text);
    return {
      ok: this.findings.count === 0,
      events: this.#events,
      acts: this.#acts,
      checkpoints: this.#checkpoints,
      purged: this.#purged,
      uncovered: this.#uncovered,
      unchained,
      broken: this.findings.named,
      brokenCount: this.findings.count,
    };
  }

  // ---- entries ---------------------------------------------------------------------------------

  #place(chain: string): Place {
    let place = this.#places.get(chain);
    if (place === undefined) {
      place = { index: 0, hash: NO_HASH };
      this.#places.set(chain, place);
    }
    return place;
  }

  /** Reads a chain on, up to that index. */
  async #advance(chain: string, to: number, cover?: Cover): Promise<void> {
    const place = this.#place(chain);
    while (place.index < to) {
      const page = await this.#log.entries({ chain, after: place.index, to, limit: PAGE });
      for (const one of page) this.#entry(place, one, cover);
      this.#options.onProgress?.(this.#entries);
      if (page.length < PAGE) break;
    }
    if (place.index < to) this.#gap(chain, place, to + 1);
  }

  #gap(chain: string, place: Place, next: number): void {
    this.findings.addRange(chain, place.index + 1, next - 1, 'entry.removed');
    place.index = next - 1;
    place.hash = undefined;
  }

  #entry(place: Place, { entry, row, purged }: ReadEntry, cover: Cover | undefined): void {
    const { chain, index, kind, subject } = entry;
    if (index !== place.index + 1) this.#gap(chain, place, index);
    this.#entries++;
    const line = entryLine(entry);
    if (place.hash !== undefined && entryHash(place.hash, line) !== entry.hash) {
      this.findings.add(chain, index, 'entry.changed', subject);
    }
    place.index = index;
    place.hash = entry.hash;
    if (cover !== undefined && index >= cover.from) {
      cover.tree.add(Buffer.from(entry.hash, 'hex'));
    } else if (kind !== 'checkpoint') {
      this.#uncovered++;
    }
    if (kind === 'event') this.#events++;
    if (kind === 'act') this.#acts++;
    if (kind === 'begin') this.#begin(entry);
    else if (row === undefined && purged) this.#purged++;
    else this.#row(entry, row);
  }

  #row({ chain, index, subject, digest }: ReadEntry['entry'], row: ReadEntry['row']): void {
    if (row === undefined) this.findings.add(chain, index, 'row.removed', subject);
    else if (sha256Text(row.text) !== digest) {
      this.findings.add(chain, index, 'row.changed', subject);
    } else if (row.chain !== chain || row.index !== index) {
      this.findings.add(chain, index, 'row.misplaced', subject);
    }
  }

  #begin({ chain, index, subject, digest }: ReadEntry['entry']): void {
    const numbers = /^events:(\d{1,15}),acts:(\d{1,15})$/.exec(subject);
    const first = index === 1 && this.#bounds === undefined;
    if (!first || numbers === null || sha256Text(subject) !== digest) {
      this.findings.add(chain, index, 'entry.forged', subject);
      return;
    }
    this.#bounds = { event: Number(numbers[1]), act: Number(numbers[2]) };
  }

  /** What no checkpoint covers yet, and chains that should not be there. */
  async #rest(): Promise<void> {
    for (const { chain, index } of await this.#log.ends()) {
      if (!CHAINS.some((name) => name === chain)) this.findings.add(chain, 1, 'entry.forged');
      await this.#advance(chain, index);
    }
    for (const { chain, index } of await this.#log.strayEntries(this.findings.room)) {
      this.findings.add(chain, index, 'entry.forged');
    }
  }

  /** @returns how many rows are from before the log was chained. */
  async #strays(): Promise<number> {
    let unchained = 0;
    for (const kind of ENTRY_KINDS) {
      const bound = kind === 'event' || kind === 'act' ? (this.#bounds?.[kind] ?? 0) : 0;
      const strays = await this.#log.strays(kind, bound, Math.max(1, this.findings.room));
      unchained += strays.unchained;
      for (const { row, subject } of strays.rows) {
        this.findings.add(kind, row, 'row.forged', subject);
      }
    }
    return unchained;
  }

  // ---- checkpoints -----------------------------------------------------------------------------

  async #checkpointsWithEntries(): Promise<void> {
    let last: { readonly number: number; readonly digest: string } | undefined;
    for (;;) {
      const page = await this.#log.checkpoints(last?.number ?? 0, CHECKPOINT_PAGE);
      for (const one of page) {
        const expected = (last?.number ?? 0) + 1;
        if (one.number > expected) {
          this.findings.addRange('checkpoint', expected, one.number - 1, 'checkpoint.removed');
          last = undefined;
        }
        await this.#checkpoint(one, last?.digest);
        last = { number: one.number, digest: checkpointDigest(one.text) };
      }
      if (page.length < CHECKPOINT_PAGE) return;
    }
  }

  /** @param previous digest of the one before; undefined when that is missing, or this is the first */
  async #checkpoint(stored: StoredCheckpoint, previous: string | undefined): Promise<void> {
    const { number, time, text } = stored;
    this.#checkpoints++;
    const read = readCheckpoint(text, (id) => this.#options.keys.get(id));
    if (read.kind === 'broken') {
      this.findings.add('checkpoint', number, 'checkpoint.changed');
      return;
    }
    const { content } = read;
    if (read.kind === 'unknown-key') {
      this.findings.add('checkpoint', number, 'checkpoint.key', read.keyId);
    }
    if (content.number !== number || Date.parse(content.time) !== time) {
      this.findings.add('checkpoint', number, 'checkpoint.changed');
    }
    const first = number === 1 && content.previousDigest === undefined;
    if (previous === undefined ? number === 1 && !first : content.previousDigest !== previous) {
      this.findings.add('checkpoint', number, 'checkpoint.link');
    }
    await this.#covered(content);
  }

  async #covered(content: CheckpointContent): Promise<void> {
    const tree = new MerkleTree();
    let holds = true;
    for (const { name, from, to, head } of content.chains) {
      const place = this.#place(name);
      // What an unreadable checkpoint covered lies before `from`.
      await this.#advance(name, from - 1);
      if (place.index !== from - 1) holds = false;
      await this.#advance(name, to, { from, tree });
      if (place.index === to && place.hash !== undefined && place.hash !== head) {
        this.findings.add(name, to, 'entry.rewritten');
        holds = false;
      }
    }
    const same =
      tree.size === content.entries && tree.root().toString('hex') === content.merkleRoot;
    if (!holds || !same) {
      this.findings.add('checkpoint', content.number, 'checkpoint.mismatch');
    }
  }

  /** Held against what the log has now, whatever that says about itself. */
  async #exported(text: string): Promise<void> {
    const read = readCheckpoint(text.trim(), (id) => this.#options.keys.get(id));
    if (read.kind !== 'holds') {
      this.findings.add('exported', 0, 'exported.signature');
      return;
    }
    const { number, chains } = read.content;
    const [stored] = await this.#log.checkpoints(number - 1, 1);
    if (stored?.number !== number) this.findings.add('checkpoint', number, 'checkpoint.removed');
    else if (stored.text !== text.trim()) {
      this.findings.add('checkpoint', number, 'checkpoint.rewritten');
    }
    for (const { name, to, head } of chains) {
      const [entry] = await this.#log.entries({ chain: name, after: to - 1, to, limit: 1 });
      if (entry === undefined) this.findings.add(name, to, 'entry.removed');
      else if (entry.entry.hash !== head) this.findings.add(name, to, 'entry.rewritten');
    }
  }
}

export async function verifyLog(store: Store, options: VerifyOptions): Promise<LogReport> {
  const log = await store.openLog();
  try {
    return await new Verification(log, options).run();
  } finally {
    log.close();
  }
}
