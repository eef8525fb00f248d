/**
 * The two oracles. Invariant: what the policy `require` takes says and covers what some package says
 * that a test signer signed. Differential: another verifier answers as we do, or a listed rule says why
 * not.
 *
 * @module
 */
import { compareEngines } from '../../src/xml/engine-agreement.js';
import type { Seed } from './corpus.js';
import { explain } from './disagreements.js';
import type { Engine, Foreign } from './engines.js';
import { acceptedFact, type Fact, type OwnAnswer } from './own-answer.js';

/** What came of a comparison: nothing to say, a rule that explains it, or a finding. */
export type Outcome =
  | { readonly kind: 'same' }
  | { readonly kind: 'explained'; readonly rule: string }
  | { readonly kind: 'finding'; readonly detail: string };

const SAME: Outcome = { kind: 'same' };

export function isHeld({ verdict }: OwnAnswer): boolean {
  return verdict?.class === 'valid';
}

/** The facts of the packages that were signed. */
export async function factsOf(corpus: readonly Seed[]): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const { name, bytes } of corpus) {
    const fact = await acceptedFact(bytes);
    // A seed that is refused would make every mutant of it pass unseen.
    if (fact === undefined) throw new Error(`the corpus file ${name} is not accepted`);
    facts.push(fact);
  }
  return facts;
}

/** One package that was signed says the same and has the same content in each covered part. */
export function isSigned(fact: Fact, signed: readonly Fact[]): boolean {
  return signed.some(
    (one) =>
      one.read === fact.read &&
      (fact.business === undefined || fact.business === one.business) &&
      fact.content.every((part) => one.content.includes(part)),
  );
}

export function compareWithXmlCrypto(bytes: Buffer, own: OwnAnswer): Outcome {
  if (own.verdict === undefined) return SAME;
  const { agrees, rule, reason = '' } = compareEngines(bytes, own.verdict);
  if (!agrees) return { kind: 'finding', detail: reason };
  return rule === undefined ? SAME : { kind: 'explained', rule: `xml-crypto ${rule}` };
}

export function compareWith(
  engine: Engine,
  foreign: Foreign,
  bytes: Buffer,
  own: OwnAnswer,
): Outcome {
  const weHold = isHeld(own);
  if (weHold === foreign.holds) return SAME;
  const { said } = own;
  const { message: theirs } = foreign;
  const rule = explain({ engine, weHold, said, text: bytes.toString('latin1'), theirs });
  return rule === undefined
    ? { kind: 'finding', detail: `edxgate: ${said}; ${engine}: ${theirs}` }
    : { kind: 'explained', rule: `${engine} ${rule}` };
}
