/**
 * Writing the log of a message: one event, or many at once, each with its entry in the chained log. Runs
 * in the writer thread inside the transaction of its group.
 *
 * @module
 */
import type { Statements } from './statements.js';
import { type EventFields, insertChainedEvents } from './write-log.js';

/** @param rows made by `eventRows` */
export function insertEvents(
  sql: Statements,
  messageRef: number,
  rows: readonly EventFields[],
): void {
  insertChainedEvents(sql, messageRef, rows);
}

export function insertEvent(
  sql: Statements,
  messageRef: number,
  time: number,
  event: string,
  organId: string | null,
  detail: Readonly<Record<string, unknown>>,
): void {
  insertChainedEvents(sql, messageRef, [[time, event, organId, JSON.stringify(detail)]]);
}
