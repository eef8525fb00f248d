import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { RunResult } from '../../src/conformance/run-result.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { openShell, type Shell } from '../unit/cli/terminal.js';

const MAIN_JOB = resolve('fixtures/conformance/main-job');

/** What docs/conformance.md tells a tester to do. */
describe('a tester records a fixture, replays it and breaks it', () => {
  let gateway: TestGateway;
  let shell: Shell;

  before(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02', '000.00.01.T99', 'T98.02', '000.00.00.T97']) {
      await gateway.agency({ organId });
    }
  });
  after(() => gateway.close());
  beforeEach(() => {
    shell = openShell();
    for (const organId of ['T99.01', 'T99.02', '000.00.01.T99']) {
      shell.write(`${organId}.token`, gateway.tokenOf(organId));
    }
  });
  afterEach(() => shell.remove());

  const conformance = (suite: string, as: string, ...more: string[]) =>
    shell.run([
      ...['conformance', 'run', '--target', gateway.soapUrl, '--suite', suite],
      ...['--as', as, '--token-file', `${as}.token`, ...more],
    ]);
  const WITH_PEER = ['--peer', 'T99.02', '--peer-token-file', 'T99.02.token'];
  const edit = (file: string, from: string, to: string): void => {
    const path = join(shell.folder, file);
    const text = readFileSync(path, 'utf8');
    expect(text).to.include(from);
    writeFileSync(path, text.replace(from, to));
  };
  const resultIn = (folder: string): RunResult =>
    JSON.parse(readFileSync(join(shell.folder, folder, 'result.json'), 'utf8')) as RunResult;

  /** Two packages and a request of which nothing is known. */
  const record = async () => {
    mkdirSync(join(shell.folder, 'mine'));
    const fixture = (name: string) => readFileSync(join('fixtures', name));
    shell.write('mine/good.edxml', fixture('documents/valid/new.edxml'));
    shell.write('mine/bad.edxml', fixture('documents/refused/schema.missing/no-subject.edxml'));
    shell.write('mine/ping.http', fixture('soap/accepted/Ping/1.2.http'));
    return conformance('mine', '000.00.01.T99', '--record', 'suite');
  };

  it('records new fixtures, with class, codes and golden answers; the replay passes', async () => {
    const recorded = await record();
    expect(recorded.status, recorded.out + recorded.err).to.equal(0);
    expect(recorded.out).to.include('3 passed').and.include('suite/cases/bad/case.yaml');
    const bad = readFileSync(join(shell.folder, 'suite/cases/bad/case.yaml'), 'utf8');
    expect(bad).to.include('class: refused').and.include('codes: ["schema.missing"]');
    expect(bad).to.include('bad.edxml bị từ chối với mã schema.missing');
    const golden = readFileSync(join(shell.folder, 'suite/cases/good/send.golden.txt'), 'utf8');
    expect(golden).to.include('<g:MessageId>{{*:id}}</g:MessageId>').and.include('{{unique}}');
    for (let round = 0; round < 2; round++) {
      const replayed = await conformance('suite', '000.00.01.T99');
      expect(replayed.status, replayed.out + replayed.err).to.equal(0);
      expect(replayed.out).to.match(/^3 passed, 0 failed, 0 broken, 0 skipped/);
    }
  });

  it('does not record over another suite', async () => {
    await record();
    const again = await conformance('mine', '000.00.01.T99', '--record', 'suite');
    expect(again.status).to.equal(1);
    expect(again.err).to.include('holds another suite');
  });

  it('finds an expectation that was changed, and says which clause', async () => {
    await record();
    edit('suite/cases/bad/case.yaml', '["schema.missing"]', '["schema.value"]');
    const run = await conformance('suite', '000.00.01.T99', '--out', 'report');
    expect(run.status).to.equal(3);
    expect(run.out).to.include('FAILED   bad  (edxgate contract,');
    const [failed] = resultIn('report').cases.filter(({ verdict }) => verdict === 'failed');
    expect(failed?.id).to.equal('bad');
    expect(failed?.steps[0]?.differences).to.deep.equal([
      { what: 'codes', expected: 'schema.value', actual: 'schema.missing' },
    ]);
    const html = readFileSync(join(shell.folder, 'report/report.vi.html'), 'utf8');
    expect(html.replace(/<[^>]*>/g, ''))
      .to.include('schema.value')
      .and.include('edxgate contract');
  });

  it('finds a golden answer that was changed, with its line', async () => {
    await record();
    edit('suite/cases/good/send.golden.txt', '>absent<', '>valid<');
    const run = await conformance('suite', '000.00.01.T99', '--only', 'good', '--json');
    expect(run.status).to.equal(3);
    const result = JSON.parse(run.out) as RunResult;
    const [difference, ...more] = result.cases[0]?.steps[0]?.differences ?? [];
    expect(more).to.deep.equal([]);
    expect(difference).to.include({
      what: 'golden',
      expected: '<g:SignatureClass>valid</g:SignatureClass>',
      actual: '<g:SignatureClass>absent</g:SignatureClass>',
    });
    expect(difference?.place).to.match(/^cases\/good\/send\.golden\.txt:\d+$/);
  });

  it('finds a package that was broken', async () => {
    await record();
    edit('suite/cases/good/good.edxml', '<edXML:Subject>', '<edXML:Sujet>');
    edit('suite/cases/good/good.edxml', '</edXML:Subject>', '</edXML:Sujet>');
    const run = await conformance('suite', '000.00.01.T99', '--out', 'report');
    expect(run.status).to.equal(3);
    const [failed] = resultIn('report').cases.filter(({ verdict }) => verdict === 'failed');
    expect(failed?.id).to.equal('good');
    expect(failed?.steps[0]?.differences[0]).to.include({ what: 'class', expected: 'accepted' });
    expect(failed?.steps[0]?.differences[0]?.actual).to.match(/^refused: schema\./);
    expect(existsSync(join(shell.folder, 'report/junit.xml'))).to.equal(true);
  });

  it('writes golden answers of a suite anew, and leaves the rest as it is', async () => {
    cpSync(MAIN_JOB, join(shell.folder, 'copy'), { recursive: true });
    const file = 'copy/cases/ping/soap-11.golden.txt';
    const before = readFileSync(join(shell.folder, file), 'utf8');
    edit(file, 'xin chào', 'tạm biệt');
    const broken = await conformance('copy', 'T99.01', '--only', 'ping');
    expect(broken.status).to.equal(3);
    const recorded = await conformance('copy', 'T99.01', '--only', 'ping', '--record', 'new');
    expect(recorded.status, recorded.out).to.equal(0);
    expect(readFileSync(join(shell.folder, file), 'utf8')).to.include('tạm biệt');
    const written = readFileSync(join(shell.folder, 'new/cases/ping/soap-11.golden.txt'), 'utf8');
    expect(written).to.equal(before);
    const same = await conformance('copy', 'T99.01', '--only', 'ping', '--record', 'copy');
    expect(same.status).to.equal(0);
    expect(readFileSync(join(shell.folder, file), 'utf8')).to.equal(before);
    const replayed = await conformance('new', 'T99.01', '--only', 'ping');
    expect(replayed.status).to.equal(0);
  });

  it('copies the example and runs it with what is at hand', async () => {
    cpSync(MAIN_JOB, join(shell.folder, 'copy'), { recursive: true });
    const run = await conformance('copy', 'T99.01', ...WITH_PEER);
    expect(run.status, run.out).to.equal(0);
    expect(run.out).to.include('SKIPPED  send.signed').and.include('--signing-key');
    expect(run.out).to.include('SKIPPED  visibility');
  });

  it('lists cases with their clauses', async () => {
    const cases = await shell.json(['conformance', 'list', '--suite', MAIN_JOB]);
    expect(cases.map(({ id }) => id)).to.include.members(['main-job', 'duplicate', 'recall']);
    expect(cases[0]).to.have.keys('id', 'title', 'clause', 'needs', 'steps');
    const text = await shell.run(['conformance', 'list', '--suite', MAIN_JOB, '--only', 'ping']);
    expect(text.out).to.equal(
      'ping\n    Ping answers with the text and the caller (edxgate contract, wsdl/edxgate.wsdl, Ping)\n',
    );
    const builtIn = await shell.run(['conformance', 'list', '--suite', 'built-in', '--json']);
    expect(builtIn.status).to.equal(0);
  });

  it('holds the files of a folder against other engines', async () => {
    const run = await conformance(MAIN_JOB, 'T99.01', '--only', 'ping', '--cross-check');
    expect(run.status, run.out).to.equal(0);
    expect(run.out).to.match(/cross-check of \d+ files/);
  });

  it('ends with 6 when nothing answers, and 2 when the command line is wrong', async () => {
    const target = ['--target', 'http://127.0.0.1:9/soap', '--suite', MAIN_JOB];
    const args = [
      'conformance',
      'run',
      ...target,
      '--as',
      'T99.01',
      '--token-file',
      'T99.01.token',
    ];
    expect((await shell.run(args)).status).to.equal(6);
    for (const more of [
      ['--signing-key', 'x'],
      ['--certificate', 'x'],
      ['--peer-token-file', 'x'],
      ['--only', 'no-such-case'],
      ['--concurrency', '0'],
      ['--target', 'ftp://x'],
    ]) {
      const answer = await shell.run([...args, ...more]);
      expect(answer.status, more.join(' ')).to.equal(2);
    }
    const builtIn = await conformance('built-in', 'T99.01', '--record', 'x', '--only', 'doc*');
    expect(builtIn.status).to.equal(2);
  });

  it('tells all that is wrong with a suite, with file and line', async () => {
    mkdirSync(join(shell.folder, 'wrong/cases/a'), { recursive: true });
    shell.write('wrong/suite.yaml', 'id: x\ntitle: x\n');
    shell.write('wrong/cases/a/case.yaml', 'title: x\nclause: {document: d}\nsteps: []\n');
    const answer = await conformance('wrong', 'T99.01');
    expect(answer.status).to.equal(1);
    expect(answer.err).to.include('line 2  cases/a/case.yaml: clause.place: is missing');
    expect(answer.err).to.include('line 3  cases/a/case.yaml: steps: there is no step');
  });
});
