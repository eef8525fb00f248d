/**
 * Ledgers: what the sender was told and what the recipients took, written by processes of their own as
 * JSON lines, and the comparison that decides whether a document was lost or doubled.
 *
 * @module
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** The sender was told that this package is stored. */
export interface Acknowledged {
  readonly digest: string;
  readonly documentId: string;
  /** Absent = new. */
  readonly type?: 'new' | 'update' | 'revoke';
  readonly to: readonly string[];
  readonly messageId: string;
  readonly receiptDigest: string;
  readonly duplicate: boolean;
  /** In which run of the chain. */
  readonly run: number;
}

/** A recipient took a package: answered a push with "accepted", or is about to confirm it. */
export interface Taken {
  readonly organId: string;
  readonly messageId: string;
  /** Of the bytes as they arrived. */
  readonly digest: string;
  /** As the gateway named it. */
  readonly contentDigest: string;
  readonly documentId: string;
  readonly run: number;
}

/** Appends a line; `synced` ones are on disk when this returns. */
export class LedgerFile<T> {
  readonly #fd: number;

  constructor(file: string) {
    this.#fd = openSync(file, 'a', 0o600);
  }

  append(entry: T): void {
    writeSync(this.#fd, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

export function readLedger<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

export type FindingKind =
  | 'lost'
  | 'doubled'
  | 'changed-bytes'
  | 'changed-answer'
  | 'unknown-package'
  | 'overtaken'
  | 'store'
  | 'refused'
  | 'stuck'
  /** What the fault was to show did not happen. */
  | 'unmet';

export interface Finding {
  readonly kind: FindingKind;
  readonly detail: string;
  /** The run in which the sender, or the recipient, wrote the entry that shows it. */
  readonly run: number;
}

export interface Comparison {
  readonly acknowledged: number;
  readonly taken: number;
  /** The same message id once more at the same recipient: allowed. */
  readonly repeated: ReadonlyMap<number, number>;
  readonly findings: readonly Finding[];
}

function checkAnswers(acknowledged: readonly Acknowledged[], findings: Finding[]): void {
  const first = new Map<string, Acknowledged>();
  for (const one of acknowledged) {
    const before = first.get(one.digest);
    if (before === undefined) first.set(one.digest, one);
    else if (before.messageId !== one.messageId || before.receiptDigest !== one.receiptDigest) {
      const detail = `${one.documentId}: ${before.messageId}, then ${one.messageId}`;
      findings.push({ kind: 'changed-answer', detail, run: one.run });
    }
  }
}

function checkLost(
  acknowledged: readonly Acknowledged[],
  arrived: ReadonlySet<string>,
  findings: Finding[],
): void {
  const told = new Set<string>();
  const recalled = new Set(
    acknowledged.flatMap((one) => (one.type === 'revoke' ? [one.documentId] : [])),
  );
  for (const { digest, documentId, to, messageId, run } of acknowledged) {
    if (told.has(digest)) continue;
    told.add(digest);
    for (const organId of to) {
      // What its sender took back before it arrived, and the recall of it, need not arrive.
      if (recalled.has(documentId) || arrived.has(`${organId} ${digest}`)) continue;
      findings.push({ kind: 'lost', detail: `${documentId} (${messageId}) at ${organId}`, run });
    }
  }
}

/** Deliveries of one document id to one recipient arrive in the order in which they were accepted. */
function checkOrder(
  acknowledged: readonly Acknowledged[],
  taken: readonly Taken[],
  findings: Finding[],
): void {
  const place = new Map<string, number>();
  for (const { digest } of acknowledged) if (!place.has(digest)) place.set(digest, place.size);
  const last = new Map<string, number>();
  const seen = new Set<string>();
  for (const { organId, documentId, digest, run } of taken) {
    const at = place.get(digest);
    if (at === undefined || seen.has(`${organId} ${digest}`)) continue;
    seen.add(`${organId} ${digest}`);
    const lane = `${organId} ${documentId}`;
    if (at < (last.get(lane) ?? -1)) {
      findings.push({ kind: 'overtaken', detail: `${documentId} at ${organId}`, run });
    }
    last.set(lane, at);
  }
}

/**
 * Compares when all is quiet: nothing unacknowledged, nothing on its way.
 *
 * @param acknowledged in the order of the sender's ledger
 * @param taken in the order of the recipients' ledgers
 */
export function compareLedgers(
  acknowledged: readonly Acknowledged[],
  taken: readonly Taken[],
): Comparison {
  const findings: Finding[] = [];
  const repeated = new Map<number, number>();
  const known = new Set(acknowledged.map((one) => one.digest));
  const idOf = new Map<string, string>();
  const arrived = new Set<string>();
  for (const one of taken) {
    const { organId, digest, messageId, contentDigest, documentId, run } = one;
    const detail = `${documentId} (${messageId}) at ${organId}`;
    if (digest !== contentDigest) findings.push({ kind: 'changed-bytes', detail, run });
    if (!known.has(digest)) findings.push({ kind: 'unknown-package', detail, run });
    const key = `${organId} ${digest}`;
    const before = idOf.get(key);
    if (before === undefined) idOf.set(key, messageId);
    else if (before === messageId) repeated.set(run, (repeated.get(run) ?? 0) + 1);
    else findings.push({ kind: 'doubled', detail: `${detail}, before as ${before}`, run });
    arrived.add(key);
  }
  checkAnswers(acknowledged, findings);
  checkLost(acknowledged, arrived, findings);
  checkOrder(acknowledged, taken, findings);
  return { acknowledged: known.size, taken: arrived.size, repeated, findings };
}
