/**
 * The only place that reads the environment. Variables `EDXGATE_<KEY>` override single keys of the
 * file, dots written as `_`: `EDXGATE_EXCHANGE_LISTEN` stands for `exchange.listen`.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names the configuration file; not a key itself. */
export const CONFIG_VARIABLE = 'EDXGATE_CONFIG';

export function environment(): Environment {
  return process.env;
}

/** `retention.refusals` → `EDXGATE_RETENTION_REFUSALS` */
export function variableOf(key: string): string {
  return `EDXGATE_${key.replaceAll('.', '_').toUpperCase()}`;
}

/** Where the configuration is looked for when the command line names no file, in this order. */
export const DEFAULT_FILES = ['edxgate.yaml', 'data/edxgate.yaml'] as const;

/** @returns the file that is meant, or undefined when there is none. */
export function findConfigFile(env: Environment, folder: string): string | undefined {
  const named = env[CONFIG_VARIABLE];
  if (named !== undefined && named !== '') return resolve(folder, named);
  return DEFAULT_FILES.map((name) => resolve(folder, name)).find((path) => existsSync(path));
}
