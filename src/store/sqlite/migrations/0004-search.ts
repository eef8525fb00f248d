/**
 * Migration 4: finding messages by words, and lists of messages by kind.
 *
 * `message_search` holds no text, only which words stand in which message: in `words` those of the
 * search text, in `facts` what searches are combined with (sender, kind), so that a search with filters
 * is an intersection in the index and never a walk over messages. Beginnings of words up to three
 * characters have lists of their own; longer ones are merged from few words. Triggers keep it equal to
 * the messages.
 *
 * @module
 */
const FACTS = (row: string): string => `'f' || hex(${row}.from_organ_id) || ' k' || ${row}.kind`;

export const SEARCH = `
CREATE VIRTUAL TABLE message_search USING fts5 (words, facts, content = '', contentless_delete = 1,
  tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3');
INSERT INTO message_search (rowid, words, facts)
  SELECT m.id, m.search_text, ${FACTS('m')} FROM message m ORDER BY m.id;
CREATE TRIGGER message_searchable AFTER INSERT ON message BEGIN
  INSERT INTO message_search (rowid, words, facts)
    VALUES (new.id, new.search_text, ${FACTS('new')});
END;
CREATE TRIGGER message_unsearchable AFTER DELETE ON message BEGIN
  DELETE FROM message_search WHERE rowid = old.id;
END;

-- The kind at the end: messages of the other kind are passed over without being read.
DROP INDEX message_from;
CREATE INDEX message_from ON message (from_organ_id, received_at, id, kind);
CREATE INDEX message_kind ON message (kind, received_at, id);
`;
