import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.js';
import { loadSuite } from '../../src/conformance/load-suite.js';
import type { CaseResult, RunResult } from '../../src/conformance/run-result.js';
import { type RunOptions, runSuite } from '../../src/conformance/run-suite.js';
import type {
  Case,
  Expectation,
  Need,
  Step,
  StepRequest,
  Suite,
} from '../../src/conformance/suite.js';
import { GatewayError } from '../../src/model/issue.js';
import { type AnsweringServer, answering, runAgainst } from '../support/conformance.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { fault, pong } from '../unit/conformance/kit.js';

const MAIN_JOB = 'fixtures/conformance/main-job';

/** What did not pass, for messages of tests. */
function failures({ cases }: RunResult): unknown[] {
  return cases
    .filter(({ verdict }) => verdict !== 'passed')
    .map(({ id, verdict, reason, steps }) => ({
      id,
      verdict,
      reason: reason?.en,
      differences: steps.at(-1)?.differences,
    }));
}

describe('conformance suites against a real gateway', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await openGateway({ trust: { anchors: ['fixtures/keys/authority.pem'] } });
    for (const organId of [
      'T99.02',
      'T99.01',
      'T99.03',
      '000.00.01.T99',
      'T98.02',
      '000.00.00.T97',
    ]) {
      await gateway.agency({ organId });
    }
  });
  after(() => gateway.close());

  it('passes the example suite, signing included, and again on the same store', async () => {
    const { suite } = loadSuite(MAIN_JOB);
    const options = runAgainst(gateway, 'T99.02', 'T99.01', 'T99.03');
    const signing = {
      keyPem: readFileSync('fixtures/keys/sender-ec.key.pem', 'utf8'),
      certificatePem: readFileSync('fixtures/keys/sender-ec.pem', 'utf8'),
    };
    for (let round = 0; round < 2; round++) {
      const sender = { ...options.sender, signing };
      const result = await runSuite(suite, { ...options, sender });
      expect(failures(result)).to.deep.equal([]);
      expect(result.totals.passed).to.equal(suite.cases.length);
    }
  });

  for (const [folder, sender] of [
    ['fixtures/documents', '000.00.01.T99'],
    ['fixtures/statuses', 'T98.02'],
    ['fixtures/soap', 'T99.01'],
  ] as const) {
    it(`passes the plain folder ${folder}`, async () => {
      const { suite } = loadSuite(folder);
      const options = runAgainst(gateway, sender, 'T99.01', 'T99.03');
      const result = await runSuite(suite, options);
      expect(failures(result)).to.deep.equal([]);
      expect(result.cases.map(({ id }) => id)).to.deep.equal(suite.cases.map(({ id }) => id));
    });
  }

  it('tells who sent a step, and shows no token', async () => {
    const { suite } = loadSuite(MAIN_JOB);
    const options = runAgainst(gateway, 'T99.02', 'T99.01', 'T99.03');
    const result = await runSuite(suite, { ...options, only: 'visibility' });
    const [one] = result.cases;
    expect(one?.steps.map((step) => step.as)).to.deep.equal([
      'T99.02',
      'T99.03',
      'T99.03',
      'T99.03',
    ]);
    expect(result.as).to.equal('T99.02');
    expect(one?.clause.document).to.equal('edxgate contract');
    const text = JSON.stringify(result);
    for (const organId of ['T99.02', 'T99.03']) {
      const token = gateway.tokenOf(organId);
      expect(text).to.not.include(token);
      expect(text).to.not.include(Buffer.from(`${organId}:${token}`).toString('base64'));
    }
    expect(text).to.include('Basic ***');
  });
});

