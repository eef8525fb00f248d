import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type BenchAgency, makeAgencies } from '../../../bench/agencies.js';
import { faultsOf, measureFresh, type SizeResult } from '../../../bench/measure.js';
import { describeMachine, jsonText, tableText } from '../../../bench/report.js';
import { systemClock } from '../../../src/clock.js';

describe('a measurement of packages of 10 kB', function () {
  this.timeout(60_000);
  let parent: string;
  let agencies: BenchAgency[];
  let result: SizeResult;

  before(async () => {
    parent = mkdtempSync(join(tmpdir(), 'edxgate-bench-test-'));
    agencies = await makeAgencies(2, systemClock.now());
    result = await measureFresh(
      {
        size: { name: '10k', bytes: 10_000 },
        connections: 4,
        seconds: 0.4,
        warmup: 0.1,
        rate: undefined,
      },
      agencies,
      parent,
    );
  });

  after(() => rmSync(parent, { recursive: true, force: true }));

  it('finds every accepted document in the store, with one delivery each, and no other', () => {
    expect(result.acceptedInAll).to.be.at.least(1);
    expect(result.stored?.messages).to.equal(result.acceptedInAll);
    expect(result.stored?.deliveries).to.equal(result.acceptedInAll);
    expect(result.failures).to.deep.equal({});
    expect(faultsOf(result)).to.deep.equal([]);
  });

  it('has figures that agree with each other', () => {
    const { accepted, seconds, perSecond, ms, packageBytes } = result;
    expect(accepted).to.be.within(1, result.acceptedInAll);
    expect(perSecond * seconds).to.be.closeTo(accepted, 0.001);
    expect(packageBytes).to.be.within(9990, 10_000);
    expect(ms).to.not.equal(null);
    if (ms === null) return;
    expect([ms.p50, ms.p90, ms.p99, ms.max]).to.deep.equal(
      [ms.p50, ms.p90, ms.p99, ms.max].toSorted((a, b) => a - b),
    );
  });

  it('leaves nothing behind', () => {
    expect(existsSync(parent)).to.equal(true);
    expect(readdirSync(parent)).to.deep.equal([]);
  });

  it('is shown with the machine, the disk and the date', () => {
    const machine = describeMachine(parent);
    const text = tableText(machine, [result]);
    for (const part of [machine.cpu, machine.node, machine.date, parent, 'accepted/s', '10k']) {
      expect(text).to.include(part);
    }
    const json: unknown = JSON.parse(jsonText(machine, [result]));
    expect(json).to.have.nested.property('results[0].stored.messages', result.acceptedInAll);
    expect(json).to.have.nested.property('results[0].faults').that.is.an('array').with.lengthOf(0);
  });
});

describe('faults of a measurement', () => {
  const good = {
    acceptedInAll: 10,
    packageBytes: 10_000,
    failures: {},
    stored: { messages: 10, deliveries: 10, sampleBytes: 10_004 },
  } as unknown as SizeResult;

  it('are told when the store holds more or less than was accepted', () => {
    expect(faultsOf(good)).to.deep.equal([]);
    const lost = { ...good, stored: { messages: 9, deliveries: 9, sampleBytes: 10_000 } };
    expect(faultsOf(lost)).to.deep.equal(['accepted 10, stored 9']);
    const twice = { ...good, stored: { messages: 10, deliveries: 11, sampleBytes: 10_000 } };
    expect(faultsOf(twice)).to.deep.equal(['10 messages, 11 deliveries']);
    const cut = { ...good, stored: { messages: 10, deliveries: 10, sampleBytes: 100 } };
    expect(faultsOf(cut)).to.have.lengthOf(1);
  });

  it('are told when a request was not accepted', () => {
    const refused = { ...good, failures: { 'status 503: http.busy': 3 } };
    expect(faultsOf(refused)).to.deep.equal(['3 × status 503: http.busy']);
  });
});
