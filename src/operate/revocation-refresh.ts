/**
 * Keeps what is known of revocation fresh, beside the traffic and never in its way: fetches the lists
 * that the operator named, and asks the responders that the operator allowed. Requests only look
 * things up in the cache that this fills.
 *
 * Nothing in a message opens a connection: lists come from configured addresses, and of an address in
 * a certificate only the host list decides, after the certificate led to a trust anchor.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { TrustFetchConfig } from '../config/config.js';
import type { Logger } from '../log.js';
import { causeText } from '../model/issue.js';
import { getBytes, type HttpAnswer, postSoap } from '../soap/exchange.js';
import type { Store } from '../store/store.js';
import { ocspUrlOf } from '../xml/authority-information.js';
import { loadRegistered, readCertificate } from '../xml/certificates.js';
import { MAX_OCSP_BYTES, writeOcspRequest } from '../xml/ocsp.js';
import type { Issued, RevocationCache } from '../xml/revocation-cache.js';
import type { TrustStore } from '../xml/trust.js';
import { registeredCertificates } from './certificate-warnings.js';
import { MAX_LIST_BYTES, offerLists, RevocationFiles } from './revocation-files.js';

export interface RefreshContext {
  readonly cache: RevocationCache;
  /** The trust of the moment. */
  trust(): TrustStore;
  readonly store: Store;
  /** Folder of the store; `trust-cache/` is made in it. */
  readonly folder: string;
  readonly fetch: TrustFetchConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Longest time of one exchange, milliseconds; 30 s for a list, 10 s for an answer by default. */
  readonly timeoutMs?: number;
}

/** What came of one address: an outcome of revocation-cache.ts or ocsp.ts, or why nothing came. */
export interface RefreshOutcome {
  readonly url: string;
  readonly outcome: string;
}

export interface RevocationRefresh {
  /** Reads what an earlier run left on disk; before the first request is served. */
  load(): Promise<void>;
  /** Fetches what is due now, one round at a time. Never rejects. */
  round(): Promise<readonly RefreshOutcome[]>;
  /** A round now and every 30 seconds. */
  start(): void;
  stop(): Promise<void>;
}

const TICK_MS = 30_000;
const MINUTE = 60_000;
/** After a failure, and at most so often for one certificate. */
const RETRY_MS = 5 * MINUTE;
const MAX_ANSWER_WAIT_MS = 12 * 60 * MINUTE;
const REGISTERED_EVERY_MS = 10 * MINUTE;
const LIST_TIMEOUT_MS = 30_000;
const OCSP_TIMEOUT_MS = 10_000;
/** Questions of one round; the others wait for the next. */
const MAX_QUESTIONS = 100;
/** Taken into the cache, whatever their age. */
const TAKEN: ReadonlySet<string> = new Set(['taken', 'stale']);

export function createRevocationRefresh(context: RefreshContext): RevocationRefresh {
  return new Refresh(context);
}

class Refresh implements RevocationRefresh {
  readonly #context: RefreshContext;
  readonly #files: RevocationFiles;
  readonly #hosts: ReadonlySet<string>;
  readonly #stopping = new AbortController();
  /** When each address, or pair of certificate and issuer, is due; absent = now. */
  readonly #dueAt = new Map<string, number>();
  #registered: readonly Issued[] = [];
  #registeredAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<readonly RefreshOutcome[]> | undefined;

  constructor(context: RefreshContext) {
    this.#context = context;
    this.#files = new RevocationFiles(context.folder);
    this.#hosts = new Set(context.fetch.ocspHosts);
  }

  async load(): Promise<void> {
    const { cache, trust, fetch, clock } = this.#context;
    cache.keepSources(fetch.crlUrls);
    await this.#files.load(cache, trust(), fetch.crlUrls, clock.now(), true);
  }

