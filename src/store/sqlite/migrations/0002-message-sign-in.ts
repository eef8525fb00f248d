/**
 * Migration 2: what signing in by message needs. Secrets for password digests are sealed with a key
 * that lies outside of the database; remembered sign-ins keep a captured message from being used again.
 *
 * @module
 */
export const MESSAGE_SIGN_IN = `
CREATE TABLE agency_digest_secret (
  organ_id TEXT PRIMARY KEY REFERENCES agency (organ_id),
  sealed TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE used_sign_in (
  key TEXT PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_sign_in_until ON used_sign_in (until);

CREATE INDEX agency_certificate_fingerprint ON agency_certificate (fingerprint);
`;
