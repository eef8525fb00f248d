/**
 * The reports as files: what stands in them, and that nothing of a foreign answer gets out of its place.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeReports } from '../../../src/conformance/report.js';
import { compareTexts } from '../../../src/conformance/report-diff.js';
import { reportHtml } from '../../../src/conformance/report-html.js';
import { junitXml } from '../../../src/conformance/report-junit.js';
import {
  cutText,
  html,
  innerTexts,
  numberedLines,
} from '../../../src/conformance/report-markup.js';
import { POLICY } from '../../../src/conformance/report-style.js';
import { durationText, LANGUAGES, TEXTS, timeText } from '../../../src/conformance/report-texts.js';
import type { CaseResult } from '../../../src/conformance/run-result.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import type { XmlElement } from '../../../src/xml/tree.js';
import { sampleResult, step, wireAnswer } from './sample-result.js';

function withCase(change: Partial<CaseResult>): ReturnType<typeof sampleResult> {
  const [first] = sampleResult().cases;
  if (first === undefined) throw new Error('the sample holds no case');
  return sampleResult([{ ...first, ...change }]);
}

/** Every text of a table, by its path. */
function leaves(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  return new Map(
    Object.entries(value as object).flatMap(([name, one]) => [...leaves(one, `${path}/${name}`)]),
  );
}

