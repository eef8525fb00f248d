/**
 * Which case finds which rule mutant of the way to the gateway and of what becomes of a package: over
 * HTTP, against a gateway that holds all of them.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import { type CaseContext, runCase } from '../../src/conformance/run-case.js';
import type { Case, Suite } from '../../src/conformance/suite.js';
import { uniqueMaker } from '../../src/conformance/variables.js';
import type { Copy } from './copy.js';
import type { Told } from './exchange-child.js';

const TIMEOUT_MS = 4000;
const START_MS = 60_000;

interface Answer {
  readonly url?: string;
  readonly tokens?: readonly string[];
  readonly folder?: string;
  readonly passed?: readonly number[];
}

class Gateway {
  readonly #child: ChildProcess;
  url = '';
  tokens: readonly string[] = [];
  #folder = '';

  constructor(copy: Copy) {
    this.#child = fork(join(copy.folder, 'test', 'mutants', 'exchange-child.js'), {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  }

  async ready(): Promise<void> {
    const { url = '', tokens = [], folder = '' } = await this.#answer(START_MS);
    this.url = url;
    this.tokens = tokens;
    this.#folder = folder;
  }

  async tell(told: Told): Promise<Answer> {
    const answer = this.#answer(TIMEOUT_MS);
    this.#child.send(told);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answer(ms: number): Promise<Answer> {
    const signal = AbortSignal.timeout(ms);
    const [answer] = (await once(this.#child, 'message', { signal })) as [Answer];
    return answer;
  }
}

export interface ExchangeMatrix {
  /** How many cases pass a mutant: those that few pass are asked first. */
  passes(mutant: number): number;
  /** @returns ids of up to `most` cases that find it */
  killers(mutant: number, most: number): Promise<string[]>;
  readonly wrong: readonly string[];
  stop(): Promise<void>;
}

/** @param cases those that can find mutants of the exchange, the cheapest first */
export async function exchangeMatrix(
  copy: Copy,
  suite: Suite,
  cases: readonly Case[],
): Promise<ExchangeMatrix> {
  let gateway = new Gateway(copy);
  await gateway.ready();
  const unique = uniqueMaker(systemClock);
  let runs = 0;
  const passes = async (one: Case): Promise<boolean> => {
    const player = (at: number) => ({
      organId: `T99.0${at + 1}`,
      name: `Cơ quan T99.0${at + 1}`,
      token: gateway.tokens[at] ?? '',
    });
    const context: CaseContext = {
      suite,
      target: { url: gateway.url, timeoutMs: TIMEOUT_MS },
      players: { sender: player(0), recipient: player(1), third: player(2) },
      clock: systemClock,
      unique: unique(runs++ % 40_000),
    };
    return (await runCase(one, context)).verdict === 'passed';
  };
  const wrong: string[] = [];
  const passed = new Map<string, ReadonlySet<number>>();
  await gateway.tell({ look: true });
  for (const one of cases) {
    if (!(await passes(one))) wrong.push(one.id);
    passed.set(one.id, new Set((await gateway.tell({ look: true })).passed));
  }
  const renew = async (): Promise<void> => {
    await gateway.stop();
    gateway = new Gateway(copy);
    await gateway.ready();
  };
  return {
    wrong,
    passes: (mutant) => [...passed.values()].filter((one) => one.has(mutant)).length,
    async killers(mutant, most) {
      const found: string[] = [];
      try {
        await gateway.tell({ mutant });
        for (const one of cases) {
          if (found.length >= most) break;
          if (passed.get(one.id)?.has(mutant) !== true) continue;
          if (!(await passes(one))) found.push(one.id);
        }
        await gateway.tell({ mutant: -1 });
      } catch {
        await renew();
      }
      return found;
    },
    stop: () => gateway.stop(),
  };
}
