/**
 * What leasing costs must not grow with what waits: many deliveries of a recipient that is left alone,
 * many behind one open elder. Counted in statements and rows, not in time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openWriting, prepareDatabase } from '../../../src/store/sqlite/database.js';
import { nextDueAt } from '../../../src/store/sqlite/read-leases.js';
import { Statements, type Value } from '../../../src/store/sqlite/statements.js';
import { putBreaker } from '../../../src/store/sqlite/write-breakers.js';
import { Leaser } from '../../../src/store/sqlite/write-leases.js';
import { organ, T0 } from './samples.js';

class Counting extends Statements {
  readonly texts = new Set<string>();
  calls = 0;
  rows = 0;

  override get<Row>(sql: string, ...values: Value[]): Row | undefined {
    this.texts.add(sql);
    this.calls += 1;
    return super.get<Row>(sql, ...values);
  }

  override all<Row>(sql: string, ...values: Value[]): Row[] {
    this.texts.add(sql);
    this.calls += 1;
    const rows = super.all<Row>(sql, ...values);
    this.rows += rows.length;
    return rows;
  }
}

const ADD_MESSAGES = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
  INSERT INTO message (message_id, kind, received_at, caller_organ_id, from_organ_id, document_id,
    document_key, document_code, priority, content_digest, size_bytes, signature_class,
    correlation_id, by_gateway, search_text, rest)
  SELECT ?1 || i, 'document', ${T0}, 'T99.01', 'T99.01', '', '', '', 0, '', 1, 'absent', '', 0, '',
    '{}' FROM n`;

/** @param key document key: an expression over the message `m` */
const addDeliveries = (key: string, state: string) => `INSERT INTO delivery (message_ref,
    to_organ_id, from_organ_id, kind, document_key, priority, state, due_at, created_at, updated_at)
  SELECT m.id, ?1, 'T99.01', 'document', ${key}, ?3, '${state}', ${T0}, ${T0}, ${T0}
  FROM (SELECT * FROM message ORDER BY id DESC LIMIT ?2) m ORDER BY m.id`;

describe('what leasing costs, whatever waits', () => {
  let folder = '';
  let sql: Counting;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-lease-'));
    prepareDatabase(folder);
    sql = new Counting(openWriting(folder));
  });
  afterEach(() => {
    sql.db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let filled = 0;
  function fill(organId: string, count: number, key = 'm.message_id', state = 'queued'): void {
    sql.run(ADD_MESSAGES, `${++filled}-`, count);
    sql.run(addDeliveries(key, state), organId, count, 0);
  }

  function lease(leaser: Leaser, limit: number) {
    return leaser.leaseDue({ now: T0 + 1, limit, perRecipient: 2, leaseMs: 1000 });
  }

  /** No table or index of deliveries is read from end to end, and nothing is sorted apart. */
  function expectIndexed(): void {
    for (const text of sql.texts) {
      if (text.includes('GROUP BY')) continue;
      const bound: Record<string, null> = {};
      for (const [, number] of text.matchAll(/\?(\d)/g)) bound[number ?? ''] = null;
      const plain = [...text.matchAll(/\?(?!\d)/g)].map(() => null);
      const values = Object.keys(bound).length > 0 ? [bound] : plain;
      const plan = sql.db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values);
      const details = (plan as { detail: string }[]).map(({ detail }) => detail);
      // What a co-routine yields is bounded by the LIMIT in it.
      const bounded = details.filter((one) => !details.includes(`CO-ROUTINE ${one.slice(5)}`));
      for (const detail of bounded) {
        expect(detail, text).to.not.match(
          /SCAN (?:delivery|d|e|f|a|m|agency|breaker)\b(?! .*lease)/,
        );
        expect(detail, text).to.not.include('TEMP B-TREE');
      }
    }
  }

  function dead(organId: string): void {
    const failed = {
      failures: 9,
      lastCode: 'delivery.timeout',
      openedAt: T0,
      openUntil: T0 + 5000,
    };
    putBreaker(sql, organId, { organId: organ(organId), ...failed });
  }

  it('a recipient that is left alone costs the same with ten and with ten thousand waiting', () => {
    const costs: number[][] = [];
    fill('T99.02', 10);
    fill('T99.03', 3);
    dead('T99.02');
    for (let round = 0; round < 2; round++) {
      [sql.calls, sql.rows] = [0, 0];
      const leased = lease(new Leaser(sql), 100);
      expect(leased.map((one) => one.toOrganId)).to.deep.equal(['T99.03', 'T99.03']);
      expect(nextDueAt(sql, T0 + 1)).to.equal(T0);
      costs.push([sql.calls, sql.rows]);
      sql.run(`UPDATE delivery SET state = 'queued', lease = NULL, leased_at = NULL,
        leased_until = NULL WHERE state = 'active'`);
      if (round === 0) fill('T99.02', 10_000, 'm.message_id', 'deferred');
    }
    expect(costs[1]).to.deep.equal(costs[0]);
    expect(costs[0]?.[0]).to.be.lessThan(40);
    expectIndexed();
  }).timeout(20_000);

  it('is due when the pause of the only recipient is over, whatever waits', () => {
    fill('T99.02', 5000);
    dead('T99.02');
    [sql.calls, sql.rows] = [0, 0];
    expect(nextDueAt(sql, T0 + 1)).to.equal(T0 + 5000);
    expect(lease(new Leaser(sql), 10)).to.deep.equal([]);
    expect(sql.calls).to.be.lessThan(20);
    expectIndexed();
  });

  it('looks at a bounded number behind one open elder', () => {
    fill('T99.02', 1, "'A'", 'pending');
    fill('T99.02', 5000, "'A'");
    const leaser = new Leaser(sql);
    for (let call = 0; call < 3; call++) {
      [sql.calls, sql.rows] = [0, 0];
      expect(lease(leaser, 10)).to.deep.equal([]);
      nextDueAt(sql, T0 + 1);
      expect(sql.rows).to.be.lessThan(500);
      expect(sql.calls).to.be.lessThan(40);
    }
    expectIndexed();
  });

  it('asks no more recipients than it needs', () => {
    for (let i = 0; i < 200; i++) fill(`T98.${i}`, 2);
    [sql.calls, sql.rows] = [0, 0];
    expect(lease(new Leaser(sql), 1)).to.have.length(1);
    expect(sql.calls).to.be.lessThan(20);
    expect(nextDueAt(sql, T0 + 1)).to.equal(T0);
    expect(sql.calls).to.be.lessThan(30);
  });
});
