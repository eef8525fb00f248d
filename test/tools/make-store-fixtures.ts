/**
 * Makes fixtures/stores/v1.db.gz, v2.db.gz, …: a store as each earlier version left it, with a message in
 * every state. The schema is that of the first N migrations, the rows are written by SQL as that version
 * wrote them, so that they do not change with the code. Run when a migration was published:
 *
 *   node dist/test/tools/make-store-fixtures.js
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import type { Agency } from '../../src/model/agency.js';
import type { NewMessage } from '../../src/model/message.js';
import { newMessageId } from '../../src/model/message-id.js';
import { MIGRATIONS } from '../../src/store/sqlite/migrations/index.js';
import { agency, document, OTHER, RECIPIENT, SENDER, status, T0 } from '../unit/store/samples.js';

/** Schemas that were published before the present one. */
export const OLD_SCHEMAS = [1, 2, 6] as const;

/** Later ones chain what they write: their stores are those of this version, brought up to them. */
const WRITTEN_UP_TO = 2;

const APPLICATION_ID = 0x45445847;
const COUNTERS = { attempts: 0, last_code: null, last_reason: null, due_at: T0, lease: null };

type Row = Readonly<Record<string, string | number | null | Uint8Array>>;

/** What becomes of one delivery, beside what all have. */
interface Lane {
  readonly to: string;
  readonly row: Row & { readonly state: string };
  readonly attempts?: readonly { readonly outcome: string; readonly code?: string }[];
  readonly collection?: Row;
}

class Writer {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  insert(table: string, row: Row): number {
    const names = Object.keys(row);
    const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    return Number(this.#db.prepare(sql).run(...Object.values(row)).lastInsertRowid);
  }

  agency(entry: Agency): void {
    this.insert('agency', {
      organ_id: entry.organId,
      old_organ_id: entry.oldOrganId ?? null,
      organ_name: entry.organName,
      active: 1,
      route_kind: entry.route.kind,
      changed_at: entry.changedAt,
      entry: JSON.stringify(entry),
    });
    this.insert('operator_act', {
      time: T0,
      actor: 'cli:an',
      act: 'agency.put',
      subject: entry.organId,
      detail: JSON.stringify({ before: null, after: entry }),
    });
  }

  event(ref: number, time: number, event: string, organId: string | null, detail: object): void {
    const text = JSON.stringify(detail);
    this.insert('message_event', {
      message_ref: ref,
      time,
      event,
      organ_id: organId,
      detail: text,
    });
  }

