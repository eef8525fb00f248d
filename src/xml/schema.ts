/**
 * The compiled schema sets: each of the published schemas, compiled once at its first use and kept.
 *
 * Includes and imports between our own schema files are resolved below one folder while a schema is
 * compiled, and by nothing else: at run time libxml2 can open nothing, whatever `xsi:schemaLocation`
 * a message carries.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Issue } from '../model/issue.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { type ElementView, Tree } from './element.js';
import { type LibError, lib, MAX_ERRORS, type Pointer, parseBytes, withErrors } from './libxml2.js';
import { ContentRepair, isContentError } from './schema-content.js';
import { issuesOf } from './schema-issues.js';
import { SchemaModel } from './schema-model.js';
import type { SchemaName } from './tree.js';

/** Where the schemas stand below xsd/. */
export const SCHEMA_FILES: Readonly<Record<SchemaName, string>> = {
  document: 'qcvn-102/2016/edxml-document.xsd',
  status: 'qcvn-102/2016/edxml-status.xsd',
  gateway: 'gateway/1/gateway.xsd',
  receiver: 'receiver/1/receiver.xsd',
  receipt: 'receipt/1/receipt.xsd',
  checkpoint: 'receipt/1/checkpoint.xsd',
  certificate: 'receipt/1/certificate.xsd',
  partnerPass: 'receipt/1/partner-pass.xsd',
};

/** Reads one schema file. @param path relative, with `/`, never leaving the folder */
export type SchemaReader = (path: string) => Uint8Array;

/** Addresses that schemas have while they are compiled. */
const SCHEME = 'xsd:///';

/** Each pass looks below the faults of the one before; elements of edXML nest some eight deep. */
const MAX_PASSES = 8;

interface Compiled {
  readonly schema: Pointer;
  readonly model: SchemaModel;
}

export class SchemaSets {
  readonly #read: SchemaReader;
  readonly #files: Readonly<Record<SchemaName, string>>;
  readonly #compiled = new Map<SchemaName, Compiled>();

  constructor(read: SchemaReader, files: Readonly<Record<SchemaName, string>> = SCHEMA_FILES) {
    this.#read = read;
    this.#files = files;
  }

  /** Schemas below a folder, for instance the package's xsd/. */
  static fromFolder(folder: string, files = SCHEMA_FILES): SchemaSets {
    return new SchemaSets((path) => readFileSync(join(folder, ...path.split('/'))), files);
  }

  /** Compiles the named schemas now, so that the first message does not wait. */
  prepare(...names: readonly SchemaName[]): void {
    for (const name of names) this.#compile(name);
  }

  /** All faults of the document, or of one element as if it were the root. */
  validate(name: SchemaName, tree: Tree, element?: ElementView): Issue[] {
    const { schema, model } = this.#compile(name);
    const errors = run(schema, tree, element);
    if (!errors.some(isContentError)) return issuesOf(errors, [], tree);
    const repair = new ContentRepair(tree, element ?? tree.root, model);
    let last = errors;
    try {
      // With so many errors, more than are reported are known: a further pass would only cost time.
      for (let pass = 0; pass < MAX_PASSES && last.length < MAX_ERRORS; pass++) {
        if (!repair.apply(last)) break;
        last = run(schema, tree, element);
      }
    } finally {
      repair.restore();
    }
    const rest = last.filter((error) => !repair.ignores(error));
    const issues = issuesOf(rest, repair.faults, tree);
    return issues.length > 0 ? issues : issuesOf(errors, [], tree);
  }

  #compile(name: SchemaName): Compiled {
    let compiled = this.#compiled.get(name);
    if (compiled === undefined) {
      compiled = compile(this.#read, this.#files[name]);
      this.#compiled.set(name, compiled);
    }
    return compiled;
  }
}

/** One pass of libxml2. @returns no error when the document is valid */
function run(schema: Pointer, tree: Tree, element: ElementView | undefined): LibError[] {
  const context = lib._xmlSchemaNewValidCtxt(schema);
  if (context === 0) throw new Error('libxml2: no memory');
  try {
    const { result, errors } = withErrors((handler) => {
      lib._xmlSchemaSetValidStructuredErrors(context, handler, 0);
      return element === undefined
        ? lib._xmlSchemaValidateDoc(context, tree.document)
        : lib._xmlSchemaValidateOneElement(context, element.node);
    });
    // Below 0 is a failure of libxml2 itself: no verdict, so no acceptance.
    if (result < 0 || result > 0 !== errors.length > 0) {
      throw new Error(`libxml2: no verdict on the schema (${result})`);
    }
    return errors;
  } finally {
    lib._xmlSchemaFreeValidCtxt(context);
  }
}

let packaged: SchemaSets | undefined;

/** The schema sets of the package's own xsd/. */
export function defaultSchemas(): SchemaSets {
  packaged ??= SchemaSets.fromFolder(join(PACKAGE_ROOT, 'xsd'));
  return packaged;
}

/** @throws Error with all messages when the schema does not compile */
function compile(read: SchemaReader, file: string): Compiled {
  const main = read(file);
  // Neither document nor schema is ever freed: they live as long as the process.
  const context = lib._xmlSchemaNewDocParserCtxt(parseSchema(main, file).document);
  reader = read;
  lib._xmlRegisterInputCallbacks(matchInput, openInput, readInput, closeInput);
  try {
    const { result, errors } = withErrors((handler) => {
      lib._xmlSchemaSetParserStructuredErrors(context, handler, 0);
      return lib._xmlSchemaParse(context);
    });
    if (result === 0 || errors.length > 0) {
      throw new Error(`${file}: ${errors.map((one) => one.message).join('; ')}`);
    }
    const files = new Map([[file, main]]);
    for (const { path, bytes } of inputs.values()) files.set(path, bytes);
    const roots = [...files].map(([path, bytes]) => parseSchema(bytes, path).root);
    return { schema: result, model: new SchemaModel(roots) };
  } finally {
    lib._xmlCleanupInputCallbacks();
    lib._xmlSchemaFreeParserCtxt(context);
    reader = undefined;
    inputs.clear();
  }
}

function parseSchema(bytes: Uint8Array, path: string): Tree {
  const { doc, errors } = parseBytes([bytes], SCHEME + path);
  if (doc === 0) throw new Error(`${path}: ${errors[0]?.message ?? 'not XML'}`);
  return new Tree(doc);
}

let reader: SchemaReader | undefined;
const inputs = new Map<number, { readonly path: string; readonly bytes: Uint8Array; at: number }>();

const matchInput = lib.addFunction(
  (name: Pointer): number => (lib.UTF8ToString(name).startsWith(SCHEME) ? 1 : 0),
  'ii',
);

const openInput = lib.addFunction((name: Pointer): number => {
  const path = lib.UTF8ToString(name).slice(SCHEME.length);
  if (reader === undefined || path.split('/').includes('..')) return 0;
  try {
    const handle = inputs.size + 1;
    inputs.set(handle, { path, bytes: reader(path), at: 0 });
    return handle;
  } catch {
    // libxml2 reports the file it could not open; an exception must not cross its frames.
    return 0;
  }
}, 'ii');

const readInput = lib.addFunction((handle: number, to: Pointer, room: number): number => {
  const input = inputs.get(handle);
  if (input === undefined) return -1;
  const piece = input.bytes.subarray(input.at, input.at + room);
  lib.HEAPU8.set(piece, to);
  input.at += piece.length;
  return piece.length;
}, 'iiii');

const closeInput = lib.addFunction((): number => 0, 'ii');
