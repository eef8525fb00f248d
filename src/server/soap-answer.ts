/**
 * Sends an answer that is not a fault. What the client has not yet taken of it is memory that we hold,
 * so it counts into the room of the request until it has left, and a client that takes nothing is cut
 * off.
 *
 * @module
 */
import type { Request, Response } from 'express';
import type { OperationAnswer } from '../receive/operations.js';
import type { SoapVersion } from '../soap/content-type.js';
import { answerContentType, mtomAnswer, writeEnvelope } from '../soap/envelope-writer.js';
import type { Room } from './load.js';

/** A client that takes nothing of its answer for so long is cut off. */
const STALL_MS = 30_000;
const LOOK_EVERY_MS = 10_000;

export function sendAnswer(
  request: Request,
  response: Response,
  version: SoapVersion,
  result: OperationAnswer,
  room: Room,
): void {
  const plain =
    result.part === undefined ? undefined : mtomAnswer(version, result.body, result.part);
  const bytes = plain?.body ?? writeEnvelope(version, result.body);
  room.hold(bytes.byteLength);
  cutOffWhenStalled(request, response);
  response
    .status(200)
    .setHeader('Content-Type', plain?.contentType ?? answerContentType(version))
    .setHeader('Content-Length', bytes.byteLength)
    .end(bytes);
}

function cutOffWhenStalled(request: Request, response: Response): void {
  const { socket } = request;
  let taken = 0;
  let since = 0;
  const timer = setInterval(() => {
    // What the process still holds is not taken, though it counts as written.
    const now = socket.bytesWritten - socket.writableLength;
    since = now === taken ? since + LOOK_EVERY_MS : 0;
    taken = now;
    if (since >= STALL_MS) socket.destroy();
  }, LOOK_EVERY_MS);
  timer.unref();
  response.once('close', () => clearInterval(timer));
}