  message(
    { message, content, answer, duplicateKey }: NewMessage,
    lanes: readonly Lane[],
    purgedAt: number | null = null,
  ): number[] {
    const { signature, warnings, checks, submission, read, receivedAt: time } = message;
    const ref = this.insert('message', {
      message_id: message.messageId,
      kind: message.kind,
      received_at: time,
      caller_organ_id: message.callerOrganId,
      from_organ_id: message.fromOrganId,
      document_id: message.documentId,
      document_key: message.documentKey,
      document_code: message.documentCode,
      business_type: message.businessType ?? null,
      subject: message.subject ?? null,
      priority: message.priority,
      status_code: message.statusCode ?? null,
      response_for_organ_id: message.responseForOrganId ?? null,
      response_for_agency: message.responseForOrganId ?? null,
      content_digest: message.contentDigest,
      size_bytes: message.sizeBytes,
      signature_class: message.signatureClass,
      correlation_id: submission.correlationId,
      by_gateway: submission.proof === 'gateway' ? 1 : 0,
      search_text: message.searchText,
      rest: JSON.stringify({ signature, warnings, checks, submission, read }),
      purged_at: purgedAt,
    });
    if (purgedAt === null) {
      const { contentDigest: digest, sizeBytes } = message;
      this.insert('content', { digest, size_bytes: sizeBytes, refs: 1, bytes: content });
    }
    this.insert('duplicate_key', {
      key: duplicateKey,
      message_ref: ref,
      content_digest: message.contentDigest,
      created_at: time,
    });
    const { receipt, ...rest } = answer;
    this.insert('send_answer', { message_ref: ref, answer: JSON.stringify(rest), receipt });
    this.event(ref, time, 'received', null, { ...submission, caller: message.callerOrganId });
    this.event(ref, time, 'stored', null, { contentDigest: message.contentDigest });
    return lanes.map((lane) => this.#delivery(ref, message, lane));
  }

  #delivery(ref: number, message: NewMessage['message'], lane: Lane): number {
    const { attempts = [], collection, row } = lane;
    const id = this.insert('delivery', {
      message_ref: ref,
      to_organ_id: lane.to,
      from_organ_id: message.fromOrganId,
      kind: message.kind,
      document_key: message.documentKey,
      priority: message.priority,
      created_at: T0,
      updated_at: T0 + 100,
      ...COUNTERS,
      ...row,
      attempts: attempts.length,
    });
    attempts.forEach(({ outcome, code }, i) => {
      const time = T0 + 10 * i;
      this.insert('delivery_attempt', {
        delivery_id: id,
        number: i + 1,
        started_at: time,
        finished_at: time + 5,
        outcome,
        code: code ?? null,
        endpoint: 'https://b.example/receive',
      });
      this.event(ref, time + 5, 'attempt', lane.to, { number: i + 1, outcome, code });
    });
    if (collection !== undefined) this.insert('collection', { delivery_id: id, ...collection });
    return id;
  }
}

const FAILED = { outcome: 'deferred', code: 'delivery.unreachable' } as const;
const end = (state: string): Lane['row'] => ({ state, finished_at: T0 + 100 });

/** The same ids at every making. */
function numbered(sent: NewMessage, number: number): NewMessage {
  const messageId = newMessageId(T0 + number, Buffer.alloc(10, number));
  return {
    ...sent,
    message: { ...sent.message, messageId },
    answer: { ...sent.answer, messageId },
    duplicateKey: `key-${number}`,
  };
}

function fill(db: Database.Database, schema: number): void {
  const write = new Writer(db);
  const push = { kind: 'push', pushKind: 'receiver', url: 'https://b.example/receive' } as const;
  write.agency(agency(SENDER));
  write.agency(agency(RECIPIENT, { route: push }));
  write.agency(agency(OTHER));
  let number = 0;
  const sent = (lanes: readonly Lane[], purgedAt: number | null = null): number[] => {
    number++;
    const one = document({
      documentId: `VB-${schema}-${number}`,
      code: `${number}/TB-VP`,
      content: Buffer.from(`<edXML no="${number}"/>`),
    });
    return write.message(numbered(one, number), lanes, purgedAt);
  };
  const confirmation = { messageId: 'x', outcome: 'done', confirmedAt: T0 + 100 };
  sent([
    { to: RECIPIENT, row: end('delivered'), attempts: [{ outcome: 'delivered' }] },
    {
      to: OTHER,
      row: end('delivered'),
      collection: {
        first_listed_at: T0 + 1,
        first_fetched_at: T0 + 2,
        last_fetched_at: T0 + 2,
        fetches: 1,
        last_fetched_by: OTHER,
        confirmation: JSON.stringify(confirmation),
        confirmed_at: T0 + 100,
      },
    },
  ]);
  sent([{ to: RECIPIENT, row: { state: 'queued' } }]);
  const failed = { last_code: FAILED.code, last_reason: 'connect ECONNREFUSED' };
  sent([
    {
      to: RECIPIENT,
      row: { state: 'deferred', ...failed, due_at: T0 + 60_000 },
      attempts: [FAILED],
    },
  ]);
  const lease = { lease: 'l1', leased_at: T0 + 50, leased_until: T0 + 90_000 };
  sent([{ to: RECIPIENT, row: { state: 'active', ...lease } }]);
  sent([{ to: OTHER, row: { state: 'pending' } }]);
  sent([{ to: RECIPIENT, row: { state: 'held', held_from: 'queued' } }]);
  sent([{ to: OTHER, row: end('cancelled') }]);
  sent([{ to: OTHER, row: end('delivered') }], T0 + 200);
  const dead = [FAILED, { outcome: 'dead', code: 'delivery.unreachable' }];
  const [lane = 0] = sent([{ to: RECIPIENT, row: { ...end('dead'), ...failed }, attempts: dead }]);
  const told = status({
    byGateway: true,
    statusCode: '02',
    content: Buffer.from('<edXML no="s"/>'),
  });
  write.message(numbered(told, 100), [{ to: SENDER, row: { state: 'pending' } }]);
  const ref = db.prepare<[], { id: number }>('SELECT max(id) AS id FROM message').get()?.id ?? 0;
  write.insert('delivery_status', { delivery_id: lane, message_ref: ref });
  write.insert('fact', { name: 'made.by', value: '0.1.0' });
  if (schema >= 2) write.insert('used_sign_in', { key: 'nonce-1', until: T0 + 600_000 });
}

/** @returns the bytes of the database file. */
export function makeOldStore(schema: number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-fixture-'));
  try {
    const file = join(folder, 'edxgate.db');
    const db = new Database(file);
    const written = Math.min(schema, WRITTEN_UP_TO);
    for (const migration of MIGRATIONS.slice(0, written)) db.exec(migration);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${schema}`);
    db.pragma('foreign_keys = ON');
    db.transaction(() => fill(db, written))();
    for (const migration of MIGRATIONS.slice(written, schema)) db.exec(migration);
    db.exec('VACUUM');
    db.close();
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1]?.endsWith('make-store-fixtures.js') === true) {
  for (const schema of OLD_SCHEMAS) {
    const bytes = gzipSync(makeOldStore(schema), { level: 9 });
    writeFileSync(join('fixtures', 'stores', `v${schema}.db.gz`), bytes);
    process.stdout.write(`fixtures/stores/v${schema}.db.gz: ${bytes.byteLength} bytes\n`);
  }
}