  round(): Promise<readonly RefreshOutcome[]> {
    this.#running ??= this.#round().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  start(): void {
    const tick = (): void => {
      this.round().finally(() => {
        if (this.#stopping.signal.aborted) return;
        this.#timer = setTimeout(tick, TICK_MS);
        this.#timer.unref();
      });
    };
    tick();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #round(): Promise<readonly RefreshOutcome[]> {
    const outcomes: RefreshOutcome[] = [];
    try {
      for (const url of this.#dueLists()) outcomes.push(await this.#fetchList(url));
      if (this.#context.fetch.ocsp !== 'off') outcomes.push(...(await this.#askResponders()));
    } catch (error) {
      this.#context.logger.error('trust.refresh-failed', { reason: causeText(error) });
    }
    return outcomes;
  }

  #isDue(key: string): boolean {
    return (this.#dueAt.get(key) ?? Number.NEGATIVE_INFINITY) <= this.#context.clock.now();
  }

  #dueLists(): string[] {
    const { crlUrls, crlRefreshMs } = this.#context.fetch;
    return Number.isFinite(crlRefreshMs) ? crlUrls.filter((url) => this.#isDue(url)) : [];
  }

  async #fetchList(url: string): Promise<RefreshOutcome> {
    const { cache, trust, clock, fetch, timeoutMs = LIST_TIMEOUT_MS } = this.#context;
    if (this.#stopping.signal.aborted) return { url, outcome: 'aborted' };
    const answer = await getBytes({
      url,
      timeoutMs,
      maxAnswerBytes: MAX_LIST_BYTES,
      signal: this.#stopping.signal,
    });
    const failure = failureOf(answer);
    const now = clock.now();
    let outcome: string = failure ?? '';
    if (answer.kind === 'answer' && failure === undefined) {
      outcome = await offerLists(cache, trust(), url, answer.body, now);
      if (TAKEN.has(outcome)) await this.#files.saveList(url, answer.body);
    }
    const wait = Math.min(
      fetch.crlRefreshMs,
      outcome === 'taken' ? this.#untilNext(url) : RETRY_MS,
    );
    this.#dueAt.set(url, now + wait);
    this.#tell(url, outcome, outcome === 'taken' || outcome === 'unverified');
    return { url, outcome };
  }

  /** Until the earliest of its lists wants to be replaced, but at least a minute. */
  #untilNext(url: string): number {
    const { cache, clock } = this.#context;
    const ends = cache.fetched
      .filter(({ source }) => source === url)
      .map(({ list }) => list.nextUpdate ?? Number.POSITIVE_INFINITY);
    return Math.max(MINUTE, Math.min(...ends) - clock.now());
  }

  async #askResponders(): Promise<RefreshOutcome[]> {
    const outcomes: RefreshOutcome[] = [];
    // A host that does not answer is not asked again in this round.
    const silent = new Set<string>();
    for (const one of await this.#wanted()) {
      if (outcomes.length >= MAX_QUESTIONS || this.#stopping.signal.aborted) break;
      const url = ocspUrlOf(one.certificate, this.#hosts);
      if (url === undefined || !this.#isDue(keyOf(one)) || silent.has(new URL(url).host)) continue;
      const { outcome, answered } = await this.#ask(url, one);
      if (!answered) silent.add(new URL(url).host);
      outcomes.push({ url, outcome });
    }
    return outcomes;
  }

  async #ask(url: string, one: Issued): Promise<{ outcome: string; answered: boolean }> {
    const { cache, clock, timeoutMs = OCSP_TIMEOUT_MS } = this.#context;
    const answer = await postSoap({
      url,
      body: writeOcspRequest(one.certificate, one.issuer),
      contentType: 'application/ocsp-request',
      timeoutMs,
      maxAnswerBytes: MAX_OCSP_BYTES,
      signal: this.#stopping.signal,
    });
    const now = clock.now();
    const failure = failureOf(answer);
    let outcome: string = failure ?? '';
    if (answer.kind === 'answer' && failure === undefined) {
      outcome = cache.offerAnswer(answer.body, one, now);
      if (outcome === 'taken') await this.#files.saveAnswer(one, answer.body);
    }
    this.#dueAt.set(keyOf(one), now + (outcome === 'taken' ? this.#halfLife(one) : RETRY_MS));
    this.#tell(url, outcome, outcome === 'taken', one.certificate.fingerprint);
    return { outcome, answered: answer.kind === 'answer' };
  }

  /** So that there is time for many failures before an answer ends. */
  #halfLife({ certificate, issuer }: Issued): number {
    const answer = this.#context.cache.answerFor(certificate, issuer);
    const left = (answer?.nextUpdate ?? 0) - this.#context.clock.now();
    return Math.min(MAX_ANSWER_WAIT_MS, Math.max(RETRY_MS, left / 2));
  }

  /** Certificates of recent signers and registered ones whose issuer is known, each once. */
  async #wanted(): Promise<readonly Issued[]> {
    const { cache, clock } = this.#context;
    if (clock.now() - this.#registeredAt >= REGISTERED_EVERY_MS) {
      this.#registered = await this.#findRegistered();
      this.#registeredAt = clock.now();
    }
    const wanted = new Map([...cache.seen, ...this.#registered].map((one) => [keyOf(one), one]));
    for (const key of this.#dueAt.keys()) {
      if (!wanted.has(key) && !this.#context.fetch.crlUrls.includes(key)) this.#dueAt.delete(key);
    }
    return [...wanted.values()];
  }

  async #findRegistered(): Promise<Issued[]> {
    const { store, trust } = this.#context;
    const found: Issued[] = [];
    for await (const { organId, pem } of registeredCertificates(store)) {
      for (const { raw } of loadRegistered([pem])) {
        const certificate = readCertificate(raw);
        const issuer = certificate && trust().forAgency(organId).issuerOf(certificate);
        if (certificate !== undefined && issuer !== undefined) found.push({ certificate, issuer });
      }
    }
    return found;
  }

  #tell(endpoint: string, outcome: string, isGood: boolean, fingerprint?: string): void {
    const { logger } = this.#context;
    if (outcome === 'aborted') return;
    if (isGood) logger.info('trust.refreshed', { endpoint, outcome, fingerprint });
    else logger.warn('trust.refresh-failed', { endpoint, reason: outcome, fingerprint });
  }
}

function keyOf({ certificate, issuer }: Issued): string {
  return `${certificate.fingerprint} ${issuer.fingerprint}`;
}

/** @returns undefined when an answer came that can be looked at */
function failureOf(answer: HttpAnswer): string | undefined {
  if (answer.kind !== 'answer') return answer.kind;
  if (answer.status >= 300 && answer.status < 400) return 'redirect';
  if (answer.status !== 200) return `http-${answer.status}`;
  return answer.truncated ? 'too-large' : undefined;
}
