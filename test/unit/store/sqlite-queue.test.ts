/**
 * The queue of the embedded store: plans of its questions, recalls noted during an attempt, and what an
 * unfinished transaction leaves.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { documentKey } from '../../../src/model/document-id.js';
import { newMessageId } from '../../../src/model/message-id.js';
import { openReading } from '../../../src/store/sqlite/database.js';
import { listDeliveries } from '../../../src/store/sqlite/list-deliveries.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import {
  listActs,
  listExpired,
  queueAges,
  queueFlow,
} from '../../../src/store/sqlite/read-queue.js';
import { Statements, type Value } from '../../../src/store/sqlite/statements.js';
import type { DeliveryFilter, Store } from '../../../src/store/store.js';
import { everything, getDelivery, reach } from './lanes.js';
import {
  act,
  document,
  notice,
  OTHER,
  outcome,
  RECIPIENT,
  SENDER,
  T0,
  TestClock,
} from './samples.js';

/** Runs what it is asked and keeps how SQLite would go about it. */
class Planner extends Statements {
  readonly plans: { readonly text: string; readonly steps: readonly string[] }[] = [];

  #explain(text: string, values: readonly Value[]): void {
    const bound = /\?\d/.test(text)
      ? [Object.fromEntries(values.map((value, i) => [String(i + 1), value]))]
      : values;
    const rows = this.db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...bound);
    this.plans.push({ text, steps: rows.map((row) => (row as { detail: string }).detail) });
  }

  override get<Row>(text: string, ...values: Value[]): Row | undefined {
    this.#explain(text, values);
    return super.get<Row>(text, ...values);
  }

  override all<Row>(text: string, ...values: Value[]): Row[] {
    this.#explain(text, values);
    return super.all<Row>(text, ...values);
  }
}

