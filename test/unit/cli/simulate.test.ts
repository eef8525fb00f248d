import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { KeptPackages } from '../../../src/cli/kept-packages.js';
import { parseBehaviour } from '../../../src/cli/simulate-behaviours.js';
import { Plan, type PlanSettings } from '../../../src/cli/simulate-plan.js';
import type { Observed } from '../../../src/cli/simulate-recipient.js';
import { type Simulator, startSimulator } from '../../../src/cli/simulate-server.js';
import { systemClock } from '../../../src/clock.js';
import {
  deliverPackage,
  deliverPackageEnvelope,
  type PushDelivery,
} from '../../../src/soap/push-client.js';
import { openShell, type Shell } from './terminal.js';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
const BYTES = Buffer.from('<edXML/>');
const MESSAGE = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

function delivery(over: Partial<PushDelivery> = {}): PushDelivery {
  return {
    messageId: MESSAGE,
    attempt: 1,
    fromOrganId: 'T99.01',
    toOrganId: 'T99.02',
    kind: 'document',
    documentId: 'T99.01,2026/11/20,1/SMA-VP',
    contentDigest: createHash('sha256').update(BYTES).digest('hex'),
    bytes: BYTES,
    ...over,
  };
}

function settings(names: string, over: Partial<PlanSettings> = {}): PlanSettings {
  const behaviours = names.split(',').map((name) => {
    const found = parseBehaviour(name);
    if (found === undefined) throw new Error(`no behaviour ${name}`);
    return found;
  });
  return { behaviours, ...over };
}

describe('simulate: which behaviour comes next', () => {
  const names = (plan: Plan, attempts: readonly number[]) =>
    attempts.map((attempt) => plan.at('message', attempt)?.name);

  it('rotates', () => {
    const plan = new Plan(settings('refuse,ok,hang'));
    expect(names(plan, [1, 1, 1, 1])).to.deep.equal(['refuse', 'ok', 'hang', 'refuse']);
  });

  it('misbehaves for the first attempts of each message only', () => {
    const plan = new Plan(settings('fault', { failFirst: 2 }));
    expect(names(plan, [1, 2, 3, 1, 4])).to.deep.equal(['fault', 'fault', 'ok', 'fault', 'ok']);
  });

  it('waits with a behaviour until the request is read so far', () => {
    const plan = new Plan(settings('fault,hang-connect'));
    expect(plan.at('connection')).to.equal(undefined);
    expect(plan.at('message', 1)?.name).to.equal('fault');
    expect(plan.at('connection')?.name).to.equal('hang-connect');
  });

  it('counts the turns of what begins before the message is known', () => {
    const plan = new Plan(settings('hang-connect,fault', { failFirst: 1 }));
    expect(plan.at('connection')?.name).to.equal('hang-connect');
    expect(plan.at('connection')).to.equal(undefined);
    expect(names(plan, [1, 2, 3])).to.deep.equal(['fault', 'ok', 'ok']);
    const alone = new Plan(settings('hang-connect', { failFirst: 1 }));
    alone.at('connection');
    expect(names(alone, [1, 1])).to.deep.equal(['ok', 'ok']);
  });

  it('misbehaves in a share, the same one with the same seed', () => {
    const run = (seed: string) => {
      const plan = new Plan(settings('fault', { rate: 0.25, seed }));
      return Array.from({ length: 400 }, () => plan.at('message', 1)?.name === 'fault');
    };
    expect(run('a')).to.deep.equal(run('a'));
    expect(run('a')).to.not.deep.equal(run('b'));
    expect(run('a').filter(Boolean).length).to.be.within(70, 130);
  });

  it('reads names with their parameters', () => {
    expect(parseBehaviour('slow')).to.include({ amount: 5000 });
    expect(parseBehaviour('slow:2m')).to.include({ name: 'slow', amount: 120_000 });
    expect(parseBehaviour('huge:1MiB')).to.include({ amount: 1_048_576 });
    expect(parseBehaviour('redirect:http://b.example:1/x')).to.include({
      address: 'http://b.example:1/x',
    });
    for (const text of ['', 'slow:', 'slow:5', 'ok:1s', 'toString', 'redirect:a\r\nB: c']) {
      expect(parseBehaviour(text), text).to.equal(undefined);
    }
  });
});

