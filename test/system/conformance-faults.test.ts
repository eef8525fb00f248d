/**
 * Every fault of a simulated gateway is found by the conformance suite, and a gateway without one
 * passes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FAULTS, faultOf, faultsDocument } from '../../src/cli/simulate-gateway-faults.js';
import { startFront } from '../../src/cli/simulate-gateway-front.js';
import {
  type SimulatedGateway,
  startSimulatedGateway,
} from '../../src/cli/simulate-gateway-start.js';
import { systemClock } from '../../src/clock.js';
import { protocolCases } from '../../src/conformance/built-in/protocol-cases.js';
import { builtInSuite } from '../../src/conformance/built-in/suite.js';
import type { CaseResult } from '../../src/conformance/run-result.js';
import { runSuite } from '../../src/conformance/run-suite.js';
import type { Suite } from '../../src/conformance/suite.js';
import { silentLogger } from '../../src/log.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

/** The case that must find it. */
const FOUND_BY: Readonly<Record<string, string>> = {
  'fault-http-400': 'soap.must-understand',
  'fault-http-200': 'soap.must-understand',
  'fault-text-only': 'soap.12.must-understand',
  'fault-no-detail': 'collect.get.sender',
  'fault-first-issue': 'manifest.no-attachments',
  'fault-no-vietnamese': 'collect.get.sender',
  'fault-no-path': 'protocol.refusal.path',
  'fault-code-internal': 'date.february-30',
  'fault-side': 'protocol.refusal.side',
  'fault-temporary': 'protocol.refusal.temporary',
  'soap12-as-11': 'soap.12',
  'content-type-html': 'ping.caller',
  'mtom-unasked': 'collect.get',
  'element-order': 'carrier.inline.1.1',
  'times-without-zone': 'ping.caller',
  'digest-upper-case': 'carrier.mtom.1.1',
  'ping-no-echo': 'ping.echo',
  'ping-wrong-organ': 'ping.caller',
  'wsdl-missing': 'wsdl.11',
  'wsdl-cut': 'wsdl.12',
  'signin-unchecked': 'auth.token',
  'signin-http-500': 'auth.required',
  'repeat-unmarked': 'duplicate.same',
  'repeat-new-id': 'duplicate.same',
  'repeat-new-time': 'protocol.repeat.answer',
  'conflict-taken': 'duplicate.conflict',
  'receipt-missing': 'carrier.inline.1.2',
  'receipt-of-another': 'protocol.receipt.own',
  'digest-of-nothing': 'carrier.swa.1.1',
  'warnings-dropped': 'document.from.organname.one-over',
  'deliveries-first-only': 'traces.two-recipients',
  'second-recipient-lost': 'protocol.recipients.each',
  'recall-by-stranger': 'follow.revoke.third',
  'package-bom-dropped': 'protocol.bytes.mark',
  'package-line-ends': 'protocol.bytes.lines',
  'package-rewritten': 'protocol.bytes.mark',
  'package-cut': 'collect.get',
  'digest-of-copy': 'collect.get',
  'list-max-ignored': 'collect.list.page',
  'list-after-ignored': 'protocol.list.after',
  'list-kind-ignored': 'collect.list.kind',
  'list-next-lost': 'collect.list.page',
  'list-newest-first': 'protocol.list.order',
  'list-repeats-confirmed': 'protocol.list.confirmed',
  'list-leaks': 'collect.list.page',
  'get-for-all': 'collect.get.third',
  'confirm-forgotten': 'collect.confirm',
  'confirm-last-stands': 'collect.confirm.again',
  'get-confirms': 'protocol.list.fetched',
  'traces-no-status': 'traces.status',
  'traces-wrong-recipient': 'traces.sender',
  'traces-never-delivered': 'collect.confirm',
  'traces-no-certificate': 'collect.confirm',
  'traces-for-all': 'traces.third',
  'directory-short': 'organizations.all',
  'length-unchecked': 'document.from.organname.one-over',
  'missing-unchecked': 'document.code.missing',
  'unknown-element-taken': 'document.reference.unknown',
  'code-list-unchecked': 'status.code-07',
  'date-unchecked': 'date.february-30',
  'doctype-taken': 'soap.doctype',
  'instruction-taken': 'soap.instruction',
  'must-understand-ignored': 'soap.must-understand',
  'manifest-unchecked': 'manifest.unmatched',
  'base64-unchecked': 'attachment.base64.sign',
  'secrecy-unchecked': 'secrecy.name.secret',
  'business-part-unchecked': 'document.type-3.without-list',
  'from-unchecked': 'document.from.other',
  'recipient-unchecked': 'document.to.not-in-directory',
  'signature-unchecked': 'signature.two',
  'unmatched-unmarked': 'traces.status.third',
};

