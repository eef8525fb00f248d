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

export interface KeptBody {
  /** The whole, or of a body that went to a file the start. */
  readonly bytes: Buffer;
  /** Of the whole. */
  readonly size: number;
}

export interface Progress {
  readonly correlationId: string;
  readonly checks: CheckList;
  /** Of the monotonic clock, milliseconds. */
  readonly startedAt: number;
  version: SoapVersion;
  /** It came as MTOM, so the answer, whatever it is, goes as MTOM. */
  mtom: boolean;
  caller?: Caller;
  operation?: string;
  /** The body as it came, unpacked. */
  body?: KeptBody;
  /** The bytes of the package, once they are known. */
  package?: Buffer;
}
