import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { envelope, GATEWAY, read, refusal, SOAP_11, SOAP_12 } from './soap-support.js';

const PING = `<Ping xmlns="${GATEWAY}"/>`;

describe('readEnvelope', () => {
  it('takes the version from the namespace, whatever the content type says', () => {
    for (const contentType of ['text/xml', 'application/soap+xml']) {
      for (const [namespace, version] of [
        [SOAP_11, '1.1'],
        [SOAP_12, '1.2'],
      ] as const) {
        const request = read(envelope(namespace, PING), contentType);
        expect(request.version).to.equal(version);
        request.dispose();
      }
    }
  });

  it('hands out the one child of Body and the header', () => {
    const request = read(envelope(SOAP_11, PING, '<x/>'));
    expect([request.body.name, request.body.namespace]).to.deep.equal(['Ping', GATEWAY]);
    expect(request.header?.children[0]?.name).to.equal('x');
    request.dispose();
  });

  it('tells how the bytes travel', () => {
    const multipart = (type: string) =>
      read(
        `--b\r\nContent-Type: ${type}\r\n\r\n${envelope(SOAP_11, PING)}\r\n--b--`,
        'multipart/related; boundary=b',
      );
    const carriers = [
      read(envelope(SOAP_11, PING)),
      multipart('text/xml'),
      multipart('application/xop+xml; type="text/xml"'),
    ];
    expect(carriers.map((one) => one.carrier)).to.deep.equal(['inline', 'swa', 'mtom']);
    for (const one of carriers) one.dispose();
  });

  it('names every header that must be understood and is not', () => {
    const header =
      '<a:A xmlns:a="urn:a" s:mustUnderstand="1"/><a:B xmlns:a="urn:a"/><a:C xmlns:a="urn:a" s:mustUnderstand="true"/>';
    const error = refusal(() => read(envelope(SOAP_12, PING, header)));
    expect(error.issues.map((one) => [one.code, one.path])).to.deep.equal([
      ['soap.must-understand', '/Envelope/Header/A'],
      ['soap.must-understand', '/Envelope/Header/C'],
    ]);
  });

  it('reads mustUnderstand only in the namespace of the envelope', () => {
    const header = `<a mustUnderstand="1"/><b xmlns:t="${SOAP_12}" t:mustUnderstand="1"/>`;
    expect(() => read(envelope(SOAP_11, PING, header)).dispose()).not.to.throw();
  });

  describe('with WS-Addressing', () => {
    const WSA = 'http://www.w3.org/2005/08/addressing';
    const WSA_2004 = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
    const must = (name: string, namespace = WSA, content = 'urn:x') =>
      `<a:${name} xmlns:a="${namespace}" s:mustUnderstand="1">${content}</a:${name}>`;
    const endpoint = (name: string, address: string, namespace = WSA) =>
      `<a:${name} xmlns:a="${namespace}"><a:Address>${address}</a:Address></a:${name}>`;
    const ADDRESSED = must('To') + must('Action');
    /** Names of the headers that are not understood. */
    const missed = (header: string): unknown[] => {
      try {
        read(envelope(SOAP_12, PING, header)).dispose();
        return [];
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        return error.issues.map((one) => `${one.code} ${one.path}`);
      }
    };
    const miss = (...names: string[]) =>
      names.map((name) => `soap.must-understand /Envelope/Header/${name}`);

    it('understands To and Action when the answer goes back, or nowhere', () => {
      expect(missed(ADDRESSED)).to.deep.equal([]);
      expect(missed(must('To', WSA_2004) + must('Action', WSA_2004))).to.deep.equal([]);
      for (const name of ['ReplyTo', 'FaultTo']) {
        for (const address of [`${WSA}/anonymous`, ` ${WSA}/none\n`]) {
          expect(missed(ADDRESSED + endpoint(name, address)), address).to.deep.equal([]);
        }
        const older = endpoint(name, `${WSA_2004}/role/anonymous`, WSA_2004);
        expect(missed(ADDRESSED + older), name).to.deep.equal([]);
      }
    });

    it('does not when the answer or a fault is wanted elsewhere, wherever that stands', () => {
      const here = `<a:Address>${WSA}/anonymous</a:Address>`;
      for (const name of ['ReplyTo', 'FaultTo']) {
        const elsewhere = [
          endpoint(name, 'http://agency.example/reply'),
          endpoint(name, 'http://agency.example/reply', WSA_2004),
          endpoint(name, `${WSA}/anonymous`) + endpoint(name, 'http://agency.example/reply'),
          endpoint(name, ''),
          endpoint(name, `${WSA}/anonymous/`),
          `<a:${name} xmlns:a="${WSA}"/>`,
          `<a:${name} xmlns:a="${WSA}">${here}<a:Address>urn:y</a:Address></a:${name}>`,
          `<a:${name} xmlns:a="${WSA}">${here.replaceAll('a:Address', 'Address')}</a:${name}>`,
        ];
        for (const one of elsewhere) {
          expect(missed(one + ADDRESSED), one).to.deep.equal(miss('To', 'Action'));
          expect(missed(ADDRESSED + one), one).to.deep.equal(miss('To', 'Action'));
        }
      }
    });

    it('understands no other of its headers, and none of another namespace', () => {
      for (const name of ['MessageID', 'From', 'RelatesTo', 'to']) {
        expect(missed(ADDRESSED + must(name)), name).to.deep.equal(miss(name));
      }
      expect(missed(must('To', 'urn:x'))).to.deep.equal(miss('To'));
      const reply = must('ReplyTo', WSA, '<a:Address>http://agency.example/</a:Address>');
      expect(missed(reply)).to.deep.equal(miss('ReplyTo'));
    });
  });

  it('gives the reason and the line of broken XML, in both languages', () => {
    const error = refusal(() => read('<a>\n<b>\n</a>'));
    expect(error.code).to.equal('soap.not-xml');
    expect(error.issues[0]?.line).to.equal(3);
    expect(error.message).to.match(/^The request is not well-formed XML: \S/);
    expect(error.message).not.to.include('The XML is not');
    expect(error.textVi).to.match(/^Yêu cầu không phải là XML đúng cú pháp: \S/);
    expect(error.textVi).not.to.include('XML không đúng');
  });

  it('refuses where Body should be with path and line', () => {
    const error = refusal(() => read(`<s:Envelope xmlns:s="${SOAP_11}">\n<s:Boby/></s:Envelope>`));
    expect(error.code).to.equal('soap.not-soap');
    expect(error.issues[0]).to.include({ path: '/Envelope/Boby', line: 2 });
    expect(error.message).to.include('Boby stands where Body is expected');
  });
});
