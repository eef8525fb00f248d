import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
const FREE_PORTS = {
  EDXGATE_EXCHANGE_LISTEN: '127.0.0.1:0',
  EDXGATE_ADMIN_LISTEN: '127.0.0.1:0',
};

interface Running {
  readonly child: ChildProcess;
  /** Resolves with everything on standard output once it holds the text; rejects when the process ends first. */
  until(text: string): Promise<string>;
  readonly ended: Promise<{ status: number | null; out: string; err: string }>;
}

function start(folder: string, args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = once(child, 'close').then(([status]) => ({
    status: status as number | null,
    out,
    err,
  }));
  return {
    child,
    ended,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (out.includes(text)) resolve(out);
        };
        child.stdout.on('data', look);
        look();
        void ended.then(() => reject(new Error(`ended without "${text}": ${out}${err}`)));
      }),
  };
}

describe('edxgate as a process', () => {
  let folder: string;
  const running: ChildProcess[] = [];
  const run = (args: readonly string[], env: Record<string, string> = {}): Running => {
    const one = start(folder, args, env);
    running.push(one.child);
    return one;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-process-'));
    writeFileSync(join(folder, 'edxgate.yaml'), 'organ_id: T99\n');
  });

  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'close');
      }
    }
    rmSync(folder, { recursive: true });
  });

  it('serves: one ready line, lives through SIGHUP, drains on SIGTERM and ends with 0', async () => {
    const gateway = run(['serve'], FREE_PORTS);
    const out = await gateway.until('\n');
    const ready =
      /^ready exchange=(http:\/\/127\.0\.0\.1:\d+) admin=(http:\/\/127\.0\.0\.1:\d+)\n$/.exec(out);
    expect(ready, out).not.to.equal(null);
    gateway.child.kill('SIGHUP');
    const wsdl = await fetch(`${ready?.[1]}/soap?wsdl`);
    expect(wsdl.status).to.equal(200);
    await wsdl.arrayBuffer();
    gateway.child.kill('SIGTERM');
    const { status, err } = await gateway.ended;
    expect(status).to.equal(0);
    const events = err
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).to.include.members(['gateway.started', 'trust.reloaded', 'gateway.stopped']);
    expect(statSync(join(folder, 'store')).mode & 0o777).to.equal(0o700);
  });

  it('says which port is taken and what to change, and ends with 1', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const env = { ...FREE_PORTS, EDXGATE_ADMIN_LISTEN: `127.0.0.1:${port}` };
    const { status, out, err } = await run(['serve', '--json'], env).ended;
    holder.close();
    expect(status).to.equal(1);
    expect(out).to.equal('');
    expect(err).to.contain('"code":"server.port"').and.to.contain(String(port));
  });

  it('tries: sends a signed document at the first start and finds it at the second', async () => {
    const first = run(['try', '--dir', 'data', '--json'], FREE_PORTS);
    const said = JSON.parse((await first.until('ready ')).split('\n')[0] ?? '') as Record<
      string,
      unknown
    >;
    expect(said).to.deep.include({ sentNow: true, state: 'delivered' });
    const received = readdirSync(join(folder, 'data', 'sample-recipient'));
    expect(received).to.deep.equal([`${said['messageId']}.edxml`]);
    expect(readFileSync(join(folder, 'data', 'sample-recipient', received[0] ?? ''))).to.deep.equal(
      readFileSync(join(folder, 'data', 'sample', 'document.edxml')),
    );
    for (const [name, mode] of [
      ['', 0o700],
      ['edxgate.yaml', 0o600],
      ['sample/T99.01.key', 0o600],
      ['sample/T99.01.token', 0o600],
    ] as const) {
      expect(statSync(join(folder, 'data', name)).mode & 0o777, name).to.equal(mode);
    }
    const document = join('data', 'sample', 'document.edxml');
    const send = async (file: string, token: string) => {
      const args = ['send', file, '--url', String(said['soapUrl']), '--as', 'T99.01', '--json'];
      return run([...args, '--token-file', token]).ended;
    };
    const token = join('data', 'sample', 'T99.01.token');
    const again = await send(document, token);
    expect(again.status).to.equal(0);
    expect(JSON.parse(again.out)).to.deep.include({
      duplicate: true,
      messageId: said['messageId'],
    });
    expect((await send(document, join('data', 'sample', 'T99.03.token'))).err).to.contain(
      'auth.failed',
    );
    const broken = readFileSync(join(folder, document), 'utf8').replace('TB-SMA', 'TB-SMB');
    writeFileSync(join(folder, 'broken.edxml'), broken);
    const refused = await send('broken.edxml', token);
    expect(refused.status).to.equal(3);
    expect(refused.err).to.contain('signature.invalid');

    first.child.kill('SIGINT');
    expect((await first.ended).status).to.equal(0);

    const second = run(['try', '--dir', 'data', '--json'], FREE_PORTS);
    const found = JSON.parse((await second.until('ready ')).split('\n')[0] ?? '') as Record<
      string,
      unknown
    >;
    expect(found).to.deep.include({
      sentNow: false,
      state: 'delivered',
      messageId: said['messageId'],
    });
    second.child.kill('SIGTERM');
    expect((await second.ended).status).to.equal(0);
  });

  it('writes what it makes for its owner only, whatever the shell says', async () => {
    const { status } = await run(['keys', 'rotate']).ended;
    expect(status).to.equal(0);
    expect(statSync(join(folder, 'store', 'keys')).mode & 0o077).to.equal(0);
  });
});
