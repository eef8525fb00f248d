/**
 * What the rest of the gateway may ask of a store. Asynchronous throughout, so that a server database
 * can take the place of the embedded one. One contract test suite holds for every implementation.
 *
 * Durable: a promise of a writing method resolves only after its transaction is on disk (fsync).
 * Errors: a store that cannot write rejects with GatewayError `server.store`.
 *
 * @module
 */
import type {
  Agency,
  AgencyCertificate,
  AgencyLane,
  AgencyToken,
  DigestSecret,
} from '../model/agency.js';
import type { Breaker } from '../model/breaker.js';
import type { DeliveryCertificate } from '../model/certificate.js';
import type { DeliveryState } from '../model/delivery-state.js';
import type { DocumentKey } from '../model/document-id.js';
import type { PackageKind } from '../model/edxml.js';
import type {
  AcceptOutcome,
  AttemptOutcome,
  Collection,
  Confirmation,
  Delivery,
  DeliveryAttempt,
  DeliveryId,
  Finished,
  LeasedDelivery,
  Message,
  MessageEvent,
  NewEvent,
  NewMessage,
  Refusal,
  SendAnswer,
  Trace,
} from '../model/message.js';
import type { MessageId } from '../model/message-id.js';
import type { OrganId } from '../model/organ-id.js';
import type { LogReader, StoredCheckpoint } from './log-reader.js';
import type { PeopleStore } from './people-store.js';
import type {
  ActOutcome,
  Actor,
  ActRequest,
  ClockLimits,
  DeliveryEnd,
  NotedCancel,
  OperatorAct,
  QueueAge,
  QueueFlow,
} from './queue-types.js';

export type {
  ActOutcome,
  Actor,
  ActRequest,
  ClockLimits,
  DeliveryEnd,
  NotedCancel,
  OperatorAct,
  QueueAct,
  QueueAge,
  QueueFlow,
} from './queue-types.js';

/** A page: `next` is opaque and absent on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageRequest {
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface AgencyPageRequest extends PageRequest {
  readonly changedSince?: number | undefined;
  /** Only of this lane. */
  readonly lane?: AgencyLane;
}

export interface MessageFilter {
  readonly documentKey?: DocumentKey;
  /** Received at or after. */
  readonly since?: number;
  readonly fromOrganId?: OrganId;
  readonly kind?: PackageKind;
  /** Sent by or to one of these. */
  readonly organs?: readonly OrganId[];
  /**
   * Words that must all stand in the search text; case, diacritics and order do not matter. A word
   * matches at the beginning of words: `hanh ch` finds `hành chính`. One with marks within, such as
   * `07/TB-VP` or `000.00.01`, matches where its parts follow each other, whatever marks part them. A
   * word of marks only is left out; without any word left nothing is found. At most 16 words.
   *
   * With it messages come in the order in which they were accepted, which is that of receipt but for
   * messages that came in together.
   */
  readonly search?: string;
}

export interface DeliveryFilter {
  readonly states?: readonly DeliveryState[];
  readonly toOrganId?: OrganId;
  readonly messageId?: MessageId;
  readonly fromOrganId?: OrganId;
  readonly documentKey?: DocumentKey;
  readonly kind?: PackageKind;
  /** Code of the last attempt. */
  readonly lastCode?: string;
  /** Made before. */
  readonly createdBefore?: number;
  /** Priority 1 to 4. */
  readonly urgent?: boolean;
  /** Of messages sent by one of these, or going to one of them. */
  readonly organs?: readonly OrganId[];
}

/** Content past its time, by how its message ended. */
export interface PurgeRequest {
  readonly state: 'delivered' | 'dead' | 'cancelled';
  /** Settled before that time. */
  readonly before: number;
  readonly limit: number;
  readonly now: number;
}

export interface TraceFilter {
  readonly messageId?: MessageId;
  readonly documentKey?: DocumentKey;
  /** Changed at or after. */
  readonly since?: number;
  /** Who asks: the sender sees all lanes, a recipient its own. */
  readonly viewer: OrganId;
}

