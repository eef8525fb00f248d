/**
 * HTTP by hand over a socket, for what no client library of ours would send.
 *
 * @module
 */
import { connect } from 'node:net';

export interface RawReply {
  /** `HTTP/1.1 200 OK`, the interim answers before it left out. */
  readonly statusLine: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** As it came, still chunked if it was. */
  readonly body: Buffer;
  /** Status lines of 1xx answers. */
  readonly interim: readonly string[];
}

function readReply(bytes: Buffer): RawReply {
  const interim: string[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`no whole answer: ${bytes.toString('latin1').slice(0, 200)}`);
    const [statusLine = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    rest = rest.subarray(end + 4);
    if (/^HTTP\/1\.\d 1\d\d/.test(statusLine)) {
      interim.push(statusLine);
      continue;
    }
    const headers = new Map(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    return { statusLine, headers, body: rest, interim };
  }
}

/** What may go out at once, and what only after something has come back. */
export type Piece = string | Buffer | Late;
interface Late {
  readonly afterAnswer: Buffer | string;
}

function isLate(piece: Piece): piece is Late {
  return typeof piece === 'object' && !Buffer.isBuffer(piece);
}

/** Sends the pieces one after the other and reads until the server closes; so ask it to close. */
export function rawRequest(url: string, pieces: readonly Piece[]): Promise<RawReply> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const waiting = [...pieces];
    const socket = connect(Number(port), hostname);
    const sendOn = (answered: boolean): void => {
      let mayWait = answered;
      for (let piece = waiting[0]; piece !== undefined; piece = waiting[0]) {
        if (isLate(piece) && !mayWait) return;
        if (isLate(piece)) mayWait = false;
        waiting.shift();
        socket.write(isLate(piece) ? piece.afterAnswer : piece);
      }
    };
    socket.once('connect', () => sendOn(false));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      sendOn(true);
    });
    socket.once('error', reject);
    socket.once('end', () => {
      socket.end();
      try {
        resolve(readReply(Buffer.concat(chunks)));
      } catch (error) {
        reject(error);
      }
    });
  });
}
