/**
 * The exchange listener: POST /soap, and the contract for those who build clients.
 *
 * Order of a POST: who is calling, then the body in its bounds, then the envelope, then the operation.
 * Whatever goes wrong ends as a fault with a stable code and a correlation id, and nothing of our inside.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import express, { type Request, type Response } from 'express';
import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import { CheckList } from '../model/check.js';
import { causeText, GatewayError, issue, refuse } from '../model/issue.js';
import type { Submission } from '../model/message.js';
import type { Call, Caller, ReceiveContext } from '../receive/context.js';
import { OPERATIONS, type OperationAnswer } from '../receive/operations.js';
import {
  assertSoapContentType,
  parseContentType,
  type SoapVersion,
  soapVersionHint,
} from '../soap/content-type.js';
import { readEnvelope, type SoapRequest } from '../soap/envelope.js';
import {
  answerContentType,
  faultContentType,
  mtomAnswer,
  writeEnvelope,
} from '../soap/envelope-writer.js';
import { writeFault } from '../soap/fault-writer.js';
import type { OperationTable } from '../soap/operations.js';
import { validateRequest } from '../soap/request-schema.js';
import { Aborted, contentEncodingOf, readBody } from './body.js';
import { contractRoutes } from './contract.js';
import { createLoad } from './load.js';
import { refusalOf } from './refusal.js';
import type { SignIn } from './sign-in.js';

export interface ExchangeOptions {
  readonly context: ReceiveContext;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly signIn: SignIn;
  readonly operations: OperationTable;
  readonly requestBytes: number;
}

/** What is known of a request so far; filled in as it goes, read when it fails. */
interface Progress {
  readonly correlationId: string;
  readonly checks: CheckList;
  readonly startedAt: number;
  version: SoapVersion;
  caller?: Caller;
  operation?: string;
  body?: Buffer;
  package?: Buffer;
}

const REALM = 'Basic realm="edxgate", charset="UTF-8"';

export function createExchange(options: ExchangeOptions): express.Express {
  const { clock } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Forwarded addresses are a matter of the proxy's own log: what a client writes is not believed.
  app.set('trust proxy', false);
  const load = createLoad(options.requestBytes);

  app.use((_request, response, next) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  contractRoutes(app);

  app.post('/soap', async (request, response) => {
    const progress: Progress = {
      correlationId: randomUUID(),
      checks: new CheckList(clock),
      startedAt: clock.monotonic(),
      version: soapVersionHint(parseContentType(request.headers['content-type'])),
    };
    let release: (() => void) | undefined;
    try {
      const { authorization } = request.headers;
      progress.caller = await options.signIn.authenticate(authorization, addressOf(request));
      // Only now: whoever cannot sign in takes no room from those who can.
      release = load.enter(request);
      if (release === undefined) throw busy();
      await answer(options, request, response, progress, progress.caller);
    } catch (error) {
      if (error instanceof Aborted) return;
      await fail(options, request, response, progress, error);
    } finally {
      release?.();
    }
  });
  app.all('/soap', (request, response) => {
    response.setHeader('Allow', 'POST, GET');
    plainFault(response, request, refuse('http.method'));
  });
  app.use((request: Request, response: Response) =>
    plainFault(response, request, refuse('http.not-found')),
  );
  return app;
}

function addressOf(request: Request): string {
  return request.socket.remoteAddress ?? '';
}

function busy(): GatewayError {
  return new GatewayError(issue('http.busy'), { retryAfterSeconds: 5 });
}

/** Outside `/soap` nobody waits for an envelope, yet the form is the same everywhere. */
function plainFault(response: Response, request: Request, error: GatewayError): void {
  const version = soapVersionHint(parseContentType(request.headers['content-type']));
  response
    .status(error.http)
    .setHeader('Content-Type', faultContentType(version))
    .end(writeFault(version, error, randomUUID()));
}

async function answer(
  options: ExchangeOptions,
  request: Request,
  response: Response,
  progress: Progress,
  caller: Caller,
): Promise<void> {
  const { context, operations } = options;
  const { checks } = progress;
  const contentType = parseContentType(request.headers['content-type']);
  assertSoapContentType(contentType);
  contentEncodingOf(request);
  const body = await checks.runAsync('size', async (_issues, note) => {
    const read = await readBody(request, options.requestBytes);
    note(`${read.byteLength} bytes`);
    return read;
  });
  progress.body = body;

  const soap = checks.run('envelope', () => readEnvelope(body, contentType));
  try {
    progress.version = soap.version;
    const operation = checks.run('operation', () => {
      const found = operations.operationFor(soap.body);
      validateRequest(soap, found);
      return found;
    });
    progress.operation = operation.name;
    const handler = OPERATIONS.get(operation.name);
    if (handler === undefined) throw refuse('soap.operation', { element: soap.body.name });
    const call: Call = {
      caller,
      checks,
      submission: submissionOf(progress, soap, caller, addressOf(request), body.byteLength),
      keep: (bytes) => {
        progress.package = bytes;
      },
    };
    const result = await handler(context, call, soap);
    send(response, soap, result);
    done(options, progress, result);
  } finally {
    soap.dispose();
  }
}

function submissionOf(
  progress: Progress,
  soap: SoapRequest,
  caller: Caller,
  remoteAddress: string,
  requestBytes: number,
): Submission {
  return {
    operation: progress.operation ?? '',
    soapVersion: soap.version,
    carrier: soap.carrier,
    remoteAddress,
    proof: caller.proof,
    tokenId: caller.tokenId,
    correlationId: progress.correlationId,
    requestBytes,
  };
}

function send(response: Response, soap: SoapRequest, result: OperationAnswer): void {
  const plain =
    result.part === undefined ? undefined : mtomAnswer(soap.version, result.body, result.part);
  response
    .status(200)
    .setHeader('Content-Type', plain?.contentType ?? answerContentType(soap.version));
  const bytes = plain?.body ?? writeEnvelope(soap.version, result.body);
  response.setHeader('Content-Length', bytes.byteLength);
  response.end(bytes);
}

function done(options: ExchangeOptions, progress: Progress, result: OperationAnswer): void {
  const { metrics, logger, clock } = options;
  const ms = clock.monotonic() - progress.startedAt;
  metrics.request(progress.operation ?? 'unknown', 200, ms / 1000);
  if (result.outcome === 'answered') return;
  if (result.outcome === 'duplicate') metrics.duplicate();
  else metrics.accepted(result.kind ?? 'document');
  logger.info(result.outcome === 'duplicate' ? 'receive.duplicate' : 'receive.stored', {
    correlationId: progress.correlationId,
    ...(result.messageId === undefined ? {} : { messageId: result.messageId }),
    ...(progress.caller === undefined ? {} : { caller: progress.caller.agency.organId }),
    ...(progress.operation === undefined ? {} : { operation: progress.operation }),
    ms: Math.round(ms),
  });
}

function asGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError
    ? error
    : new GatewayError(issue('server.internal'), { cause: error });
}

