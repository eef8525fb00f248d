/**
 * A copy of the compiled product with its rule mutants built in.
 *
 * @module
 */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { Instrument, type RuleMutant } from './instrument.js';

/** Rules of packages: no store and no connection is needed to ask them. */
export const PACKAGE_RULES = [
  'edxml/check-counts',
  'edxml/check-manifest',
  'edxml/check-rules',
  'edxml/inspect-package',
  'edxml/leaf',
  'edxml/names',
  'edxml/normalise',
  'edxml/secrecy',
  'edxml/sniff',
  'edxml/times',
  'model/organ-id',
  'xml/base64',
  'xml/prolog',
  'xml/scan',
];

/** Rules of requests and of what becomes of a package: asked over HTTP. */
export const EXCHANGE_RULES = [
  'receive/confirm-received',
  'receive/duplicate-key',
  'receive/follow-up',
  'receive/get-organizations',
  'receive/get-package',
  'receive/get-traces',
  'receive/list-pending',
  'receive/recall',
  'receive/receive-package',
  'receive/recipients',
  'receive/request-fields',
  'receive/send-package',
  'receive/send-status',
  'receive/signature-policy',
  'receive/visible',
  'server/body',
  'server/token-sign-in',
  'soap/binary',
  'soap/content-type',
  'soap/envelope',
  'soap/multipart',
  'soap/multipart-part',
  'soap/multipart-splitter',
  'soap/request-schema',
  'soap/transfer-encoding',
  'soap/ws-addressing',
];

/** The compiled tree that this file belongs to: `dist`. */
const COMPILED = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Copy {
  readonly folder: string;
  readonly mutants: readonly RuleMutant[];
}

/** @param folder gets the copy. @param rules files below src/, without their ending */
export function copyWithMutants(folder: string, rules: readonly string[]): Copy {
  mkdirSync(folder, { recursive: true });
  cpSync(join(COMPILED, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(COMPILED, 'test'), join(folder, 'test'), { recursive: true, dereference: false });
  // What the console reads beside its sources; the copy is a package of its own.
  for (const name of ['assets', 'views']) {
    const beside = join('src', 'console', name);
    symlinkSync(join(PACKAGE_ROOT, beside), join(folder, beside));
  }
  for (const name of ['node_modules', 'package.json', 'xsd', 'wsdl', 'fixtures']) {
    symlinkSync(join(PACKAGE_ROOT, name), join(folder, name));
  }
  const instrument = new Instrument();
  for (const rule of rules) {
    const file = join(folder, 'src', `${rule}.js`);
    writeFileSync(file, instrument.source(`src/${rule}`, readFileSync(file, 'utf8')));
  }
  return { folder, mutants: instrument.mutants };
}
