/**
 * XPath 1.0 over a parsed document, with a few prefixes of ours and nothing else: no variables, no
 * functions beyond those of XPath. An expression comes from a file of a tester, the document from a
 * gateway that may be hostile: length and number of steps are bounded.
 *
 * @module
 */
import { Tree } from './element.js';
import { allocate, lib, type Pointer, read32, readString, withErrors, write32 } from './libxml2.js';
import type { XmlDocument } from './tree.js';

export const XPATH_PREFIXES: Readonly<Record<string, string>> = {
  soap11: 'http://schemas.xmlsoap.org/soap/envelope/',
  soap12: 'http://www.w3.org/2003/05/soap-envelope',
  g: 'urn:edxgate:gateway:1',
  q: 'http://www.mic.gov.vn/TBT/QCVN_102_2016',
};

export const MAX_XPATH_CHARS = 2000;
/** Steps of one evaluation; the answers that are looked at need thousands. */
const MAX_OPERATIONS = 5_000_000;

/** What an expression gives. */
export interface XPathValue {
  /** Nodes found; 1 for a string, a number or a boolean. */
  readonly count: number;
  /** The value as `string()` gives it: of nodes that of the first; undefined when there is none. */
  readonly text: string | undefined;
}

/** The expression cannot be read, or costs too much. */
export class XPathError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'XPathError';
  }
}

/** Offsets in `xmlXPathObject` and `xmlXPathContext` of libxml2 2.15 on wasm32; held by a test. */
const OBJECT = { type: 0, nodes: 4, string: 24 } as const;
const CONTEXT = { error: 132, operationLimit: 204 } as const;
const NODE_SET = 1;

/** @throws XPathError */
export function evaluateXPath(document: XmlDocument, expression: string): XPathValue {
  if (!(document instanceof Tree)) throw new TypeError('not a document of ours');
  const { root } = document;
  const count = withContext(document.document, root.node, (context) =>
    evaluate(context, expression, (value) => {
      if (read32(value + OBJECT.type) !== NODE_SET) return 1;
      const nodes = read32(value + OBJECT.nodes);
      return nodes === 0 ? 0 : read32(nodes);
    }),
  );
  if (count === 0) return { count, text: undefined };
  const text = withContext(document.document, root.node, (context) =>
    evaluate(context, `string(${expression})`, (value) =>
      readString(read32(value + OBJECT.string)),
    ),
  );
  return { count, text };
}

/** Whether an expression can be read at all: for suites, before anything is sent. @returns the reason */
export function xpathProblem(expression: string): string | undefined {
  try {
    withContext(0, 0, (context) => lib._xmlXPathFreeCompExpr(compile(context, expression)));
    return unknownPrefix(expression);
  } catch (error) {
    if (error instanceof XPathError) return error.message;
    throw error;
  }
}

/** libxml2 looks a prefix up only when it evaluates. */
function unknownPrefix(expression: string): string | undefined {
  const bare = expression.replace(/"[^"]*"|'[^']*'/g, '');
  for (const [, prefix = ''] of bare.matchAll(/([\p{L}_][\p{L}\p{N}_.-]*):(?=[\p{L}_*])/gu)) {
    if (!Object.hasOwn(XPATH_PREFIXES, prefix)) return `unknown prefix ${prefix}`;
  }
  return undefined;
}

function withContext<T>(document: Pointer, node: Pointer, work: (context: Pointer) => T): T {
  const context = lib._xmlXPathNewContext(document);
  if (context === 0) throw new Error('libxml2: no memory');
  try {
    write32(context + CONTEXT.operationLimit, MAX_OPERATIONS);
    for (const [prefix, uri] of Object.entries(XPATH_PREFIXES)) {
      withString(prefix, (name) =>
        withString(uri, (value) => lib._xmlXPathRegisterNs(context, name, value)),
      );
    }
    if (node !== 0) lib._xmlXPathSetContextNode(node, context);
    return work(context);
  } finally {
    lib._xmlXPathFreeContext(context);
  }
}

function withString<T>(text: string, work: (at: Pointer) => T): T {
  const at = allocate(Buffer.from(text, 'utf8'));
  try {
    return work(at);
  } finally {
    lib._free(at);
  }
}

/** The caller frees the result. @throws XPathError */
function compile(context: Pointer, expression: string): Pointer {
  if (expression.length > MAX_XPATH_CHARS) {
    throw new XPathError(`longer than ${MAX_XPATH_CHARS} characters`);
  }
  const { result, errors } = withErrors((handler) => {
    write32(context + CONTEXT.error, handler);
    return withString(expression, (at) => lib._xmlXPathCtxtCompile(context, at));
  });
  if (result === 0) throw new XPathError(reasonOf(errors));
  return result;
}

/** @throws XPathError */
function evaluate<T>(context: Pointer, expression: string, read: (value: Pointer) => T): T {
  const compiled = compile(context, expression);
  try {
    const { result, errors } = withErrors((handler) => {
      write32(context + CONTEXT.error, handler);
      return lib._xmlXPathCompiledEval(compiled, context);
    });
    if (result === 0) throw new XPathError(reasonOf(errors));
    try {
      return read(result);
    } finally {
      lib._xmlXPathFreeObject(result);
    }
  } finally {
    lib._xmlXPathFreeCompExpr(compiled);
  }
}

function reasonOf(errors: readonly { readonly message: string }[]): string {
  return errors[0]?.message ?? 'not an XPath expression';
}
