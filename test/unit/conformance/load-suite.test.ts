import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { type LoadedSuite, loadSuite } from '../../../src/conformance/load-suite.js';
import { readRawRequest } from '../../../src/conformance/raw-request.js';
import { selectCases } from '../../../src/conformance/run-suite.js';
import { withUniqueId } from '../../../src/conformance/unique-id.js';
import { caseYaml } from '../../../src/conformance/write-case.js';
import { GatewayError } from '../../../src/model/issue.js';

const HEAD = 'id: mine\ntitle: {en: Mine, vi: Của tôi}\n';
const CLAUSE = 'title: A case\nclause: {document: D, place: P}\n';

describe('conformance/load-suite', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-suite-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  };
  const load = (files: Readonly<Record<string, string>>, recording = false): LoadedSuite => {
    write(files);
    return loadSuite(folder, { recording });
  };
  /** `file line key: text` of everything that is wrong. */
  const problems = (files: Readonly<Record<string, string>>): string[] => {
    try {
      load(files);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      expect(error.code).to.equal('suite.invalid');
      const [head, ...rest] = error.issues;
      expect(head?.text).to.include(`problems found: ${rest.length}`);
      for (const one of rest) expect(one.textVi).to.not.equal('');
      return rest.map((one) => `${one.path} (${one.line ?? '-'}): ${one.text}`);
    }
    return [];
  };
  const caseProblems = (text: string): string[] =>
    problems({ 'suite.yaml': HEAD, 'cases/a/case.yaml': CLAUSE + text });

  it('reads everything that a case may say', () => {
    const { suite, kind } = load({
      'suite.yaml': `${HEAD}defaults: {soap: "1.2", carrier: mtom, signature: own, document: QCVN}\n`,
      'files/p.edxml': '<a/>',
      'cases/b/case.yaml': CLAUSE.replace('document: D, ', '')
        .concat('needs: [third, signing]\nsteps:\n')
        .concat('  - name: one\n    as: recipient\n    operation: SendPackage\n    soap: "1.1"\n')
        .concat('    carrier: swa\n    package: {file: ../../files/p.edxml, signature: absent}\n')
        .concat(
          '    save: {id: //g:MessageId}\n    expect:\n      class: refused\n      http: 500\n',
        )
        .concat('      codes: [a.b]\n      path: /x/{{sender}}\n      golden: g.txt\n')
        .concat('      assertions:\n        - {xpath: //g:Code, equals: ""}\n')
        .concat(
          '        - {xpath: //g:Code, matches: a.*}\n        - {xpath: //g:Code, count: 0}\n',
        )
        .concat(
          '  - operation: GetPackage\n    fields: {MessageId: "{{id}}"}\n    expect: accepted\n',
        )
        .concat('  - http: {method: GET, path: /x, headers: {Accept: a}}\n    as: nobody\n')
        .concat('    expect: {class: accepted, warnings: []}\n'),
      'cases/b/g.txt': 'HTTP 500\n',
    });
    expect(kind).to.equal('suite');
    expect(suite.id).to.equal('mine');
    expect(suite.title).to.deep.equal({ en: 'Mine', vi: 'Của tôi' });
    expect(suite.file('files/p.edxml')?.toString()).to.equal('<a/>');
    expect(suite.file('../suite.yaml')).to.equal(undefined);
    expect(suite.cases).to.deep.equal([
      {
        id: 'b',
        title: { en: 'A case', vi: 'A case' },
        clause: { document: 'QCVN', place: 'P' },
        needs: ['third', 'signing'],
        steps: [
          {
            name: 'one',
            as: 'recipient',
            request: {
              kind: 'operation',
              operation: 'SendPackage',
              soap: '1.1',
              carrier: 'swa',
              package: { file: 'files/p.edxml', signature: 'absent' },
            },
            expect: {
              class: 'refused',
              http: 500,
              codes: ['a.b'],
              path: '/x/{{sender}}',
              assertions: [
                { xpath: '//g:Code', equals: '' },
                { xpath: '//g:Code', matches: 'a.*' },
                { xpath: '//g:Code', count: 0 },
              ],
              golden: 'cases/b/g.txt',
            },
            save: { id: '//g:MessageId' },
          },
          {
            name: 'step-2',
            as: 'sender',
            request: {
              kind: 'operation',
              operation: 'GetPackage',
              soap: '1.2',
              carrier: 'mtom',
              fields: { MessageId: '{{id}}' },
            },
            expect: { class: 'accepted' },
          },
          {
            name: 'step-3',
            as: 'nobody',
            request: { kind: 'http', method: 'GET', path: '/x', headers: { Accept: 'a' } },
            expect: { class: 'accepted', warnings: [] },
          },
        ],
      },
    ]);
  });

  it('names everything that is wrong at once, with file, line and key', () => {
    const found = problems({
      'suite.yaml': 'id: Mine!\ntitel: x\n',
      'cases/a/case.yaml': 'title: x\nsteps:\n  - operation: Pong\n    expekt: accepted\n',
      'cases/B/case.yaml': 'a: [\n',
    });
    expect(found).to.deep.equal([
      'suite.yaml: id (1): only a-z, 0-9, dot and hyphen',
      'suite.yaml: title (1): is missing',
      'suite.yaml: titel (2): unknown key; is title meant?',
      'cases/B/case.yaml (-): B: a case is named with a-z, 0-9, dot and hyphen',
      ...found.filter((one) => one.startsWith('cases/B/case.yaml (2)')),
      'cases/a/case.yaml: clause (1): is missing',
      'cases/a/case.yaml: steps[0].operation (3): "Pong" is none of SendDocument, SendPackage, SendStatus, ListPending, GetPackage, ConfirmReceived, GetTraces, GetOrganizations, Ping',
      'cases/a/case.yaml: steps[0].expect (3): is missing',
      'cases/a/case.yaml: steps[0].expekt (4): unknown key; is expect meant?',
    ]);
    expect(found).to.have.length(9);
  });

  for (const [what, text, expected] of [
    ['no step', 'steps: []', 'there is no step'],
    ['two kinds of request', 'steps: [{operation: Ping, http: {}, expect: http}]', 'one of them'],
    ['no request', 'steps: [{expect: http}]', 'one of them'],
    [
      'a package that is missing',
      'steps: [{operation: SendPackage, expect: accepted}]',
      'is missing',
    ],
    [
      'a package too many',
      'steps: [{operation: Ping, package: case.yaml, expect: accepted}]',
      'Ping takes no package',
    ],
    [
      'a file that is not there',
      'steps: [{operation: SendPackage, package: no.edxml, expect: accepted}]',
      'there is no file no.edxml',
    ],
    [
      'a file outside the suite',
      'steps: [{operation: SendPackage, package: ../../../x, expect: accepted}]',
      'there is no file',
    ],
    [
      'a field of another operation',
      'steps: [{operation: Ping, fields: {MessageId: x}, expect: accepted}]',
      'Ping has no MessageId; it has Echo',
    ],
    [
      'a variable that no step saved before',
      'steps: [{operation: Ping, fields: {Echo: "{{id}}"}, save: {id: //g:Echo}, expect: accepted}]',
      'there is no variable {{id}} here',
    ],
    [
      'an XPath that is none',
      'steps: [{operation: Ping, save: {id: "//g:Echo["}, expect: accepted}]',
      'is no XPath',
    ],
    [
      'an unknown prefix',
      'steps: [{operation: Ping, expect: {class: accepted, assertions: [{xpath: //x:a, count: 1}]}}]',
      'unknown prefix x',
    ],
    [
      'an assertion without a comparison',
      'steps: [{operation: Ping, expect: {class: accepted, assertions: [{xpath: //g:a}]}}]',
      'one of them',
    ],
    [
      'no regular expression',
      'steps: [{operation: Ping, expect: {class: accepted, assertions: [{xpath: //g:a, matches: "("}]}}]',
      'is no regular expression',
    ],
    [
      'codes of something accepted',
      'steps: [{operation: Ping, expect: {class: accepted, codes: [a.b]}}]',
      'only a refusal has codes',
    ],
    [
      'a step name twice',
      'steps: [{name: a, operation: Ping, expect: http}, {name: a, operation: Ping, expect: http}]',
      '"a" stands twice',
    ],
    [
      'a status that is none',
      'steps: [{operation: Ping, expect: {class: http, http: 20}}]',
      '100–599',
    ],
    [
      'an unknown need',
      'needs: [luck]\nsteps: [{operation: Ping, expect: http}]',
      'none of recipient',
    ],
  ] as const) {
    it(`does not take ${what}`, () => {
      const found = caseProblems(text);
      expect(found.join('\n')).to.include(expected);
    });
  }

  it('does not take an empty suite, nor a folder that is not there', () => {
    expect(problems({ 'suite.yaml': HEAD })).to.have.length(1);
    expect(() => loadSuite(join(folder, 'no')))
      .to.throw(GatewayError)
      .with.property('code', 'file.unreadable');
  });

  it('takes a golden answer that does not exist yet only while recording', () => {
    const text = `${CLAUSE}steps: [{operation: Ping, expect: {class: accepted, golden: g.txt}}]`;
    const files = { 'suite.yaml': HEAD, 'cases/a/case.yaml': text };
    expect(problems(files)).to.have.length(1);
    expect(load(files, true).suite.cases[0]?.steps[0]?.expect.golden).to.equal('cases/a/g.txt');
    const outside = text.replace('g.txt', '../../../g.txt');
    expect(() => load({ ...files, 'cases/a/case.yaml': outside }, true)).to.throw(GatewayError);
  });

  it('reads again what it writes', () => {
    const files = { 'suite.yaml': HEAD, 'cases/a/p.edxml': '<a/>' };
    const steps = `steps:\n  - operation: SendPackage\n    as: third\n    soap: "1.2"\n    package: {file: p.edxml, signature: own}\n    save: {a: //g:Code}\n    expect: {class: refused, http: 500, codes: [a.b]}\n  - http: {path: "{{path}}", headers: {A: "b: \\"c\\""}}\n    expect: {class: http}\n`;
    const [first] = load({ ...files, 'cases/a/case.yaml': `${CLAUSE}needs: [third]\n${steps}` })
      .suite.cases;
    if (first === undefined) throw new Error('no case');
    const local = JSON.parse(JSON.stringify(first).replaceAll('cases/a/', '')) as typeof first;
    const again = load({ ...files, 'cases/a/case.yaml': caseYaml(local) }).suite.cases;
    expect(again).to.deep.equal([first]);
  });

  it('makes a suite of a plain folder by the names of its folders', () => {
    const { suite, kind } = load({
      'documents/valid/New one.edxml': '<a><DocumentId>x</DocumentId></a>',
      'documents/refused/schema.missing/b.xml': '<b/>',
      'soap/soap.empty/c.http': 'Content-Type: text/xml\n\n',
      'soap/accepted/Ping/d.http': '\n<x/>',
      'README.md': 'no case',
    });
    expect(kind).to.equal('plain');
    const shown = suite.cases.map(({ id, steps: [step] }) => [
      id,
      step?.request.kind,
      step?.expect.class,
      JSON.stringify(step?.expect.assertions ?? '').match(/'(?:soap|schema)\.[a-z]*'/)?.[0] ?? '',
    ]);
    expect(shown).to.deep.equal([
      ['documents.refused.schema.missing.b', 'operation', 'refused', "'schema.missing'"],
      ['documents.valid.new-one', 'operation', 'accepted', ''],
      ['soap.accepted.ping.d', 'http', 'http', "'soap.'"],
      ['soap.soap.empty.c', 'http', 'refused', "'soap.empty'"],
    ]);
    expect(suite.file('documents/valid/New one.edxml')?.toString()).to.include('x-{{unique}}<');
    expect(suite.file('soap/accepted/Ping/d.http')?.toString()).to.equal('<x/>');
  });

  it('names files of which nothing says how they must end, but takes them to record', () => {
    const files = { 'a.edxml': '<a/>', 'valid/b.edxml': '<a/>' };
    expect(problems(files)).to.deep.equal([
      'a.edxml (-): nothing says how it must end: put it below valid/ or refused/CODE/, or record it',
    ]);
    expect([...load(files, true).unknown]).to.deep.equal(['a']);
  });

  it('reads the fixtures of this project', () => {
    for (const [name, count] of [
      ['fixtures/documents', 60],
      ['fixtures/statuses', 10],
      ['fixtures/soap', 100],
      ['fixtures/conformance/main-job', 15],
    ] as const) {
      expect(loadSuite(name).suite.cases.length, name).to.be.at.least(count);
    }
  });

  it('selects cases by a pattern', () => {
    const { suite } = loadSuite('fixtures/conformance/main-job');
    const ids = (only: string) => selectCases(suite, only).map(({ id }) => id);
    expect(ids('ping')).to.deep.equal(['ping']);
    expect(ids('duplicate*')).to.deep.equal(['duplicate', 'duplicate.conflict']);
    expect(ids('*.conflict')).to.deep.equal(['duplicate.conflict']);
    expect(ids('pin.')).to.deep.equal([]);
  });
});

