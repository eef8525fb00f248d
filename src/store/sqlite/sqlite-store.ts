/**
 * The embedded store as the rest of the gateway sees it: questions go to the connection that reads, on
 * the calling thread; everything that writes goes to the writer.
 *
 * @module
 */
import type { DocumentKey } from '../../model/document-id.js';
import type { PackageKind } from '../../model/edxml.js';
import { refuse } from '../../model/issue.js';
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
} from '../../model/message.js';
import type { MessageId } from '../../model/message-id.js';
import type { OrganId } from '../../model/organ-id.js';
import { ContentFiles, LEFT_OVER_AFTER_MS, sha256 } from '../content-files.js';
import type {
  Actor,
  DeliveryFilter,
  LeaseRequest,
  MessageFilter,
  Page,
  PageRequest,
  Store,
  StoreCounts,
  TraceFilter,
} from '../store.js';
import { storeError } from './errors.js';
import { eventRows, isLarge, messageRecord, recordBytes } from './message-record.js';
import * as deliveries from './read-deliveries.js';
import * as directory from './read-directory.js';
import * as messages from './read-messages.js';
import * as refusals from './read-refusals.js';
import { listTraces } from './read-traces.js';
import { SqliteDirectory, type SqliteStoreOptions } from './sqlite-directory.js';

/** So often a swept content file is written anew before we give up. */
const FILE_TRIES = 3;

export type { SqliteStoreOptions } from './sqlite-directory.js';

export class SqliteStore extends SqliteDirectory implements Store {
  readonly #files: ContentFiles;

  constructor(options: SqliteStoreOptions) {
    super(options);
    this.#files = new ContentFiles(options.folder);
  }

  // ---- messages --------------------------------------------------------------------------------

  async acceptMessage(incoming: NewMessage): Promise<AcceptOutcome> {
    const writer = this.writer;
    const { message, duplicateKey } = incoming;
    const record = messageRecord(incoming, this.clock.now());
    // A repeat needs no file; the look-up that counts is the one inside the transaction.
    const known = isLarge(incoming)
      ? await this.findDuplicate(duplicateKey, message.contentDigest)
      : undefined;
    if (known === undefined) await this.#placeContent(incoming);
    for (let tries = 1; tries <= FILE_TRIES; tries++) {
      const accepted = await writer.run('accept', recordBytes(incoming), record);
      if (accepted.kind === 'stored') return { kind: 'stored' };
      if (accepted.kind !== 'no-file') {
        const { kind, ref } = accepted;
        return this.read((sql) => messages.takenOutcome(sql, kind, ref));
      }
      await this.#placeContent(incoming);
    }
    throw refuse('server.store');
  }

