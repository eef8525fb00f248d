/**
 * What the simulated recipient can do wrong, and what a gateway has to make of it. The one list: help,
 * docs/partners.md and test/system/partners.test.ts are held to it.
 *
 * @module
 */
import { parseDuration, parseSize } from '../config/units.js';
import type { ErrorCode } from '../model/error-table.js';

/** How the first attempt ends. */
export type Expectation =
  | { readonly state: 'delivered' }
  | { readonly state: 'deferred' | 'dead'; readonly code: ErrorCode };

/**
 * How far a request is read before the recipient misbehaves: not at all, its HTTP header, or all of it.
 * Only what has read all of it knows which message it is.
 */
export type Stage = 'connection' | 'header' | 'message';

/** What may stand behind the name: `slow:5s`. A duration is in milliseconds, a size in bytes. */
export interface Parameter {
  readonly kind: 'duration' | 'size' | 'address';
  readonly byDefault: string;
}

export interface Behaviour {
  /** What the recipient does, for people. */
  readonly does: string;
  readonly stage: Stage;
  /** The package is kept first, so that the next attempt is a repeat. */
  readonly keeps: boolean;
  readonly parameter?: Parameter;
  readonly expected: Expectation;
  /** Where it differs over TLS. */
  readonly expectedTls?: Expectation;
}

const DELIVERED: Expectation = { state: 'delivered' };
const deferred = (code: ErrorCode): Expectation => ({ state: 'deferred', code });
const TIMEOUT = deferred('delivery.timeout');
const CUT = deferred('delivery.cut');
const STATUS = deferred('delivery.http');
const UNREADABLE = deferred('delivery.answer');

/** Has read the message and does not keep it. */
const declines = (does: string, expected: Expectation) =>
  ({ does, stage: 'message', keeps: false, expected }) as const;
/** Has read and kept the message; only its answer is lost or wrong. */
const takes = (does: string, expected: Expectation) =>
  ({ does, stage: 'message', keeps: true, expected }) as const;
const duration = (byDefault: string): Parameter => ({ kind: 'duration', byDefault });
const size = (byDefault: string): Parameter => ({ kind: 'size', byDefault });

