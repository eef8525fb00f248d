/**
 * Bounds of what is looked at inside attachments, and the measure of the time that is left. All ours:
 * real files stay far below each of them.
 *
 * @module
 */
import { type Clock, systemClock } from '../clock.js';

export const ATTACHMENT_LIMITS = {
  /** Per file, also after unwrapping. */
  fileBytes: 64 * 1024 * 1024,
  /** Signatures of one file that are judged. */
  signatures: 16,
  /** Bytes of one CMS signature without its content; with chain, revocation data and time stamp about 100 kB. */
  cmsBytes: 1024 * 1024,
  /** How much larger than its compressed form a wrapped file may be. */
  zipRatio: 200,
  /** Attachments of one package. */
  attachments: 500,
  /** Milliseconds for all attachments of one package. */
  timeMs: 10_000,
} as const;

/** Time that may still be spent. */
export class TimeBox {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #end: number;

  constructor(
    ms: number = ATTACHMENT_LIMITS.timeMs,
    clock: Pick<Clock, 'monotonic'> = systemClock,
  ) {
    this.#clock = clock;
    this.#end = clock.monotonic() + ms;
  }

  get isOver(): boolean {
    return this.#clock.monotonic() >= this.#end;
  }
}