export interface LeaseRequest {
  readonly now: number;
  /** At most so many. */
  readonly limit: number;
  /** At most so many active per recipient, those leased before included. */
  readonly perRecipient: number;
  readonly leaseMs: number;
  /**
   * Content that the worker may take on; absent = any. One that is larger than all is leased alone, when
   * the worker is idle.
   */
  readonly bytes?: { readonly free: number; readonly idle: boolean };
}

export interface StoreCounts {
  readonly messages: number;
  readonly deliveries: readonly {
    readonly organId: OrganId;
    readonly state: DeliveryState;
    readonly count: number;
  }[];
}

export interface Store extends PeopleStore {
  // ---- directory -------------------------------------------------------------------------------
  /** By organ id or by old organ id, exactly. */
  getAgency(organId: string): Promise<Agency | undefined>;
  /** Ordered by changedAt, then organ id, when `changedSince` is given; else by organ id. */
  listAgencies(page: AgencyPageRequest): Promise<Page<Agency>>;
  /** Inserts or replaces. */
  putAgency(agency: Agency, actor: Actor): Promise<void>;
  /** Many in one transaction; for imports. */
  putAgencies(agencies: readonly Agency[], actor: Actor): Promise<void>;

  addCertificate(certificate: AgencyCertificate, actor: Actor): Promise<void>;
  listCertificates(organId: OrganId): Promise<readonly AgencyCertificate[]>;
  /** @returns false when there is no such certificate. */
  expireCertificate(
    organId: OrganId,
    fingerprint: string,
    at: number,
    actor: Actor,
  ): Promise<boolean>;

  addToken(token: AgencyToken, actor: Actor): Promise<void>;
  /** By the hash of the token; revoked and expired ones are answered too. */
  findToken(hash: string): Promise<AgencyToken | undefined>;
  listTokens(organId: OrganId): Promise<readonly AgencyToken[]>;
  revokeToken(organId: OrganId, id: string, at: number, actor: Actor): Promise<boolean>;

  // ---- sign-in by message or certificate -------------------------------------------------------
  /** One per agency; a new one takes the place of the old. */
  putDigestSecret(secret: DigestSecret, actor: Actor): Promise<void>;
  getDigestSecret(organId: OrganId): Promise<DigestSecret | undefined>;
  /** Of every agency it is registered for; expired ones are answered too. @param fingerprint SHA-256 of the DER bytes, lower-case hex */
  findCertificates(fingerprint: string): Promise<readonly AgencyCertificate[]>;
  /** Of all agencies, at most 50,000; without those that no longer count. */
  liveCertificates(now: number): Promise<readonly AgencyCertificate[]>;
  /**
   * Remembers a sign-in until a time, on disk. @returns false when it is remembered already: it was
   * used before.
   */
  useSignIn(key: string, until: number, now: number): Promise<boolean>;

  // ---- messages --------------------------------------------------------------------------------
  /**
   * Stores message, content, a delivery per recipient, log entries and duplicate key in ONE
   * transaction, or tells that the key is taken. Content above 64 KiB goes to a content file, written,
   * fsynced and renamed before the commit.
   */
  acceptMessage(message: NewMessage): Promise<AcceptOutcome>;
  /** Looks a duplicate key up without writing; `digest` decides between duplicate and conflict. */
  findDuplicate(
    duplicateKey: string,
    contentDigest: string,
  ): Promise<Exclude<AcceptOutcome, { kind: 'stored' }> | undefined>;
  getMessage(messageId: MessageId): Promise<Message | undefined>;
  /** The exact bytes; undefined when purged. Rejects when the bytes no longer match their digest. */
  getContent(messageId: MessageId): Promise<Buffer | undefined>;
  getAnswer(messageId: MessageId): Promise<SendAnswer | undefined>;
  /** Newest first, by time of receipt. */
  listMessages(filter: MessageFilter, page: PageRequest): Promise<Page<Message>>;
  listEvents(messageId: MessageId): Promise<readonly MessageEvent[]>;
  /** Without effect when the message is gone: its key, and so its repeats, may outlive it. */
  appendEvents(messageId: MessageId, events: readonly NewEvent[]): Promise<void>;
  /** Messages of type document under this key (or, without a key, this number/notation) sent by `fromOrganId`, newest first. */
  findDocuments(
    fromOrganId: string,
    documentKey: DocumentKey | undefined,
    documentCode?: string,
  ): Promise<readonly Message[]>;
  /** True when a document of `sender` under the key (or code) has a delivery to `recipient`. */
  wasExchanged(
    sender: string,
    recipient: string,
    documentKey: DocumentKey | undefined,
    documentCode?: string,
  ): Promise<boolean>;

