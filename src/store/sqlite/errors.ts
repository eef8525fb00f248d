/**
 * Store errors: what a database or file error means to the rest of the gateway, and how an error
 * travels from the writer thread.
 *
 * @module
 */
import Database from 'better-sqlite3';
import { GatewayError, type Issue, issue } from '../../model/issue.js';

/** An error as plain data; the cause only as text, for the log. */
export interface PlainError {
  readonly issues: readonly [Issue, ...Issue[]];
  readonly cause?: string;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? `${String(error.code)} ` : '';
  return `${code}${error.message}`;
}

/** The machine failed us (disk full, read-only, input/output, locked): everything with a code. */
function isMachine(error: unknown): boolean {
  if (error instanceof Database.SqliteError) return !error.code.startsWith('SQLITE_CONSTRAINT');
  return error instanceof Error && 'syscall' in error;
}

/** @returns the error itself, `server.store` for a failure of the machine, else `server.internal`. */
export function storeError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError(issue(isMachine(error) ? 'server.store' : 'server.internal'), {
    cause: error,
  });
}

export function toPlain(error: unknown): PlainError {
  const { issues, cause } = storeError(error);
  const [first = issue('server.internal'), ...rest] = issues;
  return { issues: [first, ...rest], ...(cause === undefined ? {} : { cause: describe(cause) }) };
}

export function fromPlain(plain: PlainError): GatewayError {
  return new GatewayError(
    plain.issues,
    plain.cause === undefined ? {} : { cause: new Error(plain.cause) },
  );
}

export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
