/**
 * The queue half of the embedded store: deliveries, what operators do to them, collection.
 *
 * @module
 */
import type { Breaker } from '../../model/breaker.js';
import type { DeliveryCertificate } from '../../model/certificate.js';
import type { PackageKind } from '../../model/edxml.js';
import type {
  AttemptOutcome,
  Collection,
  Confirmation,
  Delivery,
  DeliveryAttempt,
  DeliveryId,
  Finished,
  LeasedDelivery,
  Message,
  NewMessage,
} from '../../model/message.js';
import type { MessageId } from '../../model/message-id.js';
import type { OrganId } from '../../model/organ-id.js';
import { ContentFiles } from '../content-files.js';
import type {
  ActOutcome,
  Actor,
  ActRequest,
  ClockLimits,
  DeliveryEnd,
  DeliveryFilter,
  LeaseRequest,
  NotedCancel,
  OperatorAct,
  Page,
  PageRequest,
  QueueAge,
  QueueFlow,
} from '../store.js';
import * as certificates from './certificates.js';
import { storeError } from './errors.js';
import { listDeliveries } from './list-deliveries.js';
import { isLarge, messageRecord, recordBytes } from './message-record.js';
import * as breakers from './read-breakers.js';
import * as deliveries from './read-deliveries.js';
import { nextDueAt } from './read-leases.js';
import * as queue from './read-queue.js';
import type { SqliteStoreOptions } from './sqlite-directory.js';
import { SqlitePeople } from './sqlite-people.js';
import type { Rescheduled, RescheduleStep } from './write-reschedule.js';

export class SqliteQueue extends SqlitePeople {
  protected readonly files: ContentFiles;

  constructor(options: SqliteStoreOptions) {
    super(options);
    this.files = new ContentFiles(options.folder);
  }

  protected async placeContent(incoming: NewMessage): Promise<void> {
    if (!isLarge(incoming)) return;
    try {
      await this.files.write(incoming.message.contentDigest, incoming.content);
    } catch (error) {
      throw storeError(error);
    }
  }

  // ---- deliveries ------------------------------------------------------------------------------

  async leaseDue(request: LeaseRequest): Promise<readonly LeasedDelivery[]> {
    const writer = this.writer;
    // Asked often, mostly in vain: then without the writer.
    const next = await this.nextDueAt();
    if (next === undefined || next > request.now) return [];
    return writer.run('leaseDue', [], request);
  }

  async pullBack(limits: ClockLimits): Promise<number> {
    return this.writer.run('pullBack', [], limits);
  }

  nextDueAt(): Promise<number | undefined> {
    return this.read((sql) => nextDueAt(sql, this.clock.now()));
  }

  async finishAttempt(outcome: AttemptOutcome): Promise<Finished> {
    const writer = this.writer;
    const { notice: failure, cancelNotice, ...rest } = outcome;
    const plain = { ...rest, cancelTold: cancelNotice !== undefined };
    const notice = cancelNotice === 'none' ? undefined : (cancelNotice ?? failure);
    if (notice === undefined) return writer.run('finishAttempt', [], plain);
    await this.placeContent(notice);
    const record = messageRecord(notice, this.clock.now());
    return writer.run('finishAttempt', recordBytes(notice), plain, record);
  }

  listDeliveries(filter: DeliveryFilter, page: PageRequest): Promise<Page<Delivery>> {
    return this.read((sql) => listDeliveries(sql, filter, page));
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

  // ---- acts of operators, ends without an attempt --------------------------------------------------

  async actOnDeliveries(request: ActRequest): Promise<readonly ActOutcome[]> {
    const writer = this.writer;
    const { notices = [], ...plain } = request;
    for (const { notice } of notices) await this.placeContent(notice);
    const now = this.clock.now();
    const records = notices.map(({ id, notice }) => ({ id, record: messageRecord(notice, now) }));
    const bytes = notices.flatMap(({ notice }) => recordBytes(notice));
    return writer.run('actOnDeliveries', bytes, plain, records);
  }

  listExpired(now: number, limit: number): Promise<readonly Delivery[]> {
    return this.read((sql) => queue.listExpired(sql, now, limit));
  }

  listNotedCancels(limit: number): Promise<readonly NotedCancel[]> {
    return this.read((sql) => queue.listNotedCancels(sql, limit));
  }

  async endDelivery(end: DeliveryEnd): Promise<boolean> {
    const writer = this.writer;
    const { notice, ...plain } = end;
    if (notice === undefined) return writer.run('endDelivery', [], plain);
    await this.placeContent(notice);
    const record = messageRecord(notice, this.clock.now());
    return writer.run('endDelivery', recordBytes(notice), plain, record);
  }

  async reschedule(
    organId: OrganId | undefined,
    retryMs: readonly number[],
    now: number,
    actor: Actor,
  ): Promise<number> {
    // In steps, between which the writer takes what others ask for.
    const writer = this.writer;
    let changed = 0;
    for (let after: number | undefined = 0; after !== undefined; ) {
      const step: RescheduleStep = { organId, retryMs, now, actor, after };
      const done: Rescheduled = await writer.run('reschedule', [], step);
      changed += done.changed;
      after = done.next;
    }
    return changed;
  }

  queueAges(bounds: readonly number[], now: number): Promise<readonly QueueAge[]> {
    return this.read((sql) => queue.queueAges(sql, bounds, now));
  }

  queueFlow(since: number): Promise<readonly QueueFlow[]> {
    return this.read((sql) => queue.queueFlow(sql, since));
  }

  async recordAct(act: OperatorAct): Promise<void> {
    await this.writer.run('recordAct', [], act);
  }

  listActs(subject: string | undefined, page: PageRequest): Promise<Page<OperatorAct>> {
    return this.read((sql) => queue.listActs(sql, subject, page));
  }

  // ---- breakers --------------------------------------------------------------------------------

  getBreaker(organId: OrganId): Promise<Breaker | undefined> {
    return this.read((sql) => breakers.getBreaker(sql, organId));
  }

  listBreakers(): Promise<readonly Breaker[]> {
    return this.read(breakers.listBreakers);
  }

  async closeBreaker(
    organId: OrganId,
    actor: Actor,
    reason: string,
    now: number,
  ): Promise<boolean> {
    return this.writer.run('closeBreaker', [], organId, actor, reason, now);
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
  ): Promise<boolean> {
    return this.writer.run('recordAccess', [], messageId, organId, by, how, now);
  }

  async confirm(
    messageId: MessageId,
    organId: OrganId,
    confirmation: Confirmation,
    notice: NewMessage | undefined,
    certificate?: Uint8Array,
  ): Promise<Confirmation | undefined> {
    const writer = this.writer;
    const own = { ...confirmation, messageId };
    if (notice === undefined) {
      return writer.run('confirm', [], organId, own, undefined, certificate);
    }
    await this.placeContent(notice);
    const record = messageRecord(notice, this.clock.now());
    return writer.run('confirm', recordBytes(notice), organId, own, record, certificate);
  }

  listCollections(messageId: MessageId): Promise<readonly Collection[]> {
    return this.read((sql) => deliveries.listCollections(sql, messageId));
  }

  // ---- delivery certificates -------------------------------------------------------------------

  getDeliveryCertificate(id: DeliveryId): Promise<DeliveryCertificate | undefined> {
    return this.read((sql) => certificates.getDeliveryCertificate(sql, id));
  }

  listDeliveryCertificates(messageId: MessageId): Promise<readonly DeliveryCertificate[]> {
    return this.read((sql) => certificates.listDeliveryCertificates(sql, messageId));
  }
}
