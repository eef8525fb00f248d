/**
 * Issue: one fault or warning in a package or request, and the errors that carry them.
 *
 * @module
 */
import { ERRORS, type ErrorCode, type ErrorEntry } from './error-table.js';

export interface Issue {
  readonly code: ErrorCode;
  /** Element path by local names, `/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/To[2]/OrganId`; '' = the whole. */
  readonly path: string;
  /** Line in the bytes of the package (or request), from 1. */
  readonly line?: number;
  readonly text: string;
  readonly textVi: string;
  /** What to do, English / Vietnamese. */
  readonly hint: string;
  readonly severity: 'error' | 'warning';
}

export type Values = Readonly<Record<string, string | number>>;

/** A value quoted in a text is cut: texts travel in headers, logs and faults. */
const MAX_VALUE_CHARS = 120;

function fill(text: string, values: Values): string {
  return text.replace(/\{([A-Za-z]+)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(values, name)) return whole;
    const value = String(values[name]).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
    return value.length > MAX_VALUE_CHARS ? `${value.slice(0, MAX_VALUE_CHARS)}…` : value;
  });
}

export function entryOf(code: ErrorCode): ErrorEntry {
  return ERRORS[code];
}

export interface Place {
  readonly path?: string;
  readonly line?: number | undefined;
}

export function issue(code: ErrorCode, values: Values = {}, place: Place = {}): Issue {
  const entry = entryOf(code);
  return {
    code,
    path: place.path ?? '',
    ...(place.line === undefined ? {} : { line: place.line }),
    text: fill(entry.text, values),
    textVi: fill(entry.textVi, values),
    hint: `${fill(entry.hint, values)} / ${fill(entry.hintVi, values)}`,
    severity: entry.side === 'warning' ? 'warning' : 'error',
  };
}

export function isError(one: Issue): boolean {
  return one.severity === 'error';
}

/** So many issues of one package are kept and told; nobody reads more. */
export const MAX_ISSUES = 200;

/**
 * A refusal or failure with its stable code. `issues` holds all faults found, the first of them being
 * the one whose code and text head the SOAP fault.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  readonly textVi: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    issues: Issue | readonly [Issue, ...Issue[]],
    options: { retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    const all = 'code' in issues ? [issues] : issues.slice(0, MAX_ISSUES);
    const first = all[0] as Issue;
    super(first.text, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GatewayError';
    this.code = first.code;
    this.textVi = first.textVi;
    this.issues = all;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get temporary(): boolean {
    return entryOf(this.code).temporary === true;
  }

  get http(): number {
    return entryOf(this.code).http ?? 500;
  }
}

/** Short form for the common case of one issue. */
export function refuse(code: ErrorCode, values: Values = {}, place: Place = {}): GatewayError {
  return new GatewayError(issue(code, values, place));
}

/** For our own log: what lies behind an error, innermost cause first. Never for a fault or an answer. */
export function causeText(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error && texts.length < 4; at = at.cause) {
    texts.unshift(`${at.name}: ${at.message}`);
  }
  return texts.length === 0 ? String(error) : texts.join(' < ');
}
