/** Whatever is done to the log by hand is named by `log verify`. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { expect } from 'chai';
import { makeCheckpoint, readCheckpoint } from '../../../src/evidence/checkpoint.js';
import type { Broken } from '../../../src/evidence/log-findings.js';
import { MerkleTree } from '../../../src/evidence/merkle.js';
import { openReceiptKey } from '../../../src/evidence/receipt-keys.js';
import {
  actText,
  entryHash,
  entryLine,
  eventText,
  NO_HASH,
  purgeText,
  sha256Text,
} from '../../../src/model/log-entry.js';
import { fillLog, type LogFolder, logFolder } from './log-bench.js';

interface Entry {
  readonly chain: number;
  readonly idx: number;
  readonly time: number;
  readonly kind: 'event';
  readonly row_ref: number;
  readonly subject: string;
  readonly name: string;
  readonly organ_id: string | null;
  readonly digest: Buffer;
}

const CHAIN = ['', 'gateway', 'commands'];

/** What someone would do who knows how the log is made, but has no key. */
function relink(db: Database): void {
  const previous = new Map<number, string>();
  const update = db.prepare(
    'UPDATE log_entry SET digest = ?, hash = ? WHERE chain = ? AND idx = ?',
  );
  for (const one of db.prepare('SELECT * FROM log_entry ORDER BY chain, idx').all() as Entry[]) {
    const text = rowText(db, one);
    const digest = text === undefined ? one.digest.toString('hex') : sha256Text(text);
    const line = entryLine({
      ...{ chain: CHAIN[one.chain] ?? '', index: one.idx, time: one.time, kind: one.kind },
      ...{ row: one.row_ref, subject: one.subject, name: one.name, organId: one.organ_id, digest },
    });
    const hash = entryHash(previous.get(one.chain) ?? NO_HASH, line);
    previous.set(one.chain, hash);
    update.run(Buffer.from(digest, 'hex'), Buffer.from(hash, 'hex'), one.chain, one.idx);
  }
}

function rowText(db: Database, one: Entry): string | undefined {
  type Row = Record<string, never>;
  const get = (sql: string): Row | undefined => db.prepare(sql).get(one.row_ref) as Row | undefined;
  switch (one.kind as string) {
    case 'event': {
      const row = get(`SELECT e.*, m.message_id FROM message_event e
        JOIN message m ON m.id = e.message_ref WHERE e.id = ?`);
      const { message_id = '', time = 0, event = '', organ_id = null, detail = '' } = row ?? {};
      return row && eventText(message_id, time, event, organ_id, detail);
    }
    case 'act': {
      const row = get('SELECT * FROM operator_act WHERE id = ?');
      const { time = 0, actor = '', act = '', subject = '', detail = '' } = row ?? {};
      return row && actText(time, actor, act, subject, detail);
    }
    case 'purge': {
      const row = get('SELECT * FROM log_purge WHERE id = ?');
      const { message_id = '', time = 0, events = 0, entries = '' } = row ?? {};
      return row && purgeText(message_id, time, events, entries);
    }
    case 'checkpoint':
      return get('SELECT text FROM checkpoint WHERE number = ?')?.['text'];
    default:
      return undefined;
  }
}

/** Makes all checkpoints anew over the log as it is, with a key of one's own. */
function resign(db: Database, folder: string): void {
  const key = openReceiptKey({ folder }, (file) => readFileSync(file));
  let previousDigest: string | undefined;
  const rows = db.prepare('SELECT number, text FROM checkpoint ORDER BY number').all();
  for (const { number, text } of rows as { number: number; text: string }[]) {
    const read = readCheckpoint(text, () => undefined);
    if (read.kind === 'broken') throw new Error('no checkpoint');
    const tree = new MerkleTree();
    const chains = read.content.chains.map((part) => {
      const hashes = db
        .prepare('SELECT hash FROM log_entry WHERE chain = ? AND idx BETWEEN ? AND ? ORDER BY idx')
        .all(CHAIN.indexOf(part.name), part.from, part.to) as { hash: Buffer }[];
      for (const { hash } of hashes) tree.add(hash);
      return { ...part, head: hashes.at(-1)?.hash.toString('hex') ?? part.head };
    });
    const { previousDigest: _, ...rest } = read.content;
    const content = {
      ...rest,
      ...(previousDigest === undefined ? {} : { previousDigest }),
      chains,
      merkleRoot: tree.root().toString('hex'),
    };
    const made = makeCheckpoint(content, key);
    db.prepare('UPDATE checkpoint SET text = ? WHERE number = ?').run(made, number);
    relink(db);
    previousDigest = sha256Text(made);
  }
}