export const BEHAVIOURS = {
  ok: takes('keeps the package and answers Accepted true', DELIVERED),
  slow: { ...takes('answers after that time', TIMEOUT), parameter: duration('5s') },
  trickle: {
    ...takes('answers byte by byte, with that pause', TIMEOUT),
    parameter: duration('100ms'),
  },
  'cut-before': declines('closes the connection without an answer', CUT),
  'cut-headers': takes('closes it in the middle of the HTTP header', CUT),
  'cut-body': takes('closes it in the middle of the answer', CUT),
  'fail-after': takes('keeps the package, then answers HTTP 500', STATUS),
  'http-404': declines('answers HTTP 404', STATUS),
  'http-429': {
    ...declines('answers HTTP 429 with Retry-After', STATUS),
    parameter: duration('2s'),
  },
  'http-500': declines('answers HTTP 500 with a page of text', STATUS),
  'http-503': {
    ...declines('answers HTTP 503 with Retry-After', STATUS),
    parameter: duration('2s'),
  },
  refuse: declines('answers Accepted false with a reason', {
    state: 'dead',
    code: 'delivery.refused',
  }),
  fault: declines('answers a SOAP fault', deferred('delivery.fault')),
  'wrong-namespace': takes('answers in another namespace', UNREADABLE),
  'wrong-element': takes('answers with an element of another operation', UNREADABLE),
  'wrong-receipt': takes('answers with the id of another message in it', UNREADABLE),
  'not-xml': takes('answers a page of HTML', UNREADABLE),
  empty: takes('answers HTTP 200 and nothing else', UNREADABLE),
  doctype: takes('answers with a DOCTYPE and nested entities', UNREADABLE),
  redirect: {
    ...declines('answers HTTP 302 to another address', deferred('delivery.redirect')),
    parameter: { kind: 'address', byDefault: '/elsewhere' },
  },
  hang: declines('never answers', TIMEOUT),
  'hang-connect': {
    does: 'takes the connection and reads nothing',
    stage: 'connection',
    keeps: false,
    expected: TIMEOUT,
  },
  'tls-break': {
    does: 'breaks the TLS handshake; on a plain port answers with TLS bytes',
    stage: 'connection',
    keeps: false,
    expected: CUT,
    expectedTls: deferred('delivery.unreachable'),
  },
  'slow-read': {
    does: 'reads the request slowly, so much in a second',
    stage: 'header',
    keeps: true,
    parameter: size('64B'),
    expected: TIMEOUT,
  },
  'early-answer': {
    does: 'answers Accepted true before it reads the package, then keeps it',
    stage: 'header',
    keeps: true,
    expected: DELIVERED,
  },
  huge: { ...takes('answers XML of that size', UNREADABLE), parameter: size('200MiB') },
  'huge-headers': {
    ...takes('answers HTTP headers of that size', CUT),
    parameter: size('200MiB'),
  },
  'gzip-bomb': {
    ...takes('answers gzip that becomes that much', UNREADABLE),
    parameter: size('200MiB'),
  },
  garbage: takes('answers random bytes', CUT),
  'flood-100': {
    ...takes('answers HTTP 100 again and again, so many bytes', CUT),
    parameter: size('200MiB'),
  },
  'flood-103': {
    ...takes('answers HTTP 103 again and again, so many bytes', CUT),
    parameter: size('200MiB'),
  },
  'length-short': takes('gives a Content-Length that is too small', UNREADABLE),
  'length-long': takes('gives a Content-Length that is too large, then closes', CUT),
  'two-answers': takes('sends a second answer, Accepted false, behind the first', DELIVERED),
  'keepalive-close': takes(
    'keeps the connection after its answer, then resets it at the next request',
    DELIVERED,
  ),
} as const satisfies Readonly<Record<string, Behaviour>>;

export type BehaviourName = keyof typeof BEHAVIOURS;
export const BEHAVIOUR_NAMES = Object.keys(BEHAVIOURS) as readonly BehaviourName[];

export function behaviourOf(name: BehaviourName): Behaviour {
  return BEHAVIOURS[name];
}

/** One behaviour with its parameter. */
export interface Chosen {
  readonly name: BehaviourName;
  /** As on the command line: `slow:5s`. */
  readonly text: string;
  /** Of a duration or size; else 0. */
  readonly amount: number;
  /** Of an address; else ''. */
  readonly address: string;
}

export const WELL_BEHAVED: Chosen = { name: 'ok', text: 'ok', amount: 0, address: '' };

function isName(text: string): text is BehaviourName {
  return Object.hasOwn(BEHAVIOURS, text);
}

function amountOf({ kind }: Parameter, value: string): number | undefined {
  if (kind === 'address') return 0;
  return kind === 'duration' ? parseDuration(value) : parseSize(value);
}

/** @returns undefined when there is none of that name, or its parameter cannot be read. */
export function parseBehaviour(text: string): Chosen | undefined {
  const colon = text.indexOf(':');
  const name = colon === -1 ? text : text.slice(0, colon);
  if (!isName(name)) return undefined;
  const { parameter } = behaviourOf(name);
  if (parameter === undefined) return colon === -1 ? { ...WELL_BEHAVED, name, text } : undefined;
  const value = colon === -1 ? parameter.byDefault : text.slice(colon + 1);
  const amount = amountOf(parameter, value);
  if (amount === undefined || value === '') return undefined;
  const isAddress = parameter.kind === 'address';
  // Goes into a header as it stands.
  if (isAddress && !/^[\x21-\x7e]+$/.test(value)) return undefined;
  return { name, text, amount, address: isAddress ? value : '' };
}
