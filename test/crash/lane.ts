/**
 * A lane: a sender, a pushed recipient and a collecting recipient that live through many kills of the
 * gateway between them. One store at a time; a chain of runs on it, then quiet, then the comparison.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/child-gateway.js';
import type { News, Order } from './actor.js';
import { checkWhole, describeOpen, openDeliveries, type StoreCheck } from './check.js';
import { Control } from './faults.js';
import {
  type GatewayPlace,
  makeStore,
  type RunningGateway,
  startGatewayProcess,
  writeSettings,
} from './gateway-process.js';
import {
  type Acknowledged,
  type Comparison,
  compareLedgers,
  type Finding,
  readLedger,
  type Taken,
} from './ledger.js';

class Actor {
  readonly #child: ChildProcess;
  readonly #waiting: (() => void)[] = [];

  constructor(name: string, listen: (news: News) => void) {
    this.#child = fork(fileURLToPath(new URL(`${name}.js`, import.meta.url)), []);
    this.#child.on('message', (news: News) => {
      if (news.kind === 'done') this.#waiting.shift()?.();
      else listen(news);
    });
  }

  order(order: Order): Promise<void> {
    this.#child.send(order);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await gone;
  }
}

export interface SenderState {
  readonly acknowledged: number;
  readonly waiting: number;
  readonly temporary: number;
  readonly codes: readonly string[];
}

/** Folders of runs that were stopped: their names end with the process and a number. */
export function removeLeftOvers(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const pid = /^(?:lane|fault|power)-(\d+)(?:-\d+)?$/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

const QUIET_MS = 60_000;
const POLL_MS = 100;

export class Lane {
  readonly folder: string;
  readonly control: Control;
  readonly port: number;
  readonly pushPort: number;
  readonly #sender: Actor;
  readonly #pushed: Actor;
  readonly #collecting: Actor;
  readonly #news: { state: SenderState; refused: Finding[] };
  readonly #tokens: Readonly<Record<string, string>>;
  #contentUpTo = 0;

  private constructor(members: {
    folder: string;
    port: number;
    pushPort: number;
    sender: Actor;
    pushed: Actor;
    collecting: Actor;
    news: { state: SenderState; refused: Finding[] };
    tokens: Readonly<Record<string, string>>;
  }) {
    this.folder = members.folder;
    this.port = members.port;
    this.pushPort = members.pushPort;
    this.#sender = members.sender;
    this.#pushed = members.pushed;
    this.#collecting = members.collecting;
    this.#news = members.news;
    this.#tokens = members.tokens;
    this.control = new Control(join(this.folder, 'control'));
  }

  /** @param more settings beside those of every crash run */
  static async open(
    folder: string,
    more: readonly (readonly [string, string])[] = [],
  ): Promise<Lane> {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const news: { state: SenderState; refused: Finding[] } = {
      state: { acknowledged: 0, waiting: 0, temporary: 0, codes: [] },
      refused: [],
    };
    const listen = (one: News): void => {
      if (one.kind === 'state') news.state = one;
      if (one.kind === 'refused') {
        news.refused.push({ kind: 'refused', detail: one.detail, run: one.run });
      }
    };
    let pushed: Actor | undefined;
    const listening = await new Promise<number>((resolve) => {
      pushed = new Actor('pushed-recipient', (one) => {
        if (one.kind === 'listening') resolve(one.port);
        else listen(one);
      });
    });
    if (pushed === undefined) throw new Error('no recipient');
    const tokens = await makeStore(join(folder, 'template'), listening);
    const port = await freePort();
    writeSettings(join(folder, 'edxgate.yaml'), port, more);
    return new Lane({
      folder,
      port,
      pushPort: listening,
      sender: new Actor('sender', listen),
      pushed,
      collecting: new Actor('collecting-recipient', listen),
      news,
      tokens,
    });
  }

  get store(): string {
    return join(this.folder, 'store');
  }

  get place(): GatewayPlace {
    const { folder, port, pushPort, control } = this;
    return { folder, port, pushPort, control };
  }

  get sender(): SenderState {
    return this.#news.state;
  }

  /** Temporary and other faults that the sender or the collecting recipient did not expect. */
  get refused(): readonly Finding[] {
    return this.#news.refused;
  }

  #ledger(name: string): string {
    return join(this.folder, `${name}.jsonl`);
  }

  async #all(order: (ledger: string) => Order): Promise<void> {
    await Promise.all([
      this.#sender.order(order(this.#ledger('acknowledged'))),
      this.#pushed.order(order(this.#ledger('pushed'))),
      this.#collecting.order(order(this.#ledger('collected'))),
    ]);
  }

  /** A fresh store and fresh ledgers. */
  async beginChain(name: string, seed: number): Promise<void> {
    for (const ledger of ['acknowledged', 'pushed', 'collected'])
      rmSync(this.#ledger(ledger), { force: true });
    // What a mount stands on is emptied, not removed.
    rmSync(join(this.store, 'content'), { recursive: true, force: true });
    for (const file of ['edxgate.db', 'edxgate.db-wal', 'edxgate.db-shm']) {
      rmSync(join(this.store, file), { force: true });
    }
    cpSync(join(this.folder, 'template'), this.store, { recursive: true });
    this.#news.refused.length = 0;
    this.#contentUpTo = 0;
    await this.#all((ledger) => ({ kind: 'chain', ledger, seed, name, tokens: this.#tokens }));
  }

  start(more: Partial<GatewayPlace> = {}): RunningGateway {
    return startGatewayProcess({ ...this.place, ...more });
  }

  /** The gateway is ready: let sender and recipients work. */
  work(run: number, fresh: boolean): Promise<void> {
    const soapUrl = `http://127.0.0.1:${this.port}/soap`;
    return this.#all(() => ({ kind: 'run', run, soapUrl, fresh }));
  }

  /** Only the sender works. */
  send(run: number, fresh: boolean): Promise<void> {
    const soapUrl = `http://127.0.0.1:${this.port}/soap`;
    return this.#sender.order({ kind: 'run', run, soapUrl, fresh });
  }

  /** Forgets refusals that a fault had to cause. @returns them */
  takeRefused(): readonly Finding[] {
    return this.#news.refused.splice(0);
  }

  pause(): Promise<void> {
    return this.#all(() => ({ kind: 'pause' }));
  }

  async check(): Promise<StoreCheck> {
    const found = await checkWhole(this.store, this.#contentUpTo);
    this.#contentUpTo = found.contentUpTo;
    return found;
  }

  compare(): Comparison {
    return compareLedgers(readLedger<Acknowledged>(this.#ledger('acknowledged')), [
      ...readLedger<Taken>(this.#ledger('pushed')),
      ...readLedger<Taken>(this.#ledger('collected')),
    ]);
  }

  /**
   * No new documents; waits until the sender has every acknowledgement and no delivery is open.
   *
   * @returns what kept it from being quiet, or undefined
   */
  async quiet(
    gateway: RunningGateway,
    run: number,
    limitMs = QUIET_MS,
  ): Promise<string | undefined> {
    await this.work(run, false);
    const end = performance.now() + limitMs;
    for (;;) {
      const waiting = this.sender.waiting;
      const open = waiting === 0 ? openDeliveries(this.store) : -1;
      if (waiting === 0 && open === 0) return undefined;
      if (!gateway.isRunning()) return `the gateway ended: ${gateway.errors().slice(-500)}`;
      if (performance.now() > end) {
        return `${waiting} not acknowledged, ${open} deliveries open: ${describeOpen(this.store)}`;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** The chain is over: quiet, comparison, and a last look at the whole store. */
  async endChain(run: number): Promise<Comparison> {
    this.control.reset();
    const gateway = this.start();
    await gateway.ready;
    const stuck = await this.quiet(gateway, run);
    await this.pause();
    await gateway.kill();
    const comparison = this.compare();
    const findings: Finding[] = [...comparison.findings, ...this.refused];
    if (stuck !== undefined) findings.push({ kind: 'stuck', detail: stuck, run });
    for (const detail of (await checkWhole(this.store)).faults)
      findings.push({ kind: 'store', detail, run });
    return { ...comparison, findings };
  }

  async close(): Promise<void> {
    await Promise.all([this.#sender.close(), this.#pushed.close(), this.#collecting.close()]);
    this.control.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
