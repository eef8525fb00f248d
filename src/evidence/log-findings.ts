/**
 * What `log verify` may find in the chained log, and its report.
 *
 * @module
 */
export const REASONS = {
  'entry.changed': 'the entry is not what was linked: changed, or put in another place',
  'entry.removed': 'the entry is missing',
  'entry.forged': 'an entry that no writer of this gateway makes',
  'entry.rewritten': 'the chain up to this entry is not the one that was signed',
  'row.changed': 'the row that the entry stands for was changed',
  'row.removed': 'the row that the entry stands for is missing',
  'row.misplaced': 'the row names another entry as its own',
  'row.forged': 'a row that no entry stands for',
  'checkpoint.changed': 'the checkpoint is not what was signed',
  'checkpoint.removed': 'the checkpoint is missing',
  'checkpoint.key': 'signed with a key that is not among the kept public keys',
  'checkpoint.link': 'names another checkpoint as the one before it',
  'checkpoint.mismatch': 'the entries are not those that it covers',
  'checkpoint.rewritten': 'the checkpoint is not the exported one',
  'exported.signature': 'the exported file is no checkpoint signed by a key of this gateway',
} as const;

export type Reason = keyof typeof REASONS;

export interface Broken {
  /** Name of the chain; `checkpoint` for checkpoints; `event`, `act`, … for rows without an entry. */
  readonly chain: string;
  /** Of the entry, number of the checkpoint, number of the row. */
  readonly index: number;
  readonly reason: Reason;
  /** Message id, or what was acted on. */
  readonly subject?: string;
}

export interface LogReport {
  readonly ok: boolean;
  /** Events with an entry, those that retention deleted included. */
  readonly events: number;
  readonly acts: number;
  readonly checkpoints: number;
  /** Events that retention deleted; their entries stay. */
  readonly purged: number;
  /** Entries that no checkpoint covers yet. */
  readonly uncovered: number;
  /** Events and acts from before the log was chained: nothing vouches for them. */
  readonly unchained: number;
  /** At most 1000. */
  readonly broken: readonly Broken[];
  /** How many there are in all. */
  readonly brokenCount: number;
}

const MAX_NAMED = 1000;

/** Names the first thousand and counts the rest. */
export class Findings {
  readonly named: Broken[] = [];
  count = 0;

  /** How many more can be named. */
  get room(): number {
    return MAX_NAMED - this.named.length;
  }

  add(chain: string, index: number, reason: Reason, subject?: string): void {
    this.count++;
    if (this.room <= 0) return;
    this.named.push({ chain, index, reason, ...(subject === undefined ? {} : { subject }) });
  }

  /** One for each index from `from` to `to`. */
  addRange(chain: string, from: number, to: number, reason: Reason): void {
    const last = Math.min(to, from + this.room - 1);
    for (let index = from; index <= last; index++) this.add(chain, index, reason);
    this.count += to - Math.max(last, from - 1);
  }
}
