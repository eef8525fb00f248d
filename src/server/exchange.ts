/**
 * The exchange listener: POST /soap, the contract for those who build clients, and where an agency stands
 * in the partner suite.
 *
 * Order of a POST: who is calling, room for the body, the body in its bounds, the envelope, the
 * operation. Whatever goes wrong ends as a fault with a stable code and a correlation id.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import express, { type Request, type Response } from 'express';
import { CheckList } from '../model/check.js';
import { refuse } from '../model/issue.js';
import type { Submission } from '../model/message.js';
import type { Call, Caller } from '../receive/context.js';
import { OPERATIONS, type OperationAnswer } from '../receive/operations.js';
import { parseContentType, saysMtom, soapVersionHint } from '../soap/content-type.js';
import type { SoapRequest } from '../soap/envelope.js';
import type { OperationTable } from '../soap/operations.js';
import { validateRequest } from '../soap/request-schema.js';
import { isSecurityHeader } from '../soap/ws-security.js';
import { type Admitted, admit } from './admit.js';
import { Aborted } from './body.js';
import { contractRoutes } from './contract.js';
import { createLoad } from './load.js';
import { type PartnerRoute, partnerRoutes } from './partner-route.js';
import type { Progress, ServerContext } from './progress.js';
import { type ReadOptions, readRequest } from './read-request.js';
import { sendAnswer } from './soap-answer.js';
import { failRequest, lastResort, plainFault } from './soap-failure.js';
import { diskFull } from './turn-away.js';

/** What brings something new to keep. */
const INTAKE: ReadonlySet<string> = new Set(['SendDocument', 'SendPackage', 'SendStatus']);

export interface ExchangeOptions extends ServerContext, ReadOptions {
  readonly operations: OperationTable;
  readonly partner: PartnerRoute;
}

export function createExchange(options: ExchangeOptions): express.Express {
  const { clock, requestBytes } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Forwarded addresses are a matter of the proxy's own log: what a client writes is not believed.
  app.set('trust proxy', false);
  const load = createLoad(requestBytes);

  app.use((_request, response, next) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  contractRoutes(app);
  partnerRoutes(app, { ...options, ...options.partner, load });

  app.post('/soap', async (request, response) => {
    const contentType = parseContentType(request.headers['content-type']);
    const progress: Progress = {
      correlationId: randomUUID(),
      checks: new CheckList(clock),
      startedAt: clock.monotonic(),
      version: soapVersionHint(contentType),
      mtom: saysMtom(contentType),
    };
    try {
      const admitted = await admit({ ...options, load }, request, response, progress);
      await answer(options, request, response, progress, admitted);
    } catch (error) {
      if (error instanceof Aborted) return;
      await failRequest(options, request, response, progress, error);
    }
  });
  app.all('/soap', (request, response) => {
    response.setHeader('Allow', 'POST, GET');
    plainFault(request, response, refuse('http.method'));
  });
  app.use((request: Request, response: Response) =>
    plainFault(request, response, refuse('http.not-found')),
  );
  app.use(lastResort);
  return app;
}

function addressOf(request: Request): string {
  return request.socket.remoteAddress ?? '';
}

async function answer(
  options: ExchangeOptions,
  request: Request,
  response: Response,
  progress: Progress,
  admitted: Admitted,
): Promise<void> {
  const { context, operations } = options;
  const { checks } = progress;
  const { caller, room } = admitted;
  const { bytes: size, soap } =
    admitted.read ?? (await readRequest(options, request, progress, room));
  try {
    progress.version = soap.version;
    progress.mtom = soap.carrier === 'mtom';
    // It may hold a token in clear text: not to be kept with a refusal.
    if (soap.header?.children.some(isSecurityHeader) === true) delete progress.body;
    const operation = checks.run('operation', () => {
      const found = operations.operationFor(soap.body);
      validateRequest(soap, found);
      return found;
    });
    progress.operation = operation.name;
    // The first moment at which it is certain that this is a package, and not a question about one.
    if (INTAKE.has(operation.name) && options.diskLow?.() === true) throw diskFull();
    const handler = OPERATIONS.get(operation.name);
    if (handler === undefined) throw refuse('soap.operation', { element: soap.body.name });
    const call: Call = {
      caller,
      checks,
      submission: submissionOf(progress, soap, caller, addressOf(request), size),
      keep: (bytes) => {
        progress.package = bytes;
      },
    };
    const result = await handler(context, call, soap);
    sendAnswer(request, response, progress, result, room);
    report(options, progress, result, caller);
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
    ...(caller.tokenId === undefined ? {} : { tokenId: caller.tokenId }),
    correlationId: progress.correlationId,
    requestBytes,
  };
}

function report(
  server: ServerContext,
  progress: Progress,
  result: OperationAnswer,
  caller: Caller,
): void {
  const { metrics, logger, clock } = server;
  const ms = clock.monotonic() - progress.startedAt;
  const operation = progress.operation ?? 'unknown';
  metrics.request(operation, 200, ms / 1000);
  if (result.outcome === 'answered') return;
  const duplicate = result.outcome === 'duplicate';
  if (duplicate) metrics.duplicate();
  else metrics.accepted(result.kind ?? 'document');
  logger.info(duplicate ? 'receive.duplicate' : 'receive.stored', {
    correlationId: progress.correlationId,
    ...(result.messageId === undefined ? {} : { messageId: result.messageId }),
    caller: caller.agency.organId,
    operation,
    ms: Math.round(ms),
  });
}
