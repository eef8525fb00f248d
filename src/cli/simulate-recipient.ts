/**
 * What a simulated recipient makes of a connection and of a request: reads the delivery, chooses the
 * behaviour, keeps the package, answers. It knows every message id it has kept: a repeat is answered as
 * taken. A package whose digest is not the one announced is not kept and answered with a fault.
 *
 * Errors, as faults: those of readEnvelope, readBody and readDelivery, `server.internal`.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, utc } from '../clock.js';
import { GatewayError, refuse } from '../model/issue.js';
import { Aborted, readBody } from '../server/body.js';
import { parseContentType, type SoapVersion, soapVersionHint } from '../soap/content-type.js';
import { type ReadDelivery, readDelivery, writeDeliveryAnswer } from '../soap/delivery-reader.js';
import { readEnvelope } from '../soap/envelope.js';
import { answerContentType, faultContentType } from '../soap/envelope-writer.js';
import { writeFault } from '../soap/fault-writer.js';
import { receiverWsdl, xsdDocument } from '../soap/wsdl-documents.js';
import type { KeptPackages } from './kept-packages.js';
import { ANSWERS, answerEarly } from './simulate-answers.js';
import { behaviourOf, type Chosen, WELL_BEHAVED } from './simulate-behaviours.js';
import { Plan, type PlanSettings, seededRandom } from './simulate-plan.js';
import { pause } from './simulate-wire.js';

/** One line of output: a delivery, or what was done before one could be read. */
export interface Observed {
  readonly time: string;
  readonly behaviour: string;
  readonly delivery?: ReadDelivery;
  /** It was kept before. */
  readonly repeated?: boolean;
  readonly kept?: boolean;
  /** Why a request is no delivery. */
  readonly refused?: string;
}

export interface RecipientOptions {
  readonly plan: PlanSettings;
  /** Without it only ids are kept. */
  readonly packages?: KeptPackages;
  readonly clock: Clock;
  observe(one: Observed): void;
}

const MAX_REQUEST_BYTES = 128 * 1024 * 1024;
const ELSEWHERE = '/elsewhere';
/** A connection that nobody reads does not tell when the peer has gone. */
const MAX_HANG_MS = 10 * 60_000;
const SLOW_STEPS_PER_SECOND = 10;

/** So many bytes in a second. @throws Aborted when the peer does not wait that long. */
async function readSlowly(request: IncomingMessage, perSecond: number): Promise<Buffer> {
  const step = Math.max(1, Math.ceil(perSecond / SLOW_STEPS_PER_SECOND));
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (!request.readableEnded) {
    const chunk = (request.read(step) ?? request.read()) as Buffer | null;
    if (chunk !== null) chunks.push(chunk);
    bytes += chunk?.length ?? 0;
    if (bytes > MAX_REQUEST_BYTES) throw refuse('http.too-large', { limit: MAX_REQUEST_BYTES });
    if (!(await pause(request.socket, 1000 / SLOW_STEPS_PER_SECOND))) throw new Aborted();
  }
  return Buffer.concat(chunks);
}

export class SimulatedRecipient {
  readonly #options: RecipientOptions;
  readonly #random: () => number;
  readonly #attempts = new Map<string, number>();
  readonly #keptIds = new Set<string>();
  /** Chosen for the first request of a connection before that was read. */
  readonly #decided = new WeakMap<Socket, Chosen>();
  /** Connections that the next request finds reset. */
  readonly #doomed = new WeakSet<Socket>();
  plan: Plan;
  url = '';
  deliveries = 0;
  repeated = 0;
  elsewhere = 0;

  constructor(options: RecipientOptions) {
    this.#options = options;
    this.plan = new Plan(options.plan);
    this.#random = seededRandom(`bytes ${options.plan.seed ?? ''}`);
  }

  get kept(): number {
    return this.#keptIds.size;
  }

  /** @returns true when the connection is not to be read as HTTP. */
  connected(socket: Socket): boolean {
    const chosen = this.plan.at('connection');
    if (chosen === undefined) return false;
    if (chosen.name === 'ok') {
      this.#decided.set(socket, chosen);
      return false;
    }
    this.#observe(chosen);
    if (chosen.name === 'hang-connect') {
      setTimeout(() => socket.destroy(), MAX_HANG_MS).unref();
      return true;
    }
    socket.once('data', () => this.#act(chosen, '1.1', socket));
    socket.resume();
    return true;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path.startsWith(ELSEWHERE)) {
      this.elsewhere += 1;
      response.writeHead(404).end();
    } else if (request.method === 'GET') this.#contract(path, response);
    else await this.#post(request, response);
  }

