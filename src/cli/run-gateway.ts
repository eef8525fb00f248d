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
import type { Terminal } from './terminal.js';

export interface RunningGateway extends Pick<Gateway, 'exchangeUrl' | 'adminUrl' | 'store'> {
  /** Resolves when everything has ended in order. */
  readonly stopped: Promise<void>;
  stop(): void;
}

/** @throws GatewayError `server.port` when a port is taken. */
export async function runGateway(
  terminal: Terminal,
  config: Config,
  logger: Logger,
): Promise<RunningGateway> {
  const gateway = await startGateway({ config, logger, clock: terminal.clock }).catch(
    (error: unknown) => {
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
      process.removeListener('SIGHUP', onReload);
      for (const name of STOP_SIGNALS) {
        process.removeListener(name, onStop).removeListener(name, endAtOnce);
      }
    });
  const { exchangeUrl, adminUrl, store } = gateway;
  return { exchangeUrl, adminUrl, store, stopped, stop };
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
