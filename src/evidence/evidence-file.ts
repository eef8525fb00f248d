/**
 * The evidence file: everything that answers "did they get it, and when?" in one archive that somebody
 * checks who trusts neither side and has no edxgate. See docs/evidence.md.
 *
 * Members, in this order: `mimetype`, `README.txt`, `index.html`, `message.json`, `package.edxml`,
 * `receipt.xml`, `signature/`, `deliveries/`, `statuses/`, `log/`, `keys/`, and the seal
 * (evidence-seal.ts). For the same facts and key the same bytes come out, but for ECDSA signatures.
 *
 * Errors: `message.unknown`; `cli.failed` when it would be larger than 1 GiB.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import { utc } from '../clock.js';
import type { TrustConfig } from '../config/config.js';
import { causeText, refuse } from '../model/issue.js';
import type { Message } from '../model/message.js';
import { parseMessageId } from '../model/message-id.js';
import type { OrganId } from '../model/organ-id.js';
import type { Store } from '../store/store.js';
import {
  type Collected,
  deliveriesOf,
  jsonBytes,
  packageOf,
  statusesAbout,
} from './evidence-collect.js';
import { type EvidenceFacts, FORMAT, type KeyFacts } from './evidence-facts.js';
import { evidencePage } from './evidence-page.js';
import { readmeText } from './evidence-readme.js';
import { MIME_TYPE, seal } from './evidence-seal.js';
import { trustMembers } from './evidence-trust.js';
import type { PublicKeys } from './kept-keys.js';
import { type LogProof, logProof, logProofText } from './log-proof.js';
import type { ReceiptKey } from './receipt-keys.js';
import { type Member, writeZip } from './zip-format.js';

export interface EvidenceContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly gateway: OrganId;
  readonly version: string;
  /** Signs the file. */
  readonly key: ReceiptKey;
  /** All that ever signed, as far as they are kept. */
  readonly keys: PublicKeys;
  readonly trust: TrustConfig;
  readonly storeFolder: string;
}

export interface EvidenceFile {
  readonly bytes: Buffer;
  readonly facts: EvidenceFacts;
  readonly members: readonly string[];
}

export async function exportEvidence(
  context: EvidenceContext,
  messageId: string,
): Promise<EvidenceFile> {
  const id = parseMessageId(messageId);
  const message = id === undefined ? undefined : await context.store.getMessage(id);
  if (message === undefined) throw refuse('message.unknown');
  const { facts, members } = await collect(context, message);
  const first: Member[] = [
    { name: 'mimetype', bytes: Buffer.from(MIME_TYPE) },
    { name: 'README.txt', bytes: Buffer.from(readmeText(facts), 'utf8') },
    { name: 'index.html', bytes: Buffer.from(evidencePage(facts), 'utf8') },
    { name: 'message.json', bytes: jsonBytes(facts) },
  ];
  const all = seal([...first, ...members], context.key);
  try {
    return { bytes: writeZip(all), facts, members: all.map(({ name }) => name) };
  } catch (error) {
    throw refuse('cli.failed', { reason: causeText(error) });
  }
}

async function collect(
  context: EvidenceContext,
  message: Message,
): Promise<{ facts: EvidenceFacts; members: readonly Member[] }> {
  const { store, clock, gateway, version } = context;
  const { messageId } = message;
  const content = await packageOf(store, messageId, 'package.edxml');
  const receipt = (await store.getAnswer(messageId))?.receipt;
  const deliveries = await deliveriesOf(store, messageId);
  const statuses = await statusesAbout(store, message);
  const proof = await logProof(store, messageId);
  const trust = await trustOf(context, message, content.members[0]?.bytes);
  const receipts = receipt === undefined ? [] : [{ name: 'receipt.xml', bytes: receipt }];
  const proven = [
    ...content.members,
    ...receipts,
    ...trust,
    ...deliveries.members,
    ...statuses.members,
    ...logMembers(proof),
  ];
  const keys = keysOf(context, proven);
  const facts: EvidenceFacts = {
    format: FORMAT,
    exportedAt: utc(clock.now()),
    gateway,
    version,
    ...(await messageFacts(store, message, content)),
    deliveries: deliveries.facts,
    statuses: statuses.facts,
    log: {
      entries: proof.entries.length,
      covered: proof.entries.filter(({ inclusion }) => inclusion !== undefined).length,
      checkpoints: proof.checkpoints.map(({ number }) => number),
    },
    keys: keys.facts,
    missing: [
      ...content.missing,
      ...(receipt === undefined ? [NO_RECEIPT] : []),
      ...statuses.missing,
      ...keys.missing,
    ],
  };
  return { facts, members: [...proven, ...keys.members] };
}

