/**
 * Which behaviour comes next: names rotate per delivery; only the first attempts of a message, or only
 * a share of them, may be wanted. The same seed makes the same choices.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { behaviourOf, type Chosen, type Stage, WELL_BEHAVED } from './simulate-behaviours.js';

export interface PlanSettings {
  /** At least one. */
  readonly behaviours: readonly Chosen[];
  /** After so many attempts of a message all is well. */
  readonly failFirst?: number;
  /** 0 to 1; 1 by default. */
  readonly rate?: number;
  readonly seed?: string;
}

/** Uniform in [0, 1): SHA-256 of seed and count. */
export function seededRandom(seed: string): () => number {
  let count = 0;
  return () => {
    count += 1;
    const hash = createHash('sha256').update(`${seed} ${count}`).digest();
    return hash.readUInt32BE(0) / 2 ** 32;
  };
}

const STAGES: readonly Stage[] = ['connection', 'header', 'message'];

export class Plan {
  readonly #settings: PlanSettings;
  readonly #random: () => number;
  #next = 0;
  /** Misbehaved before the message was known. */
  #blind = 0;

  constructor(settings: PlanSettings) {
    this.#settings = settings;
    this.#random = seededRandom(settings.seed ?? '');
  }

  /**
   * @param attempt of this message here, from 1; known at the stage `message` only. A behaviour of an
   *   earlier stage counts its own turns instead
   * @returns undefined when the next behaviour waits for a later stage
   */
  at(stage: Stage, attempt?: number): Chosen | undefined {
    const { behaviours, failFirst, rate = 1 } = this.#settings;
    const chosen = behaviours[this.#next % behaviours.length] ?? WELL_BEHAVED;
    const own = behaviourOf(chosen.name).stage;
    if (STAGES.indexOf(own) > STAGES.indexOf(stage)) return undefined;
    const isBlind = own !== 'message';
    if (failFirst !== undefined && (isBlind ? this.#blind + 1 : (attempt ?? 1)) > failFirst) {
      if (stage !== 'message') return undefined;
      // Else a list could stand still at a behaviour that has had its turns.
      if (isBlind) this.#next += 1;
      return WELL_BEHAVED;
    }
    this.#next += 1;
    if (rate < 1 && this.#random() >= rate) return WELL_BEHAVED;
    if (isBlind) this.#blind += 1;
    return chosen;
  }
}
