/**
 * Checks a store: the database file, its rows, and every content. Only reads, on a connection of its own,
 * so it may run beside `serve`; memory is bounded whatever the size of the store. Without `deep` the
 * database gets the quick check and content is compared by size; with it every byte is read.
 *
 * Errors: `store.missing`, `store.foreign`, `store.newer`. What is wrong inside is a finding.
 *
 * @module
 */
import Database from 'better-sqlite3';
import { systemClock } from '../clock.js';
import { type ContentTally, checkContent } from './check-content.js';
import { type Finding, finding } from './findings.js';
import { ROW_CHECKS } from './sqlite/check-rows.js';
import {
  type Connection,
  checkPresent,
  checkSchema,
  numberPragma,
  openReading,
} from './sqlite/database.js';

export interface CheckOptions {
  readonly deep?: boolean;
  /** Now; content files without a row may be as young as ten minutes. */
  readonly now?: number;
}

export interface CheckReport {
  readonly ok: boolean;
  readonly deep: boolean;
  readonly schema: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly contents: number;
  readonly contentFiles: number;
  /** At most 1000. */
  readonly findings: readonly Finding[];
  /** How many there were in all, as far as they were looked for. */
  readonly findingCount: number;
}

const MAX_FINDINGS = 1000;
/** Of one check: more of the same says nothing new. */
const MAX_OF_A_KIND = 200;

interface Found {
  readonly subject: string;
  readonly detail: string;
}

class Findings {
  readonly all: Finding[] = [];
  count = 0;

  readonly add = (one: Finding): void => {
    this.count++;
    if (this.all.length < MAX_FINDINGS) this.all.push(one);
  };
}

/** Lets others run between two statements. */
function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A page that cannot be read ends a check, not the whole. */
function attempt(findings: Findings, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    findings.add(finding('database', 'edxgate.db', `${error.code}: ${error.message}`));
  }
}

function checkFile(db: Connection, deep: boolean, findings: Findings): void {
  const name = deep ? 'integrity_check' : 'quick_check';
  const rows = db.pragma(`${name}(${MAX_OF_A_KIND})`) as Record<string, string>[];
  for (const text of rows.flatMap((row) => Object.values(row))) {
    if (text !== 'ok') findings.add(finding('database', 'edxgate.db', text));
  }
}

function checkReferences(db: Connection, findings: Findings): void {
  let count = 0;
  const rows = db.prepare<[], { table: string; rowid: number; parent: string }>(
    'SELECT "table", rowid, parent FROM pragma_foreign_key_check',
  );
  for (const { table, rowid, parent } of rows.iterate()) {
    findings.add(finding('reference', 'edxgate.db', `${table} ${rowid} to ${parent}`));
    if (++count === MAX_OF_A_KIND) break;
  }
}

function countOf(db: Connection, table: string): number {
  return db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0;
}

async function checkRows(db: Connection, schema: number, findings: Findings): Promise<void> {
  for (const { kind, sql, since = 1 } of ROW_CHECKS) {
    if (schema < since) continue;
    attempt(findings, () => {
      for (const row of db.prepare<[number], Found>(`${sql} LIMIT ?`).all(MAX_OF_A_KIND)) {
        findings.add(finding(kind, row.subject, row.detail));
      }
    });
    await pause();
  }
}

/** One snapshot for all, so that a store in use agrees with itself. */
async function checkDatabase(
  db: Connection,
  deep: boolean,
  findings: Findings,
): Promise<{ schema: number; messages: number; deliveries: number }> {
  const facts = { schema: 0, messages: 0, deliveries: 0 };
  db.exec('BEGIN');
  try {
    attempt(findings, () => {
      facts.schema = numberPragma(db, 'user_version');
    });
    attempt(findings, () => checkFile(db, deep, findings));
    await pause();
    if (facts.schema === 0) return facts;
    attempt(findings, () => checkReferences(db, findings));
    await checkRows(db, facts.schema, findings);
    attempt(findings, () => {
      facts.messages = countOf(db, 'message');
      facts.deliveries = countOf(db, 'delivery');
    });
    return facts;
  } finally {
    attempt(findings, () => {
      if (db.inTransaction) db.exec('ROLLBACK');
    });
  }
}

/** @throws GatewayError `store.missing`, `store.foreign`, `store.newer` */
export async function checkStore(
  folder: string,
  { deep = false, now = systemClock.now() }: CheckOptions = {},
): Promise<CheckReport> {
  checkPresent(folder);
  const findings = new Findings();
  const none: ContentTally = { contents: 0, files: 0 };
  let tally = none;
  let facts = { schema: 0, messages: 0, deliveries: 0 };
  const db = openReading(folder);
  try {
    attempt(findings, () => checkSchema(db));
    if (findings.count === 0) {
      facts = await checkDatabase(db, deep, findings);
      if (facts.schema > 0) tally = await checkContent(db, folder, { deep, now }, findings.add);
    }
  } finally {
    db.close();
  }
  return {
    ok: findings.count === 0,
    deep,
    ...facts,
    contents: tally.contents,
    contentFiles: tally.files,
    findings: findings.all,
    findingCount: findings.count,
  };
}
