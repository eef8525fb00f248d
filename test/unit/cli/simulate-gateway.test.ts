import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { FAULTS } from '../../../src/cli/simulate-gateway-faults.js';
import {
  type SimulatedGateway,
  startSimulatedGateway,
} from '../../../src/cli/simulate-gateway-start.js';
import { systemClock } from '../../../src/clock.js';
import { silentLogger } from '../../../src/log.js';
import { call, operation, post } from '../../support/soap.js';
import { openShell, type Shell } from './terminal.js';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'date',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
]);
const PING = operation('Ping', '<Echo>xin chào</Echo>');

describe('edxgate simulate gateway', () => {
  let shell: Shell;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    shell = openShell();
  });

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    shell.remove();
  });

  async function start(...args: string[]) {
    const all = [MAIN, 'simulate', 'gateway', '--listen', '127.0.0.1:0', ...args];
    const child = spawn(process.execPath, all, { cwd: shell.folder, stdio: 'pipe' });
    children.push(child);
    let out = '';
    let err = '';
    const ended = once(child, 'close');
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        if (out.endsWith('\n')) resolve();
      });
      void ended.then(() => reject(new Error(`ended early: ${out}${err}`)));
    });
    const [, url = '', folder = ''] = /^ready gateway=(\S+) tokens=(\S+)\n$/.exec(out) ?? [];
    return {
      url,
      folder,
      async stop(): Promise<number | null> {
        child.kill('SIGTERM');
        const [status] = (await ended) as [number | null];
        return status;
      },
    };
  }

  it('serves, and leaves nothing behind when it is stopped', async () => {
    const gateway = await start();
    const names = readdirSync(gateway.folder).sort();
    expect(names).to.deep.equal([
      'T99.01.key',
      'T99.01.pem',
      'T99.01.token',
      'T99.02.key',
      'T99.02.pem',
      'T99.02.token',
      'T99.03.key',
      'T99.03.pem',
      'T99.03.token',
      'ca.pem',
    ]);
    for (const name of names) {
      expect(statSync(join(gateway.folder, name)).mode & 0o777, name).to.equal(0o600);
    }
    const token = readFileSync(join(gateway.folder, 'T99.02.token'), 'utf8').trim();
    const answer = await call(gateway.url, PING, { organId: 'T99.02', token });
    expect(answer.body.get('Pong', 'OrganId')).to.equal('T99.02');
    expect(answer.body.get('Pong', 'Echo')).to.equal('xin chào');
    expect(await gateway.stop()).to.equal(0);
    expect(existsSync(join(gateway.folder, '..'))).to.equal(false);
  });

  it('has the faults, agencies and tokens that it was given, and keeps the folder', async () => {
    const token = shell.write('a.token', 'ma-truy-cap-mau-0123456789\n');
    const given = ['--agency', 'T99.07', '--token-file', token, '--folder', 'tokens'];
    const gateway = await start(...given, '--fault', 'ping-no-echo,digest-upper-case');
    const signIn = { organId: 'T99.07', token: 'ma-truy-cap-mau-0123456789' };
    const answer = await call(gateway.url, PING, signIn);
    expect(answer.body.get('Pong', 'OrganId')).to.equal('T99.07');
    expect(answer.body.children[0]?.all('Echo')).to.deep.equal([]);
    expect(gateway.folder).to.equal(join(shell.folder, 'tokens'));
    expect(await gateway.stop()).to.equal(0);
    expect(readdirSync(gateway.folder).sort()).to.deep.equal([
      'T99.07.key',
      'T99.07.pem',
      'ca.pem',
    ]);
  });

  it('lists its faults', async () => {
    const { status, out } = await shell.run(['simulate', 'gateway', '--fault', 'list']);
    expect(status).to.equal(0);
    for (const { name, does } of FAULTS) expect(out).to.include(name).and.include(does.en);
    const lines = await shell.json(['simulate', 'gateway', '--fault', 'list']);
    expect(lines).to.deep.equal(FAULTS.map(({ name, does, breaks }) => ({ name, does, breaks })));
  });

  it('knows no other fault', async () => {
    const { status, err } = await shell.run(['simulate', 'gateway', '--fault', 'list-leaks,none']);
    expect(status).to.equal(2);
    expect(err).to.include('"none" is none');
  });

  it('wants a token file for each agency, or for none', async () => {
    const args = ['--agency', 'T99.01', '--agency', 'T99.02', '--token-file', 'a.token'];
    const { status, err } = await shell.run(['simulate', 'gateway', ...args]);
    expect(status).to.equal(2);
    expect(err).to.include('a --token-file for each --agency');
  });

  it('takes no token file that others may read', async () => {
    shell.write('wide.token', 'x\n', 0o644);
    const args = ['--listen', '127.0.0.1:0', '--agency', 'T99.01', '--token-file', 'wide.token'];
    const { status, err } = await shell.run(['simulate', 'gateway', ...args]);
    expect(status).to.equal(1);
    expect(err).to.include('wide.token').and.include('0644');
  });
});

describe('simulated gateway: its front without faults', () => {
  let gateway: SimulatedGateway;

  before(async () => {
    gateway = await startSimulatedGateway({
      host: '127.0.0.1',
      port: 0,
      agencies: [{ organId: 'T99.01' }],
      faults: [],
      clock: systemClock,
      logger: silentLogger,
    });
  });

  after(() => gateway.stop());

  /** What must be the same on both sides: all but the connection, ids and the address asked. */
  async function seen(origin: string, path: string, init: RequestInit) {
    const response = await fetch(origin + path, { ...init, redirect: 'manual' });
    const headers = [...response.headers].filter(([name]) => !OF_CONNECTION.has(name));
    const text = (await response.text())
      .replace(/<CorrelationId>[^<]*</g, '<CorrelationId><')
      .replaceAll(origin, 'ORIGIN');
    return { status: response.status, headers, text };
  }

  const asked: readonly [what: string, path: string, init: RequestInit][] = [
    ['the WSDL', '/soap?wsdl', {}],
    ['a schema', '/soap?xsd=gateway', {}],
    ['a path that is none', '/elsewhere', {}],
    ['a method that is none', '/soap', { method: 'PUT', body: 'x' }],
    ['HEAD', '/soap?wsdl', { method: 'HEAD' }],
    ['a request of nobody', '/soap', { method: 'POST', body: '<a/>' }],
    ['a request without a body', '/soap', { method: 'POST' }],
  ];
  for (const [what, path, init] of asked) {
    it(`answers ${what} as the gateway does`, async () => {
      const origin = gateway.url.replace('/soap', '');
      const direct = await seen(gateway.behind, path, init);
      expect(await seen(origin, path, init)).to.deep.equal(direct);
    });
  }

  it('passes what it is sent on as it is, compressed too', async () => {
    const token = gateway.tokens.get('T99.01') ?? '';
    const signIn = { organId: 'T99.01', token };
    const headers = { 'content-encoding': 'gzip' };
    const broken = await post(gateway.url, Buffer.from('no gzip'), { ...signIn, headers });
    expect(broken.code).to.equal('http.gzip');
  });
});
