import { expect } from 'chai';
import { compareGolden, goldenText } from '../../../src/conformance/golden.js';
import { kindOf, type MaskedLine, maskedLines } from '../../../src/conformance/mask.js';
import { answerOf, envelope, fault, pong, someVariables } from './kit.js';

const lines = (...texts: string[]): MaskedLine[] => texts.map((text) => ({ text, plain: text }));
const places = (golden: string, ...actual: string[]) =>
  compareGolden(golden, lines(...actual), 'g').map(({ place, expected, actual: got }) => [
    place,
    expected,
    got,
  ]);

function masked(body: string, filled: boolean, status = 200, contentType = 'text/xml'): string {
  const answer = answerOf(body, { status, contentType });
  const options = { filled, variables: someVariables().entries };
  try {
    return goldenText(maskedLines(answer, options));
  } finally {
    answer.dispose();
  }
}
const result = (duplicate: string, digest: string, prefix = '') =>
  envelope(
    `<${prefix}SendPackageResponse xmlns${prefix === '' ? '' : `:${prefix.slice(0, -1)}`}="urn:edxgate:gateway:1"><${prefix}SendResult><${prefix}Duplicate>${duplicate}</${prefix}Duplicate><${prefix}ContentDigest>${digest}</${prefix}ContentDigest></${prefix}SendResult></${prefix}SendPackageResponse>`,
  );

describe('conformance/mask', () => {
  it('masks what is another in every run, keeps its kind, and puts variables back', () => {
    const text = masked(pong('T99.01 và T99.02 abc123000'), true);
    expect(text).to.equal(`HTTP 200
Content-Type: text/xml
<soap11:Envelope>
  <soap11:Body>
    <g:PingResponse>
      <g:Pong>
        <g:Echo>{{sender}} và {{recipient}} {{unique}}</g:Echo>
        <g:Time>{{*:time}}</g:Time>
        <g:Version>{{*:number}}</g:Version>
        <g:OrganId>{{sender}}</g:OrganId>
      </g:Pong>
    </g:PingResponse>
  </soap11:Body>
</soap11:Envelope>
`);
  });

  it('masks digests of packages with variables, and Duplicate of those without', () => {
    const digest = '0'.repeat(64);
    expect(masked(result('true', digest), true))
      .to.include('>true<')
      .and.include('{{*:digest}}');
    expect(masked(result('true', digest), false))
      .to.include('{{*:boolean}}')
      .and.include(`>${digest}<`);
  });

  it('does not depend on prefixes, order of attributes, or white space', () => {
    expect(masked(result('true', 'x', 'p:'), true)).to.equal(masked(result('true', 'x'), true));
    const one = envelope('<a xmlns="urn:x" b="1" c="2"><d/></a>');
    const other = envelope('<y:a xmlns:y="urn:x" c="2"\n b="1">\n <y:d></y:d> </y:a>');
    expect(masked(one, true)).to.equal(masked(other, true)).and.include('<{urn:x}a b="1" c="2">');
    expect(masked(fault(), true, 500)).to.include('<faultcode>Client</faultcode>');
  });

  it('gives text as it is, and the length of what is no text', () => {
    expect(masked('a T99.01\nb', true, 404, 'text/plain')).to.equal(
      'HTTP 404\nContent-Type: text/plain\na {{sender}}\nb\n',
    );
    expect(masked('\u0000', true, 200, 'image/png')).to.include('[1 bytes]');
  });

  it('knows kinds of values', () => {
    const kinds = ['', '2026-11-24T01:02:03Z', '0'.repeat(64), 'false', '-1.5', 'a b', 'ABC'].map(
      kindOf,
    );
    expect(kinds).to.deep.equal(['empty', 'time', 'digest', 'boolean', 'number', 'text', 'id']);
    expect(kindOf('01234567-89ab-cdef-0123-456789abcdef')).to.equal('uuid');
    expect(kindOf(Buffer.alloc(60).toString('base64'))).to.equal('base64');
  });
});

describe('conformance/golden', () => {
  it('takes equal lines, line ends and blanks at the end apart', () => {
    expect(places('\uFEFFa\r\nb  \r\n\r\n', 'a', 'b')).to.deep.equal([]);
  });

  it('names a changed, a missing and a new line, and finds its way back', () => {
    expect(places('a\nb\nc\nd', 'a', 'x', 'c', 'd')).to.deep.equal([['g:2', 'b', 'x']]);
    expect(places('a\nb\nc\nd', 'a', 'c', 'd')).to.deep.equal([['g:2', 'b', '(no such line)']]);
    expect(places('a\nc\nd', 'a', 'b', 'c', 'd')).to.deep.equal([['g:2', '(no such line)', 'b']]);
    expect(places('a\nb', 'a')).to.deep.equal([['g:2', 'b', '(the end)']]);
    expect(places('a', 'a', 'b')).to.deep.equal([['g:2', '(the end)', 'b']]);
  });

  it('lets wild cards stand for anything, or for a kind', () => {
    expect(places('<a>{{*}}</a>', '<a>x y</a>')).to.deep.equal([]);
    expect(places('<a>{{*}}-{{*:number}}</a>', '<a>x-12</a>')).to.deep.equal([]);
    expect(places('<a>{{*:time}}</a>', '<a>{{*:time}}</a>')).to.deep.equal([]);
    expect(places('<a>{{*:time}}</a>', '<a>2026-11-24T01:02:03Z</a>')).to.deep.equal([]);
    expect(places('<a>{{*:time}}</a>', '<a>{{*:empty}}</a>')).to.have.length(1);
    expect(places('<a>{{*}}</a>', '<b>x</b>')).to.have.length(1);
    expect(places('a{{*}}a', 'a')).to.have.length(1);
  });

  it('takes values where an author wrote them instead of variables', () => {
    const line = { text: '<a>{{sender}}</a>', plain: '<a>T99.01</a>' };
    expect(compareGolden('<a>T99.01</a>', [line], 'g')).to.deep.equal([]);
    expect(compareGolden('<a>T99.09</a>', [line], 'g')).to.have.length(1);
  });

  it('stops after a few differences', () => {
    const many = Array.from({ length: 100 }, (_, i) => `x${i}`);
    expect(places('a\n'.repeat(100), ...many)).to.have.length(10);
  });
});
