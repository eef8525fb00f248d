/**
 * A raw request in a file: header lines, perhaps folded, an empty line, the body. Line ends are CRLF or LF;
 * all bytes of the body count.
 *
 * @module
 */

export interface RawRequest {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function readRawRequest(bytes: Buffer): RawRequest {
  const { head, bodyAt } = splitHead(bytes);
  const headers: Record<string, string> = {};
  let last = '';
  for (const line of head.split(/\r?\n/)) {
    if (/^[ \t]/.test(line) && last !== '') {
      headers[last] += ` ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    last = line.slice(0, colon).trim().toLowerCase();
    headers[last] = line.slice(colon + 1).trim();
  }
  return { headers, body: bytes.subarray(bodyAt) };
}

/** A file that begins with an empty line has no headers. */
function splitHead(bytes: Buffer): { head: string; bodyAt: number } {
  for (const start of ['\r\n', '\n']) {
    if (bytes.subarray(0, start.length).toString('latin1') === start) {
      return { head: '', bodyAt: start.length };
    }
  }
  const ends = ['\r\n\r\n', '\n\n'].map((mark) => ({ mark, at: bytes.indexOf(mark) }));
  const [first] = ends.filter((one) => one.at >= 0).sort((a, b) => a.at - b.at);
  if (first === undefined) return { head: bytes.toString('utf8'), bodyAt: bytes.length };
  return { head: bytes.toString('utf8', 0, first.at), bodyAt: first.at + first.mark.length };
}
