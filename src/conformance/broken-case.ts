/**
 * A case that cannot be run to its end through no fault of the gateway: an unknown variable, a file that
 * cannot be signed, no connection.
 *
 * @module
 */
import type { Words } from './suite.js';

export class BrokenCase extends Error {
  readonly reason: Words;

  constructor(en: string, vi: string) {
    super(en);
    this.name = 'BrokenCase';
    this.reason = { en, vi };
  }
}
