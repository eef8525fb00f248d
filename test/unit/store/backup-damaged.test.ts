/**
 * A backup of a store with damaged content: it must say so, and be one that can be restored.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { backupStore } from '../../../src/store/backup.js';
import { restoreStore } from '../../../src/store/restore.js';
import { openBench, type StoreBench } from './open-store.js';
import { document, T0 } from './samples.js';

describe('backup of damaged content', () => {
  let bench: StoreBench;
  beforeEach(() => {
    bench = openBench();
  });
  afterEach(() => bench.end());

  it('names it, leaves it out, and can be restored', async () => {
    const store = await bench.open();
    const whole = document({ content: Buffer.alloc(70_000, 'a') });
    const rotten = document({ content: Buffer.alloc(70_000, 'b') });
    await store.acceptMessage(whole);
    await store.acceptMessage(rotten);
    writeFileSync(bench.contentFile(rotten.message.contentDigest), Buffer.alloc(70_000, 'c'));
    const out = join(bench.base, 'backups', 'one');
    const now = T0 + 86_400_000;
    const report = await backupStore(bench.folder, out, { version: '9.9.9', now });
    expect(report.damaged).to.deep.equal([rotten.message.contentDigest]);
    const restored = await restoreStore(out, join(bench.base, 'restored'), { now });
    expect(restored.files).to.equal(2);
    expect(restored.check.findings.map((one) => one.subject)).to.deep.equal([
      rotten.message.contentDigest,
    ]);
  });
});