  async #placeContent(incoming: NewMessage): Promise<void> {
    if (!isLarge(incoming)) return;
    try {
      await this.#files.write(incoming.message.contentDigest, incoming.content);
    } catch (error) {
      throw storeError(error);
    }
  }

  findDuplicate(
    duplicateKey: string,
    contentDigest: string,
  ): Promise<Exclude<AcceptOutcome, { kind: 'stored' }> | undefined> {
    return this.read((sql) => messages.findDuplicate(sql, duplicateKey, contentDigest));
  }

  getMessage(messageId: MessageId): Promise<Message | undefined> {
    return this.read((sql) => messages.getMessage(sql, messageId));
  }

  /** @throws GatewayError `store.damaged` */
  async getContent(messageId: MessageId): Promise<Buffer | undefined> {
    const find = () => this.read((sql) => messages.findContent(sql, messageId));
    const row = await find();
    if (row === undefined) return undefined;
    let bytes: Buffer | undefined;
    try {
      bytes = row.bytes ?? (await this.#files.read(row.digest));
    } catch (error) {
      throw storeError(error);
    }
    // It may have been purged and swept since we looked.
    if (bytes === undefined && (await find()) === undefined) return undefined;
    if (bytes === undefined || sha256(bytes) !== row.digest) {
      throw refuse('store.damaged', { messageId });
    }
    return bytes;
  }

  getAnswer(messageId: MessageId): Promise<SendAnswer | undefined> {
    return this.read((sql) => messages.getAnswer(sql, messageId));
  }

  listMessages(filter: MessageFilter, page: PageRequest): Promise<Page<Message>> {
    return this.read((sql) => messages.listMessages(sql, filter, page));
  }

  listEvents(messageId: MessageId): Promise<readonly MessageEvent[]> {
    return this.read((sql) => messages.listEvents(sql, messageId));
  }

  async appendEvents(messageId: MessageId, events: readonly NewEvent[]): Promise<void> {
    await this.writer.run('appendEvents', [], messageId, eventRows(events));
  }

  findDocuments(
    fromOrganId: string,
    documentKey: DocumentKey | undefined,
    documentCode?: string,
  ): Promise<readonly Message[]> {
    return this.read((sql) => messages.findDocuments(sql, fromOrganId, documentKey, documentCode));
  }

  wasExchanged(
    sender: string,
    recipient: string,
    documentKey: DocumentKey | undefined,
    documentCode?: string,
  ): Promise<boolean> {
    return this.read((sql) =>
      messages.wasExchanged(sql, sender, recipient, documentKey, documentCode),
    );
  }

  // ---- deliveries ------------------------------------------------------------------------------

  async leaseDue(request: LeaseRequest): Promise<readonly LeasedDelivery[]> {
    const writer = this.writer;
    // Asked often, mostly in vain: then without the writer.
    const next = await this.nextDueAt();
    if (next === undefined || next > request.now) return [];
    return writer.run('leaseDue', [], request);
  }

  nextDueAt(): Promise<number | undefined> {
    return this.read(deliveries.nextDueAt);
  }

  async finishAttempt(outcome: AttemptOutcome): Promise<boolean> {
    const writer = this.writer;
    const { notice, ...plain } = outcome;
    if (notice === undefined) return writer.run('finishAttempt', [], plain);
    await this.#placeContent(notice);
    const record = messageRecord(notice, this.clock.now());
    return writer.run('finishAttempt', recordBytes(notice), plain, record);
  }

  listDeliveries(filter: DeliveryFilter, page: PageRequest): Promise<Page<Delivery>> {
    return this.read((sql) => deliveries.listDeliveries(sql, filter, page));
  }

  deliveriesOf(messageId: MessageId): Promise<readonly Delivery[]> {
    return this.read((sql) => deliveries.deliveriesOf(sql, messageId));
  }

  getDelivery(id: DeliveryId): Promise<Delivery | undefined> {
    return this.read((sql) => deliveries.getDelivery(sql, id));
  }

  listAttempts(id: DeliveryId): Promise<readonly DeliveryAttempt[]> {
    return this.read((sql) => deliveries.listAttempts(sql, id));
  }

  async retryNow(
    ids: readonly DeliveryId[],
    now: number,
    actor: Actor,
  ): Promise<readonly DeliveryId[]> {
    return this.writer.run('retryNow', [], ids, now, actor);
  }

  // ---- collection ------------------------------------------------------------------------------

  async listPending(
    organId: OrganId,
    kind: PackageKind | undefined,
    page: PageRequest,
    now: number,
  ): Promise<Page<Message>> {
    const found = await this.read((sql) => deliveries.listPending(sql, organId, kind, page));
    if (found.unlisted.length > 0) await this.writer.run('listed', [], found.unlisted, now);
    return found.page;
  }

  findDelivery(messageId: MessageId, organId: OrganId): Promise<Delivery | undefined> {
    return this.read((sql) => deliveries.findDelivery(sql, messageId, organId));
  }

  async recordAccess(
    messageId: MessageId,
    organId: OrganId,
    by: string,
    how: string,
    now: number,
  ): Promise<void> {
    await this.writer.run('recordAccess', [], messageId, organId, by, how, now);
  }

  async confirm(
    messageId: MessageId,
    organId: OrganId,
    confirmation: Confirmation,
    notice: NewMessage | undefined,
  ): Promise<Confirmation | undefined> {
    const writer = this.writer;
    const own = { ...confirmation, messageId };
    if (notice === undefined) return writer.run('confirm', [], organId, own);
    await this.#placeContent(notice);
    const record = messageRecord(notice, this.clock.now());
    return writer.run('confirm', recordBytes(notice), organId, own, record);
  }

  listCollections(messageId: MessageId): Promise<readonly Collection[]> {
    return this.read((sql) => deliveries.listCollections(sql, messageId));
  }

  listTraces(filter: TraceFilter, page: PageRequest): Promise<Page<Trace>> {
    return this.read((sql) => listTraces(sql, filter, page));
  }

  counts(): Promise<StoreCounts> {
    return this.read(deliveries.counts);
  }

  async addRefusal(refusal: Refusal): Promise<void> {
    const { content, ...plain } = refusal;
    await this.writer.run('addRefusal', content === undefined ? [] : [content], plain);
  }

  listRefusals(page: PageRequest): Promise<Page<Refusal>> {
    return this.read((sql) => refusals.listRefusals(sql, page));
  }

  getRefusal(correlationId: string): Promise<Refusal | undefined> {
    return this.read((sql) => refusals.getRefusal(sql, correlationId));
  }

  // ---- housekeeping ----------------------------------------------------------------------------

  getFact(name: string): Promise<string | undefined> {
    return this.read((sql) => directory.getFact(sql, name));
  }

  async setFact(name: string, value: string): Promise<void> {
    await this.writer.run('setFact', [], name, value);
  }

  async purgeContent(before: number, limit: number, now: number): Promise<number> {
    return this.writer.run('purgeContent', [], before, limit, now);
  }

  async sweep(now: number): Promise<void> {
    const writer = this.writer;
    const before = now - LEFT_OVER_AFTER_MS;
    await writer.run('sweepRefusals', [], now);
    try {
      await this.#files.removeTemporary(before);
      for await (const digests of this.#files.digests()) {
        const left = await this.read((sql) => refusals.uncounted(sql, digests));
        if (left.length > 0) await writer.run('removeFiles', [], left, before);
      }
    } catch (error) {
      throw storeError(error);
    }
  }

  async probe(): Promise<void> {
    await this.writer.run('probe', []);
  }
}
