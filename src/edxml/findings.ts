/**
 * Collects issues about elements, and keeps their number bounded: a hostile package may have a fault in
 * each of its thousands of elements. Errors and warnings are counted apart, so that no flood of
 * warnings hides an error; for one check, and for all checks of a package together.
 *
 * @module
 */
import type { ErrorCode } from '../model/error-table.js';
import { entryOf, type Issue, isError, issue, type Values } from '../model/issue.js';
import { pathOf, type XmlElement } from '../xml/tree.js';

const MAX_ERRORS = 200;
const MAX_WARNINGS = 100;

/** How many issues the checks of one package may still find, all together. */
export interface Budget {
  errors: number;
  warnings: number;
}

/** 500 in all. */
export function newBudget(): Budget {
  return { errors: 350, warnings: 150 };
}

export class Findings {
  readonly issues: Issue[] = [];
  readonly #budget: Budget;
  #errors = 0;
  #warnings = 0;

  /** @param budget shared by the checks of one package. */
  constructor(budget = newBudget()) {
    this.#budget = budget;
  }

  /** No more issues of that code are kept: its place need not be worked out. */
  isFull(code: ErrorCode): boolean {
    return entryOf(code).side === 'warning'
      ? this.#warnings >= MAX_WARNINGS || this.#budget.warnings <= 0
      : this.#errors >= MAX_ERRORS || this.#budget.errors <= 0;
  }

  /** @param element where it is; for something that is missing, where it belongs. */
  add(code: ErrorCode, values: Values, element: XmlElement): void {
    if (this.isFull(code)) return;
    this.push(issue(code, values, { path: pathOf(element), line: element.line }));
  }

  push(one: Issue): void {
    if (this.isFull(one.code)) return;
    if (isError(one)) {
      this.#errors += 1;
      this.#budget.errors -= 1;
    } else {
      this.#warnings += 1;
      this.#budget.warnings -= 1;
    }
    this.issues.push(one);
  }
}
