/**
 * From the body of a request to its envelope: large multipart bodies by way of a file, all others in
 * memory.
 *
 * Errors: those of readBody, readStreamed and readEnvelope, `http.content-type`, `http.content-encoding`.
 *
 * @module
 */
import type { Request } from 'express';
import { assertSoapContentType, parseContentType } from '../soap/content-type.js';
import { readEnvelope, readEnvelopeOf, type SoapRequest } from '../soap/envelope.js';
import { isSecurityHeader } from '../soap/ws-security.js';
import { contentEncodingOf, readBody } from './body.js';
import type { Room } from './load.js';
import type { Progress } from './progress.js';
import type { SignIn } from './sign-in.js';
import type { Spool } from './spool.js';
import { isStreamed, readStreamed, type StreamedBody } from './streamed-body.js';

export interface ReadOptions {
  readonly signIn: SignIn;
  readonly requestBytes: number;
  /** For the large parts of requests. */
  readonly spool: Spool;
  /** True while the disk is too full to accept packages. Absent = never. */
  readonly diskLow?: () => boolean;
}

export interface ReadRequest {
  /** Of the body. */
  readonly bytes: number;
  readonly soap: SoapRequest;
}

/** The request must be disposed; after a throw nothing is left. */
export async function readRequest(
  options: ReadOptions,
  request: Request,
  progress: Progress,
  room: Room,
): Promise<ReadRequest> {
  const { requestBytes, signIn } = options;
  const { checks } = progress;
  const contentType = parseContentType(request.headers['content-type']);
  assertSoapContentType(contentType);
  contentEncodingOf(request);
  const understood = signIn.takesMessages ? isSecurityHeader : undefined;
  if (isStreamed(request, contentType)) {
    return readInParts(options, request, progress, room, (parts) =>
      readEnvelopeOf(parts, contentType, understood),
    );
  }
  const body = await checks.runAsync('size', async (_issues, note) => {
    const whole = await readBody(request, requestBytes, room);
    note(`${whole.byteLength} bytes`);
    return whole;
  });
  progress.body = { bytes: body, size: body.byteLength };
  const soap = checks.run('envelope', () => readEnvelope(body, contentType, understood));
  return { bytes: body.byteLength, soap };
}

async function readInParts(
  { requestBytes, spool, diskLow }: ReadOptions,
  request: Request,
  progress: Progress,
  room: Room,
  read: (parts: Awaited<ReturnType<StreamedBody['parts']>>) => SoapRequest,
): Promise<ReadRequest> {
  const { checks } = progress;
  const contentType = parseContentType(request.headers['content-type']);
  const body = await checks.runAsync('size', async (_issues, note) => {
    const streamed = await readStreamed(request, contentType, {
      limit: requestBytes,
      room,
      spool,
      ...(diskLow === undefined ? {} : { diskLow }),
    });
    note(`${streamed.size} bytes`);
    return streamed;
  });
  try {
    progress.body = { bytes: body.head, size: body.size };
    const soap = await checks.runAsync('envelope', async () => read(await body.parts()));
    const dispose = (): void => {
      soap.dispose();
      void body.close();
    };
    return { bytes: body.size, soap: { ...soap, dispose } };
  } catch (error) {
    await body.close();
    throw error;
  }
}
