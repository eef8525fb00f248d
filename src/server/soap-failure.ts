/**
 * Ends a request that failed: a fault with a stable code and a correlation id, a line in our log, and,
 * for somebody who signed in, a refusal kept for the operator. Nothing of our inside gets out.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { ErrorCode } from '../model/error-table.js';
import { causeText, GatewayError, issue, refuse } from '../model/issue.js';
import { parseContentType, soapVersionHint } from '../soap/content-type.js';
import { faultContentType } from '../soap/envelope-writer.js';
import { writeFault } from '../soap/fault-writer.js';
import type { Progress, ServerContext } from './progress.js';
import { refusalOf } from './refusal.js';
import { inFormOf } from './soap-answer.js';

const REALM = 'Basic realm="edxgate", charset="UTF-8"';
/**
 * How long a client may go on sending what nobody keeps, so that it gets to see the answer: stacks that
 * show credentials only after a 401 (.NET, httpclient of Ruby) send the whole of their first request.
 */
const LINGER_MS = 10_000;
const LINGER_BYTES = 32 * 1024 * 1024;

const OURS: ReadonlySet<ErrorCode> = new Set(['server.internal', 'server.store']);
/** Says nothing about what was sent: nothing to keep for anybody, and no room to keep it. */
const NOT_KEPT: ReadonlySet<ErrorCode> = new Set(['http.busy', 'server.busy', 'server.disk']);

function asGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError(issue('server.internal'), { cause: thrown });
}

function report(
  server: ServerContext,
  request: Request,
  progress: Progress,
  error: GatewayError,
  thrown: unknown,
): void {
  const { metrics, logger, clock } = server;
  const { caller, correlationId, operation } = progress;
  const seconds = (clock.monotonic() - progress.startedAt) / 1000;
  metrics.refused(error.code);
  metrics.request(operation ?? 'unknown', error.http, seconds);
  const facts = {
    correlationId,
    code: error.code,
    codes: [...new Set(error.issues.map((one) => one.code))],
    ...(caller === undefined ? {} : { caller: caller.agency.organId }),
    ...(operation === undefined ? {} : { operation }),
    remoteAddress: request.socket.remoteAddress ?? '',
    bytes: progress.body?.size ?? 0,
  };
  if (OURS.has(error.code)) {
    logger.error('receive.failed', { ...facts, reason: causeText(thrown) });
  } else if (error.http === 401) logger.warn('auth.failed', facts);
  else logger.info('receive.refused', facts);
}

export async function failRequest(
  server: ServerContext,
  request: Request,
  response: Response,
  progress: Progress,
  thrown: unknown,
): Promise<void> {
  const error = asGatewayError(thrown);
  report(server, request, progress, error, thrown);
  // Only of somebody who signed in: else anybody could fill the disk.
  if (progress.caller !== undefined && !NOT_KEPT.has(error.code)) {
    const refusal = refusalOf(error, progress, request, server.clock.now());
    await server.context.store.addRefusal(refusal).catch((problem: unknown) => {
      const { correlationId } = progress;
      server.logger.error('store.failed', { correlationId, reason: causeText(problem) });
    });
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error.http === 401) response.setHeader('WWW-Authenticate', REALM);
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', retryAfterSeconds);
  // What is left of a body that was not read would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  const fault = writeFault(progress.version, error, progress.correlationId);
  const { contentType, body } = inFormOf(progress, fault);
  response
    .status(error.http)
    .setHeader('Content-Type', contentType)
    .setHeader('Content-Length', body.byteLength)
    .write(body);
  if (request.complete) response.end();
  else endUnread(request, response);
}

/** Ends the answer, and with it the connection, once the client has sent what it had to send. */
function endUnread(request: Request, response: Response): void {
  let drained = 0;
  const cut = (): void => {
    request.socket.destroy();
  };
  const timer = setTimeout(cut, LINGER_MS);
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > LINGER_BYTES) cut();
  });
  request.once('end', () => response.end());
  request.once('close', () => clearTimeout(timer));
  request.resume();
}

/** Outside `POST /soap` nobody waits for an envelope, yet the form is the same everywhere. */
export function plainFault(request: Request, response: Response, error: GatewayError): void {
  const version = soapVersionHint(parseContentType(request.headers['content-type']));
  response
    .status(error.http)
    .setHeader('Content-Type', faultContentType(version))
    .end(writeFault(version, error, randomUUID()));
}

/**
 * The last handler of both listeners: what no handler took care of, such as a request target that is no
 * URL. Express would answer with its own page and our stack. Four parameters are how it is recognised.
 */
export function lastResort(
  _error: unknown,
  request: Request,
  response: Response,
  _next: NextFunction,
): void {
  if (response.headersSent) response.destroy();
  else plainFault(request, response, refuse('http.not-found'));
}
