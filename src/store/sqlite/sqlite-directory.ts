/**
 * The ground of the embedded store: its two connections, and the directory with what signing in asks of
 * it. Questions go to the connection that reads, on the calling thread; everything that writes goes to
 * the writer.
 *
 * @module
 */
import type { Clock } from '../../clock.js';
import type { Agency, AgencyCertificate, AgencyToken, DigestSecret } from '../../model/agency.js';
import { refuse } from '../../model/issue.js';
import type { ChainName } from '../../model/log-entry.js';
import type { OrganId } from '../../model/organ-id.js';
import type { Actor, AgencyPageRequest, Page } from '../store.js';
import { openReading } from './database.js';
import { storeError } from './errors.js';
import * as directory from './read-directory.js';
import * as signIns from './sign-ins.js';
import { Statements } from './statements.js';
import type { RefusalLimits } from './write-refusals.js';
import { Writer } from './writer.js';

export interface SqliteStoreOptions {
  /** Made with mode 0700 when it is not there. */
  readonly folder: string;
  readonly clock: Clock;
  readonly refusals: RefusalLimits;
  /** Nothing is made or changed; writing methods reject with `server.store`. */
  readonly readOnly?: boolean;
  /** The chain of the log that this process writes to; by default that of commands. */
  readonly chain?: ChainName;
}

export class SqliteDirectory {
  protected readonly clock: Clock;
  protected readonly folder: string;
  readonly #sql: Statements;
  readonly #writer: Writer | undefined;
  #closing: Promise<void> | undefined;

  constructor({ folder, clock, refusals, readOnly, chain = 'commands' }: SqliteStoreOptions) {
    this.clock = clock;
    this.folder = folder;
    this.#sql = new Statements(openReading(folder));
    this.#writer = readOnly ? undefined : new Writer({ folder, refusals, chain });
  }

  protected get writer(): Writer {
    if (this.#writer === undefined) throw refuse('server.store');
    return this.#writer;
  }

  protected async read<T>(work: (sql: Statements) => T): Promise<T> {
    try {
      return work(this.#sql);
    } catch (error) {
      throw this.#closing === undefined ? storeError(error) : refuse('server.store');
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writer?.drain();
    // Whoever waited for a write may read once more before the connections close.
    await new Promise((resolve) => setImmediate(resolve));
    this.#sql.db.close();
    // The last connection of all empties the log into the database; one that only reads could not.
    await this.#writer?.close();
  }

  // ---- directory -------------------------------------------------------------------------------

  getAgency(organId: string): Promise<Agency | undefined> {
    return this.read((sql) => directory.getAgency(sql, organId));
  }

  listAgencies(page: AgencyPageRequest): Promise<Page<Agency>> {
    return this.read((sql) => directory.listAgencies(sql, page));
  }

  putAgency(agency: Agency, actor: Actor): Promise<void> {
    return this.putAgencies([agency], actor);
  }

  async putAgencies(agencies: readonly Agency[], actor: Actor): Promise<void> {
    await this.writer.run('putAgencies', [], agencies, actor, this.clock.now());
  }

  async addCertificate(certificate: AgencyCertificate, actor: Actor): Promise<void> {
    await this.writer.run('addCertificate', [], certificate, actor, this.clock.now());
  }

  listCertificates(organId: OrganId): Promise<readonly AgencyCertificate[]> {
    return this.read((sql) => directory.listCertificates(sql, organId));
  }

  async expireCertificate(
    organId: OrganId,
    fingerprint: string,
    at: number,
    actor: Actor,
  ): Promise<boolean> {
    const now = this.clock.now();
    return this.writer.run('expireCertificate', [], organId, fingerprint, at, actor, now);
  }

  async addToken(token: AgencyToken, actor: Actor): Promise<void> {
    await this.writer.run('addToken', [], token, actor, this.clock.now());
  }

  findToken(hash: string): Promise<AgencyToken | undefined> {
    return this.read((sql) => directory.findToken(sql, hash));
  }

  listTokens(organId: OrganId): Promise<readonly AgencyToken[]> {
    return this.read((sql) => directory.listTokens(sql, organId));
  }

  async revokeToken(organId: OrganId, id: string, at: number, actor: Actor): Promise<boolean> {
    return this.writer.run('revokeToken', [], organId, id, at, actor, this.clock.now());
  }

  // ---- sign-in by message or certificate -------------------------------------------------------

  async putDigestSecret(secret: DigestSecret, actor: Actor): Promise<void> {
    await this.writer.run('putDigestSecret', [], secret, actor, this.clock.now());
  }

  getDigestSecret(organId: OrganId): Promise<DigestSecret | undefined> {
    return this.read((sql) => signIns.getDigestSecret(sql, organId));
  }

  findCertificates(fingerprint: string): Promise<readonly AgencyCertificate[]> {
    return this.read((sql) => signIns.findCertificates(sql, fingerprint));
  }

  liveCertificates(now: number): Promise<readonly AgencyCertificate[]> {
    return this.read((sql) => signIns.liveCertificates(sql, now));
  }

  async useSignIn(key: string, until: number, now: number): Promise<boolean> {
    return this.writer.run('useSignIn', [], key, until, now);
  }
}
