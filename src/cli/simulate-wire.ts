/**
 * Writing HTTP by hand, for answers that no HTTP server would let one write.
 *
 * @module
 */
import type { Socket } from 'node:net';

/** Resolves with the time, or earlier when the peer has gone. @returns whether it is still there */
export function pause(socket: Socket, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve(false);
    const end = (): void => {
      clearTimeout(timer);
      socket.off('close', end);
      resolve(!socket.destroyed);
    };
    const timer = setTimeout(end, ms);
    socket.on('close', end);
  });
}

/** Until there is room to write, or the peer has gone. */
function room(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      socket.off('drain', end).off('close', end);
      resolve();
    };
    socket.on('drain', end).on('close', end);
  });
}

/** Writes the same piece again and again: so many bytes, or until the peer has gone. */
export async function pour(socket: Socket, piece: Buffer, bytes: number): Promise<void> {
  let left = bytes;
  while (left > 0 && !socket.destroyed && socket.writable) {
    left -= piece.length;
    if (!socket.write(piece)) await room(socket);
  }
}

export async function trickle(socket: Socket, bytes: Buffer, everyMs: number): Promise<void> {
  for (const byte of bytes) {
    socket.write(Buffer.of(byte));
    if (!(await pause(socket, everyMs))) return;
  }
}

const PHRASES: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [302, 'Found'],
  [404, 'Not Found'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [503, 'Service Unavailable'],
]);

/** Status line and headers with the empty line behind them. */
export function head(status: number, headers: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${PHRASES.get(status) ?? 'Status'}\r\n${lines.join('')}\r\n`;
}

export function whole(
  status: number,
  headers: Readonly<Record<string, string | number>>,
  body: Buffer | string,
): Buffer {
  const length = Buffer.byteLength(body);
  return Buffer.concat([
    Buffer.from(head(status, { ...headers, 'Content-Length': length })),
    Buffer.from(body),
  ]);
}
