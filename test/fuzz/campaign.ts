/**
 * One run of the fuzzer: mutate, judge, and hold every answer against the oracles.
 *
 * @module
 */
import { readCorpus, type Seed } from './corpus.js';
import { askJdk, askXmlsec1, type Engine, type Foreign } from './engines.js';
import { MUTATIONS } from './mutations.js';
import {
  compareWith,
  compareWithXmlCrypto,
  factsOf,
  isHeld,
  isSigned,
  type Outcome,
} from './oracles.js';
import { acceptedFact, answer, type Fact, type OwnAnswer } from './own-answer.js';
import { Random } from './random.js';
import { resign } from './resign.js';

export interface CampaignOptions {
  readonly seed: number;
  /** Ends after this time, in milliseconds, with the round that is under way. */
  readonly milliseconds: number;
  /** Ends after so many mutants in any case. */
  readonly mutants?: number;
  readonly xmlsec1: boolean;
  /** Folder with the compiled JDK verifier. */
  readonly jdkClasses?: string;
  /** One in so many refused mutants is shown to the other engines; all that hold are. */
  readonly sample: number;
}

export interface Finding {
  readonly kind: 'crash' | 'invariant' | 'disagreement';
  readonly detail: string;
  readonly seed: number;
  readonly mutant: number;
  readonly from: string;
  readonly mutations: readonly string[];
  readonly bytes: Buffer;
}

interface Mutant {
  readonly number: number;
  readonly from: string;
  readonly mutations: readonly string[];
  readonly bytes: Buffer;
}

type Judged = Mutant & { readonly own: OwnAnswer };

/** Asked for at once: one process of the JDK, one shell of xmlsec1. */
const ROUND = 400;
const MAX_FINDINGS = 300;
/** Of mutants, in per cent, whose SignedInfo is signed anew. */
const RESIGNED = 25;

/** Mutates the corpus until the time is up. The same seed makes the same mutants. */
export async function runCampaign(options: CampaignOptions): Promise<Campaign> {
  const corpus = readCorpus();
  const campaign = new Campaign(options, corpus, await factsOf(corpus));
  const end = performance.now() + options.milliseconds;
  while (performance.now() < end && campaign.hasMore) await campaign.round(end);
  return campaign;
}

export class Campaign {
  mutants = 0;
  /** Taken under `require`. */
  accepted = 0;
  /** Mutants shown to each engine. */
  readonly compared = new Map<string, number>();
  /** Rule → how often it explained a difference. */
  readonly rules = new Map<string, number>();
  readonly findings: Finding[] = [];
  readonly #options: CampaignOptions;
  readonly #corpus: readonly Seed[];
  readonly #texts: readonly string[];
  readonly #signed: readonly Fact[];
  readonly #random: Random;

  constructor(options: CampaignOptions, corpus: readonly Seed[], signed: readonly Fact[]) {
    this.#options = options;
    this.#corpus = corpus;
    this.#texts = corpus.map(({ bytes }) => bytes.toString('latin1'));
    this.#signed = signed;
    this.#random = new Random(options.seed);
  }

  get hasMore(): boolean {
    return this.mutants < (this.#options.mutants ?? Number.POSITIVE_INFINITY);
  }

  async round(end: number): Promise<void> {
    const shown: Judged[] = [];
    for (let i = 0; i < ROUND && this.hasMore && performance.now() < end; i++) {
      this.mutants++;
      const mutant = this.#mutate();
      try {
        const judged = await this.#judge(mutant);
        if (isHeld(judged.own) || this.#isInSample()) shown.push(judged);
      } catch (error) {
        const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#report('crash', mutant, detail);
      }
    }
    const { xmlsec1, jdkClasses } = this.#options;
    const packages = shown.map(({ bytes }) => bytes);
    if (xmlsec1) this.#compare('xmlsec1', shown, await askXmlsec1(packages));
    if (jdkClasses) this.#compare('jdk', shown, await askJdk(packages, jdkClasses));
  }

  async #judge(mutant: Mutant): Promise<Judged> {
    const own = answer(mutant.bytes);
    const holds = isHeld(own);
    const fact = holds ? await acceptedFact(mutant.bytes) : undefined;
    if (fact !== undefined) {
      this.accepted++;
      if (!isSigned(fact, this.#signed)) this.#report('invariant', mutant, JSON.stringify(fact));
    }
    if (holds || (own.verdict !== undefined && this.#isInSample())) {
      count(this.compared, 'xml-crypto');
      this.#note(mutant, compareWithXmlCrypto(mutant.bytes, own));
    }
    return { ...mutant, own };
  }

  #compare(engine: Engine, shown: readonly Judged[], answers: readonly Foreign[]): void {
    for (const [i, foreign] of answers.entries()) {
      const mutant = shown[i];
      if (mutant === undefined) continue;
      count(this.compared, engine);
      this.#note(mutant, compareWith(engine, foreign, mutant.bytes, mutant.own));
    }
  }

  #note(mutant: Mutant, outcome: Outcome): void {
    if (outcome.kind === 'explained') count(this.rules, outcome.rule);
    if (outcome.kind === 'finding') this.#report('disagreement', mutant, outcome.detail);
  }

  #report(kind: Finding['kind'], { number, from, mutations, bytes }: Mutant, detail: string): void {
    if (this.findings.length >= MAX_FINDINGS) return;
    const { seed } = this.#options;
    this.findings.push({ kind, detail, seed, mutant: number, from, mutations, bytes });
  }

  #isInSample(): boolean {
    return this.#random.below(this.#options.sample) === 0;
  }

  /** The first ones are the packages of the corpus as they are. */
  #mutate(): Mutant {
    const number = this.mutants;
    const whole = this.#corpus[number - 1];
    const seed = whole ?? this.#random.pick(this.#corpus);
    if (seed === undefined) throw new Error('there is no corpus');
    const { name: from, bytes } = seed;
    if (whole !== undefined) return { number, from, mutations: [], bytes };
    const mutations: string[] = [];
    let text = bytes.toString('latin1');
    for (let left = this.#random.of(1, 1, 1, 2, 2, 3); left > 0; left--) {
      const mutation = this.#random.pick(MUTATIONS);
      if (mutation === undefined) break;
      text = mutation.apply(text, this.#random, this.#texts);
      mutations.push(mutation.name);
    }
    if (this.#random.chance(RESIGNED)) {
      text = resign(text);
      mutations.push('resign');
    }
    return { number, from, mutations, bytes: Buffer.from(text, 'latin1') };
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
