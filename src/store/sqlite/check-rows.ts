/**
 * Checks of the rows: what must hold between the tables of a store. Each is one statement that gives
 * back what does not hold; none of them holds more than a page of rows in memory.
 *
 * @module
 */
import type { FindingKind } from '../findings.js';

export interface RowCheck {
  readonly kind: FindingKind;
  /** Gives `subject`, `detail`. */
  readonly sql: string;
  /** The first schema that has what it reads. */
  readonly since?: number;
}

const FINAL = `('delivered', 'dead', 'cancelled')`;
const DAY = 86_400_000;

/** Of messages for which this does not hold. */
const message = (kind: FindingKind, wrong: string, detail = `''`): RowCheck => ({
  kind,
  sql: `SELECT m.message_id AS subject, ${detail} AS detail FROM message m WHERE ${wrong}`,
});

/** Of deliveries for which this holds; named by their number. */
const delivery = (kind: FindingKind, wrong: string, since = 1): RowCheck => ({
  kind,
  since,
  sql: `SELECT m.message_id AS subject, d.id || ' (' || d.to_organ_id || ')' AS detail
    FROM delivery d JOIN message m ON m.id = d.message_ref WHERE ${wrong}`,
});

const withoutEvent = (event: string): RowCheck =>
  message(
    'no-event',
    `NOT EXISTS (SELECT 1 FROM message_event e WHERE e.message_ref = m.id AND e.event = '${event}')`,
    `'${event}'`,
  );

const counter = (name: string, count: string): RowCheck => ({
  kind: 'count',
  sql: `SELECT t.name AS subject, t.count || ', there are ' || n.count AS detail
    FROM total t, (SELECT ${count} AS count) n WHERE t.name = '${name}' AND t.count <> n.count`,
});

/** The end of a message: the worst of the ends of its deliveries. NULL while one is open. */
const ENDS = `SELECT message_ref, CASE WHEN min(state IN ${FINAL}) = 0 THEN NULL
    WHEN max(state = 'dead') THEN 'dead' WHEN max(state = 'delivered') THEN 'delivered'
    ELSE 'cancelled' END AS state FROM delivery GROUP BY message_ref`;

export const ROW_CHECKS: readonly RowCheck[] = [
  message('no-delivery', 'NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_ref = m.id)'),
  message('no-answer', 'NOT EXISTS (SELECT 1 FROM send_answer a WHERE a.message_ref = m.id)'),
  message('no-key', 'm.id NOT IN (SELECT message_ref FROM duplicate_key)'),
  withoutEvent('received'),
  withoutEvent('stored'),
  message(
    'no-content',
    `m.purged_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM content c WHERE c.digest = m.content_digest)`,
  ),
  {
    kind: 'content-size',
    sql: `SELECT m.message_id AS subject,
        c.size_bytes || ' bytes, the message says ' || m.size_bytes AS detail
      FROM content c JOIN message m ON m.content_digest = c.digest
      WHERE m.purged_at IS NULL AND m.size_bytes <> c.size_bytes`,
  },
  {
    kind: 'refs',
    sql: `SELECT digest AS subject, refs || ' times, needed by ' || n AS detail FROM (
        SELECT c.digest, c.refs, (SELECT count(*) FROM message m
          WHERE m.content_digest = c.digest AND m.purged_at IS NULL) AS n FROM content c)
      WHERE refs <> n`,
  },
  delivery(
    'delivery-differs',
    `d.from_organ_id <> m.from_organ_id OR d.kind <> m.kind OR d.document_key <> m.document_key`,
  ),
  delivery('lease', `(d.state = 'active') <> (d.lease IS NOT NULL AND d.leased_at IS NOT NULL)`),
  delivery('not-finished', `d.state IN ${FINAL} AND d.finished_at IS NULL`),
  delivery('finished', `d.state NOT IN ${FINAL} AND d.finished_at IS NOT NULL`),
  delivery(
    'held',
    `d.state = 'held' AND coalesce(d.held_from, '') NOT IN ('queued', 'deferred', 'pending')`,
  ),
  // A cancel noted in an attempt that was lost is held until its notice is made.
  delivery(
    'asked',
    `d.asked IS NOT NULL AND d.state <> 'active' AND NOT (d.state = 'held' AND d.asked = 'cancel')`,
    3,
  ),
  delivery(
    'attempts',
    `d.attempts <> (SELECT count(*) FROM delivery_attempt a WHERE a.delivery_id = d.id)`,
  ),
  delivery('attempts', 'd.earlier_attempts NOT BETWEEN 0 AND d.attempts', 3),
  // No more than that: clocks are set back.
  delivery(
    'times',
    `d.created_at <= 0 OR d.due_at <= 0 OR d.due_at > d.created_at + ${3650 * DAY}`,
  ),
  delivery('times', 'd.expires_at <= 0', 3),
  {
    kind: 'settled',
    since: 3,
    sql: `SELECT m.message_id AS subject, coalesce(s.state, 'open') || ', not '
        || coalesce(e.state, 'open') AS detail
      FROM (${ENDS}) e JOIN message m ON m.id = e.message_ref
      LEFT JOIN settled s ON s.message_ref = e.message_ref WHERE s.state IS NOT e.state`,
  },
  {
    kind: 'settled',
    since: 3,
    sql: `SELECT m.message_id AS subject, iif(s.purged, 'purged', 'not purged') AS detail
      FROM settled s JOIN message m ON m.id = s.message_ref
      WHERE s.purged <> (m.purged_at IS NOT NULL)`,
  },
  {
    ...message('search', 'm.id NOT IN (SELECT id FROM message_search_docsize)'),
    since: 4,
  },
  {
    kind: 'search',
    since: 4,
    sql: `SELECT 'row ' || s.id AS subject, '' AS detail FROM message_search_docsize s
      WHERE s.id NOT IN (SELECT id FROM message)`,
  },
  counter('messages', '(SELECT count(*) FROM message)'),
  counter('refusalBytes', '(SELECT coalesce(sum(entry_bytes + content_bytes), 0) FROM refusal)'),
  {
    kind: 'count',
    sql: `SELECT organ_id || ' ' || state AS subject, said || ', there are ' || counted AS detail
      FROM (SELECT organ_id, state, sum(said) AS said, sum(counted) AS counted FROM (
        SELECT organ_id, state, count AS said, 0 AS counted FROM delivery_count
        UNION ALL SELECT to_organ_id, state, 0, count(*) FROM delivery GROUP BY to_organ_id, state)
        GROUP BY organ_id, state)
      WHERE said <> counted`,
  },
];
