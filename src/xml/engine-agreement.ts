/**
 * Compares our verdict on a signature with xml-crypto's (`signature.engine: both`). Ours alone decides;
 * where the two differ, known-disagreements.ts must say why, or somebody has to look.
 *
 * @module
 */
import { GatewayError } from '../model/issue.js';
import type { SignatureClass, SignatureVerdict } from '../model/signature.js';
import { type Evidence, KNOWN_DISAGREEMENTS } from './known-disagreements.js';
import { scanXml } from './scan.js';
import { OPINION_LIMITS, xmlCryptoOpinion } from './second-verifier.js';

export interface Agreement {
  /** False only when the two differ and no listed rule says why: an alarm. */
  readonly agrees: boolean;
  /** The known disagreement, or `not-compared` when xml-crypto was not asked. */
  readonly rule?: string;
  /** For people: what xml-crypto said, or why a rule explains it; may quote the package. */
  readonly reason?: string;
}

/** Whether the signature holds, by class; trust in the signer is none of xml-crypto's business. */
const HOLDS: ReadonlyMap<SignatureClass, boolean> = new Map<SignatureClass, boolean>([
  ['valid', true],
  ['untrusted', true],
  ['invalid', false],
]);

/**
 * @param bytes the package whose signature was judged
 * @param verdict ours; only `valid`, `untrusted` and `invalid` can be compared
 */
export function compareEngines(bytes: Uint8Array, verdict: SignatureVerdict): Agreement {
  const holds = HOLDS.get(verdict.class);
  if (holds === undefined) return notCompared(`class ${verdict.class}`);
  const tooMuch = boundsReason(bytes);
  if (tooMuch !== undefined) return notCompared(tooMuch);
  const opinion = xmlCryptoOpinion(bytes);
  if (opinion.holds === holds) return { agrees: true };
  const evidence: Evidence = { verdict, opinion, text: Buffer.from(bytes).toString('utf8') };
  const known = KNOWN_DISAGREEMENTS.find((one) => one.weHold === holds && one.matches(evidence));
  if (known !== undefined) return { agrees: true, rule: known.rule, reason: known.why };
  const ours = `${verdict.class} ${verdict.reasons.join(', ')}`.trimEnd();
  const theirs = opinion.holds ? 'holds' : `does not hold: ${opinion.reason ?? ''}`;
  return { agrees: false, reason: `edxgate: ${ours}; xml-crypto: ${theirs}` };
}

function notCompared(reason: string): Agreement {
  return { agrees: true, rule: 'not-compared', reason };
}

/** xml-crypto would hold the thread for long over such a package. */
function boundsReason(bytes: Uint8Array): string | undefined {
  if (bytes.length > OPINION_LIMITS.bytes) return `more than ${OPINION_LIMITS.bytes} bytes`;
  try {
    const { elements } = scanXml(bytes);
    return elements > OPINION_LIMITS.elements
      ? `more than ${OPINION_LIMITS.elements} elements`
      : undefined;
  } catch (error) {
    if (error instanceof GatewayError) return 'the scan refuses it';
    throw error;
  }
}
