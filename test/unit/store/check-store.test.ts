/**
 * The check of a store: sound ones are found sound, and every kind of damage is found.
 */
import { mkdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { checkStore } from '../../../src/store/check-store.js';
import { LEFT_OVER_AFTER_MS } from '../../../src/store/content-files.js';
import { FINDINGS, type FindingKind } from '../../../src/store/findings.js';
import { MIGRATIONS } from '../../../src/store/sqlite/migrations/index.js';
import { expectCode } from './expect-code.js';
import { openBench, type StoreBench } from './open-store.js';
import {
  act,
  agency,
  digestOf,
  document,
  OTHER,
  RECIPIENT,
  SENDER,
  status,
  T0,
} from './samples.js';

const LARGE = 70_000;
const NOW = T0 + 86_400_000;

describe('the check of a store', () => {
  let bench: StoreBench;
  const large = Buffer.alloc(LARGE, 'L');
  const small = Buffer.from('<edXML small="yes"/>');
  const largeFile = (): string => bench.contentFile(digestOf(large));

  beforeEach(() => {
    bench = openBench();
  });
  afterEach(() => bench.end());

  /** A delivered message, a dead one with a file, one that waits, one held, a notice. Closed again. */
  async function fill(): Promise<void> {
    const store = await bench.open();
    await store.putAgency(agency(SENDER), 'cli:an');
    await bench.settle(store, document({ documentId: 'A', content: small }), 'delivered', T0 + 10);
    await bench.settle(store, document({ content: large }), 'dead', T0 + 20);
    await store.acceptMessage(
      document({
        to: [
          [RECIPIENT, 'queued'],
          [OTHER, 'pending'],
        ],
      }),
    );
    await store.acceptMessage(status({ documentId: 'A' }));
    await store.close();
  }

  const check = (deep = true) => checkStore(bench.folder, { deep, now: NOW });
  const kinds = async (deep = true): Promise<FindingKind[]> =>
    (await check(deep)).findings.map((one) => one.kind);

  it('finds a sound store sound, and says what it looked at', async () => {
    await fill();
    for (const deep of [false, true]) {
      expect(await check(deep)).to.deep.equal({
        ok: true,
        deep,
        schema: MIGRATIONS.length,
        messages: 4,
        deliveries: 5,
        contents: 4,
        contentFiles: 1,
        findings: [],
        findingCount: 0,
      });
    }
  });

  it('finds a cancel sound that waits for its notice', async () => {
    const store = await bench.open();
    await store.acceptMessage(document());
    const request = { limit: 1, perRecipient: 9, leaseMs: 1000 };
    const [leased] = await store.leaseDue({ ...request, now: T0 });
    await store.actOnDeliveries(act('cancel', [leased?.id ?? 0]));
    expect(await store.leaseDue({ ...request, now: T0 + 2000 })).to.deep.equal([]);
    expect(await store.listNotedCancels(9)).to.have.length(1);
    await store.close();
    expect(await kinds()).to.deep.equal([]);
  });

  it('finds a store sound while others write to it', async function () {
    this.timeout(20_000);
    const store = await bench.open();
    let writing = true;
    const writer = (async () => {
      for (let i = 0; writing && i < 400; i++) {
        await bench.settle(
          store,
          document({ content: Buffer.alloc(LARGE, `${i} `) }),
          'delivered',
          T0 + i,
        );
      }
    })();
    for (let i = 0; i < 8; i++) expect((await check()).findings).to.deep.equal([]);
    writing = false;
    await writer;
  });

  /** Damage by SQL, and what it is found as. */
  const ROWS: readonly [FindingKind, string][] = [
    [
      'no-delivery',
      "INSERT INTO message SELECT 99, 'M99', kind, received_at, caller_organ_id, from_organ_id, document_id, document_key, document_code, business_type, subject, priority, status_code, response_for_organ_id, response_for_agency, 'd99', size_bytes, signature_class, correlation_id, by_gateway, search_text, rest, 5 FROM message LIMIT 1",
    ],
    ['no-answer', 'DELETE FROM send_answer WHERE message_ref = 1'],
    ['no-key', 'DELETE FROM duplicate_key WHERE message_ref = 1'],
    ['no-event', "DELETE FROM message_event WHERE message_ref = 1 AND event = 'stored'"],
    ['no-content', 'DELETE FROM content WHERE bytes IS NOT NULL AND id = 1'],
    ['refs', 'UPDATE content SET refs = 2 WHERE id = 1'],
    ['content-size', 'UPDATE message SET size_bytes = 7 WHERE id = 1'],
    [
      'content-digest',
      'UPDATE content SET bytes = CAST(\'<edXML small="no!"/>\' AS BLOB) WHERE id = 1',
    ],
    ['delivery-differs', "UPDATE delivery SET from_organ_id = 'T99.77' WHERE id = 1"],
    ['lease', "UPDATE delivery SET state = 'active', lease = 'l', leased_until = 9 WHERE id = 3"],
    ['not-finished', 'UPDATE delivery SET finished_at = NULL WHERE id = 1'],
    ['finished', 'UPDATE delivery SET finished_at = 9 WHERE id = 3'],
    ['held', "UPDATE delivery SET state = 'held' WHERE id = 3"],
    ['asked', "UPDATE delivery SET asked = 'hold' WHERE id = 3"],
    ['attempts', 'UPDATE delivery SET attempts = 5 WHERE id = 1'],
    ['attempts', 'UPDATE delivery SET earlier_attempts = 5 WHERE id = 1'],
    ['times', 'UPDATE delivery SET due_at = -5 WHERE id = 3'],
    ['settled', 'DELETE FROM settled WHERE message_ref = 1'],
    ['settled', "UPDATE settled SET state = 'cancelled' WHERE message_ref = 1"],
    ['settled', 'UPDATE settled SET purged = 1 WHERE message_ref = 1'],
    ['search', 'DELETE FROM message_search WHERE rowid = 1'],
    ['count', "UPDATE total SET count = 77 WHERE name = 'messages'"],
    ['count', 'UPDATE delivery_count SET count = count + 1'],
    ['reference', "INSERT INTO content_access VALUES (1, 4711, 5, 'a', 'b', 'c')"],
  ];
  for (const [kind, sql] of ROWS) {
    it(`finds ${kind}: ${sql.slice(0, 60)}`, async () => {
      await fill();
      const db = new Database(join(bench.folder, 'edxgate.db'));
      db.pragma('foreign_keys = OFF');
      db.exec(sql);
      db.close();
      expect(await kinds()).to.include(kind);
      expect((await check()).ok).to.equal(false);
    });
  }

  it('finds a content file that is gone, cut, or changed; the change only when it reads all', async () => {
    await fill();
    writeFileSync(largeFile(), Buffer.alloc(LARGE, 'X'));
    expect(await kinds(false)).to.deep.equal([]);
    expect(await kinds()).to.deep.equal(['content-digest']);
    truncateSync(largeFile(), 100);
    expect(await kinds(false)).to.deep.equal(['content-size']);
    rmSync(largeFile());
    const { findings } = await check(false);
    expect(findings).to.have.length(1);
    expect(findings[0]).to.include({ kind: 'content-missing', subject: digestOf(large) });
  });

  it('finds files that nobody counts once they are too old to belong to a write', async () => {
    await fill();
    const file = bench.contentFile('ab'.repeat(32));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'left over');
    const young = new Date(NOW - LEFT_OVER_AFTER_MS / 2);
    utimesSync(file, young, young);
    expect(await kinds()).to.deep.equal([]);
    const old = new Date(NOW - 2 * LEFT_OVER_AFTER_MS);
    utimesSync(file, old, old);
    expect(await kinds(false)).to.deep.equal(['content-orphan']);
  });

  it('finds a damaged database file and still answers', async () => {
    await fill();
    const file = join(bench.folder, 'edxgate.db');
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 4096 * 3, 4096 * 12);
    writeFileSync(file, bytes);
    expect(await kinds()).to.include('database');
    writeFileSync(file, 'this is not a database, whatever its name says; it is only some text');
    expect(await kinds()).to.deep.equal(['database']);
  });

  it('refuses where there is no store, without making one', async () => {
    await expectCode(check(), 'store.missing');
  });

  it('says the same in both languages, for every kind', () => {
    for (const [kind, [text, textVi]] of Object.entries(FINDINGS)) {
      expect(textVi, kind).to.not.equal(text);
      expect(textVi.includes('{detail}'), kind).to.equal(text.includes('{detail}'));
    }
  });
});
