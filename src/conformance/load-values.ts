/**
 * Values that case.yaml holds in several places: names of files, texts with variables, XPath.
 *
 * @module
 */
import { xpathProblem } from '../xml/xpath.js';
import type { Fields, ProblemSink } from './fields.js';
import { variablesIn } from './variables.js';

/** What suite.yaml says for steps and clauses that say nothing. */
export interface SuiteDefaults {
  readonly soap?: '1.1' | '1.2';
  readonly carrier?: 'inline' | 'mtom' | 'swa';
  readonly signature?: 'absent' | 'own';
  /** Document of clauses that name only their place. */
  readonly document?: string;
}

export interface CaseSource {
  readonly id: string;
  readonly text: string;
  readonly defaults: SuiteDefaults;
  readonly sink: ProblemSink;
  /** The name in the suite of a file beside the case; undefined when there is none. */
  readonly fileName: (name: string) => string | undefined;
  /** While recording, golden answers that do not exist yet are fine. */
  readonly recording: boolean;
}

/** Name in the suite of a file beside the case. */
export function readFileName(fields: Fields, key: string, source: CaseSource): string | undefined {
  const name = fields.optionalText(key);
  if (name === undefined) return undefined;
  const found = source.fileName(name);
  if (found === undefined) {
    fields.problem(key, `there is no file ${name}`, `không có tệp ${name}`);
  }
  return found;
}

export function readXPath(fields: Fields, key: string, known: ReadonlySet<string>): string {
  const xpath = checkVariables(fields, key, fields.text(key), known);
  const reason = xpath === '' ? undefined : xpathProblem(xpath.replace(/\{\{[^}]*\}\}/g, 'x'));
  if (reason !== undefined) {
    fields.problem(key, `is no XPath: ${reason}`, `không phải XPath: ${reason}`);
  }
  return xpath;
}

/** Notes every variable that no step before has saved. @returns the text */
export function checkVariables(
  fields: Fields,
  key: string,
  text: string,
  known: ReadonlySet<string>,
): string {
  for (const name of variablesIn(text)) {
    if (known.has(name)) continue;
    fields.problem(key, `there is no variable {{${name}}} here`, `không có biến {{${name}}} ở đây`);
  }
  return text;
}
