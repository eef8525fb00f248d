/**
 * Refusals that say nothing about what was sent: come again later.
 *
 * @module
 */
import { GatewayError, issue } from '../model/issue.js';

const BUSY_RETRY_SECONDS = 5;
const DISK_RETRY_SECONDS = 60;

/** Too much is held at once. */
export function busy(): GatewayError {
  return new GatewayError(issue('http.busy'), { retryAfterSeconds: BUSY_RETRY_SECONDS });
}

export function diskFull(cause?: unknown): GatewayError {
  const retryAfterSeconds = DISK_RETRY_SECONDS;
  return new GatewayError(
    issue('server.disk'),
    cause === undefined ? { retryAfterSeconds } : { retryAfterSeconds, cause },
  );
}