describe('the reports', () => {
  it('are four files in a folder that is made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'edxgate-report-'));
    try {
      const inner = join(folder, 'out', 'today');
      const files = await writeReports(sampleResult(), inner);
      expect(files).to.deep.equal(
        ['junit.xml', 'result.json', 'report.vi.html', 'report.en.html'].map((name) =>
          join(inner, name),
        ),
      );
      const [, json = ''] = files;
      expect(JSON.parse(readFileSync(json, 'utf8'))).to.deep.equal(sampleResult());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the words of the reports', () => {
  const [vi, en] = [leaves(TEXTS.vi), leaves(TEXTS.en)];

  it('are the same set in each language, none empty, with the same values to fill in', () => {
    expect([...vi.keys()].sort()).to.deep.equal([...en.keys()].sort());
    for (const [path, text] of vi) {
      expect(text.trim(), path).to.not.equal('');
      const names = (one = ''): string[] => [...one.matchAll(/\{\w+\}/g)].map(String).sort();
      expect(names(text), path).to.deep.equal(names(en.get(path)));
    }
  });

  it('are translated', () => {
    const same = [...vi].filter(([path, text]) => en.get(path) === text).map(([path]) => path);
    expect(same).to.deep.equal([]);
  });

  it('are all used', () => {
    const sources = ['report-html', 'report-case'].map((name) =>
      readFileSync(`src/conformance/${name}.ts`, 'utf8'),
    );
    const unused = Object.keys(TEXTS.en).filter(
      (name) =>
        !['expected', 'actual'].includes(name) &&
        !new RegExp(`texts\\.${name}\\b`).test(sources.join()),
    );
    expect(unused).to.deep.equal([]);
  });

  it('leave no value unfilled in a page', () => {
    for (const language of LANGUAGES) {
      const page = reportHtml(sampleResult(), language).replace(/<style>.*<\/style>/s, '');
      expect(page).to.not.match(/\{(failed|broken|size|shown|all|count)\}|undefined|\[object/);
    }
  });

  it('write times and numbers as their readers do', () => {
    const time = '2026-11-24T20:04:05.000Z';
    expect(timeText('vi', time)).to.equal('25/11/2026 03:04:05 +07:00');
    expect(timeText('en', time)).to.equal('2026-11-24 20:04:05 UTC');
    expect(timeText('vi', 'yesterday')).to.equal('yesterday');
    expect(durationText('vi', 31_500)).to.equal('31,5 s');
    expect(durationText('en', 31_500)).to.equal('31.5 s');
    expect(durationText('vi', 1234)).to.equal('1.234 ms');
  });
});

describe('the HTML report', () => {
  it('says in both languages what differs, in which clause, with the differing part marked', () => {
    const vi = reportHtml(sampleResult(), 'vi');
    expect(vi).to.include('<html lang="vi">').and.include('24/11/2026 10:04:05 +07:00');
    expect(vi).to.include('Văn bản thiếu trích yếu (Subject) bị từ chối');
    expect(vi).to.include('Không đạt: 2 ca sai khác, 1 ca chạy dở dang.');
    expect(vi).to.include('QCVN 102:2016/BTTTT, II.2.1, MessageHeader/Subject');
    expect(vi).to.include('schema.<mark>missing</mark>');
    expect(vi).to.include('schema.<mark>unexpected</mark>');
    expect(vi).to.include('Lý do: Cần có --signing-key và --certificate.');
    const en = reportHtml(sampleResult(), 'en');
    expect(en).to.include('<html lang="en">').and.include('Not passed: 2 failed, 1 broken.');
    expect(en).to.include('<p>Reason: No answer came within 30 s.</p>');
    expect(en).to.include('Reason: It needs --signing-key and --certificate.</span></summary>');
  });

  it('puts first, and opens, what somebody has to look at', () => {
    const page = reportHtml(sampleResult(), 'en');
    const ids = [...page.matchAll(/<section class="group" id="(\w+)"/g)].map(([, id]) => id);
    expect(ids).to.deep.equal(['failed', 'broken', 'skipped', 'passed']);
    expect(page.match(/<details class="case" open>/g)).to.have.length(3);
    expect(page.match(/<details class="case">/g)).to.have.length(4);
  });

  it('tells a run without a passed case from one in which all passed', () => {
    const { cases } = sampleResult();
    const only = (verdict: string): string =>
      reportHtml(sampleResult(cases.filter((one) => one.verdict === verdict)), 'en');
    expect(only('passed')).to.include('Passed: every case that ran came out as expected.');
    expect(only('skipped')).to.include('No conclusion: no case was run.');
    expect(only('none')).to.include('The suite holds no case.');
  });

  it('allows nothing to be loaded, run or sent, but its own style by digest', () => {
    expect(POLICY).to.match(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'$/,
    );
    const page = reportHtml(sampleResult(), 'vi');
    expect(page).to.include(`<meta http-equiv="Content-Security-Policy" content="${POLICY}">`);
    expect(page).to.not.match(/<script|\son\w+=|\sstyle=|@import|url\(/);
  });

  it('escapes whatever a gateway answered, wherever it stands', () => {
    const evil = '<img src=x onerror=alert(1)>"\'&';
    const hostile = withCase({
      id: evil,
      title: { en: evil, vi: evil },
      clause: { document: evil, place: evil },
      reason: { en: evil, vi: evil },
      steps: [
        step(evil, {
          as: evil,
          request: { ...wireAnswer(200, evil), startLine: evil, headers: [[evil, evil]] },
          answer: { ...wireAnswer(200, evil), startLine: evil, headers: [[evil, evil]] },
          differences: [{ what: 'golden', place: evil, expected: evil, actual: `${evil}x` }],
        }),
      ],
    });
    const suite = { id: evil, title: { en: evil, vi: evil } };
    const page = reportHtml({ ...hostile, suite, target: evil, as: evil, version: evil }, 'vi');
    expect(page).to.not.include('<img');
    expect(page.match(/&lt;img/g)?.length).to.be.greaterThan(15);
    expect(page).to.match(/id="case-[\w.-]+"/);
  });

  it('makes visible what hides or turns text', () => {
    expect(html('a\u202eb\u0000\u200b\u{e0041}\ud800\r')).to.equal(
      ['202E', '0000', '200B', 'E0041', 'D800', '000D'].reduce(
        (text, code, i) => `${text}<b class="u">U+${code}</b>${i === 0 ? 'b' : ''}`,
        'a',
      ),
    );
    expect(html('Tiê\u0301ng\tViệt\n😀')).to.equal('Tiê\u0301ng\tViệt\n😀');
  });

  it('numbers the lines that there are, and breaks long ones between tags', () => {
    const long = `<a>${'<b><c>1</c></b>'.repeat(10)}</a>`;
    const lines = numberedLines(`first\r\n${long}\n`);
    expect(lines.match(/class="l"/g)).to.have.length(2);
    expect(lines).to.include('<span class="i1">&lt;b&gt;\n</span><span class="i2">&lt;c&gt;1');
    expect(lines.endsWith('<span class="i0">&lt;/a&gt;\n</span></span></code></pre>')).to.equal(
      true,
    );
  });

  it('shows what stands in a body as base64, with its own lines', () => {
    const inner = '<?xml version="1.0"?>\n<edXML>\n  <script>Việt</script>\n</edXML>';
    const base64 = Buffer.from(`\ufeff${inner}`).toString('base64');
    const body = `<a><g:Package xmlns:g="urn:g">${base64}</g:Package><b>${'QUJD'.repeat(20)}</b></a>`;
    expect(innerTexts(body)).to.deep.equal([{ name: 'g:Package', text: inner }]);
    const cut = innerTexts(body.slice(0, 90));
    expect(inner.startsWith(cut[0]?.text.replaceAll('\ufffd', '') ?? 'x')).to.equal(true);
    expect(innerTexts(`<p>${base64}</p>`.repeat(9))).to.have.length(4);
    const answer = wireAnswer(200, body);
    const page = reportHtml(withCase({ steps: [step('send', { answer })] }), 'en');
    expect(page).to.include('<code>g:Package</code> decoded from base64, with its own lines');
    expect(page).to.include('&lt;script&gt;Việt&lt;/script&gt;');
  });

  it('takes no longer for a body that is meant to take long', () => {
    const length = 64 * 1024;
    for (const one of ['<', ' ', '<a', '<a >', '><', '\ud800', '&', '\n']) {
      const answer = wireAnswer(200, `<a><b>${one.repeat(length / one.length)}`);
      const differences = [
        { what: 'golden', expected: one.repeat(4000), actual: `x${one.repeat(4000)}` },
      ] as const;
      const page = reportHtml(withCase({ steps: [step('send', { answer, differences })] }), 'en');
      expect(page.length).to.be.lessThan(8 * 1024 * 1024);
    }
  });

  it('cuts long bodies, values and lists, and says so', () => {
    const page = reportHtml(
      withCase({
        steps: [
          step('send', {
            answer: {
              ...wireAnswer(200, 'x'.repeat(70_000)),
              headers: Array.from({ length: 70 }, (_, i): [string, string] => [`X-${i}`, '1']),
            },
            differences: Array.from({ length: 60 }, (_, i) => ({
              what: 'golden' as const,
              place: `line ${i}`,
              expected: 'y'.repeat(5000),
              actual: '',
            })),
          }),
        ],
      }),
      'en',
    );
    expect(page).to.include('Shortened: 65,536 of 70,000 bytes are shown.');
    expect(page).to.include('Shortened by 1,000 characters.');
    expect(page).to.include('10 more headers are not shown.');
    expect(page).to.include('10 more differences are not shown; result.json holds them all.');
    expect(page).to.include('<em>(nothing)</em>');
    expect(cutText('ab😀', 3)).to.deep.equal({ text: 'ab', cut: 2 });
  });

  it('says of a body that the runner cut how long it was', () => {
    const answer = { ...wireAnswer(200, 'abc'), bodyBytes: 99_000, shortened: true };
    const page = reportHtml(withCase({ steps: [step('send', { answer })] }), 'en');
    expect(page).to.include('Shortened: 3 of 99,000 bytes are shown.');
  });

  it('never grows beyond what a browser opens', () => {
    const body = 'z'.repeat(8000);
    const many = withCase({
      steps: Array.from({ length: 9 }, () => step('send', { answer: wireAnswer(200, body) })),
    });
    const page = reportHtml(many, 'en', 30_000);
    expect(page.match(/z{8000}/g)).to.have.length(3);
    expect(page).to.include('Not shown, as this report is very long; result.json holds it.');
  });
});

describe('the comparison of two texts', () => {
  const marked = (expected: string, actual: string): string[] => {
    const both = compareTexts(expected, actual);
    return [both.expected, both.actual].map((pieces) =>
      pieces.map(({ text, differs }) => (differs ? `[${text}]` : text)).join(''),
    );
  };

  it('marks words, and lines in long texts', () => {
    expect(marked('a b c', 'a x c')).to.deep.equal(['a [b] c', 'a [x] c']);
    expect(marked('', 'new')).to.deep.equal(['', '[new]']);
    expect(marked('same', 'same')).to.deep.equal(['same', 'same']);
    expect(marked('số 12/QĐ', 'số 13/QĐ')).to.deep.equal(['số [12]/QĐ', 'số [13]/QĐ']);
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i}\n`);
    const other = lines.with(3, 'other\n');
    const [left = ''] = marked(lines.join(''), other.join(''));
    expect(left).to.include('[line 3\n]').and.not.include('[line 4');
  });

  it('keeps the whole text on both sides, and is bounded', () => {
    const [left, right] = ['a '.repeat(2000), 'b '.repeat(2000)];
    const { expected, actual } = compareTexts(left, right);
    expect(expected.map(({ text }) => text).join('')).to.equal(left);
    expect(actual.map(({ text }) => text).join('')).to.equal(right);
  });
});

/** What the schemas of Ant and of Jenkins ask for. */
describe('the JUnit report', () => {
  const read = (xml: string): XmlElement => parseXml(scanXml(Buffer.from(xml))).root;
  const attribute = (element: XmlElement | undefined, name: string): string | undefined =>
    element?.attributes.find((one) => one.name === name)?.value;

  const root = read(junitXml(sampleResult()));
  const [suite] = root.children;
  const cases = suite?.children.filter(({ name }) => name === 'testcase') ?? [];

  it('counts the cases', () => {
    expect(root.name).to.equal('testsuites');
    expect(attribute(root, 'tests')).to.equal('7');
    expect(attribute(suite, 'tests')).to.equal('7');
    expect(attribute(suite, 'failures')).to.equal('2');
    expect(attribute(suite, 'errors')).to.equal('1');
    expect(attribute(suite, 'skipped')).to.equal('1');
    expect(attribute(suite, 'hostname')).to.equal('gateway.t99.example');
    expect(attribute(suite, 'timestamp')).to.equal('2026-11-24T03:04:05');
    expect(attribute(suite, 'time')).to.equal('31.500');
  });

  it('has the elements in the order of the schema', () => {
    const names = suite?.children.map(({ name }) => name) ?? [];
    expect(names[0]).to.equal('properties');
    expect(names.slice(-2)).to.deep.equal(['system-out', 'system-err']);
    expect(new Set(names.slice(1, -2))).to.deep.equal(new Set(['testcase']));
    for (const one of cases) {
      expect(one.children.length, 'at most one outcome').to.be.lessThan(2);
      expect(attribute(one, 'classname')).to.equal('main-job');
      expect(attribute(one, 'time')).to.match(/^\d+\.\d{3}$/);
    }
  });

  it('says what failed, is broken and was skipped', () => {
    const [failed, , broken, skipped, passed] = cases;
    expect(attribute(failed, 'name')).to.equal('header.subject.missing');
    const [failure] = failed?.children ?? [];
    expect(failure?.name).to.equal('failure');
    expect(attribute(failure, 'type')).to.equal('codes');
    expect(attribute(failure, 'message')).to.equal(
      'send: codes: expected schema.missing, got schema.unexpected',
    );
    expect(failure?.text).to.include('clause: QCVN 102:2016/BTTTT, II.2.1, MessageHeader/Subject');
    expect(failure?.text).to.include('Văn bản thiếu trích yếu').and.include('step send: path');
    expect(attribute(broken?.children[0], 'type')).to.equal('broken');
    expect(broken?.children[0]?.name).to.equal('error');
    expect(skipped?.children[0]?.name).to.equal('skipped');
    expect(attribute(skipped?.children[0], 'message')).to.include('--signing-key');
    expect(passed?.children).to.deep.equal([]);
  });

  it('drops control characters, escapes, and bounds what it repeats', () => {
    const evil = '\u0000\u0007\u009b]]><x a="&\ud800';
    const xml = junitXml(
      withCase({
        id: evil,
        steps: [
          step('send', {
            differences: Array.from({ length: 150 }, () => ({
              what: 'codes' as const,
              expected: evil,
              actual: evil + 'x'.repeat(9000),
            })),
          }),
        ],
      }),
    );
    expect(xml).to.not.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffd]/);
    const failure = read(xml).children[0]?.children.find(({ name }) => name === 'testcase');
    expect(attribute(failure, 'name')).to.equal(']]><x a="&');
    expect(failure?.children[0]?.text).to.include('50 more differences are left out');
    expect(failure?.children[0]?.text.length).to.be.lessThan(500_000);
  });
});
