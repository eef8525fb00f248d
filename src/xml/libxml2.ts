/**
 * libxml2 in its sandbox: an own instance of the WebAssembly module of libxml2-wasm, the offsets of the
 * structs that are read, and nothing of that package's JavaScript classes.
 *
 * Pointers are byte offsets into the instance's memory; 0 is NULL. The memory is replaced when it
 * grows, so `lib.HEAPU8` and `lib.HEAP32` are never kept across a call into the module. The instance
 * can open no file and no connection: its input callbacks are removed here and set again only while
 * our own schemas are compiled (schema.ts).
 *
 * The offsets are those of libxml2 2.15 on wasm32 as built in libxml2-wasm 0.7.2; `selfTest` refuses to
 * load with any other layout.
 *
 * @module
 */
import load from 'libxml2-wasm/lib/libxml2raw.mjs';

export type Pointer = number;

export const lib = await load();
lib._xmlInitParser();
lib._xmlCleanupInputCallbacks();

/** Offsets in `xmlNode`; `xmlDoc` and `xmlAttr` share the first six. */
export const NODE = {
  type: 4,
  name: 8,
  children: 12,
  last: 16,
  parent: 20,
  next: 24,
  prev: 28,
  ns: 36,
  content: 40,
  properties: 44,
  nsDef: 48,
  line: 56,
} as const;

/** Offsets in `xmlNs`. */
export const NAMESPACE = { next: 0, href: 8, prefix: 12 } as const;

/** Offsets in `xmlError`. */
const ERROR = { code: 4, message: 8, level: 12, line: 20, node: 48 } as const;

/** Node types. */
export const TYPE = { element: 1, attribute: 2, text: 3, cdata: 4, comment: 8 } as const;

/** `xmlParserOption`. */
const OPTION = {
  noNet: 1 << 11,
  huge: 1 << 19,
  ignoreEncoding: 1 << 21,
  bigLines: 1 << 22,
  noXxe: 1 << 23,
} as const;

/** The scan bounds depth, counts and sizes, hence `huge`; it also vouches for UTF-8. */
const PARSE_OPTIONS =
  OPTION.noNet | OPTION.huge | OPTION.ignoreEncoding | OPTION.bigLines | OPTION.noXxe;

export function read32(at: Pointer): number {
  return lib.HEAP32[at >> 2] ?? 0;
}

export function write32(at: Pointer, value: number): void {
  lib.HEAP32[at >> 2] = value;
}

let heap: Buffer = Buffer.alloc(0);

/** The whole memory as a Buffer, for its fast string functions; made anew after growth. */
export function heapBuffer(): Buffer {
  const { buffer } = lib.HEAPU8;
  if (heap.buffer !== buffer) heap = Buffer.from(buffer);
  return heap;
}

/** End of the zero-terminated string at `at`. */
export function stringEnd(at: Pointer): Pointer {
  const bytes = lib.HEAPU8;
  const near = at + 32;
  for (let i = at; i < near; i++) if (bytes[i] === 0) return i;
  return bytes.indexOf(0, near);
}

/** @returns the zero-terminated UTF-8 string at `at`; '' for NULL. */
export function readString(at: Pointer): string {
  return at === 0 ? '' : heapBuffer().toString('utf8', at, stringEnd(at));
}

/** Copies bytes into the memory, zero-terminated. The caller frees the block. */
export function allocate(bytes: Uint8Array): Pointer {
  const at = lib._malloc(bytes.length + 1);
  if (at === 0) throw new Error('libxml2: no memory');
  lib.HEAPU8.set(bytes, at);
  lib.HEAPU8[at + bytes.length] = 0;
  return at;
}

/** A NULL-terminated array of strings in one block. The caller frees the block. */
export function allocateStrings(strings: readonly string[]): Pointer {
  const encoded = strings.map((one) => Buffer.from(`${one}\0`));
  const table = 4 * (strings.length + 1);
  const at = allocate(Buffer.concat([Buffer.alloc(table), ...encoded]));
  let next = at + table;
  encoded.forEach((one, i) => {
    write32(at + 4 * i, next);
    next += one.length;
  });
  return at;
}

/** One message of libxml2, as its parser or its schema validator reports it. */
export interface LibError {
  readonly code: number;
  readonly message: string;
  readonly line: number;
  /** The node complained about: an element or an attribute; 0 when there is none. */
  readonly node: Pointer;
}

/** `xmlErrorLevel`: 1 is a warning. */
const LEVEL_ERROR = 2;

/** Further messages are not kept: a hostile text could have one for each element. */
export const MAX_ERRORS = 500;

/** A message quotes the value it complains about: of a long one head and tail are read. */
const MESSAGE_BYTES = 2048;

function readMessage(at: Pointer): string {
  if (at === 0) return '';
  const end = stringEnd(at);
  const bytes = heapBuffer();
  if (end - at <= 2 * MESSAGE_BYTES) return bytes.toString('utf8', at, end).trimEnd();
  const head = bytes.toString('utf8', at, at + MESSAGE_BYTES);
  return `${head}…${bytes.toString('utf8', end - MESSAGE_BYTES, end)}`.trimEnd();
}

