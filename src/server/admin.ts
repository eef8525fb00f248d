/**
 * The admin listener: probes, metrics, and the routes of console and REST. What is open without sign-in:
 * `/livez`, `/readyz`, if so set `/metrics`, and the routes that say so themselves.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { Store } from '../store/store.js';
import { mountRoutes, type RouteTable } from './admin-routes.js';

export interface AdminOptions {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly table: RouteTable;
  /** Of the console. */
  readonly key: Buffer;
  /** `open`: anybody may scrape; `token`: with this Bearer token. */
  readonly metricsAccess: 'open' | { readonly token: string };
  /** True while the disk is too full to accept packages. Absent = never. */
  readonly diskLow?: () => boolean;
}

/** A probe that hangs is a probe that failed. */
const PROBE_MS = 2000;

async function ready(store: Store): Promise<boolean> {
  const late = new Promise<false>((resolve) => setTimeout(resolve, PROBE_MS, false).unref());
  return Promise.race([
    store.probe().then(
      () => true,
      () => false,
    ),
    late,
  ]);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function mayScrape(access: AdminOptions['metricsAccess'], request: Request): boolean {
  if (access === 'open') return true;
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ', 2);
  return scheme?.toLowerCase() === 'bearer' && timingSafeEqual(sha256(token), sha256(access.token));
}

export function createAdmin(options: AdminOptions): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    next();
  });
  app.get('/livez', (_request, response) => {
    response.type('text/plain').send('alive\n');
  });
  app.get('/readyz', async (_request, response) => {
    const yes = await ready(options.store);
    // Still ready with a full disk: what is stored can be collected, and must be, to make room.
    const text = options.diskLow?.() === true ? 'ready, accepts no packages: disk\n' : 'ready\n';
    response
      .status(yes ? 200 : 503)
      .type('text/plain')
      .send(yes ? text : 'not ready\n');
  });
  app.get('/metrics', async (request, response) => {
    if (!mayScrape(options.metricsAccess, request)) {
      response.status(401).setHeader('WWW-Authenticate', 'Bearer').end();
      return;
    }
    response.setHeader('Content-Type', options.metrics.contentType);
    response.send(await options.metrics.text());
  });
  app.use(mountRoutes(options.table, options.key, options.logger));
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.status(400).type('text/plain').send('This is not a request.\n');
  });
  return app;
}
