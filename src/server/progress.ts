/**
 * What is known of a request so far: filled in as it goes, read when it fails.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { CheckList } from '../model/check.js';
import type { Caller, ReceiveContext } from '../receive/context.js';
import type { SoapVersion } from '../soap/content-type.js';

/** What answering and failing need alike. */
export interface ServerContext {
  readonly context: ReceiveContext;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface Progress {
  readonly correlationId: string;
  readonly checks: CheckList;
  /** Of the monotonic clock, milliseconds. */
  readonly startedAt: number;
  version: SoapVersion;
  caller?: Caller;
  operation?: string;
  /** The body as it came, unpacked. */
  body?: Buffer;
  /** The bytes of the package, once they are known. */
  package?: Buffer;
}
