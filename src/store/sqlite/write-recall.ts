/**
 * Recalls: a revoke or a status 13 takes its documents back where they still wait, in the commit that
 * accepts it. Runs in the writer thread.
 *
 * What waits becomes `cancelled`; during an attempt the recall is noted and done when the attempt ends
 * without delivery; what is final stays. The recall itself goes to every lane in which the recipient
 * may have got something: it is kept back only where certainly nothing was ever sent or fetched.
 *
 * @module
 */
import { type DeliveryState, isNoted, movesOf, OPEN_STATES } from '../../model/delivery-state.js';
import type { Statements } from './statements.js';
import { insertEvent } from './write-events.js';

/** What a message takes back, flat; the notices travel beside it. */
export interface RecallRecord<Notice> {
  readonly documents: readonly { readonly key?: string; readonly code?: string }[];
  readonly lanes: readonly {
    readonly organId: string;
    readonly goesTo: string;
    readonly notice?: Notice;
  }[];
}

/** The recall that was just stored. */
export interface RecallBy {
  readonly ref: number;
  readonly messageId: string;
  readonly fromOrganId: string;
  readonly time: number;
}

export interface TakenLane {
  readonly id: number;
  readonly message_ref: number;
}

/** A lane that was emptied before anything left: its notice is due. */
export interface EmptiedLane<Notice> {
  readonly notice: Notice;
  readonly organId: string;
  readonly taken: readonly TakenLane[];
}

interface Target extends TakenLane {
  readonly state: DeliveryState;
  readonly asked: string | null;
}

/** Attempts that ended so never sent a byte. */
const NOTHING_SENT = `('delivery.unreachable', 'delivery.route')`;

/**
 * The sender's documents under a key, revokes left out (a second revoke must not take back the first),
 * and its updates of them under a document id of their own.
 */
const BY_KEY = `SELECT id FROM message WHERE document_key = ?1 AND document_key <> ''
    AND from_organ_id = ?2 AND kind = 'document' AND business_type <> 'revoke' AND id < ?3
  UNION SELECT m.id FROM acts_on a CROSS JOIN message m ON m.id = a.message_ref
    WHERE a.document_key = ?1 AND a.from_organ_id = ?2 AND m.business_type = 'update' AND m.id < ?3`;

const BY_CODE = `SELECT id FROM message WHERE document_code = ?1 AND document_code <> ''
    AND from_organ_id = ?2 AND kind = 'document' AND business_type <> 'revoke' AND id < ?3`;

/** `json_each` gives the message refs; each has at most one delivery to this recipient. */
const LANES = `FROM json_each(?1) named CROSS JOIN delivery d
  ON d.message_ref = named.value AND d.to_organ_id = ?2`;

const OPEN_LANES = `SELECT d.id, d.message_ref, d.state, d.asked ${LANES}
  WHERE d.state IN (${OPEN_STATES.map((state) => `'${state}'`).join(', ')})`;

const CERTAIN = `SELECT count(*) AS lanes, coalesce(sum(
    d.state = 'cancelled' AND d.last_code = 'delivery.recalled'
    AND NOT EXISTS (SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = d.id
      AND coalesce(a.code, '') NOT IN ${NOTHING_SENT})
    AND NOT EXISTS (SELECT 1 FROM collection c WHERE c.delivery_id = d.id AND c.fetches > 0)), 0)
    AS untouched ${LANES}`;

/** Where operators have sent these documents on, away from this recipient. */
const SENT_ON = `SELECT DISTINCT d.last_reason AS organ_id ${LANES}
  WHERE d.state = 'cancelled' AND d.last_code = 'delivery.redirected'`;

const CANCEL = `UPDATE delivery SET state = 'cancelled', asked = NULL, held_from = NULL,
  last_code = ?1, last_reason = ?2, updated_at = ?3, finished_at = ?3`;

