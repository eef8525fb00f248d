/**
 * Problem: one thing wrong with the configuration, in both languages, with the place to mend.
 *
 * @module
 */
export interface Words {
  readonly text: string;
  readonly textVi: string;
}

export interface Problem extends Words {
  /** `limits.request`; absent when the file as a whole is meant. */
  readonly key?: string;
  /** Line of the file, from 1. */
  readonly line?: number;
  /** Name of the environment variable that holds the value. */
  readonly variable?: string;
}

/** `line 17  limits.request: "64MBit" is not a size; write 64MiB` */
export function describeProblem(problem: Problem, language: 'en' | 'vi' = 'en'): string {
  const place =
    problem.variable ??
    (problem.line === undefined
      ? undefined
      : `${language === 'en' ? 'line' : 'dòng'} ${problem.line}`);
  const words = language === 'en' ? problem.text : problem.textVi;
  return [place, problem.key === undefined ? words : `${problem.key}: ${words}`]
    .filter((part) => part !== undefined)
    .join('  ');
}
