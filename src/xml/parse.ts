/**
 * The one parse of an XML text, and the document that every later step works on.
 *
 * Every error that libxml2 reports is fatal, namespace errors included: it would carry on after those.
 * Nothing is fetched, and there are no entities but the five of XML and character references, since a
 * DOCTYPE never gets here.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { type Issue, refuse } from '../model/issue.js';
import { type Base64Head, type Base64Run, decodeHead, decodeRun, inspectBase64 } from './base64.js';
import { writeCanonical } from './canonical.js';
import { ElementView, nextElement, Tree } from './element.js';
import { lib, NODE, type Pointer, parseBytes, read32, readString } from './libxml2.js';
import { type Placeholders, Restorer, replaceCuts } from './placeholder.js';
import { CUT_NAMES, type Cut, startTagLines, type XmlScan } from './scan.js';
import { defaultSchemas, type SchemaSets } from './schema.js';
import type { CanonicalOptions, SchemaName, XmlDocument, XmlElement } from './tree.js';

export interface ParseOptions {
  /** Schema sets to validate with; those of the package by default. */
  readonly schemas?: SchemaSets;
}

/** Hashes of the signature and receipt profiles. */
const HASHES: ReadonlySet<string> = new Set(['sha256', 'sha384', 'sha512', 'sha1']);

/**
 * Parses what `scanXml` let through. Dispose of the document: its memory is not JavaScript's.
 *
 * @throws GatewayError xml.malformed with reason and line
 */
export function parseXml(scan: XmlScan, options: ParseOptions = {}): XmlDocument {
  const schemas = options.schemas ?? defaultSchemas();
  const placeholders = replaceCuts(scan);
  const pieces = placeholders?.pieces ?? [scan.bytes.subarray(scan.start)];
  const { doc, errors } = parseBytes(pieces);
  if (doc === 0) {
    const [first] = errors;
    throw refuse('xml.malformed', { reason: first?.message ?? 'no reason given' }, first ?? {});
  }
  if (placeholders === undefined) return new ParsedDocument(scan, doc, schemas);
  const cuts = findCuts(scan, doc, placeholders);
  if (cuts !== undefined) {
    return new ParsedDocument(scan, doc, schemas, placeholders.prefix, cuts);
  }
  lib._xmlFreeDoc(doc);
  return parseXml({ ...scan, cuts: [] }, options);
}

/**
 * Holds the tree against the scan: each placeholder must be the whole content of the only child of an
 * element that may be cut, the very one the scan saw. @returns `undefined` when one is not.
 */
function findCuts(
  scan: XmlScan,
  document: Pointer,
  placeholders: Placeholders,
): Map<Pointer, Cut> | undefined {
  const found = new Map<Pointer, Cut>();
  const root = lib._xmlDocGetRootElement(document);
  let at = root;
  let ordinal = 0;
  for (const [i, cut] of scan.cuts.entries()) {
    for (; at !== 0 && ordinal < cut.element; ordinal++) at = nextElement(at, root);
    if (at === 0) return undefined;
    const text = read32(at + NODE.children);
    if (
      text === 0 ||
      read32(text + NODE.next) !== 0 ||
      readString(read32(text + NODE.content)) !== placeholders.texts[i] ||
      !CUT_NAMES.includes(readString(read32(at + NODE.name)))
    ) {
      return undefined;
    }
    found.set(at, cut);
  }
  return found;
}

/** Frees what was not disposed of; a net, not the way. */
const forgotten = new FinalizationRegistry((document: Pointer) => lib._xmlFreeDoc(document));

const NO_CUTS: ReadonlyMap<Pointer, Cut> = new Map();

class ParsedDocument extends Tree implements XmlDocument {
  readonly #scan: XmlScan;
  readonly #schemas: SchemaSets;
  readonly #prefix: Buffer | undefined;
  readonly #cuts: ReadonlyMap<Pointer, Cut>;
  #farLines: Map<Pointer, number> | undefined;
  #disposed = false;

  constructor(
    scan: XmlScan,
    document: Pointer,
    schemas: SchemaSets,
    prefix?: Buffer,
    cuts = NO_CUTS,
  ) {
    super(document);
    this.#scan = scan;
    this.#schemas = schemas;
    this.#prefix = prefix;
    this.#cuts = cuts;
    forgotten.register(this, document, this);
  }

  get bytes(): Uint8Array {
    return this.#scan.bytes;
  }

  get bom(): boolean {
    return this.#scan.bom;
  }

  validate(schema: SchemaName, element?: XmlElement): Issue[] {
    this.check();
    const view = element === undefined ? undefined : this.#own(element);
    return this.#schemas.validate(schema, this, view);
  }

  canonical(element: XmlElement, options: CanonicalOptions): Buffer {
    const pieces: Buffer[] = [];
    this.#write(element, options, (piece) => pieces.push(Buffer.from(piece)));
    const [first] = pieces;
    return first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces);
  }

  canonicalDigest(element: XmlElement, options: CanonicalOptions, hash: string): Buffer {
    if (!HASHES.has(hash)) throw new TypeError(`no hash of that name: ${hash}`);
    const digest = createHash(hash);
    this.#write(element, options, (piece) => digest.update(piece));
    return digest.digest();
  }

  #write(element: XmlElement, options: CanonicalOptions, to: (piece: Uint8Array) => void): void {
    this.check();
    const restorer = new Restorer(this.#scan, this.#prefix, to);
    const request = {
      document: this.document,
      element: this.#own(element).node,
      root: lib._xmlDocGetRootElement(this.document),
      method: options.method,
      without: options.without === undefined ? 0 : this.#own(options.without).node,
      prefixList: options.prefixList ?? [],
      elements: this.#scan.elements,
    };
    writeCanonical(request, restorer.take);
    restorer.end();
  }

  base64(element: XmlElement): Buffer | undefined {
    const found = this.#base64Text(element);
    return found && decodeRun(found.text, found.run);
  }

  base64Head(element: XmlElement, maxBytes: number): Base64Head | undefined {
    const found = this.#base64Text(element);
    return found && decodeHead(found.text, found.run, maxBytes);
  }

  /** The text that may be base64 and what it is; the scan has judged the cut ones. */
  #base64Text(element: XmlElement): { text: Uint8Array; run: Base64Run } | undefined {
    this.check();
    const view = this.#own(element);
    const cut = this.cutOf(view.node);
    if (cut !== undefined) {
      return { text: this.bytes.subarray(cut.offset, cut.offset + cut.length), run: cut.run };
    }
    if (view.children.length > 0) return undefined;
    const text = view.rawText();
    return { text, run: inspectBase64(text, 0, text.length) };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    forgotten.unregister(this);
    lib._xmlFreeDoc(this.document);
  }

  override check(): void {
    if (this.#disposed) throw new Error('the document was disposed of');
  }

  override cutOf(node: Pointer): Cut | undefined {
    return this.#cuts.get(node);
  }

  override farLine(node: Pointer): number {
    if (this.#farLines === undefined) {
      this.#farLines = new Map();
      const root = lib._xmlDocGetRootElement(this.document);
      const lines = startTagLines(this.#scan);
      for (let at = root, i = 0; at !== 0; at = nextElement(at, root), i++) {
        this.#farLines.set(at, lines[i] ?? 0);
      }
    }
    return this.#farLines.get(node) ?? 0;
  }

  /** A pointer of another document must never get near this one's tree. */
  #own(element: XmlElement): ElementView {
    if (element instanceof ElementView && element.tree === this) return element;
    throw new TypeError('the element belongs to another document');
  }
}
