/**
 * When leasing could give something next.
 *
 * @module
 */
import {
  behindHead,
  freeAtHead,
  type LeaseClass,
  nextRecipient,
  OTHER,
  URGENT,
} from './lease-lanes.js';
import type { Statements } from './statements.js';

const EVER = Number.MAX_SAFE_INTEGER;

const PAUSED_UNTIL = 'SELECT open_until FROM breaker WHERE organ_id = ?';

const ACTIVE = `SELECT 1 FROM delivery INDEXED BY delivery_age WHERE to_organ_id = ?
  AND state = 'active' AND state IN ('queued', 'active', 'deferred', 'pending', 'held') LIMIT 1`;

/** When the breaker of this recipient lets something through; undefined while a probe is under way. */
function openFrom(sql: Statements, organId: string): number | undefined {
  const until = sql.get<{ open_until: number | null }>(PAUSED_UNTIL, organId)?.open_until ?? null;
  if (until === null) return 0;
  return sql.get(ACTIVE, organId) === undefined ? until : undefined;
}

/**
 * The first of this recipient that waits for no elder. When all at the head of its queue do, the first
 * one behind stands for all others: leasing goes on from there.
 */
function dueAt(sql: Statements, which: LeaseClass, organId: string): number | undefined {
  const [first] = freeAtHead(sql, which, organId, EVER, 1);
  return (first ?? behindHead(sql, which, organId, EVER))?.due_at;
}

function earliest(sql: Statements, which: LeaseClass, now: number): number | undefined {
  let found: number | undefined;
  let organId = nextRecipient(sql, which, '');
  while (organId !== undefined) {
    const from = openFrom(sql, organId);
    const sooner = from !== undefined && (found === undefined || from < found);
    const due = sooner ? dueAt(sql, which, organId) : undefined;
    if (from !== undefined && due !== undefined) {
      const time = Math.max(from, due);
      found = found === undefined ? time : Math.min(found, time);
      if (found <= now) return found;
    }
    organId = nextRecipient(sql, which, organId);
  }
  return found;
}

/**
 * Due times, ends of pauses, ends of leases. Deliveries that wait for an elder are left out: its end is
 * what makes them due.
 *
 * @param now a time that is not later than this is as good as any other such time
 */
export function nextDueAt(sql: Statements, now: number): number | undefined {
  const lease = sql.get<{ leased_until: number }>(
    `SELECT leased_until FROM delivery INDEXED BY delivery_lease
     WHERE state = 'active' ORDER BY leased_until LIMIT 1`,
  );
  const times = [lease?.leased_until, earliest(sql, URGENT, now), earliest(sql, OTHER, now)].filter(
    (time) => time !== undefined,
  );
  return times.length === 0 ? undefined : Math.min(...times);
}
