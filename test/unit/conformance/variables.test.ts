import { expect } from 'chai';
import { BrokenCase } from '../../../src/conformance/broken-case.js';
import { uniqueMaker, Variables, variablesIn } from '../../../src/conformance/variables.js';

function variables(): Variables {
  return new Variables({
    sender: { organId: 'T99.01', name: 'Sở A & B' },
    recipient: { organId: 'T99.02', name: 'Sở "C"' },
    unique: 'abc123000',
    path: '/soap',
    now: Date.UTC(2026, 10, 24, 17, 5, 6),
  });
}
const clock = (now: number) => ({ now: () => now, monotonic: () => 0 });

describe('conformance/variables', () => {
  it('fills in agencies, times in Vietnam time, the path and what was saved', () => {
    const all = variables();
    all.save('messageId', 'M1');
    expect(all.fill('{{sender}} {{ recipient }} {{unique}} {{path}} {{messageId}}')).to.equal(
      'T99.01 T99.02 abc123000 /soap M1',
    );
    expect(all.fill('{{now}}|{{today}}')).to.equal('2026/11/25 00:05:06|2026/11/25');
  });

  it('makes a case broken by a name that nobody knows, or an agency that is not given', () => {
    expect(() => variables().fill('{{sendr}}')).to.throw(BrokenCase, 'no variable {{sendr}}');
    expect(() => variables().fill('{{third}}')).to.throw(BrokenCase);
  });

  it('lets no value change what an XPath or a regular expression asks', () => {
    const all = variables();
    all.save('id', "x' or '1' = '1");
    expect(() => all.fillXPath("//a[. = '{{id}}']")).to.throw(BrokenCase, 'quote');
    expect(all.fillXPath("//a[. = '{{sender}}']")).to.equal("//a[. = 'T99.01']");
    expect(all.fillPattern('{{sender}}.*')).to.equal('T99\\.01.*');
  });

  it('leaves wild cards of golden answers alone', () => {
    expect(variables().fill('{{*}} {{*:time}}')).to.equal('{{*}} {{*:time}}');
    expect(variablesIn('{{*:time}} {{a}}')).to.deep.equal(['a']);
  });

  it('escapes values in XML files only', () => {
    const xml = variables().fillFile('a.edxml', Buffer.from('<a>{{senderName}}</a>'));
    expect(xml.bytes.toString()).to.equal('<a>Sở A &amp; B</a>');
    const text = variables().fillFile('a.txt', Buffer.from('{{senderName}}'));
    expect(text.bytes.toString()).to.equal('Sở A & B');
    const unnamed = variables().fillFile('a.body', Buffer.from('\uFEFF<a b="{{recipientName}}"/>'));
    expect(unnamed.bytes.toString()).to.equal('\uFEFF<a b="Sở &quot;C&quot;"/>');
  });

  it('does not touch files without variables, nor bytes that are no text', () => {
    const plain = Buffer.from('<a>\r\n</a>');
    expect(variables().fillFile('a.xml', plain)).to.deep.equal({ bytes: plain, filled: false });
    const binary = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{{sender}}')]);
    expect(variables().fillFile('a.xml', binary).bytes.equals(binary)).to.equal(true);
  });

  it('makes unique values that fit a CodeNumber and never repeat', () => {
    const made = [uniqueMaker(clock(1e12 * 1.8)), uniqueMaker(clock(1e12 * 1.8))].flatMap((make) =>
      [0, 1, 35, 36, 46_655].map(make),
    );
    expect(new Set(made).size).to.equal(made.length);
    for (const one of made) expect(one).to.match(/^[0-9a-z]{9,11}$/);
  });
});
