/**
 * Test help: the contract's schemas compiled by libxml2, in a file space of their own, so that no
 * file or address outside the contract can be reached and other tests are not affected.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import {
  XmlBufferInputProvider,
  XmlDocument,
  XmlLibError,
  XsdValidator,
  xmlRegisterInputProvider,
} from 'libxml2-wasm';
import { PACKAGE_ROOT } from '../../../src/package-root.js';

/** Stands for the package root in the file space of these tests. */
const ROOT_URL = 'http://contract.example/';

/** Every schema of the project, by its path below the package root, with `/`. */
export const SCHEMA_PATHS: readonly string[] = readdirSync(join(PACKAGE_ROOT, 'xsd'), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.xsd'))
  .map((name) => `xsd/${name.split(sep).join('/')}`)
  .sort();

export function readContract(path: string): Buffer {
  return readFileSync(join(PACKAGE_ROOT, path));
}

export function parseContract(path: string): XmlDocument {
  return XmlDocument.fromBuffer(readContract(path), { url: ROOT_URL + path });
}

let registered = false;

export function compileSchema(path: string): XsdValidator {
  if (!registered) {
    const files = SCHEMA_PATHS.map((one) => [ROOT_URL + one, readContract(one)]);
    xmlRegisterInputProvider(new XmlBufferInputProvider(Object.fromEntries(files)));
    registered = true;
  }
  using schema = parseContract(path);
  return XsdValidator.fromDoc(schema);
}

/** The faults that the schema finds in the XML, as messages; empty when it is valid. */
export function faults(validator: XsdValidator, xml: string): string[] {
  using document = XmlDocument.fromString(xml);
  try {
    validator.validate(document);
    return [];
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    return error.details.map((detail) => detail.message.trim());
  }
}
