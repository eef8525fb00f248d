/**
 * What a package is before anybody reads it: XML 1.0 in UTF-8 without DOCTYPE and processing
 * instructions, within bounds.
 *
 * @module
 */
import type { Clause } from '../suite.js';
import { contract } from './clauses.js';
import type { Draft } from './draft.js';
import { drafts } from './rule-kit.js';
import { BOUNDS, ENCODING, PACKED } from './xml-bytes-rows.js';
import { DANGER, FORM } from './xml-form-rows.js';

export function xmlCases(): Draft[] {
  const xml = (place: string): Clause => ({ document: 'XML 1.0', place });
  return [
    ...drafts('document', xml('sections 2 to 4 (well-formedness)'), FORM),
    ...drafts('document', contract('no DOCTYPE, no processing instruction'), DANGER),
    ...drafts('document', xml('section 4.3.3 and appendix F (encodings)'), ENCODING),
    ...drafts('document', contract('what is sent in place of XML'), PACKED),
    ...drafts('document', contract('limits of src/xml/scan.ts'), BOUNDS),
  ];
}
