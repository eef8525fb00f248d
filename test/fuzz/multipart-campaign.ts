/**
 * One run of the fuzzer on multipart bodies. The oracles: both readers say the same, word by word,
 * wherever the body is cut; nothing but a GatewayError is thrown; memory and what goes to the file stay in
 * proportion to the body; no file stays open.
 *
 * @module
 */
import { GatewayError } from '../../src/model/issue.js';
import {
  cutAt,
  MemoryStore,
  type Reading,
  type Request,
  readStreamed,
  readWhole,
  SHAPES,
} from '../support/multipart-corpus.js';
import type { Finding } from './campaign.js';
import { MULTIPART_MUTATIONS } from './multipart-mutations.js';
import { Random } from './random.js';

export interface MultipartOptions {
  readonly seed: number;
  /** Ends after this time, in milliseconds. */
  readonly milliseconds: number;
  /** Ends after so many mutants in any case. */
  readonly mutants?: number;
}

export interface MultipartRun {
  readonly mutants: number;
  /** Taken by both readers. */
  readonly accepted: number;
  /** Mutants of which something went to the file. */
  readonly spooled: number;
  readonly findings: readonly Finding[];
}

const MAX_FINDINGS = 100;
/** What is held whatever the body is: small parts, a buffer to write, and one for headers. */
const MOST_HELD = 2 * 1024 * 1024;

interface Mutant extends Request {
  readonly from: string;
  readonly mutations: readonly string[];
}

function mutate(random: Random): Mutant {
  const shape = random.pick(SHAPES);
  if (shape === undefined) throw new Error('there is no corpus');
  const small = Buffer.from('<?xml version="1.0"?>\r\n<edXML>Công văn</edXML>\r\n--b\r\n');
  // Some go to the file.
  const content = random.below(30) > 0 ? small : Buffer.concat([small, Buffer.alloc(300_000, 'x')]);
  let request = shape.write('<s:Envelope xmlns:s="urn:x"/>', content);
  const mutations: string[] = [];
  for (let left = random.of(0, 1, 1, 1, 2, 2, 3, 5); left > 0; left--) {
    const mutation = random.pick(MULTIPART_MUTATIONS);
    if (mutation === undefined) break;
    request = mutation.apply(request, random);
    mutations.push(mutation.name);
  }
  return { ...request, from: shape.name, mutations };
}

/** Where the body is cut: like a network does it, or in odd places, or hardly at all. */
function places(length: number, random: Random): number[] {
  const most = random.of(2, 10, 100, 1500, 16_384, 65_536);
  // Enough pieces to cut every boundary line, and few enough to stay fast.
  const step = Math.max(most, Math.ceil(length / 150));
  const cuts: number[] = [];
  for (let at = random.below(step); at < length; at += 1 + random.below(step)) cuts.push(at);
  return cuts;
}

function same(a: Reading, b: Reading): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** @returns what is wrong, or undefined. */
async function judge(
  { contentType, body }: Mutant,
  whole: Reading,
  cuts: readonly number[],
  store: MemoryStore,
): Promise<string | undefined> {
  const streamed = await readStreamed(contentType, cutAt(body, cuts), store);
  if (!same(whole, streamed)) {
    const [ours, theirs] = [whole, streamed].map((one) => JSON.stringify(one).slice(0, 300));
    return `whole: ${ours}\nstreamed: ${theirs}\ncut at ${cuts.slice(0, 20).join(', ')}`;
  }
  if (store.appended > body.length) return `${store.appended} bytes went to the file`;
  // What one piece brings is in memory before it can be written.
  const piece = Math.max(
    0,
    ...cuts.map((at, i) => (cuts[i + 1] ?? body.length) - at),
    cuts[0] ?? body.length,
  );
  if (store.peak > MOST_HELD + 2 * piece) return `${store.peak} bytes were held`;
  return undefined;
}

/** The same seed makes the same mutants. */
export async function runMultipartCampaign(options: MultipartOptions): Promise<MultipartRun> {
  const { seed, milliseconds, mutants: most = Number.POSITIVE_INFINITY } = options;
  const random = new Random(seed);
  const end = performance.now() + milliseconds;
  const findings: Finding[] = [];
  let [mutants, accepted, spooled] = [0, 0, 0];
  while (mutants < most && performance.now() < end && findings.length < MAX_FINDINGS) {
    mutants++;
    const mutant = mutate(random);
    const { from, mutations, contentType, body } = mutant;
    const report = (kind: Finding['kind'], detail: string): void => {
      const bytes = Buffer.concat([Buffer.from(`Content-Type: ${contentType}\r\n\r\n`), body]);
      findings.push({ kind, detail, seed, mutant: mutants, from, mutations, bytes });
    };
    const store = new MemoryStore();
    try {
      const whole = readWhole(contentType, body);
      if ('parts' in whole) accepted++;
      const wrong = await judge(mutant, whole, places(body.length, random), store);
      if (wrong !== undefined) report('disagreement', wrong);
    } catch (error) {
      const detail = error instanceof GatewayError ? `refused with ${error.code}` : String(error);
      report('crash', detail);
    }
    if (store.appended > 0) spooled++;
  }
  return { mutants, accepted, spooled, findings };
}
