import { expect } from 'chai';
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
