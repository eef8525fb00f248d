/**
 * Receives one package: from its exact bytes to a committed message with its receipt, or to a
 * GatewayError that names every fault found.
 *
 * Does not: deliver, wait for a peer, change the bytes.
 * Durable: everything or nothing, in one transaction at the end; only then is there an answer.
 * Repeats: the same submission gets the first answer again, whatever has changed since; the caller is
 *   authorised before any duplicate key is looked up.
 *
 * @module
 */
import { utc } from '../clock.js';
import { type Agency, laneOf, takesPart } from '../model/agency.js';
import type { PackageKind, ReadPackage } from '../model/edxml.js';
import { GatewayError, type Issue, issue, MAX_ISSUES, refuse } from '../model/issue.js';
import type { NewMessage, SendAnswer } from '../model/message.js';
import type { MessageId } from '../model/message-id.js';
import type { Store } from '../store/store.js';
import { loadRegistered } from '../xml/certificates.js';
import { TrustStore } from '../xml/trust.js';
import type { SignatureTrust } from '../xml/verify-signature.js';
import { brokenSignatures } from './attachment-signatures.js';
import type { Call, ReceiveContext } from './context.js';
import { duplicateKeyOf } from './duplicate-key.js';
import { checkFollowUp } from './follow-up.js';
import { type Inspection, type InspectOptions, inspectBytes } from './inspect.js';
import { makeMessage } from './make-message.js';
import { followedKeys, makeRecall } from './recall.js';
import { findRecipients, type Recipient } from './recipients.js';
import { applyPolicy, effectivePolicy } from './signature-policy.js';

export interface ReceiveOutcome {
  readonly answer: SendAnswer;
  readonly duplicate: boolean;
  readonly kind: PackageKind;
}

export interface ReceiveOptions {
  /** We wrote the package for the caller: no signature is asked of it. */
  readonly writtenByGateway?: boolean;
  /** Instead of the key made from the package. */
  readonly duplicateKey?: string;
  /** The operation is for documents only. */
  readonly documentOnly?: boolean;
}

/**
 * A key given by the caller decides alone: the bytes we wrote for a repeat of the same request differ
 * in their time of writing, and that is no conflict.
 */
async function findRepeat(
  store: Store,
  key: string,
  digest: string,
  keyDecides: boolean,
): Promise<SendAnswer | 'conflict' | undefined> {
  const found = await store.findDuplicate(key, digest);
  if (found === undefined || found.kind === 'duplicate') return found?.answer;
  return keyDecides ? await store.getAnswer(found.messageId) : 'conflict';
}

/** The sender as the directory knows it, with the certificates that count today. */
interface Sender {
  readonly agency: Agency | undefined;
  readonly trust: SignatureTrust;
  /** A certificate was registered once, whether it counts today or not. */
  readonly everRegistered: boolean;
}

async function findSender(context: ReceiveContext, from: string): Promise<Sender> {
  const now = context.clock.now();
  const agency = await context.store.getAgency(from);
  const certificates =
    agency === undefined ? [] : await context.store.listCertificates(agency.organId);
  const current = certificates.filter((one) => one.expiredAt === undefined || one.expiredAt > now);
  return {
    agency,
    everRegistered: certificates.length > 0,
    trust: {
      store: context.trust().forAgency(agency?.organId ?? from),
      from,
      registered: loadRegistered(current.map((one) => one.pem)),
      at: now,
      allowSha1: agency?.allowSha1 ?? false,
    },
  };
}

const NOBODY: Sender = {
  agency: undefined,
  everRegistered: false,
  trust: { store: TrustStore.empty, from: '', registered: [], at: 0, allowSha1: false },
};

function compareWith(context: ReceiveContext, call: Call): Pick<InspectOptions, 'compare'> {
  const { compareEngines } = context;
  if (compareEngines === undefined) return {};
  const { correlationId } = call.submission;
  return { compare: (bytes, verdict) => compareEngines(bytes, verdict, correlationId) };
}

/** Design 2.3: From must be the caller or an agency, of its own lane, that it may act for. */
function checkSender(
  caller: Agency,
  from: string | undefined,
  sender: Agency | undefined,
  now: number,
): Issue[] {
  if (from === undefined) return [];
  const path = '/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/From/OrganId';
  const mine = sender?.organId === caller.organId;
  const actsFor =
    sender !== undefined &&
    laneOf(sender) === laneOf(caller) &&
    caller.mayActFor.includes(sender.organId);
  if (!mine && !actsFor) {
    return [issue('auth.from', { from, caller: caller.organId }, { path })];
  }
  if (takesPart(sender, now)) return [];
  const { validUntil } = sender;
  if (validUntil === undefined || validUntil > now) {
    return [issue('sender.unknown', { value: from }, { path })];
  }
  return [issue('sender.dissolved', { value: from, since: utc(validUntil) }, { path })];
}

/** What the message does to others: documents it takes back, and those in whose order it belongs. */
async function withEffects(
  context: ReceiveContext,
  message: NewMessage,
  recipients: readonly Recipient[],
): Promise<NewMessage> {
  const recall = await makeRecall(context, message, recipients);
  const actsOn = followedKeys(message, recall);
  return {
    ...message,
    ...(recall === undefined ? {} : { recall }),
    ...(actsOn.length === 0 ? {} : { actsOn }),
  };
}

