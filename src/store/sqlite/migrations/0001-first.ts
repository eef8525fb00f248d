/**
 * Migration 1: the first schema.
 *
 * Rows refer to each other by small integers; ids from outside (message id, organ id) are looked up
 * once. What lists filter or sort by is a column, the rest of a message is one JSON text, from which
 * later migrations can make generated columns without rewriting rows. Times are milliseconds since
 * 1970 UTC. What cannot be filled in afterwards is recorded from the first day: checks, collections,
 * accesses, refusals, acts of operators, counters, search text.
 *
 * @module
 */
export const FIRST = `
-- ---- directory ---------------------------------------------------------------------------------
CREATE TABLE agency (
  organ_id TEXT PRIMARY KEY,
  old_organ_id TEXT,
  organ_name TEXT NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  route_kind TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  -- The whole entry, JSON.
  entry TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX agency_old ON agency (old_organ_id) WHERE old_organ_id IS NOT NULL;
CREATE INDEX agency_changed ON agency (changed_at, organ_id);

CREATE TABLE agency_certificate (
  organ_id TEXT NOT NULL REFERENCES agency (organ_id),
  fingerprint TEXT NOT NULL,
  pem TEXT NOT NULL,
  subject TEXT NOT NULL,
  not_after INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  expired_at INTEGER,
  PRIMARY KEY (organ_id, fingerprint)
) STRICT;

CREATE TABLE agency_token (
  id TEXT PRIMARY KEY,
  organ_id TEXT NOT NULL REFERENCES agency (organ_id),
  -- SHA-256 of the token; the token itself is kept nowhere.
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX agency_token_organ ON agency_token (organ_id);

-- ---- messages ----------------------------------------------------------------------------------
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('document', 'status')),
  received_at INTEGER NOT NULL,
  caller_organ_id TEXT NOT NULL,
  from_organ_id TEXT NOT NULL,
  document_id TEXT NOT NULL,
  document_key TEXT NOT NULL,
  document_code TEXT NOT NULL,
  business_type TEXT,
  subject TEXT,
  priority INTEGER NOT NULL,
  status_code TEXT,
  response_for_organ_id TEXT,
  -- The same by its present organ id, when the directory knew it: status notices may name the old one.
  response_for_agency TEXT,
  content_digest TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  signature_class TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  -- The gateway wrote it itself.
  by_gateway INTEGER NOT NULL CHECK (by_gateway IN (0, 1)),
  search_text TEXT NOT NULL,
  -- JSON: signature, warnings, checks, submission, read.
  rest TEXT NOT NULL,
  purged_at INTEGER
) STRICT;
CREATE INDEX message_received ON message (received_at, id);
CREATE INDEX message_from ON message (from_organ_id, received_at, id);
CREATE INDEX message_key ON message (document_key, from_organ_id, id) WHERE document_key <> '';
CREATE INDEX message_code ON message (document_code, from_organ_id, id) WHERE document_code <> '';
CREATE INDEX message_unpurged ON message (received_at, id) WHERE purged_at IS NULL;
CREATE INDEX message_digest ON message (content_digest);
CREATE INDEX message_correlation ON message (correlation_id);

-- Counted: how many messages have these bytes. Small content lies here, large in a content file.
CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  size_bytes INTEGER NOT NULL,
  refs INTEGER NOT NULL CHECK (refs > 0),
  bytes BLOB,
  -- Offsets of lines for the raw view, made when first asked for.
  line_index BLOB
) STRICT;

-- What the sender was answered. Outlives the message as long as its duplicate key does.
CREATE TABLE send_answer (
  message_ref INTEGER PRIMARY KEY,
  answer TEXT NOT NULL,
  receipt BLOB NOT NULL
) STRICT;

-- No foreign key: keys outlive content and message.
CREATE TABLE duplicate_key (
  key TEXT PRIMARY KEY,
  message_ref INTEGER NOT NULL,
  content_digest TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE message_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_ref INTEGER NOT NULL REFERENCES message (id),
  time INTEGER NOT NULL,
  event TEXT NOT NULL,
  organ_id TEXT,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX message_event_message ON message_event (message_ref, id);

-- ---- deliveries --------------------------------------------------------------------------------
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_ref INTEGER NOT NULL REFERENCES message (id),
  to_organ_id TEXT NOT NULL,
  from_organ_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  document_key TEXT NOT NULL,
  priority INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'active', 'deferred', 'pending', 'held', 'delivered', 'dead', 'cancelled')),
  -- The state an operator held it in, to go back to.
  held_from TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_code TEXT,
  last_reason TEXT,
  due_at INTEGER NOT NULL,
  lease TEXT,
  leased_at INTEGER,
  leased_until INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  finished_at INTEGER,
  UNIQUE (message_ref, to_organ_id),
  CHECK ((state = 'active') = (lease IS NOT NULL)),
  CHECK ((lease IS NULL) = (leased_until IS NULL))
) STRICT;
-- What waits for a push, urgent and other apart: leasing walks from recipient to recipient.
CREATE INDEX delivery_urgent ON delivery (to_organ_id, due_at, id)
  WHERE state IN ('queued', 'deferred') AND priority >= 1;
CREATE INDEX delivery_other ON delivery (to_organ_id, due_at, id)
  WHERE state IN ('queued', 'deferred') AND priority < 1;
CREATE INDEX delivery_due ON delivery (due_at) WHERE state IN ('queued', 'deferred');
CREATE INDEX delivery_lease ON delivery (leased_until) WHERE state = 'active';
CREATE INDEX delivery_pending ON delivery (to_organ_id, id) WHERE state = 'pending';
-- Order: is an elder of the same document not final?
CREATE INDEX delivery_order ON delivery (to_organ_id, document_key, from_organ_id, id)
  WHERE document_key <> '' AND state IN ('queued', 'active', 'deferred', 'pending', 'held');
CREATE INDEX delivery_state ON delivery (state, id);
CREATE INDEX delivery_code ON delivery (last_code, id) WHERE last_code IS NOT NULL;
CREATE INDEX delivery_recipient ON delivery (to_organ_id, id);
CREATE INDEX delivery_to ON delivery (to_organ_id, updated_at, id);
CREATE INDEX delivery_from ON delivery (from_organ_id, updated_at, id);

-- Status notices that speak about a delivery, found when they came in.
CREATE TABLE delivery_status (
  delivery_id INTEGER NOT NULL REFERENCES delivery (id),
  message_ref INTEGER NOT NULL REFERENCES message (id),
  PRIMARY KEY (delivery_id, message_ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_status_message ON delivery_status (message_ref);

CREATE TABLE delivery_attempt (
  id INTEGER PRIMARY KEY,
  delivery_id INTEGER NOT NULL REFERENCES delivery (id),
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'deferred', 'dead', 'interrupted')),
  code TEXT,
  reason TEXT,
  endpoint TEXT,
  http_status INTEGER,
  raw_answer TEXT,
  connect_ms REAL,
  total_ms REAL,
  UNIQUE (delivery_id, number)
) STRICT;

-- A recipient that comes for its messages: when it saw, took and confirmed this one.
CREATE TABLE collection (
  delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id),
  first_listed_at INTEGER,
  first_fetched_at INTEGER,
  last_fetched_at INTEGER,
  fetches INTEGER NOT NULL DEFAULT 0,
  last_fetched_by TEXT,
  -- JSON: the first confirmation, word for word.
  confirmation TEXT,
  confirmed_at INTEGER
) STRICT;

CREATE TABLE content_access (
  id INTEGER PRIMARY KEY,
  message_ref INTEGER NOT NULL REFERENCES message (id),
  time INTEGER NOT NULL,
  organ_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  how TEXT NOT NULL
) STRICT;
CREATE INDEX content_access_message ON content_access (message_ref, id);
CREATE INDEX content_access_time ON content_access (time);

-- ---- refusals ----------------------------------------------------------------------------------
CREATE TABLE refusal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  correlation_id TEXT NOT NULL UNIQUE,
  time INTEGER NOT NULL,
  caller_organ_id TEXT,
  remote_address TEXT,
  operation TEXT,
  soap_version TEXT,
  code TEXT NOT NULL,
  issues TEXT NOT NULL,
  checks TEXT NOT NULL,
  from_organ_id TEXT,
  document_id TEXT,
  size_bytes INTEGER NOT NULL,
  content_digest TEXT,
  content BLOB,
  -- What entry and content take of retention.refusals.
  entry_bytes INTEGER NOT NULL,
  content_bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX refusal_time ON refusal (time);
CREATE INDEX refusal_caller ON refusal (caller_organ_id, id);
CREATE INDEX refusal_content ON refusal (id) WHERE content_bytes > 0;

-- ---- the store itself --------------------------------------------------------------------------
CREATE TABLE operator_act (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  actor TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX operator_act_subject ON operator_act (subject, id);
CREATE INDEX operator_act_time ON operator_act (time);

CREATE TABLE fact (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- messages; refusalBytes; changes: grows with every commit that changed something; probes.
CREATE TABLE total (
  name TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO total (name, count) VALUES ('messages', 0), ('refusalBytes', 0), ('changes', 0), ('probes', 0);

CREATE TABLE delivery_count (
  organ_id TEXT NOT NULL,
  state TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (organ_id, state)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER message_added AFTER INSERT ON message BEGIN
  UPDATE total SET count = count + 1 WHERE name = 'messages';
END;
CREATE TRIGGER message_removed AFTER DELETE ON message BEGIN
  UPDATE total SET count = count - 1 WHERE name = 'messages';
END;
CREATE TRIGGER delivery_added AFTER INSERT ON delivery BEGIN
  INSERT INTO delivery_count VALUES (new.to_organ_id, new.state, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER delivery_moved AFTER UPDATE OF state, to_organ_id ON delivery
WHEN old.state <> new.state OR old.to_organ_id <> new.to_organ_id BEGIN
  UPDATE delivery_count SET count = count - 1
    WHERE organ_id = old.to_organ_id AND state = old.state;
  INSERT INTO delivery_count VALUES (new.to_organ_id, new.state, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER delivery_removed AFTER DELETE ON delivery BEGIN
  UPDATE delivery_count SET count = count - 1
    WHERE organ_id = old.to_organ_id AND state = old.state;
END;
CREATE TRIGGER refusal_added AFTER INSERT ON refusal BEGIN
  UPDATE total SET count = count + new.entry_bytes + new.content_bytes WHERE name = 'refusalBytes';
END;
CREATE TRIGGER refusal_changed AFTER UPDATE OF content_bytes ON refusal BEGIN
  UPDATE total SET count = count + new.content_bytes - old.content_bytes WHERE name = 'refusalBytes';
END;
CREATE TRIGGER refusal_removed AFTER DELETE ON refusal BEGIN
  UPDATE total SET count = count - old.entry_bytes - old.content_bytes WHERE name = 'refusalBytes';
END;
`;
