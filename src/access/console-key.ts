/**
 * The key of the console: form tokens, the step between password and code, and the seal around the
 * secrets of second factors. A file beside the store, made at the first start.
 *
 * @module
 */
import { join } from 'node:path';
import { openDigestKey } from '../operate/digest-secrets.js';

/**
 * @param folder of the store
 * @throws GatewayError `file.unreadable`, `file.wide`
 */
export function openConsoleKey(folder: string): Buffer {
  return openDigestKey(join(folder, 'keys', 'console.key'));
}
