/**
 * A sample recipient: serves DeliverPackage of wsdl/edxgate-receiver.wsdl and keeps each package under
 * its message id. What it has is answered as taken again, as every recipient should.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError, refuse } from '../model/issue.js';
import { parseMessageId } from '../model/message-id.js';
import { readBody } from '../server/body.js';
import { type Listening, listen } from '../server/listen.js';
import { parseContentType, type SoapVersion, soapVersionHint } from '../soap/content-type.js';
import { type ReadDelivery, readDelivery, writeDeliveryAnswer } from '../soap/delivery-reader.js';
import { readEnvelope } from '../soap/envelope.js';
import { answerContentType, faultContentType } from '../soap/envelope-writer.js';
import { writeFault } from '../soap/fault-writer.js';
import { KeptPackages } from './kept-packages.js';

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
  const packages = new KeptPackages(folder);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(packages, request, response);
  };
  const open = (wanted: number): Promise<Listening> =>
    listen(handle, { host: '127.0.0.1', port: wanted });
  const listening = await open(port).catch(() => open(0));
  return { url: `${listening.url}/receive`, stop: () => listening.stop(STOP_MS) };
}

async function answer(
  packages: KeptPackages,
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
      take(packages, readDelivery(envelope));
    } finally {
      envelope.dispose();
    }
    response.writeHead(200, { 'content-type': answerContentType(version) });
    response.end(writeDeliveryAnswer(version, true));
  } catch (error) {
    const refusal = error instanceof GatewayError ? error : refuse('server.internal');
    response.writeHead(refusal.http, { 'content-type': faultContentType(version) });
    response.end(writeFault(version, refusal, ''));
  }
}

/** Says nothing before the bytes are on disk. @throws GatewayError `soap.request` */
function take(packages: KeptPackages, delivery: ReadDelivery): void {
  if (parseMessageId(delivery.messageId) === undefined) {
    throw refuse('soap.request', { reason: 'MessageId and Package are needed' });
  }
  if (!delivery.digestMatches) {
    throw refuse('soap.request', { reason: 'ContentDigest is not that of Package' });
  }
  packages.keep(delivery.messageId, delivery.bytes);
}
