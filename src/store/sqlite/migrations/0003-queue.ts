/**
 * Migration 3: what steering the queue needs. Lifetimes, acts noted during an attempt, breakers of
 * recipients, which documents a follow-up acts on, and which messages have nothing left to do: that
 * table, not the messages, is what retention walks.
 *
 * @module
 */
const FINAL = `('delivered', 'dead', 'cancelled')`;
const OPEN = `state IN ('queued', 'active', 'deferred', 'pending', 'held')`;

/** Asked at each end of a delivery, so it must not look at all deliveries of the message. */
const LAST_ENDED = `new.state IN ${FINAL} AND NOT EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_open
    WHERE message_ref = new.message_ref AND ${OPEN})`;

/** The message has no open delivery left: it settles as the worst of its ends. */
const SETTLE = `INSERT INTO settled (message_ref, state, settled_at)
    SELECT new.message_ref,
      CASE WHEN max(state = 'dead') THEN 'dead' WHEN max(state = 'delivered') THEN 'delivered'
        ELSE 'cancelled' END,
      max(updated_at)
    FROM delivery WHERE message_ref = new.message_ref HAVING min(state IN ${FINAL})
    ON CONFLICT (message_ref) DO UPDATE SET state = excluded.state, settled_at = excluded.settled_at`;

/** The outcome \`held\` of an attempt was not foreseen: the table is made anew. */
const ATTEMPTS = `
CREATE TABLE new_attempt (
  id INTEGER PRIMARY KEY,
  delivery_id INTEGER NOT NULL REFERENCES delivery (id),
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'deferred', 'dead', 'held', 'interrupted')),
  code TEXT,
  reason TEXT,
  endpoint TEXT,
  http_status INTEGER,
  raw_answer TEXT,
  connect_ms REAL,
  total_ms REAL,
  UNIQUE (delivery_id, number)
) STRICT;
INSERT INTO new_attempt SELECT * FROM delivery_attempt;
DROP TABLE delivery_attempt;
ALTER TABLE new_attempt RENAME TO delivery_attempt;
`;

export const QUEUE = `
ALTER TABLE delivery ADD COLUMN expires_at INTEGER;
ALTER TABLE delivery ADD COLUMN asked TEXT CHECK (asked IN ('hold', 'cancel', 'recall'));
-- Attempts of earlier runs of the schedule.
ALTER TABLE delivery ADD COLUMN earlier_attempts INTEGER NOT NULL DEFAULT 0;
CREATE INDEX delivery_expiry ON delivery (expires_at)
  WHERE expires_at IS NOT NULL AND state IN ('queued', 'deferred', 'pending');
-- Lists of deliveries, newest first: of one recipient by state, of one sender, by state, by code, urgent
-- ones, statuses. What else a list may ask for stands behind the id: what is passed over is not read.
DROP INDEX delivery_recipient;
DROP INDEX delivery_state;
DROP INDEX delivery_code;
CREATE INDEX delivery_age ON delivery
  (to_organ_id, state, id, created_at, from_organ_id, kind, priority);
CREATE INDEX delivery_sender ON delivery (from_organ_id, id, to_organ_id, created_at, kind, priority);
CREATE INDEX delivery_state ON delivery (state, id, from_organ_id, created_at, kind, priority);
CREATE INDEX delivery_code ON delivery
  (last_code, id, state, to_organ_id, from_organ_id, created_at, kind, priority)
  WHERE last_code IS NOT NULL;
CREATE INDEX delivery_priority ON delivery (id, kind) WHERE priority >= 1;
CREATE INDEX delivery_kind ON delivery (id) WHERE kind = 'status';
${ATTEMPTS}
-- Order is that of acceptance: a delivery made by a redirect belongs where its message belongs.
DROP INDEX delivery_order;
CREATE INDEX delivery_order ON delivery (to_organ_id, document_key, from_organ_id, message_ref)
  WHERE document_key <> '' AND ${OPEN};
-- Has a message an open delivery? It may have thousands that have ended.
CREATE INDEX delivery_open ON delivery (message_ref) WHERE ${OPEN};
-- Follow-ups under a document id of their own: what they revoke, update or replace.
CREATE TABLE acts_on (
  document_key TEXT NOT NULL,
  from_organ_id TEXT NOT NULL,
  message_ref INTEGER NOT NULL REFERENCES message (id),
  PRIMARY KEY (document_key, from_organ_id, message_ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX acts_on_message ON acts_on (message_ref);

CREATE TABLE breaker (
  organ_id TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  last_code TEXT NOT NULL,
  opened_at INTEGER,
  open_until INTEGER,
  CHECK ((opened_at IS NULL) = (open_until IS NULL))
) STRICT, WITHOUT ROWID;

-- Messages whose deliveries are all final, since when, and whether their content is deleted.
CREATE TABLE settled (
  message_ref INTEGER PRIMARY KEY REFERENCES message (id),
  state TEXT NOT NULL CHECK (state IN ${FINAL}),
  settled_at INTEGER NOT NULL,
  purged INTEGER NOT NULL DEFAULT 0 CHECK (purged IN (0, 1))
) STRICT;
CREATE INDEX settled_due ON settled (purged, state, settled_at, message_ref);

INSERT INTO settled (message_ref, state, settled_at, purged)
  SELECT m.id,
    CASE WHEN max(d.state = 'dead') THEN 'dead' WHEN max(d.state = 'delivered') THEN 'delivered'
      ELSE 'cancelled' END,
    max(d.updated_at), m.purged_at IS NOT NULL
  FROM message m JOIN delivery d ON d.message_ref = m.id
  GROUP BY m.id HAVING min(d.state IN ${FINAL});

CREATE TRIGGER delivery_settled AFTER UPDATE OF state ON delivery
WHEN ${LAST_ENDED} BEGIN
  ${SETTLE};
END;
CREATE TRIGGER delivery_made_final AFTER INSERT ON delivery
WHEN ${LAST_ENDED} BEGIN
  ${SETTLE};
END;
CREATE TRIGGER delivery_reopened AFTER UPDATE OF state ON delivery
WHEN old.state IN ${FINAL} AND new.state NOT IN ${FINAL} BEGIN
  DELETE FROM settled WHERE message_ref = new.message_ref;
END;
CREATE TRIGGER delivery_made_open AFTER INSERT ON delivery
WHEN new.state NOT IN ${FINAL} BEGIN
  DELETE FROM settled WHERE message_ref = new.message_ref;
END;

DROP INDEX message_unpurged;
`;
