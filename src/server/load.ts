/**
 * Bounds what all requests together may hold in memory. Beyond it a request is turned away at once with
 * 503 and Retry-After, before its body is read: that costs the sender a repeat, not a lost document.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';

export interface Load {
  /** @returns a function to call at the end of the request, or undefined when there is no room. */
  enter(request: IncomingMessage): (() => void) | undefined;
}

const MAX_REQUESTS = 256;
/** A body of unknown length is counted as this much until it is known. */
const UNDECLARED_BYTES = 1024 * 1024;

export function createLoad(requestBytes: number): Load {
  // A request holds its body, the package decoded from it, and an answer: four large ones at a time.
  const budget = Math.max(4 * requestBytes, 256 * 1024 * 1024);
  let bytes = 0;
  let requests = 0;
  return {
    enter(request) {
      const declared = Number(request.headers['content-length']);
      const size = Number.isFinite(declared) ? Math.min(declared, requestBytes) : UNDECLARED_BYTES;
      if (requests >= MAX_REQUESTS || (requests > 0 && bytes + size > budget)) return undefined;
      requests += 1;
      bytes += size;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        requests -= 1;
        bytes -= size;
      };
    },
  };
}
