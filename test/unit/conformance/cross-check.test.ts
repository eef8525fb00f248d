/**
 * The cross-check: what it makes of other engines that agree, differ, fail or are not there. Those are
 * small programs here; test/conformance/cross-check.test.ts asks the real ones.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runBounded } from '../../../src/conformance/bounded-process.js';
import {
  type CrossAnswer,
  type CrossChecked,
  type CrossCheckOptions,
  crossCheck,
  crossCheckSummary,
  crossCheckText,
  needsLook,
} from '../../../src/conformance/cross-check.js';
import { explainForeign } from '../../../src/conformance/cross-disagreements.js';
import { JdkVerifier } from '../../../src/conformance/cross-jdk.js';
import { GatewayError } from '../../../src/model/issue.js';

const SIGNED = 'fixtures/signatures/valid/edxgate-sender-rsa-parts.edxml';
const REFUSED = 'fixtures/documents/refused/schema.missing/no-subject.edxml';
const NOWHERE = '/nonexistent/program';
const NONE = { xmllint: NOWHERE, xmlsec1: NOWHERE, java: NOWHERE } as const;

describe('the cross-check', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-cross-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A program of the shell. */
  function program(name: string, text: string): string {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  function written(name: string, content: string | Buffer): string {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  }

  async function check(
    file: string,
    programs: CrossCheckOptions['programs'] = {},
  ): Promise<CrossChecked> {
    const all: CrossChecked[] = [];
    const options = { programs: { ...NONE, ...programs } };
    for await (const one of crossCheck([file], options)) all.push(one);
    const [first] = all;
    if (first === undefined || all.length > 1) throw new Error('one answer was expected');
    return first;
  }

  function of(checked: CrossChecked, engine: CrossAnswer['engine']): CrossAnswer | undefined {
    return checked.answers.find((one) => one.engine === engine);
  }

  it('tells what is not installed, and how to get it', async () => {
    const checked = await check(SIGNED);
    const missing = checked.answers.filter(({ outcome }) => outcome === 'not-installed');
    expect(missing.map(({ engine }) => engine)).to.deep.equal(['xmllint', 'xmlsec1', 'jdk']);
    expect(needsLook(checked)).to.equal(false);
    const summary = crossCheckSummary([checked]);
    expect(summary).to.include('xmllint    1 not installed; needs xmllint of libxml2');
    expect(summary).to.include('xmlsec1    1 not installed; needs xmlsec1');
    expect(summary).to.include('jdk        1 not installed; needs a JDK of 11 or later');
    expect(of(checked, 'xml-crypto')).to.include({ outcome: 'agrees' });
  });

  it('raises an alarm when another engine takes what we refuse', async () => {
    const always = program('always', 'cat >/dev/null; exit 0');
    const checked = await check(REFUSED, { xmllint: always });
    expect(checked.schema).to.deep.equal({
      name: 'document',
      valid: false,
      codes: ['schema.missing'],
    });
    expect(of(checked, 'xmllint')).to.include({
      outcome: 'disagrees',
      reason: 'edxgate: schema.missing; xmllint: holds',
    });
    expect(needsLook(checked)).to.equal(true);
    const text = crossCheckText(checked);
    expect(text).to.include('document not valid (schema.missing)').and.include('TO BE LOOKED AT');
    expect(text).to.include('  schema: xmllint DISAGREES: edxgate: schema.missing');
  });

  it('raises an alarm when another engine refuses a signature that holds for us', async () => {
    const never = program('never', 'cat >/dev/null; echo data and digest do not match >&2; exit 1');
    const checked = await check(SIGNED, { xmlsec1: never });
    expect(checked.signature).to.deep.equal({ found: 'holds', reasons: [] });
    expect(of(checked, 'xmlsec1')).to.include({
      outcome: 'disagrees',
      reason: 'edxgate: holds; xmlsec1: data and digest do not match',
    });
    expect(needsLook(checked)).to.equal(true);
  });

  it('tells a known disagreement with its reason, and raises no alarm', async () => {
    const always = program('always', 'cat >/dev/null; exit 0');
    const checked = await check('fixtures/signatures/invalid/sha1.edxml', { xmlsec1: always });
    expect(of(checked, 'xmlsec1')).to.include({ outcome: 'known', rule: 'algorithms' });
    expect(of(checked, 'xmlsec1')?.reason).to.include('not on our allow lists');
    expect(of(checked, 'xml-crypto')).to.include({ outcome: 'known', rule: 'algorithms' });
    expect(needsLook(checked)).to.equal(false);
    expect(crossCheckText(checked)).to.include('xmlsec1 differs, as known (algorithms): SHA-1');
    const summary = crossCheckSummary([checked, checked]);
    expect(summary).to.include(
      'xmlsec1    2 differs, as known\n    2 algorithms: SHA-1, forms with',
    );
  });

  it('does not take a crash for an opinion', async () => {
    const crash = program('crash', 'cat >/dev/null; echo Segmentation fault; exit 139');
    const checked = await check(SIGNED, { xmllint: crash, xmlsec1: crash });
    for (const engine of ['xmllint', 'xmlsec1'] as const) {
      expect(of(checked, engine)).to.include({
        outcome: 'failed',
        reason: 'status 139: Segmentation fault',
      });
    }
    expect(needsLook(checked)).to.equal(true);
  });

  it('shows nobody what our scan refuses', async () => {
    const file = written(
      'doctype.edxml',
      '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a/>',
    );
    const seen = join(folder, 'seen');
    const spy = program('spy', `touch ${seen}; exit 0`);
    const checked = await check(file, { xmllint: spy, xmlsec1: spy, java: spy });
    expect(checked.refused).to.equal('xml.doctype');
    expect(checked.answers).to.have.length(5);
    expect(new Set(checked.answers.map(({ outcome }) => outcome))).to.deep.equal(
      new Set(['not-compared']),
    );
    expect(existsSync(seen)).to.equal(false);
    expect(crossCheckText(checked)).to.include('refused (xml.doctype); compared with nobody');
  });

  it('holds what is not well-formed against the others too', async () => {
    const file = written('malformed.edxml', '<a><Signature></a>');
    const always = program('always', 'cat >/dev/null; exit 0');
    const wrong = program('wrong', 'cat >/dev/null; echo parser error; exit 1');
    const checked = await check(file, { xmllint: always, xmlsec1: wrong });
    expect(checked.refused).to.equal('xml.malformed');
    // The one known way to take it: namespace errors.
    expect(of(checked, 'xmllint')).to.include({ outcome: 'known', rule: 'namespace-errors' });
    expect(of(checked, 'libxmljs2')).to.include({ outcome: 'agrees' });
    expect(of(checked, 'xmlsec1')).to.include({ outcome: 'agrees' });
    expect(of(checked, 'xml-crypto')).to.include({ outcome: 'not-compared' });
  });

  it('asks nobody about a signature that is not there', async () => {
    const checked = await check('fixtures/signatures/absent/no-signature.edxml');
    for (const engine of ['xml-crypto', 'xmlsec1', 'jdk'] as const) {
      expect(of(checked, engine), engine).to.include({
        outcome: 'not-compared',
        reason: 'class absent',
      });
    }
  });

  it('says which file it cannot read', async () => {
    const error = await check(join(folder, 'nothing.edxml')).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(GatewayError).with.property('code', 'file.unreadable');
  });

  it('lets no name of a file write over the terminal', async () => {
    const checked = await check(SIGNED);
    const text = crossCheckText({ ...checked, file: 'a\u001b[2J\nb\u202e' });
    expect(text.split('\n')[0]).to.match(/^a \[2J b :/);
  });

  describe('asking the JDK', () => {
    it('finds out once that there is none', async () => {
      const jdk = new JdkVerifier(NOWHERE);
      expect(await jdk.ask(Buffer.from('<a/>'))).to.deep.equal({ kind: 'missing' });
      expect(await jdk.ask(Buffer.from('<a/>'))).to.deep.equal({ kind: 'missing' });
    });

    it('takes a runtime that cannot run a source for none', async () => {
      const jdk = new JdkVerifier(program('java8', 'echo Error: Could not find class; exit 1'));
      expect(await jdk.ask(Buffer.from('<a/>'))).to.deep.equal({ kind: 'missing' });
    });

    it('tells a process that ends from an opinion, and starts another one', async () => {
      const jdk = new JdkVerifier(program('dies', 'echo ready; read x; exit 1'));
      const failed = { kind: 'failed', reason: 'it ended, or took over 30 s' };
      expect(await jdk.ask(Buffer.from('\n'))).to.deep.equal(failed);
      expect(await jdk.ask(Buffer.from('\n'))).to.deep.equal(failed);
      await jdk.close();
    });

    it('ships the source that it runs', () => {
      expect(readFileSync('src/conformance/java/Verify.java', 'utf8')).to.include('class Verify');
    });
  });

  describe('a program', () => {
    const limits = { ms: 5000, mebibytes: 512 };
    const run = (text: string, given = limits) =>
      runBounded(['/bin/sh', '-c', text], Buffer.from('input'), given);

    it('is given its input, and has no catalogues', async () => {
      expect(await run('cat; echo " [$XML_CATALOG_FILES]"')).to.deep.equal({
        kind: 'ended',
        status: 0,
        output: 'input []\n',
      });
    });

    it('is ended after its time', async () => {
      expect(await run('exec sleep 60', { ms: 100, mebibytes: 512 })).to.deep.equal({
        kind: 'failed',
        reason: 'ended by SIGKILL',
      });
    });

    it('may say no more than 64 KiB', async () => {
      const answer = await run('head -c 300000 /dev/zero | tr "\\0" x');
      expect(answer.kind === 'ended' && answer.output.length).to.equal(64 * 1024);
    });

    it('has no more memory than it is given', async () => {
      const answer = await run('ulimit -v', { ms: 5000, mebibytes: 300 });
      expect(answer).to.include({ kind: 'ended', output: `${300 * 1024}\n` });
    });
  });

  it('holds large attachments against the others, and knows who cannot read them', async () => {
    const text = readFileSync(SIGNED, 'utf8');
    const large = Buffer.alloc(12 * 1024 * 1024, 'a').toString('base64');
    const content = /(ContentTransferEncoded[^>]*>)[A-Za-z0-9][^<]+/;
    const file = written('large.edxml', text.replace(content, `$1${large}`));
    const checked = await check(file, { xmllint: 'xmllint' });
    expect(checked.schema).to.deep.equal({ name: 'document', valid: true, codes: [] });
    expect(of(checked, 'libxmljs2')).to.include({ outcome: 'known', rule: 'long-text' });
    expect(of(checked, 'xmllint')).to.include({ outcome: 'agrees' });
  });

  it('explains a difference only in its own direction, engine and reason', () => {
    const holds = { engine: 'xmlsec1', weHold: false, text: '', theirs: 'holds' } as const;
    expect(explainForeign({ ...holds, said: 'invalid id.repeated' })?.rule).to.equal('ids');
    expect(explainForeign({ ...holds, said: 'invalid digest.mismatch' })).to.equal(undefined);
    expect(explainForeign({ ...holds, weHold: true, said: 'invalid id.repeated' })).to.equal(
      undefined,
    );
    expect(explainForeign({ ...holds, engine: 'xmllint', said: 'invalid id.repeated' })).to.equal(
      undefined,
    );
    expect(explainForeign({ ...holds, engine: 'xmllint', said: 'schema.missing' })).to.equal(
      undefined,
    );
  });
});
