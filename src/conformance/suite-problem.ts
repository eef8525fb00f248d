/**
 * What is wrong with the files of a suite: all of it at once, with file and line.
 *
 * @module
 */
import type { Problem } from '../config/problem.js';
import { GatewayError, type Issue, issue } from '../model/issue.js';

export interface SuiteProblem extends Problem {
  /** Relative to the folder of the suite. */
  readonly file: string;
}

/** `suite.invalid`, with an issue for each problem. */
export function suiteError(folder: string, problems: readonly SuiteProblem[]): GatewayError {
  const issues = problems.map(
    ({ file, key, line, text, textVi }): Issue => ({
      code: 'suite.invalid',
      path: key === undefined ? file : `${file}: ${key}`,
      ...(line === undefined ? {} : { line }),
      text,
      textVi,
      hint: '',
      severity: 'error',
    }),
  );
  return new GatewayError([issue('suite.invalid', { folder, count: problems.length }), ...issues]);
}