describe('queue of the embedded store', () => {
  let folder = '';
  let store: Store;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edxgate-queue-'));
    store = await openSqliteStore({
      folder,
      clock: new TestClock(),
      refusals: { keepMs: 1000, maxBytes: 10_000 },
    });
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  function change(sql: string): void {
    const db = new Database(join(folder, 'edxgate.db'));
    db.exec(sql);
    db.close();
  }

  /** Scans and sorts, but for those of bounded sets. */
  function slowSteps(planner: Planner, sorted: boolean): string[] {
    return planner.plans.flatMap(({ text, steps }) =>
      steps
        .filter(
          (step) =>
            /^SCAN (d|m|delivery|message|operator_act)\b/.test(step) || /TEMP B-TREE/.test(step),
        )
        .filter((step) => !(sorted && /TEMP B-TREE FOR ORDER BY/.test(step)))
        .filter(() => !/json_each\(\?\)\) ORDER BY d\.id DESC$/.test(text))
        .filter(() => text !== 'SELECT id FROM delivery ORDER BY id DESC LIMIT 1')
        .map((step) => `${step}: ${text}`),
    );
  }

  it('lists deliveries by any two filters without a full scan or a sort', async () => {
    await reach(store, 'queued');
    const singles: DeliveryFilter[] = [
      {},
      { states: ['queued', 'dead'] },
      { toOrganId: RECIPIENT },
      { messageId: newMessageId(1) },
      { fromOrganId: SENDER },
      { documentKey: documentKey('VB-1') },
      { kind: 'document' },
      { kind: 'status' },
      { lastCode: 'delivery.http' },
      { createdBefore: T0 },
      { urgent: true },
      { urgent: false },
    ];
    const db = openReading(folder);
    for (const a of singles) {
      for (const b of singles) {
        const planner = new Planner(db);
        const filter = { ...a, ...b };
        listDeliveries(planner, filter, { limit: 50 });
        // Deliveries of one message or one document id are few: those are sorted.
        const few = filter.messageId !== undefined || filter.documentKey !== undefined;
        expect(slowSteps(planner, few), JSON.stringify(filter)).to.deep.equal([]);
      }
    }
    db.close();
  });

  it('walks the shortest of the indexes that serve', async () => {
    for (let i = 0; i < 30; i++) {
      await store.acceptMessage(document({ to: [[i === 7 ? OTHER : RECIPIENT, 'queued']] }));
    }
    const db = openReading(folder);
    const walked = (filter: DeliveryFilter): string => {
      const planner = new Planner(db);
      listDeliveries(planner, filter, { limit: 5 });
      return planner.plans.at(-2)?.text ?? '';
    };
    expect(walked({ toOrganId: OTHER, fromOrganId: SENDER })).to.include('delivery_age');
    expect(walked({ toOrganId: RECIPIENT, lastCode: 'delivery.http' })).to.include('delivery_code');
    expect(walked({ fromOrganId: OTHER, states: ['queued'] })).to.include('delivery_sender');
    db.close();
  });

  it('passes over deliveries that do not fit without reading them', async () => {
    await reach(store, 'queued');
    const db = openReading(folder);
    const states = ['queued' as const];
    const leads: DeliveryFilter[] = [
      { toOrganId: RECIPIENT },
      { fromOrganId: SENDER },
      { states },
      { lastCode: 'delivery.http' },
    ];
    const others = [
      { kind: 'document' as const },
      { urgent: false },
      { createdBefore: T0 },
      { states },
    ];
    for (const lead of leads) {
      for (const other of [...leads, ...others]) {
        const planner = new Planner(db);
        const filter = { ...lead, ...other };
        listDeliveries(planner, filter, { limit: 5 });
        // The walk comes last but for the rows that are shown.
        const steps = planner.plans.at(-2)?.steps.join() ?? '';
        expect(steps, JSON.stringify(filter)).to.include('COVERING INDEX');
      }
    }
    db.close();
  });

  it('finds deliveries of a message or document by the message, whatever else is asked', async () => {
    await reach(store, 'queued');
    const db = openReading(folder);
    for (const by of [{ messageId: newMessageId(1) }, { documentKey: documentKey('VB-1') }]) {
      for (const more of [
        { fromOrganId: SENDER },
        { lastCode: 'delivery.http' },
        { urgent: true },
      ]) {
        const planner = new Planner(db);
        listDeliveries(planner, { ...by, ...more, states: ['queued'] }, { limit: 5 });
        const steps = planner.plans.at(-2)?.steps.join() ?? '';
        expect(steps).to.include('sqlite_autoindex_delivery_1 (message_ref=?)');
      }
    }
    db.close();
  });

  it('asks about ages, flow, lifetimes and acts by their indexes', async () => {
    await reach(store, 'queued');
    const db = openReading(folder);
    const planner = new Planner(db);
    queueAges(planner, [1000, 5000], T0 + 1);
    queueFlow(planner, T0);
    listExpired(planner, T0, 100);
    listActs(planner, undefined, { limit: 5 });
    listActs(planner, '7', { limit: 5 });
    const steps = planner.plans.flatMap((plan) => plan.steps);
    expect(steps.filter((step) => /TEMP B-TREE/.test(step))).to.deep.equal([]);
    expect(steps.filter((step) => /^SCAN (d|m|operator_act)\b/.test(step))).to.deep.equal([]);
    for (const name of ['delivery_age', 'delivery_to', 'delivery_expiry', 'operator_act_subject']) {
      expect(
        steps.some((step) => step.includes(name)),
        name,
      ).to.equal(true);
    }
    db.close();
  });

  it('finds what was made before a time without walking what came later', async () => {
    const DAY = 86_400_000;
    for (let day = 0; day < 40; day++) await store.acceptMessage(document({ at: T0 + day * DAY }));
    const db = openReading(folder);
    const planner = new Planner(db);
    const page = listDeliveries(planner, { createdBefore: T0 + 3 * DAY }, { limit: 50 });
    expect(page.items.map((one) => one.createdAt)).to.deep.equal([T0 + 2 * DAY, T0 + DAY, T0]);
    // Halving takes six probes of forty rows.
    expect(planner.plans.length).to.be.at.most(10);
    db.close();
  });

  it('takes back what its sender recalled during the attempt', async () => {
    const { id, sent, leased } = await reach(store, 'active');
    if (leased === undefined) throw new Error('not leased');
    change("UPDATE delivery SET asked = 'recall'");
    for (const name of ['hold', 'cancel'] as const) {
      expect(await store.actOnDeliveries(act(name, [id]))).to.deep.equal([
        { id, result: 'unchanged', code: 'delivery.recalled' },
      ]);
    }
    await store.finishAttempt(outcome(leased, 'deferred', { dueAt: T0 + 60 }));
    const after = await getDelivery(store, id);
    expect(after).to.include({
      state: 'cancelled',
      lastCode: 'delivery.recalled',
      finishedAt: T0 + 10,
    });
    expect(after).to.not.have.property('asked');
    const before = await everything(store, { id, sent });
    expect(before.events.at(-1)).to.deep.include({ event: 'recalled', organId: RECIPIENT });
    expect(await store.actOnDeliveries(act('requeue', [id]))).to.deep.equal([
      { id, result: 'unchanged', code: 'delivery.recalled' },
    ]);
    expect(await everything(store, { id, sent })).to.deep.equal(before);
  });

  it('leaves nothing of acts whose transaction did not end', async () => {
    const all = [await reach(store, 'queued'), await reach(store, 'pending')];
    const before = await Promise.all(all.map((one) => everything(store, one)));
    // The second notice fails in the middle of the work.
    change(`CREATE TRIGGER broken BEFORE INSERT ON message WHEN new.kind = 'status'
      AND (SELECT count(*) FROM message WHERE kind = 'status') >= 1
      BEGIN SELECT RAISE(ABORT, 'broken'); END`);
    const notices = all.map(({ id, sent }) => ({ id, notice: notice(sent, RECIPIENT) }));
    const ids = all.map(({ id }) => id);
    let failed = false;
    try {
      await store.actOnDeliveries(act('cancel', ids, { notices }));
    } catch {
      failed = true;
    }
    expect(failed).to.equal(true);
    expect(await Promise.all(all.map((one) => everything(store, one)))).to.deep.equal(before);
    change('DROP TRIGGER broken');
    const outcomes = await store.actOnDeliveries(act('cancel', ids, { notices }));
    expect(outcomes.map((one) => one.result)).to.deep.equal(['done', 'done']);
  });
});