const TABLES: readonly (readonly [table: string, where: string])[] = [
  // Before the last checkpoint, and after it.
  ['message_event', 'id = (SELECT min(id) + 1 FROM message_event)'],
  ['message_event', 'id = (SELECT max(id) FROM message_event)'],
  ['operator_act', 'id = 1'],
  ['operator_act', 'id = (SELECT max(id) FROM operator_act)'],
  ['log_entry', 'chain = 1 AND idx = 3'],
  ['log_entry', 'chain = 2 AND idx = (SELECT max(idx) FROM log_entry WHERE chain = 2)'],
  ['log_purge', 'id = 1'],
  ['checkpoint', 'number = 1'],
  ['checkpoint', 'number = 2'],
  ['log_chain', 'chain = 1'],
];

/** Another value of the same kind. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1000;
  if (Buffer.isBuffer(value))
    return Buffer.from(value.map((byte, i) => (i === 5 ? byte ^ 1 : byte)));
  if (typeof value !== 'string') return 'x';
  return `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}`;
}

describe('a log that was tampered with', function () {
  this.timeout(120_000);
  let origin: LogFolder;
  let log: LogFolder;
  let exported: string[];
  before(async () => {
    origin = logFolder();
    await fillLog(origin);
    exported = origin.checkpoints().map(({ text }) => text);
  });
  after(() => origin.remove());
  beforeEach(() => {
    log = origin.copy();
  });
  afterEach(() => log.remove());

  async function broken(work: (db: Database) => void, files: readonly string[] = []) {
    log.tamper(work);
    const report = await log.verify(files);
    expect(report.ok).to.equal(report.broken.length === 0);
    return report.broken;
  }
  const has = (found: readonly Broken[], one: Partial<Broken>): void => {
    const fits = found.some((each) =>
      Object.entries(one).every(([name, value]) => each[name as keyof Broken] === value),
    );
    expect(fits, `${JSON.stringify(one)} in ${JSON.stringify(found)}`).to.equal(true);
  };

  it('is whole before', async () => {
    const report = await log.verify(exported);
    expect(report).to.deep.include({ ok: true, checkpoints: 2, unchained: 0, broken: [] });
    expect(report.purged).to.be.greaterThan(3);
    expect(report.uncovered).to.be.greaterThan(3);
  });

  for (const [table, where] of TABLES) {
    it(`names each change of a column of ${table} where ${where}`, async () => {
      const columns: string[] = [];
      log.tamper((db) => {
        for (const { name } of db.pragma(`table_info(${table})`) as { name: string }[]) {
          columns.push(name);
        }
      });
      for (const column of columns) {
        log.remove();
        log = origin.copy();
        const found = await broken((db) => {
          const row = db.prepare(`SELECT * FROM ${table} WHERE ${where}`).get();
          const now = other((row as Record<string, unknown>)[column]);
          const changed = db.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${where}`).run(now);
          expect(changed.changes).to.equal(1);
        });
        expect(found, column).to.not.deep.equal([]);
      }
    });

    it(`names the row when it is deleted from ${table} where ${where}`, async () => {
      const found = await broken((db) => {
        expect(db.prepare(`DELETE FROM ${table} WHERE ${where}`).run().changes).to.equal(1);
      });
      expect(found).to.not.deep.equal([]);
    });
  }

  it('names the entry and the message of a changed event', async () => {
    const found = await broken((db) =>
      db.exec(`UPDATE message_event SET detail = '{"a":1}' WHERE idx = 8 AND chain = 1`),
    );
    expect(found).to.have.length(1);
    has(found, { chain: 'gateway', index: 8, reason: 'row.changed' });
    expect(found[0]?.subject).to.match(/^[0-9A-Z]{26}$/);
  });

  it('names the entry of a removed event, and a removed entry', async () => {
    const found = await broken((db) => {
      db.exec('DELETE FROM message_event WHERE idx = 8 AND chain = 1');
      db.exec('DELETE FROM log_entry WHERE idx = 7 AND chain = 1');
    });
    has(found, { chain: 'gateway', index: 8, reason: 'row.removed' });
    has(found, { chain: 'gateway', index: 7, reason: 'entry.removed' });
  });

  it('names both of two events that change places, and of two entries', async () => {
    const rows = await broken((db) => {
      const two = db
        .prepare('SELECT id FROM message_event WHERE idx IN (7, 8) AND chain = 1')
        .all();
      const [a, b] = (two as { id: number }[]).map(({ id }) => id);
      db.exec(`UPDATE message_event SET id = -1 WHERE id = ${a};
        UPDATE message_event SET id = ${a} WHERE id = ${b};
        UPDATE message_event SET id = ${b} WHERE id = -1`);
    });
    has(rows, { chain: 'gateway', index: 8 });
    has(rows, { chain: 'gateway', index: 7 });
    log.remove();
    log = origin.copy();
    const entries = await broken((db) =>
      db.exec(`UPDATE log_entry SET idx = -1 WHERE chain = 1 AND idx = 8;
        UPDATE log_entry SET idx = 8 WHERE chain = 1 AND idx = 7;
        UPDATE log_entry SET idx = 7 WHERE chain = 1 AND idx = -1`),
    );
    has(entries, { chain: 'gateway', index: 8, reason: 'entry.changed' });
    has(entries, { chain: 'gateway', index: 7, reason: 'entry.changed' });
  });

  it('names a row that was put in, with an entry or without one', async () => {
    const event = (chain: string) => `INSERT INTO message_event
      (message_ref, time, event, organ_id, detail, chain, idx) SELECT message_ref, time, event,
      organ_id, detail, ${chain} FROM message_event WHERE idx = 8 AND chain = 1`;
    has(await broken((db) => db.exec(event('NULL, NULL'))), {
      chain: 'event',
      reason: 'row.forged',
    });
    has(await broken((db) => db.exec(event('chain, idx'))), {
      chain: 'event',
      reason: 'row.forged',
    });
    const act = `INSERT INTO operator_act (time, actor, act, subject, detail)
      VALUES (1, 'cli:x', 'agency.put', 'T99.01', '{}')`;
    has(await broken((db) => db.exec(act)), { chain: 'act', reason: 'row.forged' });
    const negative = `INSERT INTO operator_act (id, time, actor, act, subject, detail)
      VALUES (-5, 1, 'cli:x', 'agency.put', 'T99.01', '{}')`;
    has(await broken((db) => db.exec(negative)), { chain: 'act', index: -5, reason: 'row.forged' });
    const entry = (chain: number, idx: number) => `INSERT INTO log_entry SELECT ${chain}, ${idx},
      time, kind, row_ref, subject, name, organ_id, digest, hash FROM log_entry
      WHERE chain = 1 AND idx = 8`;
    has(await broken((db) => db.exec(entry(1, 0))), { chain: '1', index: 0 });
    has(await broken((db) => db.exec(entry(7, 1))), { chain: '7', index: 1 });
    has(await broken((db) => db.exec("INSERT INTO log_chain VALUES (7, 'mine')")), {
      chain: 'mine',
    });
  });

  it('does not take a purge that retention did not do', async () => {
    const found = await broken((db) => {
      const [first] = db
        .prepare(`SELECT m.message_id, e.idx FROM message_event e JOIN message m
          ON m.id = e.message_ref WHERE e.chain = 1 ORDER BY e.id`)
        .all() as { message_id: string; idx: number }[];
      db.prepare('DELETE FROM message_event WHERE chain = 1 AND idx = ?').run(first?.idx);
      db.prepare(
        "INSERT INTO log_purge (message_id, time, events, entries) VALUES (?, 1, 1, '[[\"gateway\",' || ? || ']]')",
      ).run(first?.message_id, first?.idx);
    });
    has(found, { chain: 'purge', reason: 'row.forged' });
  });

  it('is not fooled by a chain that was linked anew', async () => {
    const found = await broken((db) => {
      db.exec(`UPDATE message_event SET detail = '{"a":1}' WHERE idx = 8 AND chain = 1`);
      relink(db);
    });
    has(found, { chain: 'checkpoint', index: 1, reason: 'checkpoint.mismatch' });
    has(found, { chain: 'gateway', reason: 'entry.rewritten' });
  });

  it('is not fooled by checkpoints signed anew with another key', async () => {
    const own = mkdtempSync(join(tmpdir(), 'edxgate-own-'));
    try {
      const change = (db: Database): void => {
        db.exec(`UPDATE message_event SET detail = '{"a":1}' WHERE idx = 8 AND chain = 1`);
        relink(db);
        resign(db, own);
      };
      const found = await broken(change);
      has(found, { chain: 'checkpoint', index: 1, reason: 'checkpoint.key' });
      has(found, { chain: 'checkpoint', index: 2, reason: 'checkpoint.key' });
    } finally {
      rmSync(own, { recursive: true });
    }
  });

  it('rewritten with the key itself is told by an exported checkpoint alone', async () => {
    log.tamper((db) => {
      db.exec(`UPDATE message_event SET detail = '{"a":1}' WHERE idx = 8 AND chain = 1`);
      relink(db);
      resign(db, log.keys);
    });
    expect((await log.verify()).broken).to.deep.equal([]);
    const found = (await log.verify(exported.slice(0, 1))).broken;
    has(found, { chain: 'checkpoint', index: 1, reason: 'checkpoint.rewritten' });
    has(found, { chain: 'gateway', reason: 'entry.rewritten' });
  });

  it('cut off cleanly after a checkpoint is told by a later exported one', async () => {
    log.tamper((db) => {
      db.exec(`DELETE FROM log_entry WHERE chain = 1 AND idx > 10;
        DELETE FROM log_entry WHERE chain = 2 AND idx > 2;
        DELETE FROM message_event WHERE chain = 1 AND idx > 10;
        DELETE FROM operator_act WHERE chain = 2 AND idx > 2;
        DELETE FROM checkpoint WHERE number = 2; DELETE FROM log_purge`);
    });
    const found = (await log.verify(exported.slice(1))).broken;
    has(found, { chain: 'checkpoint', index: 2, reason: 'checkpoint.removed' });
    has(found, { chain: 'gateway', reason: 'entry.removed' });
  });

  it('does not take an exported file that was changed', async () => {
    const changed = (exported[0] ?? '').replace('<Number>1<', '<Number>2<');
    has((await log.verify([changed])).broken, { reason: 'exported.signature' });
  });

  it('needs the public keys of old checkpoints, which rotation keeps', async () => {
    rmSync(join(log.keys, 'receipt-1.pub.pem'));
    has((await log.verify()).broken, { chain: 'checkpoint', index: 1, reason: 'checkpoint.key' });
  });

  it('is reported within bounds, whatever the damage', async () => {
    log.tamper((db) => db.exec('UPDATE log_entry SET idx = idx + 1000000000 WHERE idx > 3'));
    const report = await log.verify();
    expect(report.broken).to.have.length(1000);
    expect(report.brokenCount).to.be.greaterThan(1_000_000_000 - 10);
  });
});

describe('a log of a store that is older than the chain', () => {
  let log: LogFolder;
  beforeEach(async () => {
    log = logFolder();
    await fillLog(log);
    // As a migration leaves it: rows, but no entry.
    log.tamper((db) => {
      db.exec(`DELETE FROM log_entry; DELETE FROM checkpoint; DELETE FROM log_purge;
        UPDATE message_event SET chain = NULL, idx = NULL;
        UPDATE operator_act SET chain = NULL, idx = NULL`);
    });
    await fillLog(log);
  });
  afterEach(() => log.remove());

  it('counts what was there before, and is no more broken for it', async () => {
    const report = await log.verify();
    expect(report.broken).to.deep.equal([]);
    expect(report.unchained).to.be.greaterThan(10);
    expect(report.events).to.be.greaterThan(10);
  });

  it('names rows that are put in as if they were older', async () => {
    log.tamper((db) =>
      db.exec(`INSERT INTO operator_act (time, actor, act, subject, detail)
        VALUES (1, 'cli:x', 'agency.put', 'T99.01', '{}')`),
    );
    const { broken, ok } = await log.verify();
    expect(ok).to.equal(false);
    expect(broken.map(({ chain, reason }) => [chain, reason])).to.deep.equal([
      ['act', 'row.forged'],
    ]);
  });

  it('names a second beginning, which would hide what was put in before it', async () => {
    log.tamper((db) => {
      db.exec(`UPDATE log_entry SET subject = 'events:999,acts:999' WHERE kind = 'begin'`);
      relink(db);
    });
    expect((await log.verify()).ok).to.equal(false);
  });
});
