/**
 * What `edxgate simulate` prints, for people and as JSON.
 *
 * @module
 */

import type { Observed } from './simulate-recipient.js';
import type { Counts } from './simulate-server.js';
import { bytesText, localTime, plain } from './table.js';

export function observedJson(one: Observed): object {
  const { time, behaviour, delivery, repeated, kept, refused } = one;
  if (delivery === undefined) {
    return { time, behaviour, ...(refused === undefined ? {} : { refused }) };
  }
  const { messageId, attempt, kind, documentId, fromOrganId, toOrganId } = delivery;
  return {
    time,
    messageId,
    attempt,
    kind,
    documentId,
    fromOrganId,
    toOrganId,
    sizeBytes: delivery.bytes.length,
    digest: delivery.digest,
    digestMatches: delivery.digestMatches,
    behaviour,
    repeated: repeated === true,
    kept: kept === true,
  };
}

/** One line with its end. */
export function observedText(one: Observed): string {
  const { time, behaviour, delivery, repeated, refused } = one;
  const parts =
    delivery === undefined
      ? [refused === undefined ? `no message read  ${behaviour}` : `no delivery  ${refused}`]
      : [
          delivery.messageId,
          `attempt ${delivery.attempt}`,
          delivery.kind,
          delivery.documentId,
          bytesText(delivery.bytes.length),
          delivery.digestMatches ? 'digest ok' : 'DIGEST DOES NOT MATCH',
          behaviour,
          ...(repeated === true ? ['repeated'] : []),
        ];
  return `${[localTime(time), ...parts].map(plain).join('  ')}\n`;
}

export function summaryText(counts: Counts): string {
  const { deliveries, kept, repeated, connections, elsewhere, bytesSent } = counts;
  const followed = elsewhere === 0 ? '' : `, ${elsewhere} requests followed a redirect`;
  return `deliveries ${deliveries}: kept ${kept}, repeated ${repeated}; connections ${connections}, sent ${bytesText(bytesSent)}${followed}\n`;
}
