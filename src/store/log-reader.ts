/**
 * What may be asked of the chained log: one moment's view of entries, of the rows they stand for, and of
 * checkpoints, in pages, so that a log of any length is read in bounded memory.
 *
 * @module
 */
import type { EntryKind, LogEntry } from '../model/log-entry.js';

/** The row that an entry stands for, as it is now. */
export interface LoggedRow {
  /** What the digest of the entry was made over. */
  readonly text: string;
  /** The entry that the row names as its own; undefined when it names none. */
  readonly chain: string | undefined;
  readonly index: number | undefined;
}

export interface ReadEntry {
  readonly entry: LogEntry;
  /** Undefined when it is gone; absent for the beginning of the log, which stands for itself. */
  readonly row: LoggedRow | undefined;
  /** The row of an event is gone, and retention says that it deleted it. */
  readonly purged: boolean;
}

/** The last entry of a chain. */
export interface ChainEnd {
  readonly chain: string;
  readonly index: number;
  readonly hash: string;
  readonly kind: EntryKind;
}

export interface StoredCheckpoint {
  readonly number: number;
  readonly time: number;
  /** Signed XML, exactly as exported. */
  readonly text: string;
}

/** A row without an entry that stands for it. */
export interface StrayRow {
  readonly row: number;
  readonly subject: string;
}

export interface Strays {
  /** Rows from before the log was chained. */
  readonly unchained: number;
  /** Rows that should have an entry and have none, at most so many as asked for. */
  readonly rows: readonly StrayRow[];
}

/** An entry outside of any chain that there should be. */
export interface StrayEntry {
  readonly chain: string;
  readonly index: number;
}

export interface EntryRange {
  readonly chain: string;
  /** Entries with a greater index. */
  readonly after: number;
  /** Up to this index. */
  readonly to: number;
  readonly limit: number;
}

export interface LogReader {
  /** The ends of all chains that have entries, in the order of their numbers. */
  ends(): Promise<readonly ChainEnd[]>;
  entries(range: EntryRange): Promise<readonly ReadEntry[]>;
  /** Only the hashes of entries that follow each other without gaps. */
  hashes(range: EntryRange): Promise<readonly Buffer[]>;
  /** Ascending. */
  checkpoints(after: number, limit: number): Promise<readonly StoredCheckpoint[]>;
  lastCheckpoint(): Promise<StoredCheckpoint | undefined>;
  /** @param bound number of the last row from before the log was chained */
  strays(kind: EntryKind, bound: number, limit: number): Promise<Strays>;
  strayEntries(limit: number): Promise<readonly StrayEntry[]>;
  /** Entries of the events of a message, in the order of the events. */
  entriesOf(messageId: string): Promise<readonly ReadEntry[]>;
  close(): void;
}
