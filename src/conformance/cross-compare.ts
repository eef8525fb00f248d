/**
 * Compares our verdict with what another engine says of the same bytes.
 *
 * @module
 */
import type { SignatureClass } from '../model/signature.js';
import { compareEngines } from '../xml/engine-agreement.js';
import { explainForeign, type ForeignEngine } from './cross-disagreements.js';
import type { Opinion } from './cross-engines.js';
import { foundOf, type OwnVerdict } from './cross-own.js';
import type { CrossAnswer } from './cross-result.js';

type Compared = Exclude<OwnVerdict, { readonly kind: 'refused' }>;

/** Classes without a ds:Signature that another engine could find. */
const WITHOUT: ReadonlySet<SignatureClass> = new Set(['absent', 'wrong-namespace']);

export async function compareSchema(
  engine: ForeignEngine,
  own: Compared,
  bytes: Buffer,
  ask: () => Promise<Opinion>,
): Promise<CrossAnswer> {
  const isValid = own.kind === 'read' && own.schema.valid;
  const said = own.kind === 'malformed' ? own.code : isValid ? 'valid' : own.schema.codes.join(' ');
  return judge({ about: 'schema', engine }, { holds: isValid, said }, bytes, await ask());
}

export async function compareSignature(
  engine: ForeignEngine,
  own: Compared,
  bytes: Buffer,
  ask: () => Promise<Opinion>,
): Promise<CrossAnswer> {
  const about = { about: 'signature', engine } as const;
  const nothing = reasonNotToAsk(own, bytes);
  if (nothing !== undefined) return { ...about, outcome: 'not-compared', reason: nothing };
  if (own.kind === 'malformed') {
    return judge(about, { holds: false, said: own.code }, bytes, await ask());
  }
  const { found, reasons } = foundOf(own.signature);
  const holds = found === 'holds';
  const said = [found, ...reasons].join(' ');
  return judge(about, { holds, said }, bytes, await ask());
}

/** xml-crypto runs in this process, and has its own table of known disagreements. */
export function compareXmlCrypto(own: Compared, bytes: Buffer): CrossAnswer {
  const about = { about: 'signature', engine: 'xml-crypto' } as const;
  if (own.kind === 'malformed') {
    return { ...about, outcome: 'not-compared', reason: `refused by us: ${own.code}` };
  }
  const { agrees, rule, reason } = compareEngines(bytes, own.signature);
  const why = reason === undefined ? {} : { reason };
  if (!agrees) return { ...about, outcome: 'disagrees', ...why };
  if (rule === undefined) return { ...about, outcome: 'agrees' };
  if (rule === 'not-compared') return { ...about, outcome: 'not-compared', ...why };
  return { ...about, outcome: 'known', rule, ...why };
}

function reasonNotToAsk(own: Compared, bytes: Buffer): string | undefined {
  if (own.kind === 'malformed') {
    return bytes.includes('Signature') ? undefined : 'there is no signature';
  }
  const { class: found } = own.signature;
  return WITHOUT.has(found) ? `class ${found}` : undefined;
}

interface Said {
  readonly holds: boolean;
  readonly said: string;
}

function judge(
  about: Pick<CrossAnswer, 'about'> & { readonly engine: ForeignEngine },
  { holds, said }: Said,
  bytes: Buffer,
  opinion: Opinion,
): CrossAnswer {
  if (opinion.kind === 'missing') return { ...about, outcome: 'not-installed' };
  if (opinion.kind === 'failed') return { ...about, outcome: 'failed', reason: opinion.reason };
  if (opinion.holds === holds) return { ...about, outcome: 'agrees' };
  const known = explainForeign({
    engine: about.engine,
    weHold: holds,
    said,
    text: bytes.toString('latin1'),
    theirs: opinion.reason,
  });
  if (known === undefined) {
    const reason = `edxgate: ${said}; ${about.engine}: ${opinion.reason}`;
    return { ...about, outcome: 'disagrees', reason };
  }
  return { ...about, outcome: 'known', rule: known.rule, reason: known.why };
}
