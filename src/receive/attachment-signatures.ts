/**
 * Looks at the signatures inside the attachments of accepted documents, off the hot path: one document after
 * the other, after its receipt. What is found is recorded as events of the message, one `attachment-signature`
 * for each and one `attachments-checked` at the end; it refuses nothing.
 *
 * A crash loses only the waiting list: at the next start the documents of the last day that were not
 * looked at are taken up again.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import type { AttachmentSignature, AttachmentSignatures } from '../model/attachment-signature.js';
import { causeText, type Issue, issue } from '../model/issue.js';
import type { NewEvent } from '../model/message.js';
import type { MessageId } from '../model/message-id.js';
import type { Store } from '../store/store.js';
import type { TrustStore } from '../xml/trust.js';

export interface AttachmentSignatureContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  trust(): TrustStore;
}

export interface AttachmentInspector {
  /** Puts a document on the waiting list. */
  add(messageId: MessageId): void;
  /** Ends after the document that is being looked at. */
  stop(): Promise<void>;
}

/** More than these waiting are left to the next start: memory is bounded, and so is the delay. */
const MAX_WAITING = 10_000;
const LOOK_BACK_MS = 24 * 3_600_000;
const LOOK_BACK_MESSAGES = 500;

function signatureEvent(time: number, contentId: string, one: AttachmentSignature): NewEvent {
  const { format, verdict, reasons, signer, signingTime, covers, timestamped } = one;
  return {
    time,
    event: 'attachment-signature',
    detail: {
      contentId,
      format,
      verdict,
      ...(reasons.length === 0 ? {} : { reasons }),
      ...(signer === undefined ? {} : { signer: signer.subject, fingerprint: signer.fingerprint }),
      ...(signingTime === undefined ? {} : { signingTime }),
      ...(covers === undefined ? {} : { covers }),
      ...(timestamped === undefined ? {} : { timestamped }),
    },
  };
}

export function attachmentSignatureEvents(
  time: number,
  files: readonly AttachmentSignatures[],
): NewEvent[] {
  const found = files.flatMap(({ contentId, signatures }) =>
    signatures.map((one) => signatureEvent(time, contentId, one)),
  );
  const skipped = files.filter((one) => one.skipped !== undefined).length;
  const detail = {
    files: files.length,
    signatures: found.length,
    ...(skipped === 0 ? {} : { skipped }),
  };
  return [...found, { time, event: 'attachments-checked', detail }];
}

/** An issue for each signature inside an attachment that does not hold; for agencies that ask for it. */
export async function brokenSignatures(
  bytes: Uint8Array,
  options: { readonly trust: TrustStore; readonly at: number },
): Promise<Issue[]> {
  const { attachmentSignaturesOf } = await import('../xml/package-attachments.js');
  const files = await attachmentSignaturesOf(bytes, options);
  return files.flatMap(({ contentId, signatures }) =>
    signatures
      .filter((one) => one.verdict === 'invalid')
      .map((one) =>
        issue('attachment.signature', { cid: contentId, reason: one.reasons.join(', ') }),
      ),
  );
}

/** Looks at one document now: for a command, which stores a document and ends. */
export async function inspectAttachments(
  context: Omit<AttachmentSignatureContext, 'logger'>,
  messageId: MessageId,
): Promise<void> {
  const { store, clock } = context;
  const message = await store.getMessage(messageId);
  if (message?.read.kind !== 'document' || message.read.attachments.length === 0) return;
  const bytes = await store.getContent(messageId);
  if (bytes === undefined) return;
  // Loaded when the first document comes: the CMS reader costs a tenth of a second of the start.
  const { attachmentSignaturesOf } = await import('../xml/package-attachments.js');
  const trust = context.trust();
  const files = await attachmentSignaturesOf(bytes, { trust, at: message.receivedAt });
  await store.appendEvents(messageId, attachmentSignatureEvents(clock.now(), files));
}

async function unfinished({ store, clock }: AttachmentSignatureContext): Promise<MessageId[]> {
  const filter = { kind: 'document', since: clock.now() - LOOK_BACK_MS } as const;
  const { items } = await store.listMessages(filter, { limit: LOOK_BACK_MESSAGES });
  const left: MessageId[] = [];
  for (const { messageId, read } of items) {
    if (read.kind !== 'document' || read.attachments.length === 0) continue;
    const events = await store.listEvents(messageId);
    if (!events.some((one) => one.event === 'attachments-checked')) left.push(messageId);
  }
  return left.reverse();
}

export function startAttachmentSignatures(
  context: AttachmentSignatureContext,
): AttachmentInspector {
  const waiting: MessageId[] = [];
  let running: Promise<void> | undefined;
  let stopping = false;

  const failed = (error: unknown, messageId?: MessageId): void => {
    const facts = messageId === undefined ? {} : { messageId };
    context.logger.warn('receive.failed', { ...facts, reason: causeText(error) });
  };

  const work = async (): Promise<void> => {
    while (!stopping) {
      const messageId = waiting.shift();
      if (messageId === undefined) return;
      await inspectAttachments(context, messageId).catch((error: unknown) =>
        failed(error, messageId),
      );
    }
  };

  const wake = (): void => {
    if (running !== undefined || stopping) return;
    running = work().finally(() => {
      running = undefined;
      if (waiting.length > 0) wake();
    });
  };

  const add = (messageId: MessageId): void => {
    if (waiting.length >= MAX_WAITING) return;
    waiting.push(messageId);
    wake();
  };

  unfinished(context).then(
    (left) => left.forEach(add),
    (error: unknown) => failed(error),
  );

  return {
    add,
    async stop() {
      stopping = true;
      await running;
    },
  };
}
