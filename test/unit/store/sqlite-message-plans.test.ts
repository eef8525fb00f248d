/**
 * Lists of messages stay quick however many there are: every filter and every pair of filters walks an
 * index in the order of the list.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { documentKey } from '../../../src/model/document-id.js';
import { openReading, prepareDatabase } from '../../../src/store/sqlite/database.js';
import { listMessages } from '../../../src/store/sqlite/list-messages.js';
import { Statements, type Value } from '../../../src/store/sqlite/statements.js';
import type { MessageFilter } from '../../../src/store/store.js';
import { SENDER, T0 } from './samples.js';

/** Notes the plan of every question that it answers. */
class Planned extends Statements {
  readonly plan: string[] = [];

  override all<Row>(sql: string, ...values: Value[]): Row[] {
    const steps = super.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values);
    this.plan.push(...steps.map((one) => one.detail));
    return super.all<Row>(sql, ...values);
  }

  override get<Row>(sql: string, ...values: Value[]): Row | undefined {
    this.all(sql, ...values);
    return super.get<Row>(sql, ...values);
  }
}

const PARTS: readonly MessageFilter[] = [
  { documentKey: documentKey('A') },
  { since: T0 },
  { fromOrganId: SENDER },
  { kind: 'status' },
  { search: 'lut mien' },
];

describe('plans of lists of messages', () => {
  let folder = '';
  let sql: Planned | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-plans-'));
    prepareDatabase(folder);
    sql = new Planned(openReading(folder));
  });
  afterEach(() => {
    sql?.db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function planOf(filter: MessageFilter): string[] {
    if (sql === undefined) throw new Error('not open');
    sql.plan.length = 0;
    listMessages(sql, filter, { limit: 10 });
    return [...sql.plan];
  }

  it('walks an index for every filter and every pair, and sorts only within one document', () => {
    const filters = PARTS.flatMap((one) => PARTS.map((other) => ({ ...one, ...other })));
    for (const filter of [{}, ...filters]) {
      const plan = planOf(filter);
      const name = `${JSON.stringify(filter)}: ${plan.join('; ')}`;
      expect(plan, name).to.not.be.empty;
      const scans = plan.filter((step) => /^SCAN (?!s VIRTUAL|json_each)/.test(step));
      const byReceipt = Object.keys(filter).length === 0;
      if (!byReceipt) expect(scans, name).to.deep.equal([]);
      const sorts = plan.filter((step) => step.includes('TEMP B-TREE'));
      const ofDocument = 'documentKey' in filter;
      if (!ofDocument) expect(sorts, name).to.deep.equal([]);
    }
  });

  it('leads with the narrowest filter', () => {
    const index = (filter: MessageFilter): string | undefined =>
      /USING (?:COVERING )?INDEX (\w+)/.exec(planOf(filter)[0] ?? '')?.[1];
    expect(index({})).to.equal('message_received');
    expect(index({ kind: 'status' })).to.equal('message_kind');
    expect(index({ fromOrganId: SENDER, kind: 'status' })).to.equal('message_from');
    expect(index({ documentKey: documentKey('A'), fromOrganId: SENDER })).to.equal('message_key');
    const [search, message] = planOf({ search: 'lut', fromOrganId: SENDER, kind: 'status' });
    expect(search).to.match(/^SCAN s VIRTUAL TABLE INDEX .*M/);
    expect(message).to.equal('SEARCH m USING INTEGER PRIMARY KEY (rowid=?)');
  });
});
