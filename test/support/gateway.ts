/**
 * A real gateway on loopback with its own folder, for tests: real HTTP, real SQLite, agencies and
 * tokens made by the same functions as the command line.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/clock.js';
import type { Config } from '../../src/config/config.js';
import { type Gateway, startGateway } from '../../src/gateway.js';
import { createLogger, type Logger, silentLogger } from '../../src/log.js';
import type { OrganId } from '../../src/model/organ-id.js';
import { addAgency, type NewAgency, type OperatorContext } from '../../src/operate/agencies.js';
import { createToken } from '../../src/operate/tokens.js';

export interface TestGateway extends Gateway {
  readonly folder: string;
  readonly operator: OperatorContext;
  readonly soapUrl: string;
  /** Adds an agency and makes a token for it. */
  agency(fresh: Partial<NewAgency> & { organId: string }): Promise<string>;
  tokenOf(organId: string): string;
  /** Stops and starts again on the same folder. */
  restart(over?: ConfigChange): Promise<TestGateway>;
  /** Stops and removes the folder. */
  close(): Promise<void>;
}

export interface ConfigChange {
  readonly exchange?: Partial<Config['exchange']>;
  readonly admin?: Partial<Config['admin']>;
  readonly limits?: Partial<Config['limits']>;
  readonly delivery?: Partial<Config['delivery']>;
  readonly signature?: Partial<Config['signature']>;
  readonly trust?: Partial<Config['trust']>;
  readonly retention?: Partial<Config['retention']>;
}

const DAY = 86_400_000;

export function testConfig(folder: string, over: ConfigChange = {}): Config {
  const loopback = { host: '127.0.0.1', port: 0 };
  return {
    organId: 'T99.00' as OrganId,
    exchange: { ...loopback, ...over.exchange },
    admin: { ...loopback, metrics: 'open', ...over.admin },
    store: { folder: join(folder, 'store') },
    trust: { anchors: [], crls: [], ...over.trust },
    keys: {},
    signature: { policy: 'verify', engine: 'native', ...over.signature },
    limits: { requestBytes: 96 * 1024 * 1024, attachments: 500, diskFreeBytes: 0, ...over.limits },
    delivery: {
      retryMs: [20, 40, 80],
      attemptTimeoutMs: 5000,
      leaseMs: 8000,
      perRecipient: 2,
      concurrency: 128,
      lifetimes: { push: [DAY, DAY, DAY, DAY, DAY], collect: 90 * DAY },
      // Off: tests of failures try again at once.
      breaker: { failures: 0, pauseMs: 1000, maxPauseMs: 10_000 },
      ...over.delivery,
    },
    retention: {
      contentMs: {},
      refusals: { keepMs: 14 * DAY, maxBytes: 1 << 30 },
      ...over.retention,
    },
    log: { level: 'info', format: 'json' },
    insecureHttp: false,
  };
}

/** `EDXGATE_TEST_LOG=1` shows what the gateway logs while a test runs. */
function testLogger(): Logger {
  return process.env['EDXGATE_TEST_LOG'] === '1'
    ? createLogger({ level: 'debug', format: 'text' })
    : silentLogger;
}

export interface TestGatewayOptions extends ConfigChange {
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export async function openGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  return openIn(mkdtempSync(join(tmpdir(), 'edxgate-test-')), options, new Map());
}

async function openIn(
  folder: string,
  options: TestGatewayOptions,
  tokens: Map<string, string>,
): Promise<TestGateway> {
  const clock = options.clock ?? systemClock;
  const logger = options.logger ?? testLogger();
  const gateway = await startGateway({ config: testConfig(folder, options), logger, clock });
  const operator: OperatorContext = {
    store: gateway.store,
    clock,
    logger: silentLogger,
    actor: 'cli:test',
  };
  return {
    ...gateway,
    folder,
    operator,
    soapUrl: `${gateway.exchangeUrl}/soap`,
    async agency(fresh) {
      await addAgency(operator, { organName: `Cơ quan ${fresh.organId}`, ...fresh });
      const { token } = await createToken(operator, fresh.organId);
      tokens.set(fresh.organId, token);
      return token;
    },
    tokenOf(organId) {
      const token = tokens.get(organId);
      if (token === undefined) throw new Error(`no token for ${organId}`);
      return token;
    },
    async restart(over = {}) {
      await gateway.stop();
      return openIn(folder, { ...options, ...over }, tokens);
    },
    async close() {
      await gateway.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
