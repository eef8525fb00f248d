/**
 * Sends requests to the gateway over kept connections and judges every answer. A client of its own,
 * apart from src/soap/exchange.ts: what is measured must not share code with what measures.
 *
 * @module
 */
import { Readable } from 'node:stream';
import { Pool } from 'undici';
import type { Corpus, PreparedRequest } from './corpus.js';

export interface SenderOptions {
  readonly url: string;
  readonly connections: number;
  /** Headers by organ id of the sender. */
  readonly headers: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly corpus: Corpus;
}

const TIMEOUT_MS = 120_000;
/** A gateway that is gone must not be flooded with connects. */
const PAUSE_MS = 10;

export class Sender {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #options: SenderOptions;
  accepted = 0;
  lastMessageId: string | undefined;
  /** What went wrong, and how often. */
  readonly failures = new Map<string, number>();

  constructor(options: SenderOptions) {
    const { origin, pathname } = new URL(options.url);
    this.#options = options;
    this.#path = pathname;
    this.#pool = new Pool(origin, {
      connections: options.connections,
      pipelining: 1,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      keepAliveTimeout: TIMEOUT_MS,
    });
  }

  /** @returns whether it was accepted; counts it either way. */
  async post(request: PreparedRequest): Promise<boolean> {
    const failure = await this.#exchange(request);
    if (failure === undefined) {
      this.accepted += 1;
      return true;
    }
    this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
    return false;
  }

  async #exchange(request: PreparedRequest): Promise<string | undefined> {
    const { corpus, headers } = this.#options;
    const { template, number } = request;
    const { pieces, byteLength } = corpus.body(request);
    const [only, ...more] = pieces;
    try {
      const { statusCode, body } = await this.#pool.request({
        path: this.#path,
        method: 'POST',
        headers: {
          'content-type': 'text/xml; charset=utf-8',
          soapaction: '""',
          'content-length': String(byteLength),
          ...headers.get(template.organId),
        },
        body: only !== undefined && more.length === 0 ? only : Readable.from(pieces),
      });
      const text = await body.text();
      const failure = judge(statusCode, text, template.documentId(number));
      if (failure === undefined) this.lastMessageId = content(text, 'MessageId');
      return failure;
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      return `no answer: ${code}`;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** @returns undefined when a SendResult says that this document was accepted for the first time. */
export function judge(status: number, text: string, documentId: string): string | undefined {
  if (status !== 200) {
    const reason = content(text, 'faultstring') ?? content(text, 'Text') ?? '';
    return `status ${status}: ${reason.slice(0, 200)}`;
  }
  if (content(text, 'MessageId') === undefined) return 'no SendResult';
  if (content(text, 'DocumentId') !== documentId) return 'SendResult of another document';
  if (content(text, 'Duplicate') !== 'false') return 'taken for a duplicate';
  if (content(text, 'SignatureClass') !== 'valid') return 'signature not valid';
  return undefined;
}

/** The text of the first element of that local name, with or without a prefix. */
function content(text: string, name: string): string | undefined {
  return new RegExp(`<(?:[a-zA-Z0-9]{1,20}:)?${name}(?: [^<>]{0,200})?>([^<]{0,400})<`).exec(
    text,
  )?.[1];
}