/** The built-in suite with the cases that look for these faults only. */
const files = new Map<string, Buffer>();
const OWN = protocolCases(files);
const BUILT_IN = builtInSuite();
const CASES = [...BUILT_IN.cases.filter(({ id }) => OWN.every((one) => one.id !== id)), ...OWN];

function suiteOf(ids: readonly string[]): Suite {
  return {
    ...BUILT_IN,
    cases: CASES.filter(({ id }) => ids.includes(id)),
    file: (name) => files.get(name) ?? BUILT_IN.file(name),
  };
}

/** What a failed expectation shows of a case. */
function shown({ id, verdict, reason, steps }: CaseResult): string {
  const [last] = steps.slice(-1);
  return JSON.stringify([id, verdict, reason?.en, last?.name, last?.differences], undefined, 1);
}

describe('simulated gateway: faults', () => {
  let gateway: SimulatedGateway;

  before(async () => {
    gateway = await startSimulatedGateway({
      host: '127.0.0.1',
      port: 0,
      agencies: [{ organId: 'T99.01' }, { organId: 'T99.02' }, { organId: 'T99.03' }],
      faults: [],
      clock: systemClock,
      logger: silentLogger,
    });
  });

  after(() => gateway.stop());

  async function run(url: string, suite: Suite): Promise<readonly CaseResult[]> {
    const player = (organId: string) => {
      const token = gateway.tokens.get(organId);
      if (token === undefined) throw new Error(`no token for ${organId}`);
      return { organId, name: 'Cơ quan mẫu', token };
    };
    const result = await runSuite(suite, {
      target: { url, timeoutMs: 10_000 },
      sender: player('T99.01'),
      recipient: player('T99.02'),
      third: player('T99.03'),
      clock: systemClock,
    });
    return result.cases;
  }

  async function runWith(names: readonly string[], suite: Suite): Promise<readonly CaseResult[]> {
    const setting = { tokens: gateway.tokens, now: () => systemClock.now() };
    const front = await startFront({
      host: '127.0.0.1',
      port: 0,
      gateway: gateway.behind,
      filters: names.flatMap((name) => faultOf(name)?.start(setting) ?? []),
    });
    try {
      return await run(`${front.url}/soap`, suite);
    } finally {
      await front.stop();
    }
  }

  it('are thirty at least, each with its own name and both languages', () => {
    expect(FAULTS.length).to.be.at.least(30);
    expect(new Set(FAULTS.map(({ name }) => name)).size).to.equal(FAULTS.length);
    for (const { name, does, breaks } of FAULTS) {
      expect(name).to.match(/^[a-z0-9-]+$/);
      expect([does.en, does.vi, breaks.document, breaks.place], name).to.not.include('');
    }
  });

  it('are each expected to be found', () => {
    expect(Object.keys(FOUND_BY).sort()).to.deep.equal(FAULTS.map(({ name }) => name).sort());
    const finding = new Set(Object.values(FOUND_BY));
    expect(OWN.map(({ id }) => id).filter((id) => !finding.has(id))).to.deep.equal([]);
  });

  it('are as docs/conformance-faults.md lists them', () => {
    const written = readFileSync(join(PACKAGE_ROOT, 'docs', 'conformance-faults.md'), 'utf8');
    expect(written === faultsDocument(), 'docs/conformance-faults.md is old').to.equal(true);
  });

  it('none: each of these cases passes', async () => {
    const ids = [...new Set([...Object.values(FOUND_BY), ...OWN.map(({ id }) => id)])];
    const cases = await run(gateway.url, suiteOf(ids));
    const wrong = cases.filter(({ verdict }) => verdict !== 'passed');
    expect(wrong.map(shown).join('\n')).to.equal('');
    expect(cases.length).to.equal(ids.length);
  });

  for (const { name } of FAULTS) {
    it(`${name} is found`, async () => {
      const id = FOUND_BY[name] ?? '';
      const cases = await runWith([name], suiteOf([id]));
      expect(cases.map((one) => [one.id, one.verdict])).to.deep.equal([[id, 'failed']]);
    });
  }

  it('several at once are all found', async () => {
    const ids = ['ping.echo', 'carrier.inline.1.1', 'organizations.all'];
    const names = ['ping-no-echo', 'receipt-missing', 'directory-short'];
    const cases = await runWith(names, suiteOf([...ids, 'wsdl.11']));
    const failed = cases.filter(({ verdict }) => verdict === 'failed');
    expect(failed.map((one) => one.id).sort()).to.deep.equal([...ids].sort());
  });
});
