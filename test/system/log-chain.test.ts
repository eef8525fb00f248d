/** The log stays whole through everything that may happen to a gateway. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { resultOf } from '../support/answers.js';
import { type ChildGateway, freePort, startChild, writeConfig } from '../support/child-gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { sendPackage } from '../support/soap.js';

const CLI = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const run = promisify(execFile);

interface Report {
  readonly ok: boolean;
  readonly events: number;
  readonly acts: number;
  readonly checkpoints: number;
  readonly uncovered: number;
  readonly unchained: number;
}

describe('the chained log', function () {
  this.timeout(90_000);
  let folder: string;
  let configFile: string;
  let child: ChildGateway | undefined;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-log-'));
    configFile = writeConfig(folder, await freePort());
  });
  after(async () => {
    await child?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  async function edxgate(...args: string[]): Promise<string> {
    return (await run(process.execPath, [CLI, ...args, '-c', configFile])).stdout;
  }
  const verified = async (...args: string[]): Promise<Report> =>
    JSON.parse(await edxgate('log', 'verify', '--json', ...args)) as Report;

  it('is whole after a server and commands wrote at once, a kill, a restart and a stop', async () => {
    await edxgate('agency', 'add', 'T99.02', '--name', 'Sở Mẫu', '--collect');
    await edxgate('agency', 'add', 'T99.01', '--name', 'Sở Thử', '--collect');
    const made = await edxgate('agency', 'token', 'T99.01', '--json');
    const { token } = JSON.parse(made) as { token: string };
    const send = async (count: number, name: string): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const documentId = `T99.01,2026/11/20,${i}/${name}`;
        const bytes = samplePackage({ documentId, codeNumber: `${i}${name}` });
        const url = `${child?.exchangeUrl}/soap`;
        const answer = await sendPackage(url, bytes, { organId: 'T99.01', token });
        resultOf(answer);
      }
    };
    child = await startChild(configFile);
    await Promise.all([
      ...['a', 'b', 'c'].map((name) => send(15, name)),
      ...['x', 'y'].map(async (name) => {
        for (let i = 0; i < 3; i++) {
          await edxgate('agency', 'set', 'T99.02', '--name', `Sở Mẫu ${name}${i}`);
        }
      }),
    ]);
    const busy = await verified();
    expect(busy).to.include({ ok: true, acts: 9, unchained: 0 });
    expect(busy.events).to.be.at.least(45 * 3);
    const sending = send(1000, 'd').catch(() => undefined);
    await send(5, 'e');
    await child.kill();
    await sending;
    const killed = await verified();
    expect(killed.ok).to.equal(true);
    expect(killed.events).to.be.at.least(50 * 3);
    child = await startChild(configFile);
    await send(3, 'f');
    expect(await child.stop()).to.equal(0);
    child = undefined;
    const exported = join(folder, 'exported');
    await edxgate('log', 'export', '--out', exported);
    const stopped = await verified('--checkpoint', join(exported, 'checkpoint-000001.xml'));
    expect(stopped).to.include({ ok: true, uncovered: 0 });
    expect(stopped.checkpoints).to.be.at.least(1);
    expect(stopped.events).to.be.at.least(killed.events + 3 * 3);
    await edxgate('keys', 'rotate');
    child = await startChild(configFile);
    await send(1, 'g');
    await child.stop();
    child = undefined;
    const rotated = await verified();
    expect(rotated).to.include({ ok: true, uncovered: 0 });
    expect(rotated.checkpoints).to.be.greaterThan(stopped.checkpoints);
  });
});
