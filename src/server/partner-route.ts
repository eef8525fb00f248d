/**
 * `GET /conformance` on the exchange listener: an agency that signs in by its connection learns where it
 * stands in the partner suite, and gets its pass report once all requirements are met.
 *
 * Errors, as JSON: `auth.required`, `auth.failed`, `http.busy`, `server.internal`, `server.store`.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import type { Partner } from '../conformance/partner/state.js';
import type { Logger } from '../log.js';
import { causeText, GatewayError, issue, refuse } from '../model/issue.js';
import { clientCertificateOf, isEncrypted } from './client-certificate.js';
import type { Load } from './load.js';
import type { SignIn } from './sign-in.js';
import { busy } from './turn-away.js';

export interface PartnerRoute {
  readonly partner: Partner;
  /** PEM; the key that signs reports now. */
  readonly publicKey: string;
}

export interface PartnerRouteOptions extends PartnerRoute {
  readonly signIn: SignIn;
  readonly load: Load;
  readonly logger: Logger;
}

const REALM = 'Basic realm="edxgate", charset="UTF-8"';
const PATH = '/conformance';

export function partnerRoutes(app: Express, options: PartnerRouteOptions): void {
  app.get(PATH, async (request, response) => {
    try {
      response.status(200).json(await answer(options, request, response));
    } catch (error) {
      fail(options.logger, request, response, error);
    }
  });
}

async function answer(
  { partner, publicKey, signIn, load }: PartnerRouteOptions,
  request: Request,
  response: Response,
): Promise<object> {
  const caller = await signIn.byConnection({
    authorization: request.headers.authorization,
    certificate: clientCertificateOf(request),
    remoteAddress: request.socket.remoteAddress ?? '',
    encrypted: isEncrypted(request),
  });
  if (caller === undefined) throw refuse('auth.required');
  const room = load.enter(caller.agency.organId, 0);
  if (room === undefined) throw busy();
  response.once('close', () => room.leave());
  return { ...(await partner.stateOf(caller.agency)), publicKey };
}

function fail(logger: Logger, request: Request, response: Response, thrown: unknown): void {
  const known = thrown instanceof GatewayError;
  const error = known ? thrown : new GatewayError(issue('server.internal'), { cause: thrown });
  const { code, message: text, textVi, retryAfterSeconds } = error;
  const correlationId = randomUUID();
  const remoteAddress = request.socket.remoteAddress ?? '';
  if (error.http === 401) {
    logger.warn('auth.failed', { correlationId, code, remoteAddress });
    response.setHeader('WWW-Authenticate', REALM);
  } else if (error.http === 500) {
    logger.error('receive.failed', { correlationId, code, reason: causeText(thrown) });
  }
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', retryAfterSeconds);
  response.status(error.http).json({ error: { code, text, textVi, correlationId } });
}
