/**
 * Delivery certificates: written in the commit that makes a delivery `delivered`, kept as long as the
 * delivery. One that is delivered again, since it was resent, gets another; none is ever replaced.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { DeliveryCertificate } from '../../model/certificate.js';
import type { MessageId } from '../../model/message-id.js';
import type { OrganId } from '../../model/organ-id.js';
import type { Statements } from './statements.js';

/** @returns what the event of the end says about it */
export function insertCertificate(
  sql: Statements,
  deliveryId: number,
  certificate: Uint8Array | undefined,
  time: number,
): { readonly certificate?: string } {
  if (certificate === undefined) return {};
  sql.run(
    `INSERT INTO delivery_certificate (delivery_id, number, made_at, certificate)
     SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3 FROM delivery_certificate
     WHERE delivery_id = ?1`,
    deliveryId,
    time,
    certificate,
  );
  return { certificate: createHash('sha256').update(certificate).digest('hex') };
}

interface CertificateRow {
  readonly delivery_id: number;
  readonly to_organ_id: OrganId;
  readonly number: number;
  readonly made_at: number;
  readonly certificate: Buffer;
}

const COLUMNS = 'c.delivery_id, d.to_organ_id, c.number, c.made_at, c.certificate';

function toCertificate(row: CertificateRow): DeliveryCertificate {
  return {
    deliveryId: row.delivery_id,
    toOrganId: row.to_organ_id,
    number: row.number,
    madeAt: row.made_at,
    certificate: row.certificate,
  };
}

/** The latest. */
export function getDeliveryCertificate(
  sql: Statements,
  deliveryId: number,
): DeliveryCertificate | undefined {
  const row = sql.get<CertificateRow>(
    `SELECT ${COLUMNS} FROM delivery_certificate c JOIN delivery d ON d.id = c.delivery_id
     WHERE c.delivery_id = ? ORDER BY c.number DESC LIMIT 1`,
    deliveryId,
  );
  return row && toCertificate(row);
}

export function listDeliveryCertificates(
  sql: Statements,
  messageId: MessageId,
): DeliveryCertificate[] {
  return sql
    .all<CertificateRow>(
      `SELECT ${COLUMNS} FROM message m CROSS JOIN delivery d ON d.message_ref = m.id
         CROSS JOIN delivery_certificate c ON c.delivery_id = d.id
       WHERE m.message_id = ? ORDER BY c.delivery_id, c.number`,
      messageId,
    )
    .map(toCertificate);
}
