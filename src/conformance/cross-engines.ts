/**
 * The other engines of a cross-check, each asked about one file. They are for files that the tester
 * trusts: two of them are known to spend seconds on one crafted tag. They see only what our own scan
 * let through (no DOCTYPE, so no entities), fetch nothing, and are bounded in time and memory.
 *
 * @module
 */
import { join } from 'node:path';
import { QCVN_NAMESPACE } from '../edxml/names.js';
import { SIGNED_PARTS } from '../model/signature.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { SCHEMA_FILES } from '../xml/schema.js';
import { secondOpinion } from '../xml/second-opinion.js';
import type { SchemaName } from '../xml/tree.js';
import { type ProcessAnswer, type ProcessLimits, runBounded } from './bounded-process.js';

/** What an engine thinks: of a schema, that the file is valid; of a signature, that it holds. */
export type Opinion =
  | { readonly kind: 'opinion'; readonly holds: boolean; readonly reason: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly reason: string };

const LIMITS: ProcessLimits = { ms: 30_000, mebibytes: 2048 };
const MAX_REASON = 500;

/** libxmljs2, an optional package. */
export async function askLibxmljs2(bytes: Uint8Array, schema: SchemaName): Promise<Opinion> {
  const answer = await secondOpinion(bytes, schema);
  if (answer.kind === 'unavailable') return { kind: 'missing' };
  if (answer.kind === 'failed') return answer;
  const [first] = answer.errors;
  const reason = first === undefined ? 'valid' : `line ${first.line}: ${first.text}`;
  return { kind: 'opinion', holds: answer.valid, reason };
}

/** Statuses of xmllint: 1 for what it cannot parse, 3 and 4 for what is not valid. */
const XMLLINT_INVALID: ReadonlySet<number> = new Set([1, 3, 4]);

export async function askXmllint(
  bytes: Uint8Array,
  schema: SchemaName,
  command = 'xmllint',
): Promise<Opinion> {
  const file = join(PACKAGE_ROOT, 'xsd', SCHEMA_FILES[schema]);
  // --huge: attachments are longer than the 10 MB that a text may have without it.
  const options = ['--nonet', '--huge', '--noout', '--schema', file, '-'];
  const answer = await runBounded([command, ...options], bytes, LIMITS);
  return opinionOf(answer, (status) =>
    status === 0 ? true : XMLLINT_INVALID.has(status) ? false : undefined,
  );
}

/** Whether the signature holds by the certificate beside it; whose that is, is not asked. */
export async function askXmlsec1(bytes: Uint8Array, command = 'xmlsec1'): Promise<Opinion> {
  const options = [
    ...['--verify', '--insecure', '--enabled-key-data', 'x509'],
    ...['--enabled-reference-uris', 'empty,same-doc'],
    ...SIGNED_PARTS.flatMap((name) => ['--id-attr:Id', `${QCVN_NAMESPACE}:${name}`]),
    '-',
  ];
  const answer = await runBounded([command, ...options], bytes, LIMITS);
  return opinionOf(answer, (status) => (status === 0 ? true : status === 1 ? false : undefined));
}

function opinionOf(
  answer: ProcessAnswer,
  holdsFor: (status: number) => boolean | undefined,
): Opinion {
  if (answer.kind !== 'ended') return answer;
  const said = answer.output
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, MAX_REASON);
  const holds = holdsFor(answer.status);
  if (holds === undefined) return { kind: 'failed', reason: `status ${answer.status}: ${said}` };
  return { kind: 'opinion', holds, reason: holds ? 'holds' : said };
}
