import { expect } from 'chai';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import {
  evaluateXPath,
  MAX_XPATH_CHARS,
  XPathError,
  xpathProblem,
} from '../../../src/xml/xpath.js';

const TEXT = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<x:Pong xmlns:x="urn:edxgate:gateway:1"><x:Echo a="1">chào <b xmlns="">bạn</b></x:Echo><x:Echo/></x:Pong>
</s:Body></s:Envelope>`;

function on<T>(text: string, work: (document: ReturnType<typeof parseXml>) => T): T {
  const document = parseXml(scanXml(Buffer.from(text)));
  try {
    return work(document);
  } finally {
    document.dispose();
  }
}
const ask = (expression: string, text = TEXT) =>
  on(text, (document) => evaluateXPath(document, expression));

describe('xml/xpath', () => {
  it('finds nodes by the fixed prefixes, whatever prefix the document uses', () => {
    expect(ask('/soap11:Envelope/soap11:Body/g:Pong/g:Echo')).to.deep.equal({
      count: 2,
      text: 'chào bạn',
    });
    expect(ask('//g:Echo[1]/@a').text).to.equal('1');
  });

  it('gives strings, numbers and booleans as XPath writes them', () => {
    expect(ask('count(//g:Echo)')).to.deep.equal({ count: 1, text: '2' });
    expect(ask("starts-with(//g:Echo, 'chào')").text).to.equal('true');
    expect(ask("concat('a', 'b')").text).to.equal('ab');
  });

  it('tells no node from an empty one', () => {
    expect(ask('//g:Time')).to.deep.equal({ count: 0, text: undefined });
    expect(ask('//g:Echo[2]')).to.deep.equal({ count: 1, text: '' });
  });

  it('starts relative paths at the root element', () => {
    expect(ask('soap11:Body').count).to.equal(1);
  });

  it('refuses what is no XPath, unknown prefixes and functions, and long expressions', () => {
    for (const wrong of ['//g:Echo[', 'x:Echo', '$a', 'no-such()', '']) {
      expect(() => ask(wrong), wrong).to.throw(XPathError);
    }
    expect(() => ask(`'${'a'.repeat(MAX_XPATH_CHARS)}'`)).to.throw(XPathError, 'longer than');
  });

  it('says before anything is evaluated what cannot be read', () => {
    expect(xpathProblem('//g:Echo')).to.equal(undefined);
    expect(xpathProblem("//*[. = 'a:b']")).to.equal(undefined);
    expect(xpathProblem('ancestor::g:Pong')).to.equal(undefined);
    expect(xpathProblem('//x:Echo')).to.equal('unknown prefix x');
    expect(xpathProblem('//g:Echo[')).to.be.a('string');
  });

  it('stops an expression that costs too much', () => {
    const many = `<a>${'<b/>'.repeat(2000)}</a>`;
    expect(ask('count(//b)', many).text).to.equal('2000');
    expect(() => ask('//*[count(//*[count(//*) > 0]) > 0]', many)).to.throw(XPathError);
  });
});
