/**
 * The order of deliveries: which delivery waits for which other one, as one condition for SQL.
 *
 * One sender's deliveries to one recipient that concern the same document go one after the other:
 * those of the document itself, and its follow-ups (revoke, update, replace), which may have document
 * ids of their own; `acts_on` holds what they name. Of the same sender only: nobody may hold up a lane
 * by using the document id of another. The elder is the one whose message was accepted first, also when
 * its delivery was made later, by a redirect; so no two deliveries can wait for each other.
 *
 * @module
 */
const OPEN = `state IN ('queued', 'active', 'deferred', 'pending', 'held')`;

/**
 * A document may have had any number of follow-ups, most of them long delivered. The latest are looked
 * at: while an older one is open, those that came after it wait as well and are found in its place.
 */
const FOLLOW_UPS = 1000;

/** An open elder delivery of the document with this key. `delivery_order` holds exactly the open ones. */
function openDocument(key: string): string {
  return `EXISTS (SELECT 1 FROM delivery e INDEXED BY delivery_order
    WHERE ${key} <> '' AND e.to_organ_id = d.to_organ_id AND e.document_key = ${key}
      AND e.from_organ_id = d.from_organ_id AND e.document_key <> '' AND e.${OPEN}
      AND e.message_ref < d.message_ref)`;
}

/** An open elder follow-up that acts on the document with this key. */
function openFollowUp(key: string): string {
  return `EXISTS (SELECT 1 FROM
      (SELECT f.message_ref FROM acts_on f WHERE f.document_key = ${key}
         AND f.from_organ_id = d.from_organ_id AND f.message_ref < d.message_ref
       ORDER BY f.message_ref DESC LIMIT ${FOLLOW_UPS}) latest
    CROSS JOIN delivery e ON e.message_ref = latest.message_ref AND e.to_organ_id = d.to_organ_id
    WHERE e.${OPEN})`;
}

/**
 * Nothing that goes before delivery `d` is open. `d` needs message_ref, to_organ_id, from_organ_id and
 * document_key. A document without follow-ups costs three look-ups that find nothing.
 */
export const NO_OPEN_ELDER = `NOT ${openDocument('d.document_key')}
  AND NOT ${openFollowUp('d.document_key')}
  AND NOT EXISTS (SELECT 1 FROM acts_on a INDEXED BY acts_on_message
    WHERE a.message_ref = d.message_ref
      AND (${openDocument('a.document_key')} OR ${openFollowUp('a.document_key')}))`;
