/**
 * Sends an answer that is not a fault, in the form in which the request came. What the client has not yet taken of it is memory that we hold,
 * so it counts into the room of the request until it has left, and a client that takes nothing is cut
 * off.
 *
 * @module
 */
import type { Request, Response } from 'express';
import type { OperationAnswer } from '../receive/operations.js';
import type { SoapVersion } from '../soap/content-type.js';
import {
  answerContentType,
  mtomRelated,
  type OutgoingPart,
  type Related,
  writeEnvelope,
} from '../soap/envelope-writer.js';
import type { Room } from './load.js';

/** A client that takes nothing of its answer for so long is cut off. */
const STALL_MS = 30_000;
const LOOK_EVERY_MS = 10_000;

/** How the request came, which is how the answer goes. */
export interface AnswerForm {
  readonly version: SoapVersion;
  readonly mtom: boolean;
}

/**
 * The encoder of some stacks (Mono's WCF) reads nothing but multipart once it was told to use MTOM: then
 * answers without a part and faults come in that form too. All others get plain envelopes.
 */
export function inFormOf(
  { version, mtom }: AnswerForm,
  envelope: Buffer,
  part?: OutgoingPart,
): Related {
  if (mtom) return mtomRelated(version, envelope, part);
  return { contentType: answerContentType(version), body: envelope };
}

export function sendAnswer(
  request: Request,
  response: Response,
  form: AnswerForm,
  result: OperationAnswer,
  room: Room,
): void {
  const { contentType, body } = inFormOf(
    form,
    writeEnvelope(form.version, result.body),
    result.part,
  );
  room.hold(body.byteLength);
  cutOffWhenStalled(request, response);
  response
    .status(200)
    .setHeader('Content-Type', contentType)
    .setHeader('Content-Length', body.byteLength)
    .end(body);
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
