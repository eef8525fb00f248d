/**
 * A full disk. Needs root, to mount a small file system: as root it runs, or fails when the mount does;
 * as anybody else the tests are pending, where everybody sees it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { NewMessage } from '../../../src/model/message.js';
import type { MessageId } from '../../../src/model/message-id.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import type { Store } from '../../../src/store/store.js';
import { checkWhole } from './check-whole.js';
import { expectCode } from './expect-code.js';
import { document, OTHER, RECIPIENT, TestClock } from './samples.js';

function mount(disk: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'pipe' });
}

function unmount(disk: string): void {
  execFileSync('umount', [disk], { stdio: 'pipe' });
}

function open(folder: string): Promise<Store> {
  const refusals = { keepMs: 1000, maxBytes: 10_000_000 };
  return openSqliteStore({ folder, clock: new TestClock(), refusals });
}

describe('embedded store on a disk of 2 MiB', () => {
  let disk = '';
  const withSize = (size: number): NewMessage =>
    document({
      content: Buffer.alloc(size, `${Math.random()} `),
      to: [
        [RECIPIENT, 'queued'],
        [OTHER, 'pending'],
      ],
    });

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });
  beforeEach(async () => {
    disk = await mkdtemp(join(tmpdir(), 'edxgate-disk-'));
    mount(disk);
  });
  afterEach(async () => {
    unmount(disk);
    await rm(disk, { recursive: true });
  });

  /** Accepts messages of these sizes in turn until several were refused. @returns those accepted. */
  async function fill(store: Store, sizes: readonly number[]): Promise<MessageId[]> {
    const kept: MessageId[] = [];
    let refused = 0;
    for (let i = 0; refused < 4; i++) {
      const sent = withSize(sizes[i % sizes.length] ?? 0);
      try {
        await store.acceptMessage(sent);
        kept.push(sent.message.messageId);
      } catch (error) {
        await expectCode(Promise.reject(error), 'server.store');
        refused++;
      }
    }
    return kept;
  }

  it('refuses while the disk is full and works again when there is room', async () => {
    const store = await open(join(disk, 'store'));
    const ballast = join(disk, 'ballast');
    await writeFile(ballast, Buffer.alloc(900_000));
    // Small ones fill the database, large ones the content folder.
    const kept = await fill(store, [60_000, 80_000]);
    for (const messageId of kept) await checkWhole(store, messageId);
    await rm(ballast);
    const after = withSize(60_000);
    expect((await store.acceptMessage(after)).kind).to.equal('stored');
    kept.push(after.message.messageId);
    for (const messageId of kept) await checkWhole(store, messageId);
    expect((await store.counts()).messages).to.equal(kept.length);
    const names = await readdir(join(disk, 'store', 'content'));
    expect(names.filter((name) => name.startsWith('tmp-'))).to.deep.equal([]);
    await store.close();
  });

  it('lets a small operation of a group succeed when a large one finds no room', async () => {
    const store = await open(join(disk, 'store'));
    const ballast = join(disk, 'ballast');
    await writeFile(ballast, Buffer.alloc(40_000));
    await fill(store, [64_000]);
    await rm(ballast);
    const [fact, ...messages] = await Promise.allSettled([
      store.setFact('small', 'x'),
      ...[1, 2, 3].map(() => store.acceptMessage(withSize(64_000))),
    ]);
    expect(fact.status).to.equal('fulfilled');
    expect(messages.filter((one) => one.status === 'rejected')).to.not.have.length(0);
    expect(await store.getFact('small')).to.equal('x');
    await store.close();
  });
});
