/**
 * Starts the gateway and ties it to the signals of the process.
 *
 * @module
 */
import type { Config } from '../config/config.js';
import { variableOf } from '../config/environment.js';
import { type Gateway, startGateway } from '../gateway.js';
import type { Logger } from '../log.js';
import { causeText, refuse } from '../model/issue.js';
import { lockStore, type StoreLock } from '../store/lock.js';
import { prepareDatabase } from '../store/sqlite/database.js';
import type { Terminal } from './terminal.js';

export interface RunningGateway extends Pick<Gateway, 'exchangeUrl' | 'adminUrl' | 'store'> {
  /** Resolves when everything has ended in order. */
  readonly stopped: Promise<void>;
  stop(): void;
}

/**
 * @throws GatewayError `server.port` when a port is taken, `store.locked` when another process serves
 *   the store, `store.newer`, `store.foreign`
 */
export async function runGateway(
  terminal: Terminal,
  config: Config,
  logger: Logger,
): Promise<RunningGateway> {
  const lock = openToServe(config, terminal, logger);
  const gateway = await startGateway({ config, logger, clock: terminal.clock }).catch(
    (error: unknown) => {
      lock.release();
      throw portFailure(error, config) ?? error;
    },
  );
  let stop: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const onStop = (): void => {
    stop();
    // Whoever sends a second one does not want to wait for what still runs.
    for (const name of STOP_SIGNALS) process.removeListener(name, onStop).once(name, endAtOnce);
  };
  const onReload = (): void => {
    reload(gateway, logger);
  };
  for (const name of STOP_SIGNALS) process.on(name, onStop);
  process.on('SIGHUP', onReload);
  const stopped = asked
    .then(() => gateway.stop())
    .finally(() => {
      lock.release();
      process.removeListener('SIGHUP', onReload);
      for (const name of STOP_SIGNALS) {
        process.removeListener(name, onStop).removeListener(name, endAtOnce);
      }
    });
  const { exchangeUrl, adminUrl, store } = gateway;
  return { exchangeUrl, adminUrl, store, stopped, stop };
}

/** Nobody else may serve the store; an older one is saved and brought up to date. */
function openToServe({ store }: Config, { clock }: Terminal, logger: Logger): StoreLock {
  const lock = lockStore(store.folder);
  try {
    const upgrade = prepareDatabase(store.folder, clock.now());
    if (upgrade !== undefined) {
      const { from, to, saved } = upgrade;
      logger.warn('store.migrated', { before: from, version: to, folder: saved });
    }
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

function endAtOnce(): never {
  process.exit(1);
}

function reload(gateway: Gateway, logger: Logger): void {
  try {
    gateway.reloadTrust();
    logger.info('trust.reloaded');
  } catch (error) {
    // The trust of before stays in force.
    logger.error('trust.failed', { error, reason: causeText(error) });
  }
}

/** Which listener met `EADDRINUSE`, in words that say what to change. */
export function portFailure(error: unknown, config: Config): Error | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') {
    return undefined;
  }
  const port = 'port' in error ? Number(error.port) : Number.NaN;
  const [key, listener] =
    port === config.admin.port
      ? (['admin.listen', config.admin] as const)
      : (['exchange.listen', config.exchange] as const);
  const { port: taken, host } = listener;
  return refuse('server.port', { port: taken, host, key, variable: variableOf(key) });
}
