/**
 * Rehearsal: what a changed trust would make of the packages that are stored. Nothing is changed.
 *
 * Each signature is judged twice as of now, with the trust in force and with the changed one, so that
 * what differs comes from the change alone and not from certificates that ended since the receipt.
 *
 * @module
 */
import { utc } from '../clock.js';
import { locate } from '../edxml/locate.js';
import type { Agency } from '../model/agency.js';
import { GatewayError } from '../model/issue.js';
import type { Message } from '../model/message.js';
import type { SignatureClass, SignatureVerdict } from '../model/signature.js';
import type { Store } from '../store/store.js';
import { loadRegistered } from '../xml/certificates.js';
import { parseXml } from '../xml/parse.js';
import { scanXml } from '../xml/scan.js';
import type { TrustStore } from '../xml/trust.js';
import { verifySignature } from '../xml/verify-signature.js';
import { isCurrent } from './agencies.js';
import { walk } from './pages.js';

export interface RehearsalChange {
  readonly messageId: string;
  readonly documentId: string;
  readonly fromOrganId: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  /** As judged at its receipt. */
  readonly stored: SignatureClass;
  readonly before: SignatureClass;
  readonly after: SignatureClass;
  readonly beforeReasons: readonly string[];
  /** Why it is of its new class; empty when it would be `valid`. */
  readonly afterReasons: readonly string[];
  /** Subject of the signer's certificate. */
  readonly signer?: string;
}

export interface RehearsalCount {
  /** Looked at. */
  messages: number;
  /** Of those with a signature that trust could make a difference to. */
  judged: number;
  changed: number;
  /** Their content is gone or no longer read. */
  skipped: number;
}

export interface Rehearsal {
  readonly store: Store;
  readonly before: TrustStore;
  readonly after: TrustStore;
  /** Milliseconds since 1970: messages received at or after. */
  readonly since: number;
  /** Milliseconds since 1970: certificates are judged at this time. */
  readonly at: number;
  /** Called after each message with the counts so far. */
  onProgress?(count: Readonly<RehearsalCount>): void;
}

/** Trust decides between these two only. */
const DECIDED_BY_TRUST: ReadonlySet<SignatureClass> = new Set<SignatureClass>([
  'valid',
  'untrusted',
]);

interface Sender {
  readonly agency: Agency | undefined;
  readonly pems: readonly string[];
}

/** Newest first. */
export async function* rehearseTrust(rehearsal: Rehearsal): AsyncGenerator<RehearsalChange> {
  const { store, since } = rehearsal;
  const senders = new Map<string, Sender>();
  const count: RehearsalCount = { messages: 0, judged: 0, changed: 0, skipped: 0 };
  for await (const message of walk((page) => store.listMessages({ since }, page))) {
    count.messages += 1;
    if (DECIDED_BY_TRUST.has(message.signatureClass)) {
      const sender = senders.get(message.fromOrganId) ?? (await findSender(rehearsal, message));
      senders.set(message.fromOrganId, sender);
      const content = await store.getContent(message.messageId);
      const verdicts = content && judgeTwice(rehearsal, message, sender, content);
      if (verdicts === undefined) {
        count.skipped += 1;
      } else {
        count.judged += 1;
        const change = changeOf(message, ...verdicts);
        if (change !== undefined) {
          count.changed += 1;
          yield change;
        }
      }
    }
    rehearsal.onProgress?.(count);
  }
}

async function findSender({ store, at }: Rehearsal, { fromOrganId }: Message): Promise<Sender> {
  const agency = await store.getAgency(fromOrganId);
  const certificates = agency === undefined ? [] : await store.listCertificates(agency.organId);
  return {
    agency,
    pems: certificates.filter((one) => isCurrent(one, at)).map(({ pem }) => pem),
  };
}

/** @returns undefined when the bytes are no longer read */
function judgeTwice(
  { before, after, at }: Rehearsal,
  message: Message,
  { agency, pems }: Sender,
  content: Buffer,
): [SignatureVerdict, SignatureVerdict] | undefined {
  const common = {
    from: message.read.from.organId,
    registered: loadRegistered(pems),
    at,
    allowSha1: agency?.allowSha1 ?? false,
  };
  try {
    const document = parseXml(scanXml(content));
    try {
      const layout = locate(document);
      const judge = (store: TrustStore): SignatureVerdict =>
        verifySignature(document, layout, {
          ...common,
          store: store.forAgency(agency?.organId ?? message.fromOrganId),
        });
      return [judge(before), judge(after)];
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function changeOf(
  message: Message,
  before: SignatureVerdict,
  after: SignatureVerdict,
): RehearsalChange | undefined {
  if (before.class === after.class) return undefined;
  const { messageId, documentId, fromOrganId, receivedAt, signatureClass } = message;
  return {
    messageId,
    documentId,
    fromOrganId,
    receivedAt: utc(receivedAt),
    stored: signatureClass,
    before: before.class,
    after: after.class,
    beforeReasons: before.reasons,
    afterReasons: after.reasons,
    ...(after.signer === undefined ? {} : { signer: after.signer.subject }),
  };
}
