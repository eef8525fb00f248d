/**
 * Migration 5: the log chained by hash. Each event of a message and each act of an operator gets an
 * entry in the chain of its writer; rows from before have none. Entries outlive their rows: what
 * retention deletes is explained by a row of `log_purge`, which has an entry too.
 *
 * @module
 */
export const LOG_CHAIN = `
-- One per kind of writer.
CREATE TABLE log_chain (
  chain INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO log_chain (chain, name) VALUES (1, 'gateway'), (2, 'commands');

CREATE TABLE log_entry (
  chain INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  time INTEGER NOT NULL,
  kind TEXT NOT NULL,
  -- Number of the row that it stands for.
  row_ref INTEGER NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  organ_id TEXT,
  -- SHA-256 of the text of that row.
  digest BLOB NOT NULL,
  -- SHA-256 over the hash before it and the line of this entry.
  hash BLOB NOT NULL,
  PRIMARY KEY (chain, idx)
) STRICT, WITHOUT ROWID;

ALTER TABLE message_event ADD COLUMN chain INTEGER;
ALTER TABLE message_event ADD COLUMN idx INTEGER;
ALTER TABLE operator_act ADD COLUMN chain INTEGER;
ALTER TABLE operator_act ADD COLUMN idx INTEGER;

-- Events that retention deleted with their message.
CREATE TABLE log_purge (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE,
  time INTEGER NOT NULL,
  events INTEGER NOT NULL,
  -- JSON: chain and index of the entry of each.
  entries TEXT NOT NULL,
  chain INTEGER,
  idx INTEGER
) STRICT;

-- Signed XML, exactly as exported.
CREATE TABLE checkpoint (
  number INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  text TEXT NOT NULL,
  chain INTEGER,
  idx INTEGER
) STRICT;
`;
