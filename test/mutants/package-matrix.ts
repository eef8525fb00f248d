/**
 * Which case finds which rule mutant of packages: in process, with a copy of the product that holds all
 * of them.
 *
 * Cases that were made from the schemas pass through the rules alike whatever element they are about:
 * of each kind of them a few stand for all.
 *
 * @module
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Copy } from './copy.js';
import type { Subject } from './matrix.js';

type Ask = (bytes: Buffer) => Promise<string>;

interface Switch {
  $a: number;
  /** Rounds of loops; a mutant that makes too many is stopped. */
  $n: number;
  $t: Uint8Array;
}

/** Of each kind of cases made from the schemas. */
const OF_A_KIND = 2;

/** @param isMade tells the cases that were made from the schemas. */
export function representatives(
  subjects: readonly Subject[],
  isMade: (id: string) => boolean,
): Subject[] {
  const counts = new Map<string, number>();
  return subjects.filter(({ id }) => {
    if (!isMade(id)) return true;
    const kind = `${id.split('.')[0]} ${id.split('.').at(-1)}`;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= OF_A_KIND;
  });
}

export interface PackageMatrix {
  /** How many cases pass a mutant: those that few pass are asked first. */
  passes(mutant: number): number;
  readonly wrong: readonly string[];
  /** @returns ids of up to `most` cases that find it */
  killers(mutant: number, most: number): Promise<string[]>;
}

export async function packageMatrix(
  copy: Copy,
  subjects: readonly Subject[],
): Promise<PackageMatrix> {
  const url = pathToFileURL(join(copy.folder, 'test', 'mutants', 'ask.js')).href;
  const { ask } = (await import(url)) as { ask: Ask };
  const state = globalThis as unknown as Switch;
  const wrong: string[] = [];
  const facts: { subject: Subject; passed: Uint8Array; ms: number }[] = [];
  for (const subject of subjects) {
    state.$t.fill(0);
    state.$n = 0;
    const start = performance.now();
    if ((await ask(subject.bytes)) !== subject.wanted) wrong.push(subject.id);
    const passed = state.$t.slice(0, copy.mutants.length);
    facts.push({ subject, passed, ms: performance.now() - start });
  }
  facts.sort((a, b) => a.ms - b.ms);
  return {
    wrong,
    passes: (mutant) => facts.filter(({ passed }) => passed[mutant] === 1).length,
    async killers(mutant, most) {
      const found: string[] = [];
      state.$a = mutant;
      try {
        for (const { subject, passed } of facts) {
          if (found.length >= most) break;
          state.$n = 0;
          if (passed[mutant] === 1 && (await ask(subject.bytes)) !== subject.wanted) {
            found.push(subject.id);
          }
        }
      } finally {
        state.$a = -1;
      }
      return found;
    },
  };
}
