/**
 * What all parts of the matrix start from: the suite, the schemas, the smallest packages.
 *
 * @module
 */
import { expectationOf } from '../../src/conformance/built-in/draft.js';
import { places } from '../../src/conformance/built-in/element-cases.js';
import { NEW_DOCUMENT, type Part, STATUS } from '../../src/conformance/built-in/parts.js';
import { type ElementSpec, readElement } from '../../src/conformance/built-in/schema-walk.js';
import { builtInSuite } from '../../src/conformance/built-in/suite.js';
import { SPELLINGS } from '../../src/conformance/built-in/tolerance.js';
import type { Case, Suite } from '../../src/conformance/suite.js';
import { writeXml } from '../../src/xml/write.js';
import { type Subject, subjectsOf } from './matrix.js';
import type { Mutant } from './mutant.js';
import { schemaMutants } from './schema-mutants.js';
import { shapeMutants } from './shape-mutants.js';

export const REQUESTS = [
  'SendStatus',
  'ListPending',
  'GetPackage',
  'ConfirmReceived',
  'GetTraces',
  'GetOrganizations',
  'Ping',
];

export interface Facts {
  readonly suite: Suite;
  readonly subjects: readonly Subject[];
  readonly base: Readonly<Record<'document' | 'status', Subject>>;
  /** A case that was made from the schemas of packages. */
  isMade(id: string): boolean;
}

const FILE = 'edxml-document.xsd';

export function specOf(kind: 'document' | 'status'): ElementSpec {
  return readElement(`qcvn-102/2016/${FILE.replace('document', kind)}`, 'edXML');
}

function smallest(kind: 'document' | 'status', content: Part, names: ReadonlySet<string>): Subject {
  const one: Case = {
    id: kind,
    title: { en: kind, vi: kind },
    clause: { document: '', place: '' },
    steps: [
      {
        name: 'send',
        as: 'sender',
        request: { kind: 'operation', operation: 'SendPackage', package: { file: kind } },
        expect: expectationOf(kind, { warnings: [] }),
      },
    ],
  };
  const bytes = Buffer.from(writeXml(content));
  const suite: Suite = { id: kind, title: one.title, cases: [one], file: () => bytes };
  const [subject] = subjectsOf(suite, names);
  if (subject === undefined) throw new Error(kind);
  return subject;
}

export function suiteFacts(): Facts {
  const suite = builtInSuite();
  const document = specOf('document');
  const status = specOf('status');
  const names = new Set(Object.values(SPELLINGS).flat());
  const made = [...places('document', document, NEW_DOCUMENT), ...places('status', status, STATUS)];
  const prefixes = new Set(made.map((one) => one.id));
  return {
    suite,
    subjects: subjectsOf(suite, names),
    base: {
      document: smallest('document', NEW_DOCUMENT, names),
      status: smallest('status', STATUS, names),
    },
    isMade: (id) => prefixes.has(id.replace(/\.(?:id\.)?[^.]+$/, '')),
  };
}

export function packageMutants(): Mutant[] {
  return [
    ...schemaMutants('document', specOf('document')),
    ...schemaMutants('status', specOf('status')),
    ...shapeMutants('document'),
    ...shapeMutants('status'),
  ];
}

export function requestMutants(): Mutant[] {
  return REQUESTS.flatMap((name) =>
    schemaMutants('gateway', readElement('gateway/1/gateway.xsd', name)),
  );
}
