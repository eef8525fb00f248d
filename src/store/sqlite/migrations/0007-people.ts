/**
 * Migration 7: people who sign in to the admin listener.
 *
 * @module
 */
export const PEOPLE = `
CREATE TABLE person (
  name TEXT PRIMARY KEY,
  open_id TEXT UNIQUE,
  -- Holds the role administrator for all agencies, and is not locked.
  administers INTEGER NOT NULL,
  entry TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_state (
  name TEXT PRIMARY KEY,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_link (
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_link_name ON sign_in_link (name);

CREATE TABLE session (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  previous_hash TEXT UNIQUE,
  name TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  entry TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_name ON session (name);
CREATE INDEX session_seen ON session (seen_at);

CREATE TABLE api_token (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  entry TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX api_token_name ON api_token (name, created_at);
`;
