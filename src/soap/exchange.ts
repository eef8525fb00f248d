/**
 * One HTTP exchange as a client: the only place that opens an outgoing connection.
 *
 * The address is one that an operator entered, never one out of a message. Redirects are not followed.
 * No compression is offered, so that an answer is as large as what was read of it. What can go wrong on
 * the way is a value, not an exception.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { Agent, buildConnector, request } from 'undici';
import { systemClock } from '../clock.js';

/** Where to, and how far. */
export interface Bounds {
  /** http or https, without user information. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the whole exchange, connecting included. */
  readonly timeoutMs: number;
  /** For connecting alone; 10 s, or `timeoutMs` when that is less. */
  readonly connectTimeoutMs?: number;
  /** The rest of a longer answer is not read. */
  readonly maxAnswerBytes: number;
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  readonly signal?: AbortSignal;
}

export interface Exchange extends Bounds {
  readonly body: Uint8Array;
  readonly contentType: string;
}

/** Milliseconds. */
export interface ExchangeTimes {
  /** For connecting, TLS included; absent when a kept connection was used or none was made. */
  readonly connectMs?: number;
  readonly totalMs: number;
}

/** An answer came, whatever its status. */
export interface HttpResponse extends ExchangeTimes {
  readonly kind: 'answer';
  readonly status: number;
  /** By lower-case name; repeated ones joined with `, `. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** The answer was longer than `maxAnswerBytes`. */
  readonly truncated: boolean;
}

/**
 * No answer. `unreachable`: nothing was sent. `timeout` with phase `answer` and `cut` (the connection
 * ended early): the peer may have taken the request. `aborted`: the caller's signal.
 */
export interface NoAnswer extends ExchangeTimes {
  readonly kind: 'unreachable' | 'timeout' | 'tls' | 'cut' | 'aborted';
  /** Where it was given up. */
  readonly phase: 'connect' | 'answer';
  /** A system code such as `ECONNREFUSED`, for logs. */
  readonly reason: string;
}

export type HttpAnswer = HttpResponse | NoAnswer;

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_AGENTS = 256;
const MAX_ANSWER_HEADER_BYTES = 16 * 1024;
/** 102 and 103 before the answer; a peer that sends them without end would keep us reading. */
const MAX_INTERIM_ANSWERS = 16;

/** What the connector tells about the exchange it connects for. */
interface Connecting {
  /** `kept`: no new connection was needed so far. */
  state: 'kept' | 'connecting' | 'connected' | 'failed';
  connectMs?: number;
}
const connecting = new AsyncLocalStorage<Connecting>();

function timedConnector(timeout: number, ca: string | undefined): buildConnector.connector {
  const connect = buildConnector({ timeout, ...(ca === undefined ? {} : { ca }) });
  return (options, callback) => {
    const exchange = connecting.getStore();
    const start = systemClock.monotonic();
    if (exchange !== undefined) exchange.state = 'connecting';
    connect(options, (...result) => {
      if (exchange !== undefined) {
        exchange.connectMs = systemClock.monotonic() - start;
        exchange.state = result[0] === null ? 'connected' : 'failed';
      }
      callback(...result);
    });
  };
}

/** Least recently used first. */
const agents = new Map<string, Agent>();

function agentFor(origin: string, ca: string | undefined, connectTimeoutMs: number): Agent {
  const trust = ca === undefined ? 'system' : createHash('sha256').update(ca).digest('hex');
  const key = `${origin} ${trust} ${connectTimeoutMs}`;
  const known = agents.get(key);
  if (known !== undefined) {
    agents.delete(key);
    agents.set(key, known);
    return known;
  }
  const agent = new Agent({
    connect: timedConnector(connectTimeoutMs, ca),
    pipelining: 1,
    maxHeaderSize: MAX_ANSWER_HEADER_BYTES,
    // The bounds of an exchange are set by its own timer.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  agents.set(key, agent);
  for (const [oldest, unused] of agents) {
    if (agents.size <= MAX_AGENTS) break;
    agents.delete(oldest);
    unused.close().catch(() => undefined);
  }
  return agent;
}

/** Ends all kept connections, for shutdown and tests. Exchanges under way are finished first. */
export async function closeConnections(): Promise<void> {
  const open = [...agents.values()];
  agents.clear();
  await Promise.all(open.map((one) => one.close()));
}

function property(value: unknown, name: 'code' | 'message' | 'cause' | 'errors'): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** The innermost system code of an error: undici and Happy Eyeballs wrap it. */
function codeOf(error: unknown): string {
  let at: unknown = error;
  let code = '';
  for (let depth = 0; depth < 5 && at !== undefined; depth++) {
    const own = property(at, 'code');
    if (typeof own === 'string' && own !== '') code = own;
    const inner = property(at, 'errors');
    at = property(at, 'cause') ?? (Array.isArray(inner) ? inner[0] : undefined);
  }
  return code;
}

const CERTIFICATE =
  /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL|^CRL_|^EPROTO$|^UNABLE_TO_|^HOSTNAME_MISMATCH$/;
const CONNECT_TIMEOUTS: ReadonlySet<string> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

type Failure = Pick<NoAnswer, 'kind' | 'phase' | 'reason'>;

function failureOf(error: unknown, connectFailed: boolean): Failure {
  const code = codeOf(error);
  const reason = code || 'unknown';
  if (CERTIFICATE.test(code)) return { kind: 'tls', phase: 'connect', reason };
  if (code === 'UND_ERR_INVALID_ARG') return { kind: 'unreachable', phase: 'connect', reason };
  if (!connectFailed) return { kind: 'cut', phase: 'answer', reason };
  const kind = CONNECT_TIMEOUTS.has(code) ? 'timeout' : 'unreachable';
  return { kind, phase: 'connect', reason };
}

function joinedHeaders(
  raw: Readonly<Record<string, string | string[] | undefined>>,
): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined) continue;
    headers.set(name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

interface Limited {
  readonly body: Buffer;
  readonly truncated: boolean;
}

async function readUpTo(stream: AsyncIterable<unknown>, maxBytes: number): Promise<Limited> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early destroys the stream and with it the connection.
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    const room = maxBytes - bytes;
    if (chunk.length > room) {
      chunks.push(chunk.subarray(0, room));
      return { body: Buffer.concat(chunks), truncated: true };
    }
    chunks.push(chunk);
    bytes += chunk.length;
  }
  return { body: Buffer.concat(chunks), truncated: false };
}

