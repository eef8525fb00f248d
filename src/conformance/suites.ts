/**
 * A suite by its name on the command line: a folder, or `built-in`. The built-in suite is made from the
 * schemas, which takes a moment: it is loaded only when it is asked for.
 *
 * @module
 */
import { resolve } from 'node:path';
import { type LoadedSuite, type LoadOptions, loadSuite } from './load-suite.js';

export const BUILT_IN = 'built-in';

/**
 * @param base folder that relative names start at
 * @throws GatewayError as loadSuite
 */
export async function suiteByName(
  name: string,
  base: string,
  options: LoadOptions = {},
): Promise<LoadedSuite> {
  if (name !== BUILT_IN) return loadSuite(resolve(base, name), options);
  const { builtInSuite } = await import('./built-in/suite.js');
  return { suite: builtInSuite(), folder: '', kind: 'suite', unknown: new Set() };
}
