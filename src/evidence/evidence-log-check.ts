/**
 * Checks the log proof of an evidence file: every event against its line, its hash, and the way to the
 * root that a signed checkpoint shows.
 *
 * @module
 */
import { entryHash, sha256Text } from '../model/log-entry.js';
import { readCheckpoint } from './checkpoint.js';
import {
  type Check,
  type EvidenceReader,
  failed,
  type Json,
  listOf,
  objectOf,
  passed,
  textOf,
} from './evidence-reader.js';
import { type LogProof, logProofText } from './log-proof.js';
import { type PathStep, rootOfPath } from './merkle.js';

const NAME = 'log';
const HASH = /^[0-9a-f]{64}$/;
/** A tree of that depth has more leaves than any checkpoint. */
const MAX_PATH = 64;

interface Entry {
  readonly text: string;
  readonly line: string;
  readonly previous: string;
  readonly hash: string;
  readonly inclusion: Json | undefined;
}

function entryOf(value: unknown): Entry {
  const one = objectOf(value);
  return {
    text: textOf(one['text']),
    line: textOf(one['line']),
    previous: textOf(one['previous']),
    hash: textOf(one['hash']),
    inclusion: one['inclusion'] === undefined ? undefined : objectOf(one['inclusion']),
  };
}

function stepsOf(value: unknown): PathStep[] | undefined {
  const steps = listOf(value).map(objectOf);
  const path = steps.map(({ side, hash }): PathStep | undefined => {
    const isHash = HASH.test(textOf(hash));
    return (side === 'left' || side === 'right') && isHash
      ? { side, hash: textOf(hash) }
      : undefined;
  });
  const good = path.filter((step) => step !== undefined);
  return good.length === steps.length && steps.length <= MAX_PATH ? good : undefined;
}

/** The root that the checkpoint of this number shows; its signature holds. */
function rootsIn(reader: EvidenceReader): ReadonlyMap<number, string> | undefined {
  const roots = new Map<number, string>();
  for (const { name } of reader.like(/^log\/checkpoint-/)) {
    const number = Number(/^log\/checkpoint-(\d{1,15})\.xml$/.exec(name)?.[1] ?? Number.NaN);
    const read = readCheckpoint(reader.text(name) ?? '', reader.keyOf);
    if (read.kind !== 'holds' || read.content.number !== number) return undefined;
    roots.set(number, read.content.merkleRoot);
  }
  return roots;
}

/** @returns what is wrong with it */
function problemOf(
  { text, line, previous, hash, inclusion }: Entry,
  messageId: string,
  roots: ReadonlyMap<number, string>,
): string | undefined {
  const fields = line.split(' ');
  if (fields[3] !== 'event' || fields[5] !== messageId) return 'is an entry of another message';
  if (sha256Text(text) !== fields.at(-1)) return 'does not stand for its text';
  if (!HASH.test(hash) || entryHash(previous, line) !== hash) return 'has a wrong hash';
  if (inclusion === undefined) return undefined;
  const path = stepsOf(inclusion['path']);
  const root = roots.get(Number(inclusion['checkpoint']));
  if (path === undefined || root === undefined) return 'names a checkpoint that is not there';
  const reached = rootOfPath(Buffer.from(hash, 'hex'), path).toString('hex');
  return reached === root && inclusion['root'] === root
    ? undefined
    : 'does not lead to the root that its checkpoint shows';
}

/** The text form says the same as the JSON. */
function isSameText(reader: EvidenceReader, proof: Json): boolean {
  try {
    return logProofText(proof as unknown as LogProof) === reader.text('log/proof.txt');
  } catch {
    // A member of another shape than ours.
    return false;
  }
}

export function checkLog(reader: EvidenceReader, messageId: string): Check {
  const proof = objectOf(reader.json('log/proof.json'));
  if (proof['messageId'] !== messageId) return failed(NAME, 'the proof is for another message');
  const roots = rootsIn(reader);
  if (roots === undefined) return failed(NAME, 'the signature of a checkpoint does not hold');
  const entries = listOf(proof['entries']).map(entryOf);
  for (const one of entries) {
    const problem = problemOf(one, messageId, roots);
    if (problem !== undefined) return failed(NAME, `the entry "${one.line}" ${problem}`);
  }
  if (!isSameText(reader, proof)) return failed(NAME, 'proof.txt is not what proof.json says');
  const covered = entries.filter(({ inclusion }) => inclusion !== undefined).length;
  return passed(
    NAME,
    entries.length === 0
      ? 'no entry: the message is from before the log was chained, or was deleted by retention'
      : `${covered} of ${entries.length} events are under ${roots.size} signed checkpoints`,
  );
}
