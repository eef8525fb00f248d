/**
 * The writer thread: owns the connection that writes. Each group of operations is one transaction,
 * each operation a savepoint in it, so that one that fails does not spoil the others. The answer goes
 * out only after the commit.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { ContentFiles } from '../content-files.js';
import { openWriting } from './database.js';
import { isBusy, toPlain } from './errors.js';
import { signInOperations } from './sign-ins.js';
import { Statements } from './statements.js';
import { breakerOperations } from './write-breakers.js';
import { clockOperations } from './write-clock.js';
import { deliveryOperations } from './write-deliveries.js';
import { directoryOperations } from './write-directory.js';
import { logOperations } from './write-log.js';
import { messageOperations } from './write-messages.js';
import { peopleOperations } from './write-people.js';
import { queueOperations } from './write-queue-acts.js';
import { refusalOperations } from './write-refusals.js';
import { retentionOperations } from './write-retention.js';
import type { Outcome, Posted, Request, Response, WriterData } from './writer-protocol.js';

/** Each try waits for the lock as long as the connection's busy timeout. */
const BUSY_TRIES = 3;

function makeOperations(sql: Statements, { folder, refusals }: WriterData) {
  const files = new ContentFiles(folder);
  return {
    ...directoryOperations(sql),
    ...messageOperations(sql, files),
    ...deliveryOperations(sql, files),
    ...queueOperations(sql, files),
    ...breakerOperations(sql),
    ...clockOperations(sql),
    ...refusalOperations(sql, refusals),
    ...retentionOperations(sql, files),
    ...signInOperations(sql),
    ...logOperations(sql),
    ...peopleOperations(sql),
  };
}

export type Operations = ReturnType<typeof makeOperations>;

type Operation = (bytes: readonly Buffer[], ...args: readonly unknown[]) => unknown;

interface Ready {
  readonly run: Operation;
  readonly posted: Posted;
  readonly bytes: readonly Buffer[];
}

class WriterThread {
  readonly #sql: Statements;
  readonly #operations: ReadonlyMap<string, Operation>;
  #changes = 0;

  constructor(data: WriterData) {
    this.#sql = new Statements(openWriting(data.folder), data.chain);
    this.#operations = new Map(
      Object.entries(makeOperations(this.#sql, data)) as [string, Operation][],
    );
  }

  #prepare(operations: readonly Posted[], all: ArrayBuffer): Ready[] {
    let offset = 0;
    return operations.map((posted) => {
      const run = this.#operations.get(posted.name);
      if (run === undefined) throw new Error(`No operation ${posted.name}`);
      const bytes = posted.lengths.map((length) => {
        const part = Buffer.from(all, offset, length);
        offset += length;
        return part;
      });
      return { run, posted, bytes };
    });
  }

  #begin(): void {
    for (let tries = 1; ; tries++) {
      try {
        this.#sql.run('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || tries >= BUSY_TRIES) throw error;
      }
    }
  }

  #runOne({ run, posted, bytes }: Ready): Outcome {
    this.#sql.run('SAVEPOINT operation');
    try {
      const value = run(bytes, ...posted.args);
      this.#sql.run('RELEASE operation');
      return { value };
    } catch (error) {
      // Disk full and the like may have ended the whole transaction; then there is nothing to go back to.
      if (!this.#sql.db.inTransaction) throw error;
      this.#sql.run('ROLLBACK TO operation');
      this.#sql.run('RELEASE operation');
      return { error: toPlain(error) };
    }
  }

  /** The change counter moves with every commit that changed something. */
  #noteChanges(): void {
    const sql = 'SELECT total_changes() AS n';
    if ((this.#sql.get<{ n: number }>(sql)?.n ?? 0) === this.#changes) return;
    this.#sql.run("UPDATE total SET count = count + 1 WHERE name = 'changes'");
    this.#changes = this.#sql.get<{ n: number }>(sql)?.n ?? 0;
  }

  #transaction(group: readonly Ready[]): Outcome[] {
    this.#begin();
    try {
      const outcomes = group.map((one) => this.#runOne(one));
      this.#noteChanges();
      this.#sql.run('COMMIT');
      return outcomes;
    } catch (error) {
      if (this.#sql.db.inTransaction) this.#sql.run('ROLLBACK');
      throw error;
    }
  }

  /** A group that fails as a whole is tried one by one: what needs little room may still succeed. */
  run(operations: readonly Posted[], all: ArrayBuffer): Outcome[] {
    const group = this.#prepare(operations, all);
    try {
      return this.#transaction(group);
    } catch (error) {
      if (group.length === 1 || isBusy(error)) return group.map(() => ({ error: toPlain(error) }));
    }
    return group.map((one) => {
      try {
        return this.#transaction([one])[0] ?? { error: toPlain(new Error('no outcome')) };
      } catch (error) {
        return { error: toPlain(error) };
      }
    });
  }

  close(): void {
    this.#sql.db.close();
  }
}

function serve(): void {
  if (parentPort === null) return;
  const port = parentPort;
  const writer = new WriterThread(workerData as WriterData);
  port.on('message', (request: Request) => {
    if (request.kind === 'close') {
      writer.close();
      port.close();
      return;
    }
    const response: Response = { outcomes: writer.run(request.operations, request.bytes) };
    port.postMessage(response);
  });
}

serve();
