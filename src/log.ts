/**
 * Events for the operator of the machine: one a line on standard error, JSON or text. Names and
 * fields are fixed lists, so that no body, token, subject or name of a person can get in.
 * Where a document is and why is answered by the delivery log in the store, not by these lines.
 *
 * Levels: `error` = an operator must act; `warn` = mends itself or needs a look; `info` = one line per
 * message in and per attempt out; `debug` = never needed to answer "where is my document".
 *
 * @module
 */
import { type DestinationStream, destination, pino } from 'pino';
import { systemClock, utc } from './clock.js';

export const EVENTS = [
  'gateway.started',
  'gateway.stopping',
  'gateway.stopped',
  'gateway.failed',
  'trust.reloaded',
  'trust.failed',
  'trust.refreshed',
  'trust.refresh-failed',
  'auth.failed',
  'http.refused',
  'admin.failed',
  'receive.stored',
  'receive.duplicate',
  'receive.refused',
  'receive.failed',
  'collect.fetched',
  'collect.confirmed',
  'delivery.attempt',
  'delivery.dead',
  'delivery.act',
  'delivery.rescheduled',
  'delivery.clock',
  'delivery.failed',
  'delivery.expired',
  'recipient.paused',
  'recipient.resumed',
  'quarantine.exported',
  'quarantine.requeued',
  'agency.changed',
  'agency.token',
  'agency.certificate',
  'user.changed',
  'alert.signature-downgrade',
  'alert.signature-engines',
  'alert.certificate-expiry',
  'alert.content-damaged',
  'receipt.key',
  'log.checkpoint',
  'store.failed',
  'store.swept',
  'store.purged',
  'store.migrated',
  'store.backup',
  'store.rehearsed',
  'alert.backup',
  'alert.disk',
  'alert.disk-over',
] as const;
export type EventName = (typeof EVENTS)[number];

/** Facts that may stand in a line; anything else is not written. Text is cut to 200 characters. */
export const FIELDS = [
  'messageId',
  'documentId',
  'kind',
  'correlationId',
  'organId',
  'from',
  'to',
  'caller',
  'actor',
  'act',
  'operation',
  'soapVersion',
  'carrier',
  'profile',
  'bytes',
  'digest',
  'signatureClass',
  'policy',
  'before',
  'deliveries',
  'deliveryId',
  'attempt',
  'outcome',
  'code',
  'codes',
  'reason',
  'httpStatus',
  'nextAttemptAt',
  'openUntil',
  'endpoint',
  'remoteAddress',
  'tokenId',
  'fingerprint',
  'folder',
  'expiresAt',
  'exchange',
  'admin',
  'version',
  'signal',
  'count',
  'ms',
] as const;
export type FieldName = (typeof FIELDS)[number];
export type FieldValue = string | number | boolean | undefined | readonly string[];
export type Fields = { readonly [name in FieldName]?: FieldValue } & {
  /** Something that was thrown: its kind and place; of a refusal only the code, since its text quotes values. */
  readonly error?: unknown;
};

export interface Logger {
  error(event: EventName, fields?: Fields): void;
  warn(event: EventName, fields?: Fields): void;
  info(event: EventName, fields?: Fields): void;
  debug(event: EventName, fields?: Fields): void;
}

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'json' | 'text';
  /** Standard error unless a test wants the lines. */
  readonly stream?: DestinationStream;
}

const MAX_TEXT_CHARS = 200;
const ALLOWED: ReadonlySet<string> = new Set(FIELDS);

/** Control characters, also those that reorder or break lines, as `\u001b`; long text is cut. */
export function safeText(text: string): string {
  const cut = text.length > MAX_TEXT_CHARS ? `${text.slice(0, MAX_TEXT_CHARS)}…` : text;
  return cut.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function safeValue(value: Exclude<FieldValue, undefined>): string | number | boolean | string[] {
  if (typeof value === 'string') return safeText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return value.slice(0, 20).map(safeText);
}

/** Eight frames tell where it was thrown. */
const MAX_FRAMES = 8;

function errorFacts(error: unknown): Record<string, string | string[]> {
  if (!(error instanceof Error)) return { error: safeText(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const quotesValues = 'issues' in error;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  return {
    error: safeText(quotesValues ? error.name : `${error.name}: ${error.message}`),
    ...(code === undefined ? {} : { errorCode: safeText(code) }),
    stack: frames.slice(0, MAX_FRAMES).map((line) => safeText(line.trim())),
  };
}

function safeFields({ error, ...fields }: Fields): Record<string, unknown> {
  const safe = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || !ALLOWED.has(name) ? [] : [[name, safeValue(value)]],
  );
  return { ...Object.fromEntries(safe), ...(error === undefined ? {} : errorFacts(error)) };
}

export function createLogger(options: LoggerOptions): Logger {
  const stream = options.stream ?? destination({ fd: 2, sync: true });
  const lines = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${utc(systemClock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    options.format === 'json' ? stream : { write: (line) => stream.write(textLine(line)) },
  );
  const write =
    (level: 'error' | 'warn' | 'info' | 'debug') =>
    (event: EventName, fields: Fields = {}): void => {
      if (lines.isLevelEnabled(level)) {
        lines[level]({ event, ...safeFields(fields) });
      }
    };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

/** For tests and for commands whose answer is all there is to say. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

/** `09:31:03 warn  delivery.attempt to=000.00.01.T99 attempt=3 code=delivery.unreachable` in Vietnam time. */
function textLine(json: string): string {
  const { time, level, event, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const local = new Date(Date.parse(String(time)) + 7 * 3_600_000).toISOString();
  const facts = Object.entries(fields).map(([name, value]) => {
    const text = Array.isArray(value) ? value.join(',') : String(value);
    return `${name}=${/[\s"=]/.test(text) || text === '' ? JSON.stringify(text) : text}`;
  });
  return `${[local.slice(11, 19), String(level).padEnd(5), event, ...facts].join(' ')}\n`;
}
