/**
 * What the tests of soap/ share: requests from files, and the way from bytes to an operation.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GatewayError } from '../../../src/model/issue.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { parseContentType } from '../../../src/soap/content-type.js';
import { readEnvelope, type SoapRequest } from '../../../src/soap/envelope.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import type { SchemaName, XmlDocument } from '../../../src/xml/tree.js';

export const SOAP_11 = 'http://schemas.xmlsoap.org/soap/envelope/';
export const SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope';
export const GATEWAY = 'urn:edxgate:gateway:1';
export const FIXTURES = join(PACKAGE_ROOT, 'fixtures', 'soap');
export const WSDL_PATH = join(PACKAGE_ROOT, 'wsdl', 'edxgate.wsdl');

export interface RequestFile {
  readonly name: string;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** `Content-Type: …` (perhaps folded), an empty line, the body: as it would come over HTTP. */
export function readRequestFile(path: string): RequestFile {
  const bytes = readFileSync(path);
  const head = bytes.subarray(0, 2).equals(Buffer.from('\r\n')) ? 0 : bytes.indexOf('\r\n\r\n') + 2;
  const header = bytes.toString('utf8', 0, head).trimEnd();
  return {
    name: path.slice(FIXTURES.length + 1),
    contentType: header === '' ? undefined : header.slice('Content-Type:'.length),
    body: bytes.subarray(head + 2),
  };
}

export function requestFiles(folder: string): RequestFile[] {
  return readdirSync(join(FIXTURES, folder))
    .sort()
    .map((name) => readRequestFile(join(FIXTURES, folder, name)));
}

export function envelope(namespace: string, body: string, header = ''): Buffer {
  const head = header === '' ? '' : `<s:Header>${header}</s:Header>`;
  return Buffer.from(
    `<s:Envelope xmlns:s="${namespace}">${head}<s:Body>${body}</s:Body></s:Envelope>`,
  );
}

export function read(body: Buffer | string, contentType = 'text/xml'): SoapRequest {
  return readEnvelope(Buffer.from(body), parseContentType(contentType));
}

export function parseText(text: string | Uint8Array): XmlDocument {
  return parseXml(scanXml(Buffer.from(text)));
}

/** Faults of an answer's body against the published schema, `path: text` each. */
export function schemaFaults(bodyXml: string, schema: SchemaName = 'gateway'): string[] {
  const document = parseText(bodyXml);
  try {
    return document.validate(schema).map((one) => `${one.path}: ${one.text}`);
  } finally {
    document.dispose();
  }
}

/** The error that `work` throws; anything but a refusal, or none, fails the test. */
export function refusal(work: () => unknown): GatewayError {
  try {
    work();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

export interface RunningServer {
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
}

export async function listen(
  handler: (request: IncomingMessage, body: Buffer, response: ServerResponse) => void,
): Promise<RunningServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handler(request, Buffer.concat(chunks), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/soap`,
    server,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Numbers from 0 up to 1, the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
