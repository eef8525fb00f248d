/**
 * Lets a request in: who is calling, and a place with room for the body. Whoever signs in by connection
 * is known before anything of the body is read. Whoever does not may still sign in by message, which
 * must be read for that: bounded, and in a room that all such callers share, so that strangers take no
 * place from those who are known.
 *
 * While the disk is too full, a body that is too large for a question is a package, and is not read.
 *
 * Errors: `server.disk`, `auth.required`, `auth.failed`, `auth.ws-security`, `http.busy`, `http.too-large`.
 *
 * @module
 */
import type { Request, Response } from 'express';
import { GatewayError, refuse } from '../model/issue.js';
import type { Caller } from '../receive/context.js';
import { parseContentType } from '../soap/content-type.js';
import { assertUnderstood, readEnvelope, type SoapRequest } from '../soap/envelope.js';
import { isSecurityHeader } from '../soap/ws-security.js';
import { WSSE } from '../xml/ws-names.js';
import { declaredLength, readBody } from './body.js';
import { clientCertificateOf, isEncrypted } from './client-certificate.js';
import type { Load, Room } from './load.js';
import type { Progress } from './progress.js';
import type { Shown, SignIn } from './sign-in.js';
import { isStreamed } from './streamed-body.js';
import { busy, diskFull } from './turn-away.js';

/** The most that is read of somebody who has shown nothing yet. */
const MAX_UNKNOWN_BYTES = 8 * 1024 * 1024;
/** Share of the load of all who sign in by message; no organ id has a colon. */
const MESSAGE_ROOM = 'ws-security:';

/** No question is that large, security header and all. */
const MAX_QUESTION_BYTES = 256 * 1024;

export interface Admitted {
  readonly caller: Caller;
  readonly room: Room;
  /** What was read to know the caller; the request in it must be disposed. */
  readonly read?: { readonly bytes: number; readonly soap: SoapRequest };
}

export interface AdmitOptions {
  readonly signIn: SignIn;
  readonly load: Load;
  readonly requestBytes: number;
  /** True while the disk is too full to accept packages. */
  readonly diskLow?: () => boolean;
}

export async function admit(
  options: AdmitOptions,
  request: Request,
  response: Response,
  progress: Progress,
): Promise<Admitted> {
  const { signIn, load, requestBytes } = options;
  const shown: Shown = {
    authorization: request.headers.authorization,
    certificate: clientCertificateOf(request),
    remoteAddress: request.socket.remoteAddress ?? '',
    encrypted: isEncrypted(request),
  };
  const enter = (name: string, bytes: number): Room => {
    const room = load.enter(name, bytes);
    if (room === undefined) throw busy();
    response.once('close', () => room.leave());
    return room;
  };
  const caller = await signIn.byConnection(shown);
  if (caller !== undefined) {
    progress.caller = caller;
    const declared = declaredLength(request, requestBytes) ?? 0;
    if (declared > MAX_QUESTION_BYTES && options.diskLow?.() === true) throw diskFull();
    const contentType = parseContentType(request.headers['content-type']);
    // Only now: whoever cannot sign in takes no room from those who can.
    const room = enter(caller.agency.organId, isStreamed(request, contentType) ? 0 : declared);
    return { caller, room };
  }
  if (!signIn.takesMessages) throw refuse('auth.required');
  const limit = Math.min(requestBytes, MAX_UNKNOWN_BYTES);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw refuse('auth.required');
  const room = enter(MESSAGE_ROOM, Number(request.headers['content-length'] ?? 0));
  const { body, soap } = await readUnknown(request, limit, room, progress);
  try {
    const byMessage = await signIn.byMessage(soap, shown);
    progress.caller = byMessage;
    progress.version = soap.version;
    assertUnderstood(soap, isSecurityHeader);
    return { caller: byMessage, room, read: { bytes: body.byteLength, soap } };
  } catch (error) {
    soap.dispose();
    throw error;
  }
}

/** Nothing is said about the body of somebody unknown, but that a sign-in is missing. */
async function readUnknown(
  request: Request,
  limit: number,
  room: Room,
  { checks }: Progress,
): Promise<{ body: Buffer; soap: SoapRequest }> {
  const contentType = parseContentType(request.headers['content-type']);
  try {
    const body = await checks.runAsync('size', async (_issues, note) => {
      const read = await readBody(request, limit, room);
      note(`${read.byteLength} bytes`);
      return read;
    });
    // Whoever does not even name the header is not worth a parse.
    if (!body.includes(WSSE)) throw refuse('auth.required');
    const soap = checks.run('envelope', () => readEnvelope(body, contentType, () => true));
    return { body, soap };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.http === 503) throw error;
    throw refuse('auth.required');
  }
}
