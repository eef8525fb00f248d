/**
 * The embedded store as the rest of the gateway sees it: questions go to the connection that reads, on
 * the calling thread; everything that writes goes to the writer.
 *
 * @module
 */
import type { DocumentKey } from '../../model/document-id.js';
import { refuse } from '../../model/issue.js';
import type {
  AcceptOutcome,
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
import { LEFT_OVER_AFTER_MS, sha256 } from '../content-files.js';
import type { LogReader, StoredCheckpoint } from '../log-reader.js';
import type {
  MessageFilter,
  Page,
  PageRequest,
  PurgeRequest,
  Store,
  StoreCounts,
  TraceFilter,
} from '../store.js';
import { storeError } from './errors.js';
import { eventRows, isLarge, messageRecord, recordBytes } from './message-record.js';
import * as deliveries from './read-deliveries.js';
import * as directory from './read-directory.js';
import { openLogReader } from './read-log.js';
import * as messages from './read-messages.js';
import * as refusals from './read-refusals.js';
import { listTraces } from './read-traces.js';
import { SqliteQueue } from './sqlite-queue.js';

/** So often a swept content file is written anew before we give up. */
const FILE_TRIES = 3;

export type { SqliteStoreOptions } from './sqlite-directory.js';

export class SqliteStore extends SqliteQueue implements Store {
  // ---- messages --------------------------------------------------------------------------------

  async acceptMessage(incoming: NewMessage): Promise<AcceptOutcome> {
    const writer = this.writer;
    const { message, duplicateKey } = incoming;
    const record = messageRecord(incoming, this.clock.now());
    // A repeat needs no file; the look-up that counts is the one inside the transaction.
    const known = isLarge(incoming)
      ? await this.findDuplicate(duplicateKey, message.contentDigest)
      : undefined;
    if (known === undefined) await this.placeContent(incoming);
    for (let tries = 1; tries <= FILE_TRIES; tries++) {
      const accepted = await writer.run('accept', recordBytes(incoming), record);
      if (accepted.kind === 'stored') return { kind: 'stored' };
      if (accepted.kind !== 'no-file') {
        const { kind, ref } = accepted;
        return this.read((sql) => messages.takenOutcome(sql, kind, ref));
      }
      await this.placeContent(incoming);
    }
    throw refuse('server.store');
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
      bytes = row.bytes ?? (await this.files.read(row.digest));
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

  // ---- questions ---------------------------------------------------------------------------------

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

  listRefusals(page: PageRequest & { callerOrganId?: OrganId }): Promise<Page<Refusal>> {
    return this.read((sql) => refusals.listRefusals(sql, page));
  }

  getRefusal(correlationId: string): Promise<Refusal | undefined> {
    return this.read((sql) => refusals.getRefusal(sql, correlationId));
  }

  // ---- chained log -----------------------------------------------------------------------------

  openLog(): Promise<LogReader> {
    return this.read(() => openLogReader(this.folder));
  }

  addCheckpoint({ number, time, text }: StoredCheckpoint): Promise<boolean> {
    return this.writer.run('addCheckpoint', [], number, time, text);
  }

  // ---- housekeeping ----------------------------------------------------------------------------

  getFact(name: string): Promise<string | undefined> {
    return this.read((sql) => directory.getFact(sql, name));
  }

  async setFact(name: string, value: string): Promise<void> {
    await this.writer.run('setFact', [], name, value);
  }

  async purgeContent(request: PurgeRequest): Promise<number> {
    const writer = this.writer;
    const { count, files } = await writer.run('purgeContent', [], request);
    // Only now: a file must not go before the commit that lets it go. What a crash leaves is swept.
    const before = request.now - LEFT_OVER_AFTER_MS;
    if (files.length > 0) await writer.run('removeFiles', [], files, before);
    return count;
  }

  async purgeMessages(before: number, limit: number, now: number): Promise<number> {
    return this.writer.run('purgeMessages', [], before, limit, now);
  }

  async sweepRefusals(now: number): Promise<void> {
    await this.writer.run('sweepRefusals', [], now);
  }

  async sweep(now: number): Promise<void> {
    const writer = this.writer;
    const before = now - LEFT_OVER_AFTER_MS;
    await this.sweepRefusals(now);
    try {
      await this.files.removeTemporary(before);
      for await (const digests of this.files.digests()) {
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