let errors: LibError[] = [];

/** `xmlStructuredErrorFunc`; made once, since table entries are never given back. */
const collectError = lib.addFunction((_data: Pointer, at: Pointer): void => {
  if (read32(at + ERROR.level) < LEVEL_ERROR || errors.length >= MAX_ERRORS) return;
  errors.push({
    code: read32(at + ERROR.code),
    message: readMessage(read32(at + ERROR.message)),
    line: read32(at + ERROR.line),
    node: read32(at + ERROR.node),
  });
}, 'vii');

/** Runs one call into libxml2 with its errors collected. Warnings are left out. */
export function withErrors<T>(call: (handler: Pointer) => T): { result: T; errors: LibError[] } {
  errors = [];
  const result = call(collectError);
  const found = errors;
  errors = [];
  return { result, errors: found };
}

/** Small texts are copied into one kept block: a fresh one costs more than the copy. */
const KEPT_BYTES = 64 * 1024;
const kept = allocate(new Uint8Array(KEPT_BYTES));

/**
 * Parses one text, whatever it is made of: joined from `pieces`.
 *
 * @param url the document's address, for the includes of our own schemas
 * @returns the document, 0 when any error was reported. The caller frees it with `_xmlFreeDoc`.
 */
export function parseBytes(
  pieces: readonly Uint8Array[],
  url?: string,
): { doc: Pointer; errors: LibError[] } {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const block = length < KEPT_BYTES ? kept : lib._malloc(length + 1);
  const address = url === undefined ? 0 : allocate(Buffer.from(url));
  const context = lib._xmlNewParserCtxt();
  try {
    if (block === 0 || context === 0) throw new Error('libxml2: no memory');
    let at = block;
    for (const piece of pieces) {
      lib.HEAPU8.set(piece, at);
      at += piece.length;
    }
    lib.HEAPU8[at] = 0;
    const { result, errors: found } = withErrors((handler) => {
      lib._xmlCtxtSetErrorHandler(context, handler, 0);
      return lib._xmlCtxtReadMemory(context, block, length, address, 0, PARSE_OPTIONS);
    });
    if (result !== 0 && found.length === 0) return { doc: result, errors: found };
    if (result !== 0) lib._xmlFreeDoc(result);
    return { doc: 0, errors: found };
  } finally {
    if (context !== 0) lib._xmlFreeParserCtxt(context);
    if (address !== 0) lib._free(address);
    if (block !== kept) lib._free(block);
  }
}

/** Holds every offset in use against a known document. */
function selfTest(): void {
  const text =
    '<!--c-->\n<p:a xmlns:p="urn:t" xmlns="urn:d" p:k="v"><b/>xyz<c><![CDATA[q]]></c></p:a>';
  const { doc } = parseBytes([Buffer.from(text)]);
  const root = lib._xmlDocGetRootElement(doc);
  const b = read32(root + NODE.children);
  const xyz = read32(b + NODE.next);
  const c = read32(root + NODE.last);
  const attribute = read32(root + NODE.properties);
  const namespace = read32(root + NODE.ns);
  const broken = parseBytes([Buffer.from('<a>\n<b></c></a>')]).errors[0];
  const unbound = parseBytes([Buffer.from('<x:a/>')]).errors[0];
  const seen = [
    read32(root + NODE.type) === TYPE.element,
    read32(attribute + NODE.type) === TYPE.attribute,
    read32(xyz + NODE.type) === TYPE.text,
    read32(read32(c + NODE.children) + NODE.type) === TYPE.cdata,
    read32(read32(doc + NODE.children) + NODE.type) === TYPE.comment,
    readString(read32(root + NODE.name)) === 'a',
    readString(read32(attribute + NODE.name)) === 'k',
    readString(read32(read32(attribute + NODE.ns) + NAMESPACE.href)) === 'urn:t',
    readString(read32(namespace + NAMESPACE.prefix)) === 'p',
    readString(read32(read32(b + NODE.ns) + NAMESPACE.href)) === 'urn:d',
    readString(read32(xyz + NODE.content)) === 'xyz',
    readString(read32(read32(attribute + NODE.children) + NODE.content)) === 'v',
    read32(xyz + NODE.prev) === b && read32(c + NODE.parent) === root,
    read32(doc + NODE.last) === root && read32(root + NODE.parent) === doc,
    (read32(root + NODE.line) & 0xffff) === 2,
    readString(read32(read32(read32(root + NODE.nsDef) + NAMESPACE.next) + NAMESPACE.href)) ===
      'urn:d',
    broken?.line === 2 && broken.message.startsWith('Opening and ending tag mismatch'),
    unbound?.code === 201,
  ];
  lib._xmlFreeDoc(doc);
  const failed = seen.indexOf(false);
  if (failed !== -1) {
    throw new Error(`libxml2 has another layout than libxml2-wasm 0.7.2 (check ${failed})`);
  }
}

selfTest();
