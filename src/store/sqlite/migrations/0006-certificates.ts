/**
 * Migration 6: delivery certificates, and what tells the ends of one delivery apart.
 *
 * @module
 */
export const CERTIFICATES = `
-- How often it was requeued or resent: each run has one end.
ALTER TABLE delivery ADD COLUMN restarts INTEGER NOT NULL DEFAULT 0;
-- Cancels that were noted and whose attempt was lost: their notice is still to be made.
CREATE INDEX delivery_asked ON delivery (id) WHERE asked IS NOT NULL;

-- Signed XML, one each time it was delivered.
CREATE TABLE delivery_certificate (
  delivery_id INTEGER NOT NULL REFERENCES delivery (id),
  number INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  certificate BLOB NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT;
`;