describe('conformance/raw-request', () => {
  it('reads folded headers, both line ends, and files without headers', () => {
    const folded = readRawRequest(
      Buffer.from('Content-Type: a;\r\n\tb=c\r\nX: y\r\n\r\nbody\r\n\r\n'),
    );
    expect(folded.headers).to.deep.equal({ 'content-type': 'a; b=c', x: 'y' });
    expect(folded.body.toString()).to.equal('body\r\n\r\n');
    expect(readRawRequest(Buffer.from('A: b\n\nc\r\n\r\nd')).body.toString()).to.equal(
      'c\r\n\r\nd',
    );
    expect(readRawRequest(Buffer.from('\r\nbody'))).to.deep.equal({
      headers: {},
      body: Buffer.from('body'),
    });
  });
});

describe('conformance/unique-id', () => {
  const changed = (text: string) => withUniqueId(Buffer.from(text))?.toString();

  it('gives the first document id of a new document another end', () => {
    expect(changed('<e:DocumentId a="b">x/y </e:DocumentId><DocumentId>z</DocumentId>')).to.equal(
      '<e:DocumentId a="b">x/y-{{unique}}</e:DocumentId><DocumentId>z</DocumentId>',
    );
  });

  it('leaves signed packages, follow-ups, status packages and own variables alone', () => {
    for (const more of [
      '<ds:SignatureValue>AbC=</ds:SignatureValue>',
      '<BussinessDocType>1</BussinessDocType>',
      '<e:StatusCode>03</e:StatusCode>',
      '{{sender}}',
    ]) {
      expect(changed(`<DocumentId>x</DocumentId>${more}`), more).to.equal(undefined);
    }
    expect(changed('<DocumentId></DocumentId>')).to.equal(undefined);
    expect(changed('<DocumentId>x</DocumentId><SignatureValue/>')).to.include('unique');
  });
});