function attachmentBound(read: ReadPackage | undefined, limit: number): Issue[] {
  if (read?.kind !== 'document' || read.attachments.length <= limit) return [];
  return [issue('attachment.too-many', { count: read.attachments.length, limit })];
}

function noteRepeat(context: ReceiveContext, call: Call, messageId: MessageId): Promise<void> {
  const { correlationId, remoteAddress } = call.submission;
  return context.store.appendEvents(messageId, [
    {
      time: context.clock.now(),
      event: 'repeated',
      detail: { correlationId, caller: call.caller.agency.organId, remoteAddress },
    },
  ]);
}

export async function receivePackage(
  context: ReceiveContext,
  call: Call,
  bytes: Buffer,
  options: ReceiveOptions = {},
): Promise<ReceiveOutcome> {
  const { store, clock } = context;
  const { checks, caller } = call;
  let sender = NOBODY;
  const inspection: Inspection = await inspectBytes(bytes, {
    profile: caller.agency.profile,
    checks,
    now: clock.now(),
    trustFor: async (from) => {
      sender = await findSender(context, from);
      return sender.trust;
    },
    ...compareWith(context, call),
    judge: (verdict, read) => {
      const { agency, trust, everRegistered } = sender;
      if (agency === undefined || options.writtenByGateway === true) return [];
      // The policy of an agency is nobody's business who may not send for it.
      if (checkSender(caller.agency, trust.from, agency, clock.now()).length > 0) return [];
      const policy = effectivePolicy(agency, everRegistered, context.signaturePolicy);
      return applyPolicy(policy, verdict, read, agency.organId);
    },
  });
  const { read, signature } = inspection;
  const from = sender.agency;
  if (options.documentOnly === true && read?.kind === 'status') {
    throw refuse('soap.request', {
      reason: 'edXML is a status; send it with SendPackage or SendStatus',
    });
  }

  const authorised = checks.run('sender', (issues) => {
    issues.push(...checkSender(caller.agency, inspection.from, from, clock.now()));
    return issues.length === 0;
  });

  // A repeat is answered before anything is asked that may have changed since the first time.
  const keyDecides = options.duplicateKey !== undefined;
  let duplicateKey = options.duplicateKey;
  if (authorised && read !== undefined && from !== undefined) {
    duplicateKey ??= duplicateKeyOf(from.organId, read, inspection.digest);
    const key = duplicateKey;
    const repeated = await checks.runAsync('duplicate', async (issues) => {
      const found = await findRepeat(store, key, inspection.digest, keyDecides);
      if (found === 'conflict') issues.push(issue('duplicate.conflict'));
      return found;
    });
    if (repeated !== undefined && repeated !== 'conflict') {
      await noteRepeat(context, call, repeated.messageId);
      return { answer: repeated, duplicate: true, kind: read.kind };
    }
  }

  checks.issues.push(...attachmentBound(read, context.maxAttachments));
  if (from?.attachmentPolicy === 'verify' && authorised && checks.errors.length === 0) {
    await checks.runAsync('attachments', async (issues) => {
      const trust = context.trust().forAgency(from.organId);
      issues.push(...(await brokenSignatures(bytes, { trust, at: clock.now() })));
    });
  }
  const recipients = await checks.runAsync('recipients', async (issues, note) => {
    if (read === undefined) return [];
    const found = await findRecipients(store, read, issues, clock.now(), from && laneOf(from));
    note(`${found.length} of the directory`);
    return found;
  });

  const [first, ...rest] = checks.errors;
  if (first !== undefined) throw new GatewayError([first, ...rest]);
  if (
    read === undefined ||
    signature === undefined ||
    from === undefined ||
    duplicateKey === undefined
  ) {
    // No error and yet nothing read would be a fault of ours; never store what was not read.
    throw new GatewayError(issue('server.internal'));
  }
  checks.issues.push(...(await checkFollowUp(store, read, from.organId)));

  const made = makeMessage(
    {
      content: bytes,
      contentDigest: inspection.digest,
      read,
      signature,
      callerOrganId: caller.agency.organId,
      fromOrganId: from.organId,
      recipients: recipients.map((one) => one.agency),
      warnings: checks.warnings.slice(0, MAX_ISSUES),
      checks: checks.checks,
      submission: call.submission,
      duplicateKey,
    },
    { now: clock.now(), makeReceipt: context.makeReceipt, lifetimes: context.lifetimes },
  );
  const message = await withEffects(context, made, recipients);
  const outcome = await store.acceptMessage(message);
  if (outcome.kind === 'stored') {
    // What waited for a document that was taken back may be due now.
    const queued = message.deliveries.some((one) => one.state === 'queued');
    if (queued || message.recall !== undefined) context.wake();
    if (read.kind === 'document') context.documentStored(message.message.messageId);
    return { answer: message.answer, duplicate: false, kind: read.kind };
  }
  // The same key was stored between our look-up and our commit.
  if (outcome.kind === 'duplicate')
    return { answer: outcome.answer, duplicate: true, kind: read.kind };
  const repeated = await findRepeat(store, duplicateKey, inspection.digest, keyDecides);
  if (repeated === undefined || repeated === 'conflict') {
    throw new GatewayError(issue('duplicate.conflict'));
  }
  return { answer: repeated, duplicate: true, kind: read.kind };
}