describe('simulate: the recipient', () => {
  let simulator: Simulator;
  let observed: Observed[];

  beforeEach(async () => {
    observed = [];
    simulator = await startSimulator({
      host: '127.0.0.1',
      port: 0,
      plan: settings('ok'),
      clock: systemClock,
      observe: (one) => observed.push(one),
    });
  });
  afterEach(() => simulator.stop());
  const deliver = (over: Partial<PushDelivery> = {}) =>
    deliverPackage({ url: simulator.url, timeoutMs: 5000 }, delivery(over));

  it('takes a package once and answers a repeat as taken', async () => {
    expect((await deliver()).kind).to.equal('accepted');
    expect((await deliver({ attempt: 2 })).kind).to.equal('accepted');
    expect(observed.map((one) => [one.kept, one.repeated])).to.deep.equal([
      [true, false],
      [false, true],
    ]);
    expect(simulator.counts()).to.include({ deliveries: 2, kept: 1, repeated: 1 });
  });

  it('does not take a package whose digest is another', async () => {
    const answer = await deliver({ contentDigest: '0'.repeat(64) });
    expect(answer.kind).to.equal('fault');
    expect(observed[0]?.delivery?.digestMatches).to.equal(false);
    expect(simulator.counts()).to.include({ deliveries: 1, kept: 0 });
  });

  it('answers what is no delivery with a fault and says so', async () => {
    const post = (body: string) =>
      fetch(simulator.url, { method: 'POST', headers: { 'content-type': 'text/xml' }, body });
    const other =
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Other/></s:Body></s:Envelope>';
    for (const [body, code] of [
      [other, 'soap.operation'],
      ['<', 'soap.not-xml'],
    ] as const) {
      const answer = await post(body);
      expect(answer.status).to.equal(500);
      expect(await answer.text()).to.include(code);
      expect(observed.pop()?.refused).to.include(code);
    }
  });

  it('answers in the SOAP version of the request', async () => {
    const body = deliverPackageEnvelope(delivery())
      .toString('utf8')
      .replace(
        'http://schemas.xmlsoap.org/soap/envelope/',
        'http://www.w3.org/2003/05/soap-envelope',
      );
    const headers = { 'content-type': 'application/soap+xml' };
    const answer = await fetch(simulator.url, { method: 'POST', headers, body });
    expect(answer.headers.get('content-type')).to.include('application/soap+xml');
    expect(await answer.text()).to.include('http://www.w3.org/2003/05/soap-envelope');
  });

  it('serves its WSDL, and the schema that it names', async () => {
    const wsdl = await (await fetch(`${simulator.url}?WSDL`)).text();
    expect(wsdl).to.include('EdxReceiver11').and.include(`location="${simulator.url}"`);
    expect(wsdl).to.not.include('EdxReceiver12');
    const [, schema = ''] = /schemaLocation="([^"]+)"/.exec(wsdl) ?? [];
    expect(await (await fetch(schema)).text()).to.include('DeliverPackageResponse');
    expect((await fetch(`${simulator.url}?xsd=nothing.xsd`)).status).to.equal(404);
  });
});