  #contract(path: string, response: ServerResponse): void {
    const base = URL.canParse(path, 'http://localhost')
      ? new URL(path, 'http://localhost')
      : undefined;
    const query = new Map(
      [...(base?.searchParams ?? [])].map(([key, value]) => [key.toLowerCase(), value]),
    );
    const wsdl = query.get('wsdl');
    const bytes =
      wsdl === undefined
        ? xsdDocument(query.get('xsd') ?? '', this.url)
        : receiverWsdl(wsdl === '1.2' ? '1.2' : '1.1', this.url);
    if (bytes === undefined) response.writeHead(404).end('Try ?wsdl.\n');
    else response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(bytes);
  }

  async #post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    if (this.#doomed.has(socket)) {
      this.#observe({ ...WELL_BEHAVED, text: 'keepalive-close' });
      socket.resetAndDestroy();
      return;
    }
    const contentType = parseContentType(request.headers['content-type']);
    let version = soapVersionHint(contentType);
    const early = this.#decided.get(socket) ?? this.plan.at('header');
    this.#decided.delete(socket);
    try {
      if (early !== undefined && behaviourOf(early.name).stage === 'connection') {
        this.#observe(early);
        await this.#act(early, version, socket);
        return;
      }
      if (early?.name === 'early-answer') answerEarly(socket, version);
      const body =
        early?.name === 'slow-read'
          ? await readSlowly(request, early.amount)
          : await readBody(request, MAX_REQUEST_BYTES);
      const envelope = readEnvelope(body, contentType);
      ({ version } = envelope);
      let delivery: ReadDelivery;
      try {
        delivery = readDelivery(envelope);
      } finally {
        envelope.dispose();
      }
      await this.#take(delivery, early, version, request, response);
    } catch (error) {
      if (error instanceof Aborted && early !== undefined) this.#observe(early);
      this.#refuse(error, version, response);
    }
  }

  async #take(
    delivery: ReadDelivery,
    early: Chosen | undefined,
    version: SoapVersion,
    { socket }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { messageId } = delivery;
    const attempt = (this.#attempts.get(messageId) ?? 0) + 1;
    this.#attempts.set(messageId, attempt);
    this.deliveries += 1;
    const chosen = early ?? this.plan.at('message', attempt) ?? WELL_BEHAVED;
    const repeated =
      this.#keptIds.has(messageId) || this.#options.packages?.has(messageId) === true;
    if (repeated) this.repeated += 1;
    const kept = !repeated && delivery.digestMatches && behaviourOf(chosen.name).keeps;
    if (kept) {
      this.#options.packages?.keep(messageId, delivery.bytes);
      this.#keptIds.add(messageId);
    }
    this.#observe(chosen, { delivery, repeated, kept });
    if (!delivery.digestMatches && chosen.name === 'ok') {
      const reason = 'ContentDigest is not that of Package';
      this.#fault(refuse('soap.request', { reason }), version, response);
      return;
    }
    await this.#act(chosen, version, socket, response);
  }

  async #act(
    chosen: Chosen,
    version: SoapVersion,
    socket: Socket,
    response?: ServerResponse,
  ): Promise<void> {
    await ANSWERS[chosen.name]({
      socket,
      version,
      chosen,
      random: this.#random,
      answerWell: (next) => {
        if (next === 'reset') this.#doomed.add(socket);
        response?.writeHead(200, { 'content-type': answerContentType(version) });
        response?.end(writeDeliveryAnswer(version, true));
      },
    });
  }

  /** A fault for what is no delivery; nothing for a peer that has gone. */
  #refuse(error: unknown, version: SoapVersion, response: ServerResponse): void {
    if (error instanceof Aborted) return;
    const refusal = error instanceof GatewayError ? error : refuse('server.internal');
    this.#observe(WELL_BEHAVED, { refused: `${refusal.code}: ${refusal.message}` });
    this.#fault(refusal, version, response);
  }

  #fault(refusal: GatewayError, version: SoapVersion, response: ServerResponse): void {
    response.writeHead(refusal.http, { 'content-type': faultContentType(version) });
    response.end(writeFault(version, refusal, ''));
  }

  #observe(chosen: Chosen, more: Omit<Observed, 'time' | 'behaviour'> = {}): void {
    const { clock, observe } = this.#options;
    observe({ time: utc(clock.now()), behaviour: chosen.text, ...more });
  }
}
