/**
 * The lock of a store, and what is refused while another process holds it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { isLockedHere, lockStore, withLock } from '../../../src/store/lock.js';
import { openBench, type StoreBench } from './open-store.js';

const LOCK = new URL('../../../src/store/lock.js', import.meta.url).href;

/** A process that holds the lock until it is killed. */
async function holder(folder: string): Promise<ChildProcess> {
  const code = `const { lockStore } = await import(${JSON.stringify(LOCK)});
    lockStore(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'done';
  } catch (error) {
    if (error instanceof GatewayError) return `${error.code} ${error.message}`;
    throw error;
  }
}

describe('the lock of a store', () => {
  let bench: StoreBench;
  beforeEach(() => {
    bench = openBench();
  });
  afterEach(() => bench.end());

  it('names a folder that cannot be written by its code, without a path', () => {
    const said = codeOf(() => lockStore('/dev/null/store'));
    expect(said).to.match(/^store\.folder /);
    expect(said).to.not.include('/dev/null');
  });

  it('is held once in a process, and again after it was released', () => {
    const lock = lockStore(bench.folder);
    expect(isLockedHere(bench.folder)).to.equal(true);
    expect(codeOf(() => lockStore(bench.folder))).to.contain('store.locked');
    lock.release();
    lock.release();
    expect(isLockedHere(bench.folder)).to.equal(false);
    lockStore(bench.folder).release();
    expect(statSync(join(bench.folder, 'serve.lock')).mode & 0o777).to.equal(0o600);
  });

  it('is refused while another process holds it, names that one, and is free once it was killed', async () => {
    const child = await holder(bench.folder);
    const ended = once(child, 'exit');
    try {
      const said = codeOf(() => lockStore(bench.folder));
      expect(said).to.contain('store.locked').and.to.contain(`PID ${child.pid}`);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    expect(codeOf(() => lockStore(bench.folder).release())).to.equal('done');
  });

  it('lets work of its own holder through, and is free after work that failed', () => {
    const lock = lockStore(bench.folder);
    expect(withLock(bench.folder, () => 7)).to.equal(7);
    expect(isLockedHere(bench.folder)).to.equal(true);
    lock.release();
    const boom = (): never => {
      throw new Error('boom');
    };
    expect(() => withLock(bench.folder, boom)).to.throw('boom');
    expect(isLockedHere(bench.folder)).to.equal(false);
  });

  it('does not keep commands from the store', async () => {
    const child = await holder(bench.folder);
    const ended = once(child, 'exit');
    const store = await bench.open();
    await store.setFact('beside', 'yes');
    expect(await store.getFact('beside')).to.equal('yes');
    child.kill('SIGKILL');
    await ended;
  });
});
