/**
 * The writer as the calling thread sees it: operations in, promises out. Whatever waits while the
 * writer thread is busy goes to it as the next group. When the thread dies, everything not answered
 * fails with `server.store` (it may have been committed or not), and the next operation starts a new
 * thread.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';
import { GatewayError, issue, refuse } from '../../model/issue.js';
import { fromPlain } from './errors.js';
import type { Posted, Request, Response, WriterData } from './writer-protocol.js';
import type { Operations } from './writer-thread.js';

const MAX_GROUP = 256;
const MAX_GROUP_BYTES = 8 * 1024 * 1024;
/** What may wait: beyond it the disk is slower than what comes, and waiting longer helps nobody. */
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 256 * 1024 * 1024;
/** Rows of an operation that come along beside its bytes, about. */
const ROW_BYTES = 4096;
/** New messages get half of it, so that outcomes of what was accepted before always find room. */
const INTAKE_SHARE = 0.5;
const BUSY_RETRY_SECONDS = 5;
/** Groups on the way: one being written, one that lies ready for it. */
const MAX_ON_THE_WAY = 2;

type Name = keyof Operations;
type Args<N extends Name> = Operations[N] extends (
  bytes: readonly Buffer[],
  ...args: infer A
) => unknown
  ? A
  : never;

interface Waiting {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly bytes: readonly Uint8Array[];
  readonly size: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: GatewayError) => void;
}

export class Writer {
  readonly #data: WriterData;
  #worker: Worker | undefined;
  #queue: Waiting[] = [];
  #waitingBytes = 0;
  #onTheWay: Waiting[][] = [];
  #flushing = false;
  #closed = false;
  readonly #whenIdle: (() => void)[] = [];

  constructor(data: WriterData) {
    this.#data = data;
  }

  /**
   * Resolves after the commit. Rejects with `server.busy` when too much waits already.
   *
   * @param bytes must not change before that
   */
  run<N extends Name>(
    name: N,
    bytes: readonly Uint8Array[],
    ...args: Args<N>
  ): Promise<ReturnType<Operations[N]>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#closed) {
        reject(refuse('server.store'));
        return;
      }
      const size = bytes.reduce((sum, one) => sum + one.byteLength, 0);
      if (!this.#hasRoom(name, size)) {
        reject(new GatewayError(issue('server.busy'), { retryAfterSeconds: BUSY_RETRY_SECONDS }));
        return;
      }
      this.#queue.push({ name, args, bytes, size, resolve, reject });
      this.#waitingBytes += size + ROW_BYTES;
      this.#flushSoon();
    }) as Promise<ReturnType<Operations[N]>>;
  }

  #hasRoom(name: string, size: number): boolean {
    const share = name === 'accept' ? INTAKE_SHARE : 1;
    if (this.#queue.length === 0) return true;
    if (this.#queue.length >= MAX_WAITING * share) return false;
    return this.#waitingBytes + size + ROW_BYTES <= MAX_WAITING_BYTES * share;
  }

  /** What one turn of the caller asks for goes into one group. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#queue.length > 0 && this.#onTheWay.length < MAX_ON_THE_WAY) {
      const group = this.#nextGroup();
      try {
        this.#post(group);
      } catch (error) {
        fail(group, error);
      }
    }
    // A thread that has nothing to do does not keep the process alive.
    if (this.#onTheWay.length > 0) this.#worker?.ref();
    else this.#worker?.unref();
  }

  #nextGroup(): Waiting[] {
    let count = 0;
    let size = 0;
    for (const one of this.#queue) {
      if (count >= MAX_GROUP || (count > 0 && size + one.size > MAX_GROUP_BYTES)) break;
      count++;
      size += one.size;
    }
    this.#waitingBytes -= size + count * ROW_BYTES;
    return this.#queue.splice(0, count);
  }

  #post(group: Waiting[]): void {
    // The caller's buffers may be windows of larger ones, which a clone would copy whole.
    const bytes = new Uint8Array(group.reduce((sum, one) => sum + one.size, 0));
    let offset = 0;
    const operations = group.map((one): Posted => {
      for (const part of one.bytes) {
        bytes.set(part, offset);
        offset += part.byteLength;
      }
      const lengths = one.bytes.map((part) => part.byteLength);
      return { name: one.name, args: one.args, lengths };
    });
    const request: Request = { kind: 'group', operations, bytes: bytes.buffer };
    this.#start().postMessage(request, [bytes.buffer]);
    this.#onTheWay.push(group);
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./writer-thread.js', import.meta.url), {
      name: 'store-writer',
      workerData: this.#data,
      execArgv: [],
      trackUnmanagedFds: false,
    });
    worker.on('message', (response: Response) => this.#answered(worker, response));
    worker.on('error', (error) => this.#died(worker, error));
    worker.on('exit', () => this.#died(worker, new Error('The writer thread ended.')));
    this.#worker = worker;
    return worker;
  }

  #answered(worker: Worker, response: Response): void {
    if (worker !== this.#worker) return;
    const group = this.#onTheWay.shift() ?? [];
    group.forEach((one, i) => {
      const outcome = response.outcomes[i];
      if (outcome === undefined) one.reject(refuse('server.internal'));
      else if ('error' in outcome) one.reject(fromPlain(outcome.error));
      else one.resolve(outcome.value);
    });
    this.#flush();
    this.#tellIdle();
  }

  #died(worker: Worker, error: unknown): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    const lost = [...this.#onTheWay.flat(), ...this.#queue];
    this.#onTheWay = [];
    this.#queue = [];
    this.#waitingBytes = 0;
    fail(lost, error);
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#queue.length > 0 || this.#onTheWay.length > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Takes no more and lets what was asked for finish. */
  async drain(): Promise<void> {
    this.#closed = true;
    await new Promise<void>((resolve) => {
      this.#whenIdle.push(resolve);
      this.#tellIdle();
    });
  }

  /** The same, then ends the thread. */
  async close(): Promise<void> {
    await this.drain();
    const worker = this.#worker;
    if (worker === undefined) return;
    worker.ref();
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const request: Request = { kind: 'close' };
    worker.postMessage(request);
    await ended;
  }
}

function fail(group: readonly Waiting[], cause: unknown): void {
  for (const one of group) one.reject(new GatewayError(issue('server.store'), { cause }));
}