async function fail(
  options: ExchangeOptions,
  request: Request,
  response: Response,
  progress: Progress,
  thrown: unknown,
): Promise<void> {
  const { context, metrics, logger, clock } = options;
  const error = asGatewayError(thrown);
  const { caller, correlationId, operation } = progress;
  metrics.refused(error.code);
  metrics.request(
    operation ?? 'unknown',
    error.http,
    (clock.monotonic() - progress.startedAt) / 1000,
  );
  const facts = {
    correlationId,
    code: error.code,
    codes: [...new Set(error.issues.map((one) => one.code))],
    ...(caller === undefined ? {} : { caller: caller.agency.organId }),
    ...(operation === undefined ? {} : { operation }),
    remoteAddress: addressOf(request),
    bytes: progress.body?.byteLength ?? 0,
  };
  if (error.code === 'server.internal' || error.code === 'server.store') {
    logger.error('receive.failed', { ...facts, reason: causeText(thrown) });
  } else if (error.http === 401) logger.warn('auth.failed', facts);
  else logger.info('receive.refused', facts);
  // Only what came from somebody who signed in is kept: else anybody could fill the disk.
  if (caller !== undefined) {
    const refusal = refusalOf(error, progress, request, clock.now());
    await context.store.addRefusal(refusal).catch((problem: unknown) => {
      logger.error('store.failed', { correlationId, reason: causeText(problem) });
    });
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error.http === 401) response.setHeader('WWW-Authenticate', REALM);
  if (error.retryAfterSeconds !== undefined)
    response.setHeader('Retry-After', error.retryAfterSeconds);
  // What is left of a body that was not read would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  const bytes = writeFault(progress.version, error, correlationId);
  response
    .status(error.http)
    .setHeader('Content-Type', faultContentType(progress.version))
    .setHeader('Content-Length', bytes.byteLength)
    .end(bytes, () => {
      if (!request.complete) endUnread(request);
    });
}

/** How long a client may go on sending what nobody reads, so that it gets to see the answer. */
const LINGER_MS = 2000;
const LINGER_BYTES = 8 * 1024 * 1024;

function endUnread(request: Request): void {
  let drained = 0;
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.socket.once('close', () => clearTimeout(timer));
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > LINGER_BYTES) request.socket.destroy();
  });
  request.resume();
}
