/**
 * How a failed command says so: a sentence and what to do for people, one JSON object for scripts
 * (`{"error":{"code","text","textVi"}}`), both on standard error.
 *
 * @module
 */
import { GatewayError, type Issue, refuse } from '../model/issue.js';
import { EXIT, type ExitStatus, exitStatusOf } from './exit-status.js';
import type { Terminal } from './terminal.js';

/** Ends a command with a message. For codes of a peer, which may not be in our table. */
export class Failure extends Error {
  readonly code: string;
  readonly textVi: string;
  readonly issues: readonly FailureIssue[];
  readonly hint: string;
  readonly status: ExitStatus;

  constructor(failure: {
    code: string;
    text: string;
    textVi: string;
    issues?: readonly FailureIssue[];
    hint?: string;
    status?: ExitStatus;
  }) {
    super(failure.text);
    this.name = 'Failure';
    this.code = failure.code;
    this.textVi = failure.textVi;
    this.issues = failure.issues ?? [];
    this.hint = failure.hint ?? '';
    this.status = failure.status ?? exitStatusOf(failure.code);
  }
}

/** An issue of ours, or one that a peer wrote. */
export type FailureIssue = Pick<Issue, 'path' | 'text'> &
  Partial<Pick<Issue, 'line' | 'textVi' | 'hint'>> & { readonly code: string };

/** @returns the exit status. */
export function reportFailure(terminal: Terminal, error: unknown, json: boolean): ExitStatus {
  const failure = asFailure(error);
  const { code, message: text, textVi, issues, hint, status } = failure;
  if (json) {
    const facts = { code, text, textVi, ...(issues.length > 0 ? { issues } : {}) };
    terminal.err(`${JSON.stringify({ error: facts })}\n`);
    return status;
  }
  terminal.err(`error: ${text}\n`);
  for (const one of issues) terminal.err(`  ${describeIssue(one)}\n`);
  if (hint !== '') terminal.err(`  try: ${hint}\n`);
  return status;
}

/** `line 17  limits.request: "64MBit" is not a size; write 64MiB` */
export function describeIssue(one: FailureIssue): string {
  const place = one.line === undefined ? [] : [`line ${one.line}`];
  return [...place, one.path === '' ? one.text : `${one.path}: ${one.text}`].join('  ');
}

const OURS: ReadonlySet<string> = new Set(['server.internal', 'server.store']);

/** Another process holds the write lock longer than the store waits for it. */
function isLocked({ code, cause }: GatewayError): boolean {
  if (code !== 'server.store' || !(cause instanceof Error)) return false;
  return `${'code' in cause ? cause.code : ''} ${cause.message}`.includes('SQLITE_BUSY');
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof GatewayError && isLocked(error)) {
    return asFailure(refuse('store.locked', { holder: '' }));
  }
  // The text of a fault for senders says nothing about why; here the operator asks.
  if (error instanceof GatewayError && OURS.has(error.code) && error.cause !== undefined) {
    return asFailure(error.cause);
  }
  if (error instanceof GatewayError) {
    const [first, ...more] = error.issues;
    return new Failure({
      code: error.code,
      text: error.message,
      textVi: error.textVi,
      issues: more,
      hint: first?.hint.split(' / ')[0] ?? '',
    });
  }
  const reason = error instanceof Error ? error.message : String(error);
  const { code, message: text, textVi } = refuse('cli.failed', { reason });
  return new Failure({ code, text, textVi, status: EXIT.failed });
}