describe('conformance runs against a server that answers wrong', () => {
  let server: AnsweringServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const PING: Step = {
    name: 'ping',
    as: 'sender',
    request: { kind: 'operation', operation: 'Ping' },
    expect: { class: 'accepted' },
  };
  const FILES: Readonly<Record<string, string>> = {
    golden: 'HTTP 200\n',
    package: '<a>{{nobody}}</a>',
    'for-third': '<a>{{ third }}</a>',
  };

  const echo = (text: string): StepRequest => ({
    kind: 'operation',
    operation: 'Ping',
    fields: { Echo: text },
  });
  const send = (file: string, signature: 'own' | 'absent' = 'absent'): StepRequest => ({
    kind: 'operation',
    operation: 'SendPackage',
    package: { file, signature },
  });

  const suiteOf = (cases: readonly Partial<Case>[]): Suite => ({
    id: 'small',
    title: { en: 's', vi: 's' },
    cases: cases.map((one, i) => ({
      id: `case-${i}`,
      title: { en: 't', vi: 't' },
      clause: { document: 'D', place: 'P' },
      steps: [PING],
      ...one,
    })),
    file: (name) => (FILES[name] === undefined ? undefined : Buffer.from(FILES[name])),
  });
  const options = (more: Partial<RunOptions> = {}): RunOptions => ({
    target: { url: server?.url ?? 'http://127.0.0.1:9/soap', timeoutMs: 5000 },
    sender: { organId: 'T99.01', name: 'A', token: 'a-secret-token' },
    clock: systemClock,
    ...more,
  });
  const serve = async (status: number, body: string): Promise<void> => {
    server = await answering((_body, _request, response) => {
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    });
  };
  const runOne = async (one: Partial<Case>, more?: Partial<RunOptions>): Promise<CaseResult> => {
    const { cases } = await runSuite(suiteOf([one]), options(more));
    if (cases[0] === undefined) throw new Error('no case');
    return cases[0];
  };

  const refused = (more: Partial<Expectation>): Expectation => ({ class: 'refused', ...more });
  for (const [what, expected, status, body] of [
    ['class', { class: 'accepted' }, 500, fault()],
    ['http', refused({}), 400, fault()],
    ['codes', refused({ codes: ['a.b'] }), 500, fault()],
    ['path', refused({ path: '/x' }), 500, fault()],
    ['warnings', { class: 'accepted', warnings: ['a.b'] }, 200, pong()],
    [
      'assertion',
      { class: 'accepted', assertions: [{ xpath: '//g:Echo', count: 7 }] },
      200,
      pong(),
    ],
    ['golden', { class: 'accepted', golden: 'golden' }, 200, pong()],
    ['schema', { class: 'accepted' }, 200, pong('a', '<More/>')],
  ] as const satisfies readonly (readonly [string, Expectation, number, string])[]) {
    it(`finds a difference in ${what}`, async () => {
      await serve(status, body);
      const result = await runOne({ steps: [{ ...PING, expect: expected }] });
      expect(result.verdict).to.equal('failed');
      expect(result.steps[0]?.differences.map((one) => one.what)).to.include(what);
      expect(result.steps[0]?.answer?.body).to.equal(body);
    });
  }

  it('stops a case at its first step with a difference, and needs a value to save', async () => {
    await serve(200, pong());
    const stops = await runOne({
      steps: [
        PING,
        { ...PING, name: 'two', save: { id: '//g:MessageId' } },
        { ...PING, name: 'three' },
      ],
    });
    expect(stops.steps.map(({ name }) => name)).to.deep.equal(['ping', 'two']);
    expect(stops.steps[1]?.differences[0]).to.include({
      what: 'assertion',
      expected: 'a value for {{id}}',
    });
  });

  it('hands what a step saved to later ones', async () => {
    const seen: string[] = [];
    server = await answering((body, _request, response) => {
      seen.push(body);
      response.writeHead(200, { 'content-type': 'text/xml' }).end(pong('chào'));
    });
    const second: Step = {
      ...PING,
      name: 'two',
      request: { kind: 'operation', operation: 'Ping', fields: { Echo: '{{echo}} {{unique}}' } },
    };
    const result = await runOne({ steps: [{ ...PING, save: { echo: '//g:Echo' } }, second] });
    expect(result.verdict).to.equal('passed');
    expect(seen[1]).to.match(/<Echo>chào [0-9a-z]{9,11}<\/Echo>/);
  });

  it('counts a connection that is cut, and an answer that does not come, against the gateway', async () => {
    server = await answering((_body, request) => request.socket.destroy());
    expect((await runOne({})).steps[0]?.differences[0]).to.include({
      what: 'http',
      expected: 'an answer',
    });
    await server.close();
    server = await answering(() => undefined);
    const late = await runOne({}, { target: { url: server.url, timeoutMs: 50 } });
    expect(late.verdict).to.equal('failed');
    expect(late.steps[0]?.differences[0]?.actual).to.include('timeout');
    expect(late.steps[0]?.answer).to.equal(undefined);
  });

  it('says that the gateway cannot be reached, once for all cases', async () => {
    const running = runSuite(suiteOf([{}, {}, {}]), options());
    const error: unknown = await running.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(GatewayError).with.property('code', 'peer.unreachable');
  });

  it('skips what needs what is not given, with the reason, and sends nothing', async () => {
    let requests = 0;
    server = await answering((_body, _request, response) => {
      requests++;
      response.end();
    });
    const needs: readonly (readonly [Partial<Case>, string])[] = [
      ...(['recipient', 'third', 'signing', 'basic'] as const).map(
        (need: Need) => [{ needs: [need] }, 'needs'] as const,
      ),
      [{ steps: [{ ...PING, as: 'third' }] }, '--third'],
      [{ steps: [{ ...PING, request: echo('{{recipientName}}') }] }, '--peer'],
      [{ steps: [{ ...PING, request: send('for-third') }] }, '--third'],
      [{ steps: [{ ...PING, request: send('for-third', 'own') }] }, '--signing-key'],
    ];
    for (const [one, reason] of needs) {
      const result = await runOne(one, { sender: { organId: 'T99.01', name: 'A' } });
      expect(result.verdict).to.equal('skipped');
      expect(result.reason?.en).to.include(reason);
    }
    expect(requests).to.equal(0);
  });

  it('calls a case broken that cannot be run, and runs the others', async () => {
    await serve(200, pong());
    const unknown: Step = {
      ...PING,
      request: { kind: 'operation', operation: 'SendPackage', package: { file: 'package' } },
    };
    const odd: Step = {
      ...PING,
      request: { kind: 'http', method: 'GET', path: '/', headers: { 'a b': 'no header' } },
    };
    const suite = suiteOf([{ steps: [odd] }, { steps: [unknown] }, {}]);
    const { cases, totals } = await runSuite(suite, options({ concurrency: 1 }));
    expect(cases.map(({ verdict }) => verdict)).to.deep.equal(['broken', 'broken', 'passed']);
    expect(cases[1]?.reason?.en).to.include('{{nobody}}');
    expect(totals).to.deep.equal({ passed: 1, failed: 0, broken: 2, skipped: 0 });
  });

  it('runs no more cases at a time than asked, and keeps their order', async () => {
    let open = 0;
    let most = 0;
    server = await answering((_body, _request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.writeHead(200, { 'content-type': 'text/xml' }).end(pong());
      }, 10);
    });
    const suite = suiteOf(Array.from({ length: 12 }, () => ({})));
    const { cases } = await runSuite(suite, options({ concurrency: 3 }));
    expect(cases.map(({ id }) => id)).to.deep.equal(suite.cases.map(({ id }) => id));
    expect(most).to.equal(3);
  });

  it('shows no token that an answer tells, to whomever', async () => {
    let seen = '';
    server = await answering((_body, request, response) => {
      const pair = request.headers.authorization?.slice('Basic '.length) ?? '';
      if (seen === '') seen = pair;
      const token = Buffer.from(seen, 'base64').toString('utf8').split(':')[1] ?? '';
      response.setHeader('content-type', 'text/xml');
      if (pair === seen) response.end(pong(token));
      else response.writeHead(500).end(fault({ head: `${token} ${seen}`, detail: false }));
    });
    const step = (
      as: 'sender' | 'recipient',
      assertions: Expectation['assertions'] = [],
    ): Step => ({
      name: as,
      as,
      request: { kind: 'operation', operation: 'Ping' },
      expect: { class: 'accepted', assertions },
    });
    const words = { en: 'x', vi: 'x' };
    const clause = { document: 'x', place: 'x' };
    const one = { title: words, clause };
    const cases: Case[] = [
      { ...one, id: 'a', steps: [step('sender', [{ xpath: '//g:Echo', equals: 'other' }])] },
      { ...one, id: 'b', steps: [step('recipient')] },
    ];
    const token = 'a-token-that-nobody-may-see';
    const result = await runSuite(
      { id: 'x', title: words, cases, file: () => undefined },
      {
        target: { url: server.url, timeoutMs: 5000 },
        sender: { organId: 'T99.01', name: 'A', token },
        recipient: { organId: 'T99.02', name: 'B', token: 'another-token' },
        concurrency: 1,
        clock: systemClock,
      },
    );
    expect(result.totals.failed).to.equal(2);
    const told = JSON.stringify(result);
    expect(told).to.include('***').and.not.include(token);
    expect(told).to.not.include(Buffer.from(`T99.01:${token}`).toString('base64'));
  });

  it('signs in as the role of the step, nobody not at all', async () => {
    const seen: (string | undefined)[] = [];
    server = await answering((_body, request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(200, { 'content-type': 'text/xml' }).end(pong());
    });
    const own: Step = {
      name: 'own',
      as: 'sender',
      request: { kind: 'http', method: 'GET', path: '/', headers: { Authorization: 'Bearer x' } },
      expect: { class: 'http' },
    };
    const result = await runOne({ steps: [PING, { ...PING, name: 'b', as: 'nobody' }, own] });
    expect(result.verdict).to.equal('passed');
    const pair = Buffer.from('T99.01:a-secret-token').toString('base64');
    expect(seen).to.deep.equal([`Basic ${pair}`, undefined, 'Bearer x']);
  });
});
