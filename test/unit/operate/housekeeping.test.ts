/**
 * Housekeeping: retention by configuration, the daily look at content files, backups and rehearsals.
 */
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { BackupConfig, Config } from '../../../src/config/config.js';
import type { EventName, Fields, Logger } from '../../../src/log.js';
import { BACKUP_LAST, BACKUP_REHEARSED } from '../../../src/operate/backups.js';
import {
  type Housekeeping,
  PACE,
  type Pace,
  startHousekeeping,
} from '../../../src/operate/housekeeping.js';
import { Pauses, retain } from '../../../src/operate/retain.js';
import { checkStore } from '../../../src/store/check-store.js';
import { LEFT_OVER_AFTER_MS } from '../../../src/store/content-files.js';
import type { Store } from '../../../src/store/store.js';
import { until } from '../../support/until.js';
import { openBench, type StoreBench } from '../store/open-store.js';
import { document, OTHER, T0 } from '../store/samples.js';

const DAY = 86_400_000;

describe('housekeeping', () => {
  let bench: StoreBench;
  let store: Store;
  let running: Housekeeping | undefined;
  let events: [EventName, Fields][];
  const note =
    () =>
    (event: EventName, fields: Fields = {}): void => {
      events.push([event, fields]);
    };
  const logger: Logger = { error: note(), warn: note(), info: note(), debug: note() };
  const told = (name: EventName): Fields[] =>
    events.filter(([event]) => event === name).map(([, fields]) => fields);

  beforeEach(async () => {
    bench = openBench();
    store = await bench.open();
    events = [];
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await bench.end();
  });

  const retention = (more: Partial<Config['retention']> = {}): Config['retention'] => ({
    contentMs: {},
    refusals: { keepMs: DAY, maxBytes: 1000 },
    ...more,
  });
  function start(
    more: { retention?: Config['retention']; backup?: BackupConfig; pace?: Partial<Pace> } = {},
  ): void {
    const { backup, pace = {} } = more;
    running = startHousekeeping({
      store,
      config: {
        store: { folder: bench.folder },
        retention: more.retention ?? retention(),
        ...(backup === undefined ? {} : { backup }),
      },
      clock: bench.clock,
      logger,
      version: '9.9.9',
      pace: { everyMs: 5, pauseMs: 0, pauseFactor: 0, backupLookMs: 5, ...pace },
    });
  }
  const has = async (sent: ReturnType<typeof document>): Promise<boolean> =>
    (await store.getContent(sent.message.messageId)) !== undefined;

  it('keeps content by how the message ended, and messages by the log', async () => {
    const [delivered, dead, cancelled] = [document(), document(), document()];
    await bench.settle(store, delivered, 'delivered', T0);
    await bench.settle(store, dead, 'dead', T0);
    await store.acceptMessage(cancelled);
    bench.sql("UPDATE delivery SET state = 'cancelled', finished_at = 5 WHERE state = 'queued'");
    start({ retention: retention({ contentMs: { delivered: 2 * DAY, cancelled: DAY } }) });
    bench.clock.time = T0 + 1.5 * DAY;
    await until(async () => !(await has(cancelled)));
    expect([await has(delivered), await has(dead)]).to.deep.equal([true, true]);
    bench.clock.time = T0 + 3 * DAY;
    await until(async () => !(await has(delivered)));
    bench.clock.time = T0 + 3000 * DAY;
    await until(() => events.length >= 2);
    expect(await has(dead)).to.equal(true);
    expect((await store.counts()).messages).to.equal(3);
    expect(told('store.purged').map((one) => one.outcome)).to.deep.equal([
      'cancelled',
      'delivered',
    ]);
  });

  it('deletes messages after retention.log, in as many steps as it takes', async () => {
    for (let i = 0; i < 7; i++) await bench.settle(store, document(), 'delivered', T0 + i);
    await store.acceptMessage(document({ to: [[OTHER, 'pending']] }));
    bench.clock.time = T0 + 5 * DAY;
    const kept = retention({ contentMs: { delivered: DAY }, logMs: 2 * DAY });
    const pace = { step: 2, pauseMs: 0, pauseFactor: 0 };
    const done = await retain({ store, retention: kept, clock: bench.clock, logger, pace });
    expect(done).to.deep.equal({ contents: 7, messages: 7 });
    expect((await store.counts()).messages).to.equal(1);
    expect((await checkStore(bench.folder, { deep: true })).findings).to.deep.equal([]);
  });

  it('pauses between steps for many times as long as a step took', async () => {
    for (let i = 0; i < 6; i++) await bench.settle(store, document(), 'delivered', T0 + i);
    bench.clock.time = T0 + 5 * DAY;
    // Each step takes 10 ms of this clock, of which a real pause of 19 times as long is made.
    let monotonic = 0;
    const clock = {
      now: () => bench.clock.time,
      monotonic: () => {
        monotonic += 10;
        return monotonic;
      },
    };
    const waits: number[] = [];
    const pauses = new Pauses();
    pauses.wait = async (ms) => {
      waits.push(ms);
    };
    await retain({
      store,
      retention: retention({ contentMs: { delivered: DAY } }),
      clock,
      logger,
      pace: { step: 2, pauseMs: 10, pauseFactor: PACE.pauseFactor },
      pauses,
    });
    expect(waits).to.deep.equal([190, 190, 190]);
  });

  it('looks at all content files once a day, also over restarts', async () => {
    const leftOver = (name: string): string => {
      const file = bench.contentFile(name.repeat(32));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, 'left over');
      const old = new Date(T0 - 2 * LEFT_OVER_AFTER_MS);
      utimesSync(file, old, old);
      return file;
    };
    const first = leftOver('aa');
    start();
    await until(() => !existsSync(first));
    await running?.stop();
    const second = leftOver('bb');
    bench.clock.time += DAY / 2;
    start();
    const swept = await store.getFact('content.swept');
    await store.addRefusal({
      correlationId: 'old',
      time: T0 - DAY,
      code: 'x',
      issues: [],
      checks: [],
      sizeBytes: 0,
    });
    // Refusals go at every run, so a run has been made.
    await until(async () => (await store.getRefusal('old')) === undefined);
    expect(existsSync(second)).to.equal(true);
    bench.clock.time += DAY;
    await until(() => !existsSync(second));
    expect(await store.getFact('content.swept')).to.not.equal(swept);
  });

  it('tells of a failure and goes on', async () => {
    const failing = Object.create(store) as Store;
    let calls = 0;
    failing.getFact = async () => {
      calls++;
      throw new Error('disk on fire');
    };
    running = startHousekeeping({
      store: failing,
      config: { store: { folder: bench.folder }, retention: retention() },
      clock: bench.clock,
      logger,
      version: '9.9.9',
      pace: { everyMs: 1 },
    });
    await until(() => calls > 2);
    expect(told('store.failed')[0]?.reason).to.contain('disk on fire');
  });

  describe('backups', () => {
    const backup = (more: Partial<BackupConfig> = {}): BackupConfig => ({
      folder: join(bench.base, 'backups'),
      everyMs: DAY,
      keep: 2,
      rehearse: true,
      ...more,
    });
    const names = (): string[] =>
      existsSync(backup().folder) ? readdirSync(backup().folder).sort() : [];
    const rehearsed = (): number => told('store.rehearsed').length;

    it('are made, rehearsed, counted, and the oldest deleted', async function () {
      this.timeout(30_000);
      await store.acceptMessage(document({ content: Buffer.alloc(70_000, 'b') }));
      mkdirSync(backup().folder);
      writeFileSync(join(backup().folder, 'not-ours.txt'), 'stays');
      mkdirSync(join(backup().folder, 'edxgate-20200101T000000Z.partial'));
      start({ backup: backup() });
      for (let day = 1; day <= 3; day++) {
        await until(() => rehearsed() === day, 20_000);
        await until(
          async () =>
            (await store.getFact(BACKUP_REHEARSED))?.includes(`${bench.clock.time}`) === true,
        );
        bench.clock.time += DAY;
      }
      await until(() => rehearsed() === 4 && names().length === 3, 20_000);
      expect(names()[2]).to.equal('not-ours.txt');
      expect(told('alert.backup')).to.deep.equal([]);
      const last = JSON.parse((await store.getFact(BACKUP_LAST)) ?? '{}') as { folder: string };
      expect((await checkStore(last.folder, { deep: true })).messages).to.equal(1);
    });

    it('are not made again after a restart before their time', async function () {
      this.timeout(30_000);
      start({ backup: backup({ rehearse: false }) });
      await until(() => told('store.backup').length === 1, 20_000);
      await until(async () => (await store.getFact(BACKUP_LAST)) !== undefined);
      await running?.stop();
      bench.clock.time += DAY / 2;
      let looks = 0;
      const { getFact } = store;
      store.getFact = (name) => {
        if (name === BACKUP_LAST) looks++;
        return getFact.call(store, name);
      };
      start({ backup: backup({ rehearse: false }) });
      await until(() => looks > 2);
      expect(told('store.backup')).to.have.length(1);
      expect(names()).to.have.length(1);
    });

    it('raise an alert when they fail, and are tried again before long', async function () {
      this.timeout(30_000);
      writeFileSync(join(bench.base, 'backups'), 'a file where the folder should be');
      start({ backup: backup() });
      await until(() => told('alert.backup').length === 1, 20_000);
      expect(await store.getFact(BACKUP_LAST)).to.equal(undefined);
      bench.clock.time += 16 * 60_000;
      await until(() => told('alert.backup').length === 2, 20_000);
    });

    it('raise an alert when the rehearsal finds the store not sound', async function () {
      this.timeout(30_000);
      await store.acceptMessage(document());
      bench.sql('UPDATE content SET refs = 7');
      start({ backup: backup() });
      await until(() => told('alert.backup').length === 1, 20_000);
      expect(told('alert.backup')[0]?.reason).to.contain('rehearsal').and.to.contain('7 times');
      expect(await store.getFact(BACKUP_REHEARSED)).to.equal(undefined);
      expect(names().filter((name) => name.includes('rehearsal'))).to.deep.equal([]);
    });

    it('end with the gateway', async () => {
      start({ backup: backup() });
      await running?.stop();
      running = undefined;
      expect(names().every((name) => /^edxgate-\d{8}T\d{6}Z(?:\.partial)?$/.test(name))).to.equal(
        true,
      );
    });
  });
});
