/**
 * A sample recipient: serves DeliverPackage of wsdl/edxgate-receiver.wsdl and keeps each package under
 * its message id. What it has is answered as taken again, as every recipient should.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { GatewayError, refuse } from '../model/issue.js';
import { parseMessageId } from '../model/message-id.js';
import { readBody } from '../server/body.js';
import { type Listening, listen } from '../server/listen.js';
import { binaryContent } from '../soap/binary.js';
import { parseContentType, type SoapVersion, soapVersionHint } from '../soap/content-type.js';
import { readEnvelope } from '../soap/envelope.js';
import { answerContentType, faultContentType, writeEnvelope } from '../soap/envelope-writer.js';
import { writeFault } from '../soap/fault-writer.js';
import { RECEIVER_NAMESPACE } from '../soap/push-client.js';
import { childOf } from '../xml/tree.js';

export const SAMPLE_RECIPIENT_PORT = 8082;
const MAX_REQUEST_BYTES = 128 * 1024 * 1024;
const STOP_MS = 1_000;

export interface SampleRecipient {
  /** Where it takes DeliverPackage. */
  readonly url: string;
  stop(): Promise<void>;
}

/** @param port taken when it is free, else any other. */
export async function startSampleRecipient(
  folder: string,
  port: number = SAMPLE_RECIPIENT_PORT,
): Promise<SampleRecipient> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(folder, request, response);
  };
  const open = (wanted: number): Promise<Listening> =>
    listen(handle, { host: '127.0.0.1', port: wanted });
  const listening = await open(port).catch(() => open(0));
  return { url: `${listening.url}/receive`, stop: () => listening.stop(STOP_MS) };
}

async function answer(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const contentType = parseContentType(request.headers['content-type']);
  let version: SoapVersion = soapVersionHint(contentType);
  try {
    if (request.method !== 'POST') throw refuse('http.method');
    const envelope = readEnvelope(await readBody(request, MAX_REQUEST_BYTES), contentType);
    ({ version } = envelope);
    try {
      take(folder, envelope);
    } finally {
      envelope.dispose();
    }
    const body = `<DeliverPackageResponse xmlns="${RECEIVER_NAMESPACE}"><DeliveryAnswer><Accepted>true</Accepted></DeliveryAnswer></DeliverPackageResponse>`;
    response.writeHead(200, { 'content-type': answerContentType(version) });
    response.end(writeEnvelope(version, body));
  } catch (error) {
    const refusal = error instanceof GatewayError ? error : refuse('server.internal');
    response.writeHead(refusal.http, { 'content-type': faultContentType(version) });
    response.end(writeFault(version, refusal, ''));
  }
}

/** Says nothing before the bytes are on disk. @throws GatewayError `soap.operation`, `soap.request` */
function take(folder: string, envelope: ReturnType<typeof readEnvelope>): void {
  const { body } = envelope;
  if (body.name !== 'DeliverPackage' || body.namespace !== RECEIVER_NAMESPACE) {
    throw refuse('soap.operation', { element: body.name });
  }
  const text = (name: string): string => childOf(body, name, RECEIVER_NAMESPACE)?.text ?? '';
  const content = childOf(body, 'Package', RECEIVER_NAMESPACE);
  const messageId = parseMessageId(text('MessageId'));
  if (content === undefined || messageId === undefined) {
    throw refuse('soap.request', { reason: 'MessageId and Package are needed' });
  }
  const bytes = binaryContent(envelope, content);
  if (createHash('sha256').update(bytes).digest('hex') !== text('ContentDigest')) {
    throw refuse('soap.request', { reason: 'ContentDigest is not that of Package' });
  }
  const file = join(folder, `${messageId}.edxml`);
  const handle = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(`${file}.new`, file);
}
