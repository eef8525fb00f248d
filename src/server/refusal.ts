/**
 * What is kept of a refused request from a signed-in caller, for the people who are asked why.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { GatewayError } from '../model/issue.js';
import type { Refusal } from '../model/message.js';
import type { Progress } from './progress.js';

/** Design 2.6: 1 MiB of each at most. */
const MAX_KEPT_BYTES = 1024 * 1024;

export function refusalOf(
  error: GatewayError,
  refused: Progress,
  request: IncomingMessage,
  now: number,
): Refusal {
  const bytes = refused.package ?? refused.body?.bytes;
  const size = refused.package?.byteLength ?? refused.body?.size ?? 0;
  const { caller, operation } = refused;
  const remoteAddress = request.socket.remoteAddress;
  return {
    correlationId: refused.correlationId,
    time: now,
    ...(caller === undefined ? {} : { callerOrganId: caller.agency.organId }),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    ...(operation === undefined ? {} : { operation }),
    soapVersion: refused.version,
    code: error.code,
    issues: error.issues,
    checks: refused.checks.checks,
    sizeBytes: size,
    // Of a body that went to a file only the start is at hand.
    ...(bytes?.byteLength === size
      ? { contentDigest: createHash('sha256').update(bytes).digest('hex') }
      : {}),
    ...(bytes === undefined ? {} : { content: bytes.subarray(0, MAX_KEPT_BYTES) }),
  };
}