const NO_RECEIPT = {
  what: 'receipt.xml',
  text: 'the store keeps none any more',
  textVi: 'kho không còn lưu biên nhận',
};

async function messageFacts(
  store: Store,
  message: Message,
  content: Collected<string | undefined>,
) {
  const { businessType, statusCode, subject, purgedAt, fromOrganId } = message;
  const name = (await store.getAgency(fromOrganId))?.organName;
  return {
    messageId: message.messageId,
    kind: message.kind,
    documentId: message.documentId,
    documentCode: message.documentCode,
    ...(businessType === undefined ? {} : { businessType }),
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(subject === undefined ? {} : { subject }),
    fromOrganId,
    ...(name === undefined ? {} : { fromName: name }),
    callerOrganId: message.callerOrganId,
    submission: message.submission,
    receivedAt: utc(message.receivedAt),
    sizeBytes: message.sizeBytes,
    contentDigest: message.contentDigest,
    signatureClass: message.signatureClass,
    signature: message.signature,
    ...(content.facts === undefined ? {} : { package: content.facts }),
    ...(purgedAt === undefined ? {} : { purgedAt: utc(purgedAt) }),
  };
}

/** Verdict and what it rests on. Registered certificates help with a package that carries none. */
async function trustOf(
  { store, trust, storeFolder }: EvidenceContext,
  { fromOrganId, signature, receivedAt }: Message,
  content: Uint8Array | undefined,
): Promise<Member[]> {
  const verdict = { name: 'signature/verdict.json', bytes: jsonBytes(signature) };
  if (!signature.present) return [verdict];
  const registered = (await store.listCertificates(fromOrganId)).filter(
    ({ expiredAt = Number.POSITIVE_INFINITY, addedAt }) =>
      addedAt <= receivedAt && receivedAt < expiredAt,
  );
  const source = {
    trust,
    storeFolder,
    fromOrganId,
    registered: registered.map(({ pem }) => pem),
  };
  return [verdict, ...trustMembers(content, source)];
}

function logMembers(proof: LogProof): Member[] {
  const { checkpoints, ...rest } = proof;
  const json = { ...rest, checkpoints: checkpoints.map(({ number }) => number) };
  return [
    { name: 'log/proof.json', bytes: jsonBytes(json) },
    { name: 'log/proof.txt', bytes: Buffer.from(logProofText(proof), 'utf8') },
    ...checkpoints.map(({ number, text }) => ({
      name: `log/checkpoint-${number}.xml`,
      bytes: Buffer.from(text, 'utf8'),
    })),
  ];
}

// ---- keys ----------------------------------------------------------------------------------------

/** Ours, in the form that we write: the last one is the signature's. */
export function keyNameIn(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('latin1');
  return /<KeyName>([0-9a-f]{16})<\/KeyName><\/KeyInfo><\/Signature><\/\w+>\s*$/.exec(text)?.[1];
}

function isSignedByUs(name: string): boolean {
  return name.endsWith('.xml');
}

function keysOf({ key, keys }: EvidenceContext, members: readonly Member[]): Collected<KeyFacts[]> {
  const named = members.flatMap(({ name, bytes }) =>
    isSignedByUs(name) ? (keyNameIn(bytes) ?? []) : [],
  );
  const all = new Map([...keys, [key.id, key.publicKey] as const]);
  const facts: KeyFacts[] = [];
  const files: Member[] = [];
  const missing: EvidenceFacts['missing'][number][] = [];
  for (const name of [...new Set([key.id, ...named])].sort()) {
    const found = all.get(name);
    const file = `keys/${name}.pem`;
    if (found === undefined) {
      const text = 'this public key is not kept any more; what it signed cannot be checked';
      const textVi = 'khoá công khai này không còn được lưu; không kiểm tra được những gì nó đã ký';
      missing.push({ what: file, text, textVi });
      continue;
    }
    const pem = found.export({ type: 'spki', format: 'pem' }).toString();
    const der = found.export({ type: 'spki', format: 'der' });
    facts.push({ name, file, fingerprint: createHash('sha256').update(der).digest('hex') });
    files.push({ name: file, bytes: Buffer.from(pem) });
  }
  return { facts, members: files, missing };
}