  // ---- deliveries ------------------------------------------------------------------------------
  /**
   * Claims due deliveries: `queued` or `deferred` ones whose time has come and `active` ones whose
   * lease has run out (their attempt is recorded as `interrupted`). Fair across recipients: round-robin,
   * urgent priority first without starving the rest. Never one whose elder of the same sender,
   * recipient and document is not final (a follow-up acts on the documents that it names). At most one
   * at a time for a recipient whose breaker is half open, none while it is open.
   */
  leaseDue(request: LeaseRequest): Promise<readonly LeasedDelivery[]>;
  /**
   * When the next delivery is due or the next lease runs out; undefined when nothing waits. Deliveries
   * that wait for their elder are left out. In the past when the bound per recipient holds one back.
   */
  nextDueAt(): Promise<number | undefined>;
  /**
   * Attempt, new state, certificate and log entry in one transaction. What was noted during an attempt
   * that did not deliver is done in it.
   */
  finishAttempt(outcome: AttemptOutcome): Promise<Finished>;
  /** Newest first. */
  listDeliveries(filter: DeliveryFilter, page: PageRequest): Promise<Page<Delivery>>;
  deliveriesOf(messageId: MessageId): Promise<readonly Delivery[]>;
  getDelivery(id: DeliveryId): Promise<Delivery | undefined>;
  listAttempts(id: DeliveryId): Promise<readonly DeliveryAttempt[]>;
  /**
   * Pulls back due times, leases and pauses that lie further ahead than these limits allow: the clock was
   * ahead when they were written. @returns how many were changed.
   */
  pullBack(limits: ClockLimits): Promise<number>;
  /** In one transaction, each with an event and an entry in the acts of operators. In the order of `ids`. */
  actOnDeliveries(request: ActRequest): Promise<readonly ActOutcome[]>;
  /** Deliveries that wait past their lifetime, oldest first. */
  listExpired(now: number, limit: number): Promise<readonly Delivery[]>;
  /**
   * Deliveries whose cancel was noted during an attempt that was lost: they are held until
   * `endDelivery` cancels them with the notice to the sender.
   */
  listNotedCancels(limit: number): Promise<readonly NotedCancel[]>;
  /** @returns false when the delivery is no longer in a state that can end so. */
  endDelivery(end: DeliveryEnd): Promise<boolean>;
  /**
   * Gives `deferred` deliveries the due time that this schedule would have given them; what has had all
   * its attempts is due now. Of one recipient, else of all without a schedule of their own.
   *
   * @returns how many were changed.
   */
  reschedule(
    organId: OrganId | undefined,
    retryMs: readonly number[],
    now: number,
    actor: Actor,
  ): Promise<number>;
  /** Open deliveries by recipient and state. @param bounds ages in milliseconds, ascending. */
  queueAges(bounds: readonly number[], now: number): Promise<readonly QueueAge[]>;
  /** Deliveries that ended as `delivered` since, by recipient. */
  queueFlow(since: number): Promise<readonly QueueFlow[]>;
  getBreaker(organId: OrganId): Promise<Breaker | undefined>;
  /** Only those that are open or half open. */
  listBreakers(): Promise<readonly Breaker[]>;
  /** By hand. @returns false when there was nothing to close. */
  closeBreaker(organId: OrganId, actor: Actor, reason: string, now: number): Promise<boolean>;
  /** An act that changed nothing in the store. */
  recordAct(act: OperatorAct): Promise<void>;
  /** Newest first. */
  listActs(subject: string | undefined, page: PageRequest): Promise<Page<OperatorAct>>;

