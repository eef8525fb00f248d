/**
 * Rules about the business of a document and of a status: what each type needs, which codes there are,
 * and which texts must say something.
 *
 * @module
 */
import { BUSINESS, ROOTS } from './business-rows.js';
import { contract, field, qcvn } from './clauses.js';
import type { Draft } from './draft.js';
import { drafts } from './rule-kit.js';
import { RULES } from './rule-rows.js';
import { statusRows } from './status-rows.js';

export function businessCases(): Draft[] {
  return [
    ...drafts('document', qcvn('code list of BussinessDocType'), BUSINESS),
    ...drafts(
      'document',
      contract('docs/semantics.md and src/model/error-table.ts, rules of a package'),
      RULES,
    ),
    ...drafts('document', field('root element and kind'), ROOTS),
    ...drafts('status', qcvn('code list of StatusCode'), statusRows()),
  ];
}