/** @returns undefined when no request can be made of it */
function addressOf(url: string): URL | undefined {
  if (!URL.canParse(url)) return undefined;
  const address = new URL(url);
  const isHttp = address.protocol === 'http:' || address.protocol === 'https:';
  return isHttp && address.username === '' && address.password === '' ? address : undefined;
}

/** A signal that ends at the caller's wish or after the time given, and can tell which. */
class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  readonly #onAbort = () => this.#controller.abort();
  timedOut = false;

  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    this.#timer = setTimeout(() => {
      this.timedOut = true;
      this.#controller.abort();
    }, timeoutMs);
    this.#caller = caller;
    caller?.addEventListener('abort', this.#onAbort, { once: true });
    if (caller?.aborted === true) this.#controller.abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onAbort);
  }
}

interface Content {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Thrown by the handler of an interim answer, it ends the exchange. */
class TooManyInterimAnswers extends Error {
  readonly code = 'TOO_MANY_INTERIM_ANSWERS';
}

function interimBound(): () => void {
  let left = MAX_INTERIM_ANSWERS;
  return () => {
    if (left === 0) throw new TooManyInterimAnswers();
    left -= 1;
  };
}

async function ask(exchange: Bounds, content: Content, address: URL, signal: AbortSignal) {
  const { timeoutMs, connectTimeoutMs = CONNECT_TIMEOUT_MS, maxAnswerBytes } = exchange;
  const response = await request(address, {
    dispatcher: agentFor(address.origin, exchange.ca, Math.min(connectTimeoutMs, timeoutMs)),
    ...content,
    signal,
    onInfo: interimBound(),
  });
  const { body, truncated } = await readUpTo(response.body, maxAnswerBytes);
  const headers = joinedHeaders(response.headers);
  return { kind: 'answer', status: response.statusCode, headers, body, truncated } as const;
}

/** Posts once. Never throws for what a peer or the network does. */
export async function postSoap(exchange: Exchange): Promise<HttpAnswer> {
  const { body, contentType } = exchange;
  const headers = { ...exchange.headers, 'content-type': contentType };
  return exchangeOnce(exchange, { method: 'POST', headers, body });
}

/** Gets once, as postSoap. For lists of authorities, at addresses that an operator entered. */
export async function getBytes(exchange: Bounds): Promise<HttpAnswer> {
  return exchangeOnce(exchange, { method: 'GET', headers: { ...exchange.headers } });
}

/** Any method, as postSoap; what is sent is the caller's. For the conformance kit. */
export async function sendHttp(
  exchange: Bounds & { readonly method: string; readonly body?: Uint8Array },
): Promise<HttpAnswer> {
  const { method, body } = exchange;
  const headers = { ...exchange.headers };
  return exchangeOnce(exchange, { method, headers, ...(body === undefined ? {} : { body }) });
}

async function exchangeOnce(exchange: Bounds, content: Content): Promise<HttpAnswer> {
  const start = systemClock.monotonic();
  const connection: Connecting = { state: 'kept' };
  const timed = <T>(answer: T): T & ExchangeTimes => ({
    ...answer,
    totalMs: systemClock.monotonic() - start,
    ...(connection.connectMs === undefined ? {} : { connectMs: connection.connectMs }),
  });
  const address = addressOf(exchange.url);
  if (address === undefined) {
    return timed({ kind: 'unreachable', phase: 'connect', reason: 'address' } as const);
  }
  const deadline = new Deadline(exchange.timeoutMs, exchange.signal);
  const { signal } = deadline;
  try {
    return timed(await connecting.run(connection, () => ask(exchange, content, address, signal)));
  } catch (error) {
    const { state } = connection;
    const phase = state === 'connecting' || state === 'failed' ? 'connect' : 'answer';
    if (deadline.timedOut) return timed({ kind: 'timeout', phase, reason: 'total' } as const);
    if (signal.aborted) return timed({ kind: 'aborted', phase, reason: 'signal' } as const);
    return timed(failureOf(error, state === 'failed'));
  } finally {
    deadline.end();
  }
}
