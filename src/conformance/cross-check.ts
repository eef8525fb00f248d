/**
 * Cross-check: holds what edxgate says of a package against other engines. The schema against libxmljs2
 * and xmllint, the signature against xml-crypto, xmlsec1 and the JDK. An engine that is not installed is
 * told, never passed over; a disagreement that is known is told with its reason; any other is an alarm,
 * since one of the two reads another document.
 *
 * Only whether a signature holds is compared: whose a certificate is and whether it is trusted is left
 * to each system. For files that the tester trusts.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { type Clock, systemClock } from '../clock.js';
import { refuse } from '../model/issue.js';
import { compareSchema, compareSignature, compareXmlCrypto } from './cross-compare.js';
import { askLibxmljs2, askXmllint, askXmlsec1 } from './cross-engines.js';
import { JdkVerifier } from './cross-jdk.js';
import { foundOf, judge } from './cross-own.js';
import { CROSS_ENGINES, type CrossAnswer, type CrossChecked } from './cross-result.js';

export type { CrossAnswer, CrossChecked, CrossEngine, CrossOutcome } from './cross-result.js';
export { needsLook } from './cross-result.js';
export { crossCheckSummary, crossCheckText } from './cross-text.js';

export interface CrossCheckOptions {
  readonly clock?: Clock;
  /** Programs to run, where they are not found by their names. */
  readonly programs?: Partial<Readonly<Record<'xmllint' | 'xmlsec1' | 'java', string>>>;
}

/** Far above the largest package that a gateway takes by default. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * One file after another, in the order given; for each, all other engines at once.
 *
 * @throws GatewayError `file.unreadable`
 */
export async function* crossCheck(
  files: readonly string[],
  options: CrossCheckOptions = {},
): AsyncGenerator<CrossChecked> {
  const jdk = new JdkVerifier(options.programs?.java);
  try {
    for (const file of files) yield await checkFile(file, jdk, options);
  } finally {
    await jdk.close();
  }
}

async function checkFile(
  file: string,
  jdk: JdkVerifier,
  { clock = systemClock, programs = {} }: CrossCheckOptions,
): Promise<CrossChecked> {
  const bytes = readPackage(file);
  const own = judge(bytes, clock);
  // The others would open what it names, or grow without bounds.
  if (own.kind === 'refused') return { file, refused: own.code, answers: nobodyAsked(own.code) };
  const schema = own.kind === 'read' ? own.schema.name : 'document';
  const answers = await Promise.all([
    compareSchema('libxmljs2', own, bytes, () => askLibxmljs2(bytes, schema)),
    compareSchema('xmllint', own, bytes, () => askXmllint(bytes, schema, programs.xmllint)),
    compareXmlCrypto(own, bytes),
    compareSignature('xmlsec1', own, bytes, () => askXmlsec1(bytes, programs.xmlsec1)),
    compareSignature('jdk', own, bytes, () => jdk.ask(bytes)),
  ]);
  if (own.kind === 'malformed') return { file, refused: own.code, answers };
  return { file, schema: own.schema, signature: foundOf(own.signature), answers };
}

function nobodyAsked(code: string): CrossAnswer[] {
  const rest = { outcome: 'not-compared', reason: `refused by us: ${code}` } as const;
  return (['schema', 'signature'] as const).flatMap((about) =>
    CROSS_ENGINES[about].map((engine) => ({ about, engine, ...rest })),
  );
}

function readPackage(file: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024 ** 2} MiB`);
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refuse('file.unreadable', { file, reason });
  }
}