function findDocuments<N>(sql: Statements, recall: RecallRecord<N>, by: RecallBy): string {
  const refs = new Set<number>();
  for (const { key, code } of recall.documents) {
    const [text, value] = key === undefined ? [BY_CODE, code ?? ''] : [BY_KEY, key];
    const rows = sql.all<{ id: number }>(text, value, by.fromOrganId, by.ref);
    for (const { id } of rows) refs.add(id);
  }
  return JSON.stringify([...refs]);
}

/** The lanes that the recall names, and those into which their documents were redirected since. */
function withRedirected<N>(
  sql: Statements,
  lanes: RecallRecord<N>['lanes'],
  refs: string,
): RecallRecord<N>['lanes'] {
  const all = new Map(lanes.map((lane) => [lane.organId, lane]));
  // Those added here are walked as well: what was sent on may have been sent on again.
  for (const { organId, goesTo } of all.values()) {
    for (const { organ_id } of sql.all<{ organ_id: string }>(SENT_ON, refs, organId)) {
      if (!all.has(organ_id)) all.set(organ_id, { organId: organ_id, goesTo });
    }
  }
  return [...all.values()];
}

/** @returns whether it was taken back now. */
function takeBack(sql: Statements, target: Target, organId: string, by: RecallBy): boolean {
  const { id, message_ref, state, asked } = target;
  const { messageId, time } = by;
  if (!movesOf('recall', state).includes('cancelled')) return false;
  if (isNoted('recall', state)) {
    if (asked === 'recall') return false;
    sql.run("UPDATE delivery SET asked = 'recall', updated_at = ? WHERE id = ?", time, id);
    insertEvent(sql, message_ref, time, 'recalled', organId, {
      by: messageId,
      was: state,
      noted: true,
    });
    return false;
  }
  sql.run(`${CANCEL} WHERE id = ?4`, 'delivery.recalled', messageId, time, id);
  insertEvent(sql, message_ref, time, 'recalled', organId, { by: messageId, was: state });
  return true;
}

/** The recall's own delivery has nothing left to say. */
function suppress(sql: Statements, organId: string, by: RecallBy): void {
  const own = `${CANCEL} WHERE message_ref = ?4 AND to_organ_id = ?5`;
  const changed = sql.run(own, 'delivery.not-needed', null, by.time, by.ref, organId);
  if (changed === 0) return;
  insertEvent(sql, by.ref, by.time, 'suppressed', organId, { code: 'delivery.not-needed' });
}

/** @returns the lanes whose notice is due. */
export function takeDocumentsBack<Notice>(
  sql: Statements,
  recall: RecallRecord<Notice>,
  by: RecallBy,
): EmptiedLane<Notice>[] {
  const refs = findDocuments(sql, recall, by);
  const emptied: EmptiedLane<Notice>[] = [];
  /** By who gets the recall: whether it has to travel. A successor may stand for several lanes. */
  const travels = new Map<string, boolean>();
  for (const { organId, goesTo, notice } of withRedirected(sql, recall.lanes, refs)) {
    const open = sql.all<Target>(OPEN_LANES, refs, organId);
    const taken = open.filter((target) => takeBack(sql, target, organId, by));
    const found = sql.get<{ lanes: number; untouched: number }>(CERTAIN, refs, organId);
    const { lanes = 0, untouched = 0 } = found ?? {};
    const certain = lanes > 0 && lanes === untouched;
    if (certain && taken.length > 0 && notice !== undefined) {
      emptied.push({ notice, organId, taken });
    }
    // Taken back, yet nothing was prepared to say so (it came after we looked): the recall itself tells.
    const untold = taken.length > 0 && notice === undefined;
    // A lane that there never was decides nothing where another one stands for the same delivery.
    const before = travels.get(goesTo);
    if (lanes > 0) travels.set(goesTo, before === true || !certain || untold);
  }
  for (const [organId, must] of travels) if (!must) suppress(sql, organId, by);
  return emptied;
}
