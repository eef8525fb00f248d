/**
 * Opens the embedded store: one SQLite database and a folder of content files. One connection on the
 * calling thread reads, the writer thread writes. Several processes may have the same store open.
 *
 * @module
 */
import { ContentFiles } from '../content-files.js';
import type { Store } from '../store.js';
import { checkPrepared, prepareDatabase } from './database.js';
import { storeError } from './errors.js';
import { SqliteStore, type SqliteStoreOptions } from './sqlite-store.js';

export type { SqliteStoreOptions } from './sqlite-store.js';

/**
 * @throws GatewayError `store.newer`, `store.foreign`, `store.locked`, `server.store`; read-only also `store.missing`,
 *   `store.older`
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { folder, readOnly } = options;
  try {
    if (readOnly) {
      checkPrepared(folder);
    } else {
      prepareDatabase(folder, options.clock.now());
      new ContentFiles(folder).prepare();
    }
    return new SqliteStore(options);
  } catch (error) {
    throw storeError(error);
  }
}
