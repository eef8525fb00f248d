/**
 * Exit statuses of the command line; scripts outside rely on them.
 *
 * @module
 */
import type { ErrorCode } from '../model/error-table.js';

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notPassed: 3,
  notFound: 4,
  locked: 5,
  unreachable: 6,
} as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** Shown at the foot of help pages. */
export const EXIT_STATUS_HELP = `Exit status
  0  done
  1  failed; the message says why
  2  the command line is wrong; nothing was done
  3  checked, and something did not pass
  4  no such message, delivery or agency
  5  the store is locked by another process
  6  the peer could not be reached
  Treat any other number as a failure.`;

const BY_CODE: ReadonlyMap<string, ExitStatus> = new Map<ErrorCode, ExitStatus>([
  ['cli.usage', EXIT.usage],
  ['agency.value', EXIT.usage],
  ['queue.reason', EXIT.usage],
  ['queue.many', EXIT.usage],
  ['message.unknown', EXIT.notFound],
  ['agency.unknown', EXIT.notFound],
  ['delivery.unknown', EXIT.notFound],
  ['breaker.unknown', EXIT.notFound],
  ['quarantine.unknown', EXIT.notFound],
  ['token.unknown', EXIT.notFound],
  ['certificate.unknown', EXIT.notFound],
  ['store.locked', EXIT.locked],
  ['peer.unreachable', EXIT.unreachable],
]);

export function exitStatusOf(code: string): ExitStatus {
  return BY_CODE.get(code) ?? EXIT.failed;
}
