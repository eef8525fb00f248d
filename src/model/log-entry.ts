/**
 * Entries of the chained log: how the text of an entry and of the row it stands for is written, and how
 * entries are linked by hash. Everything here can be rebuilt by hand with printf and sha256sum; see
 * docs/evidence.md.
 *
 * @module
 */
import { createHash, hash } from 'node:crypto';

/**
 * What an entry stands for: an event of a message, an act of an operator, events that retention deleted,
 * a checkpoint, or (once) the beginning of the log, which stands for itself.
 */
export const ENTRY_KINDS = ['event', 'act', 'purge', 'checkpoint', 'begin'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** The chains there are, one per kind of writer: the serving gateway, and commands beside it. */
export const CHAINS = ['gateway', 'commands'] as const;
export type ChainName = (typeof CHAINS)[number];

export interface EntryFacts {
  readonly chain: string;
  /** From 1, without gaps. */
  readonly index: number;
  readonly time: number;
  readonly kind: EntryKind;
  /** Number of the row that it stands for, in the table of its kind. */
  readonly row: number;
  /** Message id, or what was acted on. */
  readonly subject: string;
  readonly name: string;
  readonly organId: string | null;
  /** SHA-256 of the text of the row, lower-case hex. */
  readonly digest: string;
}

export interface LogEntry extends EntryFacts {
  /** SHA-256 over the hash of the entry before it and the line of this one, lower-case hex. */
  readonly hash: string;
}

/** Stands for the hash of the entry before the first. */
export const NO_HASH = '0'.repeat(64);

export function sha256Text(text: string): string {
  return hash('sha256', text, 'hex');
}

export function sha256Bytes(...parts: readonly Uint8Array[]): Buffer {
  const state = createHash('sha256');
  for (const part of parts) state.update(part);
  return state.digest();
}

/** As a database keeps it: half a surrogate pair becomes U+FFFD. */
export function storable(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? Buffer.from(text, 'utf8').toString('utf8') : text;
}

/** Visible ASCII but the percent sign; anything else is percent-encoded, nothing is `-`. */
function field(value: string | null): string {
  if (value === null) return '-';
  if (value === '') return '%';
  if (value === '-') return '%2D';
  return /^[!-$&-~]+$/.test(value) ? value : encodeURIComponent(value);
}

/** One line without its end: fields parted by single spaces. */
export function entryLine(one: EntryFacts): string {
  const { chain, index, time, kind, row, subject, name, organId, digest } = one;
  return `${field(chain)} ${index} ${time} ${kind} ${row} ${field(subject)} ${field(name)} ${field(organId)} ${digest}`;
}

export function entryHash(previous: string, line: string): string {
  return sha256Text(`${previous} ${line}`);
}

// ---- texts of rows -------------------------------------------------------------------------------

/** @param detail JSON, exactly as stored */
export function eventText(
  messageId: string,
  time: number,
  event: string,
  organId: string | null,
  detail: string,
): string {
  return `${JSON.stringify(['event', messageId, time, event, organId])} ${detail}`;
}

/** @param detail JSON, exactly as stored */
export function actText(
  time: number,
  actor: string,
  act: string,
  subject: string,
  detail: string,
): string {
  return `${JSON.stringify(['act', time, actor, act, subject])} ${detail}`;
}

/** @param entries JSON, exactly as stored: `[["gateway",17],…]`, the entries whose rows were deleted */
export function purgeText(
  messageId: string,
  time: number,
  events: number,
  entries: string,
): string {
  return `${JSON.stringify(['purge', messageId, time, events])} ${entries}`;
}