  // ---- collection ------------------------------------------------------------------------------
  /** Oldest first; only `pending` deliveries of this recipient. Remembers when each was first listed. */
  listPending(
    organId: OrganId,
    kind: PackageKind | undefined,
    page: PageRequest,
    now: number,
  ): Promise<Page<Message>>;
  /** The delivery of this message to this recipient, whatever its state. */
  findDelivery(messageId: MessageId, organId: OrganId): Promise<Delivery | undefined>;
  /**
   * Notes that the content was opened: by whom, when, how (`soap`, `console`, …).
   *
   * @returns false, with nothing noted, when a recipient (`soap`) asks for what was cancelled before
   *   it first fetched it.
   */
  recordAccess(
    messageId: MessageId,
    organId: OrganId,
    by: string,
    how: string,
    now: number,
  ): Promise<boolean>;
  /**
   * First confirmation wins and is answered again afterwards. `done` → `delivered`, `fail` → `dead`
   * with a notice to the sender in the same commit. The certificate is kept when it becomes `delivered`.
   */
  confirm(
    messageId: MessageId,
    organId: OrganId,
    confirmation: Confirmation,
    notice: NewMessage | undefined,
    certificate?: Uint8Array,
  ): Promise<Confirmation | undefined>;
  listCollections(messageId: MessageId): Promise<readonly Collection[]>;

  // ---- delivery certificates -------------------------------------------------------------------
  /** The latest one. */
  getDeliveryCertificate(id: DeliveryId): Promise<DeliveryCertificate | undefined>;
  /** Of all recipients, each with the first one first. */
  listDeliveryCertificates(messageId: MessageId): Promise<readonly DeliveryCertificate[]>;

  // ---- questions -------------------------------------------------------------------------------
  /**
   * By message id or document key, else all lanes of documents changed since, oldest change first. A
   * notice that reaches a lane changes it. At most the latest 100 notices per lane.
   */
  listTraces(filter: TraceFilter, page: PageRequest): Promise<Page<Trace>>;
  counts(): Promise<StoreCounts>;

  // ---- refusals --------------------------------------------------------------------------------
  /** Kept within `retention.refusals`: the oldest bytes go first, then the oldest entries. */
  addRefusal(refusal: Refusal): Promise<void>;
  /** Newest first, without their bytes. */
  listRefusals(page: PageRequest & { callerOrganId?: OrganId }): Promise<Page<Refusal>>;
  getRefusal(correlationId: string): Promise<Refusal | undefined>;

  // ---- chained log -----------------------------------------------------------------------------
  /** One moment's view, held until it is closed. */
  openLog(): Promise<LogReader>;
  /** @returns false when there is one of that number already, or the one before it is not there. */
  addCheckpoint(checkpoint: StoredCheckpoint): Promise<boolean>;

  // ---- housekeeping ----------------------------------------------------------------------------
  /** Small facts of the installation, such as the version that made it. */
  getFact(name: string): Promise<string | undefined>;
  setFact(name: string, value: string): Promise<void>;
  /** Deletes content and its files; the messages stay. @returns how many, at most `limit`. */
  purgeContent(request: PurgeRequest): Promise<number>;
  /**
   * Deletes messages settled before that time whose content is gone, with deliveries, attempts and events;
   * what notices say about them goes too. Duplicate keys and answers stay, and so do the entries of the
   * events in the chained log. @returns how many, at most `limit`.
   */
  purgeMessages(before: number, limit: number, now: number): Promise<number>;
  /** Deletes refusals past their time or size. */
  sweepRefusals(now: number): Promise<void>;
  /** The same, and left-over files of dead writers. Looks at every content file: not often. */
  sweep(now: number): Promise<void>;
  /** Resolves when a write was committed just now, for /readyz. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
