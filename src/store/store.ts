/**
 * What the rest of the gateway may ask of a store. Asynchronous throughout, so that a server database
 * can take the place of the embedded one. One contract test suite holds for every implementation.
 *
 * Durable: a promise of a writing method resolves only after its transaction is on disk (fsync).
 * Errors: a store that cannot write rejects with GatewayError `server.store`.
 *
 * @module
 */
import type { Agency, AgencyCertificate, AgencyToken, DigestSecret } from '../model/agency.js';
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

/** A page: `next` is opaque and absent on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageRequest {
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface MessageFilter {
  readonly documentKey?: DocumentKey;
  /** Received at or after. */
  readonly since?: number;
  readonly fromOrganId?: OrganId;
  readonly kind?: PackageKind;
  /** Folded words that must all occur. */
  readonly search?: string;
}

export interface DeliveryFilter {
  readonly states?: readonly DeliveryState[];
  readonly toOrganId?: OrganId;
  readonly messageId?: MessageId;
  /** Code of the last attempt. */
  readonly lastCode?: string;
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
}

/** Who caused a write, for the log: an organ id, `cli:USER`, `gateway`. */
export type Actor = string;

export interface StoreCounts {
  readonly messages: number;
  readonly deliveries: readonly {
    readonly organId: OrganId;
    readonly state: DeliveryState;
    readonly count: number;
  }[];
}

export interface Store {
  // ---- directory -------------------------------------------------------------------------------
  /** By organ id or by old organ id, exactly. */
  getAgency(organId: string): Promise<Agency | undefined>;
  /** Ordered by changedAt, then organ id, when `changedSince` is given; else by organ id. */
  listAgencies(page: PageRequest & { changedSince?: number | undefined }): Promise<Page<Agency>>;
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
   * urgent priority first. Never one whose elder of the same sender, recipient
   * and document key is not final.
   */
  leaseDue(request: LeaseRequest): Promise<readonly LeasedDelivery[]>;
  /**
   * When the next delivery is due or the next lease runs out; undefined when nothing waits. Deliveries
   * that wait for their elder are left out. In the past when the bound per recipient holds one back.
   */
  nextDueAt(): Promise<number | undefined>;
  /** Attempt, new state and log entry in one transaction. @returns false when the lease is no longer held. */
  finishAttempt(outcome: AttemptOutcome): Promise<boolean>;
  /** Newest first. */
  listDeliveries(filter: DeliveryFilter, page: PageRequest): Promise<Page<Delivery>>;
  deliveriesOf(messageId: MessageId): Promise<readonly Delivery[]>;
  getDelivery(id: DeliveryId): Promise<Delivery | undefined>;
  listAttempts(id: DeliveryId): Promise<readonly DeliveryAttempt[]>;
  /** Makes `queued`, `deferred` (and `held`) deliveries due now. @returns those that were changed. */
  retryNow(ids: readonly DeliveryId[], now: number, actor: Actor): Promise<readonly DeliveryId[]>;

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
  /** Notes that the content was opened: by whom, when, how (`soap`, `console`, …). */
  recordAccess(
    messageId: MessageId,
    organId: OrganId,
    by: string,
    how: string,
    now: number,
  ): Promise<void>;
  /**
   * First confirmation wins and is answered again afterwards. `done` → `delivered`, `fail` → `dead`
   * with a notice to the sender in the same commit.
   */
  confirm(
    messageId: MessageId,
    organId: OrganId,
    confirmation: Confirmation,
    notice: NewMessage | undefined,
  ): Promise<Confirmation | undefined>;
  listCollections(messageId: MessageId): Promise<readonly Collection[]>;

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
  listRefusals(page: PageRequest): Promise<Page<Refusal>>;
  getRefusal(correlationId: string): Promise<Refusal | undefined>;

  // ---- housekeeping ----------------------------------------------------------------------------
  /** Small facts of the installation, such as the version that made it. */
  getFact(name: string): Promise<string | undefined>;
  setFact(name: string, value: string): Promise<void>;
  /**
   * Deletes the content of messages received before that time whose deliveries are all final; the
   * messages stay. `sweep` then deletes the files. @returns how many, at most `limit`.
   */
  purgeContent(before: number, limit: number, now: number): Promise<number>;
  /** Deletes refusals past their time or size, content files nobody counts, temporary files of dead writers. */
  sweep(now: number): Promise<void>;
  /** Resolves when a write was committed just now, for /readyz. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