describe('simulate: kept packages', () => {
  let shell: Shell;
  beforeEach(() => {
    shell = openShell();
  });
  afterEach(() => shell.remove());

  it('never makes a path of an id', () => {
    const packages = new KeptPackages(join(shell.folder, 'kept'));
    for (const id of ['../outside', '/etc/outside', '.', 'a/b', 'T99.01,2026', 'x'.repeat(300)]) {
      packages.keep(id, BYTES);
      expect(packages.fileOf(id)).to.match(/\/kept\/[0-9a-f]{64}\.edxml$/);
      expect(packages.has(id)).to.equal(true);
    }
    expect(packages.fileOf(MESSAGE)).to.equal(join(shell.folder, 'kept', `${MESSAGE}.edxml`));
  });
});

describe('edxgate simulate recipient', () => {
  let shell: Shell;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    shell = openShell();
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    shell.remove();
  });

  const start = async (...args: string[]) => {
    const all = [MAIN, 'simulate', 'recipient', '--listen', '127.0.0.1:0', ...args];
    const child = spawn(process.execPath, all, { cwd: shell.folder, stdio: 'pipe' });
    children.push(child);
    let out = '';
    const ended = once(child, 'close');
    await new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        if (/^ready recipient=\S+\n/.test(out)) resolve();
      });
      void ended.then(() => reject(new Error(`ended early: ${out}`)));
    });
    return {
      url: /^ready recipient=(\S+)\n/.exec(out)?.[1] ?? '',
      async stop() {
        child.kill('SIGINT');
        const [status] = await ended;
        return { status: status as number | null, lines: out.trim().split('\n').slice(1) };
      },
    };
  };

  it('prints a line per delivery, keeps the bytes, and ends with a summary and 0', async () => {
    const first = await start(
      '--json',
      '--keep',
      'kept',
      '--behave',
      'fail-after',
      '--fail-first',
      '1',
    );
    const target = { url: first.url, timeoutMs: 5000 };
    expect((await deliverPackage(target, delivery())).kind).to.equal('http');
    const file = join(shell.folder, 'kept', `${MESSAGE}.edxml`);
    expect(readFileSync(file).equals(BYTES)).to.equal(true);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect((await deliverPackage(target, delivery({ attempt: 2 }))).kind).to.equal('accepted');
    const { status, lines } = await first.stop();
    expect(status).to.equal(0);
    const [one, two, last] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(one).to.include({
      messageId: MESSAGE,
      attempt: 1,
      kind: 'document',
      documentId: 'T99.01,2026/11/20,1/SMA-VP',
      digestMatches: true,
      behaviour: 'fail-after',
      repeated: false,
    });
    expect(two).to.include({ attempt: 2, behaviour: 'ok', repeated: true });
    expect(last?.['summary']).to.include({ deliveries: 2, kept: 1, repeated: 1 });

    const again = await start('--keep', 'kept');
    await deliverPackage({ url: again.url, timeoutMs: 5000 }, delivery({ attempt: 3 }));
    const text = await again.stop();
    expect(text.lines[0]).to.include(MESSAGE).and.include('digest ok').and.include('repeated');
    expect(text.lines[1]).to.include('deliveries 1: kept 0, repeated 1');
  });

  it('refuses a wrong command line and a key that others can read', async () => {
    const recipient = (...args: string[]) => shell.run(['simulate', 'recipient', ...args]);
    for (const args of [
      ['--behave', 'ok,nonsense'],
      ['--listen', 'nowhere'],
      ['--rate', '1.5'],
      ['--fail-first', '0'],
      ['--tls-cert', 'cert.pem'],
    ]) {
      expect((await recipient(...args)).status, args.join(' ')).to.equal(2);
    }
    shell.write('cert.pem', 'x');
    shell.write('key.pem', 'x', 0o644);
    const wide = await recipient('--tls-cert', 'cert.pem', '--tls-key', 'key.pem');
    expect(wide.status).to.equal(1);
    expect(wide.err).to.include('key.pem');
  });

  it('names every behaviour in its help', async () => {
    const { out } = await shell.run(['simulate', 'recipient', '--help']);
    expect(out)
      .to.include('slow:5s')
      .and.include('keepalive-close')
      .and.include('docs/partners.md');
  });
});
