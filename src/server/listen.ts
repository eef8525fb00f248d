/**
 * Opens a listener for an express app, with or without TLS, and closes it again: no new connection, what
 * was asked on open ones is answered and then the connection closed, after a grace the rest is cut.
 *
 * @module
 */
import { constants } from 'node:crypto';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface TlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Asks for client certificates; one that does not lead to an authority of `ca` counts as none. */
  readonly client?: {
    /** PEM. */
    readonly ca: readonly string[];
    /** Whoever has none does not get through the handshake. */
    readonly required: boolean;
  };
}

export interface ListenOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls?: TlsOptions;
}

export interface Listening {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  stop(graceMs: number): Promise<void>;
}

/** Slow clients are legitimate, endless ones are not: the whole request must be in by then. */
const REQUEST_MS = 10 * 60_000;
const HEADERS_MS = 20_000;
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTES = 32 * 1024;

function urlOf(options: ListenOptions, address: AddressInfo): string {
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${options.tls === undefined ? 'http' : 'https'}://${host}:${address.port}`;
}

function tlsOptions({ cert, key, client }: TlsOptions): ServerOptions {
  const own = { cert, key, minVersion: 'TLSv1.2' } as const;
  if (client === undefined) return own;
  return {
    ...own,
    ca: [...client.ca],
    requestCert: true,
    rejectUnauthorized: client.required,
    // A resumed session would show the certificate without those between it and its authority.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

function open(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

/** Express answers a target that is no URL with a page of its own, and our stack on it. */
function guarded(app: RequestListener): RequestListener {
  return (request, response) => {
    if (URL.canParse(request.url ?? '', 'http://localhost')) app(request, response);
    else
      response
        .writeHead(400, { 'Content-Type': 'text/plain', Connection: 'close' })
        .end('This is not a request.\n');
  };
}

export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: REQUEST_MS,
    headersTimeout: HEADERS_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 5000,
    insecureHTTPParser: false,
  };
  const server =
    options.tls === undefined
      ? createServer(limits, guarded(app))
      : createTlsServer({ ...limits, ...tlsOptions(options.tls) }, guarded(app));
  const answering = new Set<ServerResponse>();
  let stopping = false;
  // Else a client that keeps its connection busy would be cut off in the middle of a request.
  const closeAfter = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };
  server.prependListener('request', (_request, response) => {
    if (stopping) closeAfter(response);
    answering.add(response);
    response.once('close', () => answering.delete(response));
  });
  await open(server, options);
  return {
    url: urlOf(options, server.address() as AddressInfo),
    async stop(graceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      stopping = true;
      for (const response of answering) closeAfter(response);
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
