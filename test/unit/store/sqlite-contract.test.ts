/**
 * The contract of every store, for the embedded one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { storeContract } from './contract.js';

storeContract('sqlite', async (clock, refusals) => {
  const folder = await mkdtemp(join(tmpdir(), 'edxgate-store-'));
  const store = await openSqliteStore({ folder, clock, refusals });
  return {
    store,
    end: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
