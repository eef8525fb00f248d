import { expect } from 'chai';
import {
  assertSoapContentType,
  parseContentType,
  saysMtom,
  soapVersionHint,
} from '../../../src/soap/content-type.js';
import { envelope, refusal, SOAP_11, SOAP_12, seeded } from './soap-support.js';

function parameters(header: string): Record<string, string> {
  return Object.fromEntries(parseContentType(header).parameters);
}

describe('parseContentType', () => {
  it('reads a plain type in lower case', () => {
    const read = parseContentType('Text/XML; charset="utf-8"');
    expect(read.type).to.equal('text/xml');
    expect(read.parameters.get('charset')).to.equal('utf-8');
  });

  it('reads parameters without spaces and with upper-case names', () => {
    expect(parameters('application/soap+xml; CHARSET=utf-8;Action="urn:a/b"')).to.deep.equal({
      charset: 'utf-8',
      action: 'urn:a/b',
    });
  });

  it('reads nested quoting and what stands after it', () => {
    const header =
      'multipart/related;start="<rootpart*1@example>";start-info="application/soap+xml;action=\\"urn:a;b\\"";boundary="uuid:1"';
    expect(parameters(header)).to.deep.equal({
      start: '<rootpart*1@example>',
      'start-info': 'application/soap+xml;action="urn:a;b"',
      boundary: 'uuid:1',
    });
  });

  it('reads an action without quotes that is no token', () => {
    expect(parameters('application/soap+xml;charset=utf-8;action=urn:lab:x/send')).to.deep.equal({
      charset: 'utf-8',
      action: 'urn:lab:x/send',
    });
  });

  it('reads a header folded with TAB', () => {
    expect(
      parameters('multipart/related; type="text/xml"; \r\n\tboundary="----=_P"'),
    ).to.deep.equal({
      type: 'text/xml',
      boundary: '----=_P',
    });
    expect(parameters('multipart/related; \tboundary=x')).to.deep.equal({ boundary: 'x' });
  });

  it('keeps boundaries with odd characters, with and without quotes', () => {
    expect(parameters('multipart/related; boundary=a=/+:b').boundary).to.equal('a=/+:b');
    expect(parameters('multipart/related; boundary="a b?c"').boundary).to.equal('a b?c');
  });

  it('keeps the first of a repeated parameter and says that they conflict', () => {
    const read = parseContentType('multipart/related; boundary=a; boundary=b; type=x; type=x');
    expect(read.parameters.get('boundary')).to.equal('a');
    expect([...read.conflicting]).to.deep.equal(['boundary']);
  });

  it('takes what is no content type without throwing', () => {
    for (const header of [undefined, '', ';', ';;;=', 'a/b;"', 'a/b; x="\\', 'a/b; =y', '"']) {
      expect(() => parseContentType(header), String(header)).not.to.throw();
    }
    expect(parseContentType(undefined).type).to.equal('');
  });

  it('never throws on 2000 random headers', () => {
    const random = seeded(7);
    const alphabet = 'a/;="\\ \t\r\n<>é\u0000%';
    for (let round = 0; round < 2000; round++) {
      let header = '';
      for (let i = 0; i < 40; i++)
        header += alphabet.charAt(Math.floor(random() * alphabet.length));
      expect(() => parseContentType(header), JSON.stringify(header)).not.to.throw();
    }
  });

  it('knows a parameter only by its own name', () => {
    expect(parseContentType('text/xml').parameters.get('constructor')).to.equal(undefined);
    expect(parameters('text/xml; __proto__=x; b=1').b).to.equal('1');
  });
});

describe('assertSoapContentType', () => {
  it('takes the types of both versions and multipart', () => {
    for (const header of ['text/xml', 'application/soap+xml; charset=UTF-8', 'Multipart/Related']) {
      expect(() => assertSoapContentType(parseContentType(header)), header).not.to.throw();
    }
  });

  it('answers other types with 415', () => {
    const error = refusal(() => assertSoapContentType(parseContentType('application/json')));
    expect([error.code, error.http]).to.deep.equal(['http.content-type', 415]);
  });

  it('answers another character set with 415', () => {
    const error = refusal(() =>
      assertSoapContentType(parseContentType('text/xml; charset=utf-16')),
    );
    expect([error.code, error.http]).to.deep.equal(['http.charset', 415]);
  });
});

describe('saysMtom', () => {
  it('goes by the type of the root, in any case, and of multipart only', () => {
    const says = (header: string) => saysMtom(parseContentType(header));
    expect(says('Multipart/Related; type="Application/XOP+xml"; boundary=b')).to.equal(true);
    expect(says('multipart/related; type="text/xml"; boundary=b')).to.equal(false);
    expect(says('multipart/related; boundary=b')).to.equal(false);
    expect(says('application/xop+xml; type="application/xop+xml"')).to.equal(false);
  });
});

describe('soapVersionHint', () => {
  const hint = (header: string, body?: Buffer) => soapVersionHint(parseContentType(header), body);

  it('goes by the content type without a body', () => {
    expect(hint('text/xml')).to.equal('1.1');
    expect(hint('application/soap+xml; charset=utf-8')).to.equal('1.2');
    expect(hint('')).to.equal('1.1');
  });

  it('looks into the parameters of multipart', () => {
    expect(hint('multipart/related; type="application/soap+xml"')).to.equal('1.2');
    const mtom = 'multipart/related; type="application/xop+xml"; start-info=';
    expect(hint(`${mtom}"application/soap+xml;action=\\"x\\""`)).to.equal('1.2');
    expect(hint(`${mtom}"text/xml"`)).to.equal('1.1');
  });

  it('believes the envelope more than the content type', () => {
    expect(hint('text/xml', envelope(SOAP_12, '<x'))).to.equal('1.2');
    expect(hint('application/soap+xml', envelope(SOAP_11, '<x'))).to.equal('1.1');
    expect(hint('application/soap+xml', Buffer.from('<x/>'))).to.equal('1.2');
  });
});
