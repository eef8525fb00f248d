import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { BrokenCase } from '../../../src/conformance/broken-case.js';
import { judge } from '../../../src/conformance/judge.js';
import type { WrittenRequest } from '../../../src/conformance/request.js';
import type { Difference } from '../../../src/conformance/run-result.js';
import type {
  Expectation,
  OperationRequest,
  StepRequest,
  Suite,
} from '../../../src/conformance/suite.js';
import {
  type AnswerWish,
  answerOf,
  envelope,
  fault,
  NO_SUITE,
  pong,
  someVariables,
  suiteWith,
  WRITTEN,
} from './kit.js';

interface Wish extends AnswerWish {
  readonly request?: StepRequest;
  readonly written?: WrittenRequest;
  readonly suite?: Suite;
}
const PING: OperationRequest = { kind: 'operation', operation: 'Ping' };

function differences(expected: Expectation, body: string | Buffer, wish: Wish = {}): Difference[] {
  const answer = answerOf(body, wish);
  try {
    return judge({
      step: { name: 's', as: 'sender', request: wish.request ?? PING, expect: expected },
      written: wish.written ?? WRITTEN,
      answer,
      suite: wish.suite ?? NO_SUITE,
      variables: someVariables(),
    });
  } finally {
    answer.dispose();
  }
}
const ACCEPTED: Expectation = { class: 'accepted' };
const REFUSED: Expectation = { class: 'refused' };
const FAULT = { status: 500 };

describe('conformance/judge', () => {
  it('finds nothing where all is as expected', () => {
    expect(differences(ACCEPTED, pong())).to.deep.equal([]);
    expect(differences({ ...REFUSED, codes: ['schema.missing'] }, fault(), FAULT)).to.deep.equal(
      [],
    );
  });

  it('tells the class of an answer with its codes', () => {
    expect(differences(ACCEPTED, fault(), FAULT)).to.deep.equal([
      { what: 'class', expected: 'accepted', actual: 'refused: schema.missing (HTTP 500)' },
    ]);
    expect(differences({ ...REFUSED, codes: ['a.b'] }, pong())).to.deep.equal([
      { what: 'class', expected: 'refused: a.b', actual: 'accepted (HTTP 200)' },
    ]);
    const [found] = differences(ACCEPTED, 'Bad Gateway', {
      status: 502,
      contentType: 'text/plain',
    });
    expect(found?.actual).to.include('HTTP 502');
  });

  it('compares codes as a set and leaves warnings out', () => {
    const expected = { ...REFUSED, codes: ['b.b', 'schema.missing'] };
    const codes = ['schema.missing', 'b.b', 'b.b', 'recipient.repeated'];
    expect(differences(expected, fault({ codes }), FAULT)).to.deep.equal([]);
    expect(differences(expected, fault(), FAULT)).to.deep.equal([
      { what: 'codes', expected: 'b.b, schema.missing', actual: 'schema.missing' },
    ]);
  });

  it('takes the code of faultstring where there is no detail, and misses the detail', () => {
    const found = differences(
      { ...REFUSED, codes: ['a.b'] },
      fault({ head: 'a.b: x', detail: false }),
      FAULT,
    );
    expect(found.map(({ what, expected }) => [what, expected])).to.deep.equal([
      ['schema', 'GatewayFault'],
    ]);
  });

  it('asks for the path that one of the issues names', () => {
    expect(
      differences({ ...REFUSED, path: '/edXML/a[1]' }, fault({ codes: ['a.b', 'c.d'] }), FAULT),
    ).to.deep.equal([]);
    const [found] = differences({ ...REFUSED, path: '/edXML/b' }, fault(), FAULT);
    expect(found).to.deep.include({ what: 'path', actual: '/edXML/a[0]' });
  });

  it('holds a refusal to HTTP 500, and to the status of its code', () => {
    expect(differences(REFUSED, fault(), { status: 400 })).to.deep.equal([
      { what: 'http', expected: '500', actual: '400' },
    ]);
    expect(
      differences(REFUSED, fault({ codes: ['auth.required'] }), { status: 401 }),
    ).to.deep.equal([]);
    expect(differences({ ...REFUSED, http: 400 }, fault(), { status: 400 })).to.deep.equal([]);
    expect(differences({ class: 'http', http: 405 }, '', { status: 404 })[0]).to.deep.include({
      what: 'http',
      expected: '405',
      actual: '404',
    });
  });

  it('compares the warnings of a SendResult only when they are named', () => {
    const result = (warning: string) =>
      envelope(
        `<SendPackageResponse xmlns="urn:edxgate:gateway:1"><SendResult><MessageId>m</MessageId><DocumentId>d</DocumentId><ReceivedAt>2026-11-24T01:02:03Z</ReceivedAt><Duplicate>false</Duplicate><ContentDigest>${'0'.repeat(64)}</ContentDigest><SignatureClass>absent</SignatureClass>${warning}<Receipt>AAAA</Receipt></SendResult></SendPackageResponse>`,
      );
    const warning =
      '<Warning><Code>a.b</Code><Path/><Text>t</Text><TextVi>v</TextVi><Hint/></Warning>';
    const request: OperationRequest = { kind: 'operation', operation: 'SendPackage' };
    expect(differences(ACCEPTED, result(warning), { request })).to.deep.equal([]);
    expect(differences({ ...ACCEPTED, warnings: [] }, result(warning), { request })).to.deep.equal([
      { what: 'warnings', expected: '(none)', actual: 'a.b' },
    ]);
    expect(
      differences({ ...ACCEPTED, warnings: ['a.b'] }, result(warning), { request }),
    ).to.deep.equal([]);
  });

  it('evaluates assertions, variables filled in', () => {
    const assertions = [
      { xpath: '//g:OrganId', equals: '{{sender}}' },
      { xpath: '//g:Time', matches: '2026-.*Z' },
      { xpath: '//g:Echo', count: 1 },
    ];
    expect(differences({ ...ACCEPTED, assertions }, pong())).to.deep.equal([]);
    const wrong = [
      { xpath: '//g:OrganId', equals: '{{recipient}}' },
      { xpath: '//g:Time', matches: '2026' },
      { xpath: '//g:Echo', count: 2 },
      { xpath: '//g:Next', equals: '' },
    ];
    const found = differences({ ...ACCEPTED, assertions: wrong }, pong());
    expect(found.map(({ place, expected, actual }) => [place, expected, actual])).to.deep.equal([
      ['//g:OrganId', 'T99.02', 'T99.01'],
      ['//g:Time', 'matches 2026', '2026-11-24T01:02:03.000Z'],
      ['//g:Echo', '2 nodes', '1 nodes'],
      ['//g:Next', '', '(no such node)'],
    ]);
  });

  it('counts nodes only: one value would always be one', () => {
    for (const xpath of ['count(//g:None)', 'boolean(//g:None)', 'string(//g:None)']) {
      expect(() =>
        differences({ ...ACCEPTED, assertions: [{ xpath, count: 1 }] }, pong()),
      ).to.throw(BrokenCase, 'cannot be used');
    }
  });

  it('makes a case broken by an XPath that cannot be used', () => {
    const assertions = [{ xpath: '//g:Echo[', equals: '' }];
    expect(() => differences({ ...ACCEPTED, assertions }, pong())).to.throw(BrokenCase);
  });

  it('compares with a golden answer, and names its line', () => {
    const golden = (echo: string) =>
      `HTTP 200\nContent-Type: text/xml; charset=utf-8\n<soap11:Envelope>\n  <soap11:Body>\n    <g:PingResponse>\n      <g:Pong>\n        <g:Echo>${echo}</g:Echo>\n        <g:Time>{{*:time}}</g:Time>\n        <g:Version>{{*}}</g:Version>\n        <g:OrganId>{{sender}}</g:OrganId>\n      </g:Pong>\n    </g:PingResponse>\n  </soap11:Body>\n</soap11:Envelope>\n`;
    const expected = { ...ACCEPTED, golden: 'g.txt' };
    expect(
      differences(expected, pong(), { suite: suiteWith({ 'g.txt': golden('a') }) }),
    ).to.deep.equal([]);
    expect(
      differences(expected, pong(), { suite: suiteWith({ 'g.txt': golden('b') }) }),
    ).to.deep.equal([
      {
        what: 'golden',
        place: 'g.txt:7',
        expected: '<g:Echo>b</g:Echo>',
        actual: '<g:Echo>a</g:Echo>',
      },
    ]);
    expect(() => differences(expected, pong())).to.throw(BrokenCase, 'no file g.txt');
  });
});

describe('conformance/judge: the contract, whatever a case expects', () => {
  const schemaOf = (body: string | Buffer, wish: Wish = {}, expected: Expectation = ACCEPTED) =>
    differences(expected, body, wish)
      .filter(({ what }) => what === 'schema')
      .map(({ place, expected: wanted, actual }) => [place, wanted, actual]);

  it('wants answers that are valid against xsd/gateway', () => {
    const [found, ...more] = schemaOf(pong('a', '<More/>'));
    expect(found?.[0]).to.equal('/Envelope/Body/PingResponse/Pong/More');
    expect(more).to.deep.equal([]);
  });

  it('wants the answer of the operation that was asked', () => {
    const request: OperationRequest = { kind: 'operation', operation: 'GetTraces' };
    expect(schemaOf(pong(), { request })).to.deep.equal([
      ['/Envelope/Body/PingResponse', 'GetTracesResponse', 'PingResponse'],
    ]);
  });

  it('wants an envelope', () => {
    expect(schemaOf('<html/>')).to.deep.equal([['/', 'a SOAP envelope', 'something else']]);
  });

  it('wants the SOAP version and content type of the request', () => {
    const soap12 = { contentType: 'application/soap+xml' };
    expect(schemaOf(pong('a', '', '1.2'), soap12)).to.deep.equal([
      ['/Envelope', 'SOAP 1.1', 'SOAP 1.2'],
    ]);
    const request: OperationRequest = { ...PING, soap: '1.2' };
    expect(schemaOf(pong('a', '', '1.2'), { ...soap12, request })).to.deep.equal([]);
    expect(schemaOf(pong(), { contentType: 'text/html' })).to.deep.equal([
      ['Content-Type', 'text/xml', 'text/html'],
    ]);
  });

  it('takes MTOM only as the answer to MTOM, and reads the parts', () => {
    const bytes = Buffer.from([0, 1, 255]);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const body = envelope(
      `<GetPackageResponse xmlns="urn:edxgate:gateway:1"><PackageContent><MessageId>m</MessageId><Kind>document</Kind><ContentDigest>${digest}</ContentDigest><SignatureClass>absent</SignatureClass><Package><i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:p%40x"/></Package></PackageContent></GetPackageResponse>`,
    );
    const whole = Buffer.concat([
      Buffer.from(
        `--b\r\nContent-Type: application/xop+xml; type="text/xml"\r\nContent-ID: <r>\r\n\r\n${body}\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <p@x>\r\n\r\n`,
      ),
      bytes,
      Buffer.from('\r\n--b--\r\n'),
    ]);
    const contentType = 'multipart/related; type="application/xop+xml"; start="<r>"; boundary=b';
    const request: OperationRequest = { kind: 'operation', operation: 'GetPackage' };
    expect(
      schemaOf(whole, { contentType, request: { ...request, carrier: 'mtom' } }),
    ).to.deep.equal([]);
    expect(schemaOf(whole, { contentType, request })).to.deep.equal([
      ['Content-Type', 'text/xml', 'multipart/related'],
    ]);
  });

  it('wants the digest of the bytes', () => {
    const body = envelope(
      `<GetPackageResponse xmlns="urn:edxgate:gateway:1"><PackageContent><MessageId>m</MessageId><Kind>document</Kind><ContentDigest>${'0'.repeat(64)}</ContentDigest><SignatureClass>absent</SignatureClass><Package>AAAA</Package></PackageContent></GetPackageResponse>`,
    );
    const request: OperationRequest = { kind: 'operation', operation: 'GetPackage' };
    expect(schemaOf(body, { request })[0]?.[2]).to.equal('0'.repeat(64));
  });

  it('reads answers with packages that are too large for the tree', () => {
    const bytes = Buffer.alloc(9 * 1024 * 1024, 'a');
    const digest = createHash('sha256').update(bytes).digest('hex');
    const body = (content: string) =>
      envelope(
        `<GetPackageResponse xmlns="urn:edxgate:gateway:1"><PackageContent><MessageId>m</MessageId><Kind>document</Kind><ContentDigest>${digest}</ContentDigest><SignatureClass>absent</SignatureClass><Package>${content}</Package></PackageContent></GetPackageResponse>`,
      );
    const request: OperationRequest = { kind: 'operation', operation: 'GetPackage' };
    expect(differences(ACCEPTED, body(bytes.toString('base64')), { request })).to.deep.equal([]);
    bytes[5] = 0;
    expect(schemaOf(body(bytes.toString('base64')), { request })).to.have.length(1);
  });

  it('wants times in UTC with Z', () => {
    const body = pong().replace('03.000Z', '03+07:00');
    expect(schemaOf(body)[0]?.slice(1)).to.deep.equal([
      'a time in UTC with Z',
      '2026-11-24T01:02:03+07:00',
    ]);
  });

  it('wants faults with their code in the text, and both languages in every issue', () => {
    expect(schemaOf(fault({ head: 'x' }), FAULT, REFUSED)[0]?.[1]).to.equal('CODE: text');
    expect(schemaOf(fault({ head: 'c.d: x' }), FAULT, REFUSED)[0]?.slice(1)).to.deep.equal([
      'schema.missing',
      'c.d',
    ]);
    expect(schemaOf(fault({ textVi: '' }), FAULT, REFUSED)[0]?.[0]).to.match(/Issue\/TextVi$/);
  });

  it('does not make more of an answer than its parts hold', () => {
    const include = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:p"/>';
    const contentType = 'multipart/related; type="application/xop+xml"; boundary=b';
    const related = (echo: string) =>
      Buffer.concat([
        Buffer.from(`--b\r\nContent-Type: application/xop+xml\r\n\r\n${pong(echo)}\r\n`),
        Buffer.from('--b\r\nContent-ID: <p>\r\n\r\n'),
        Buffer.alloc(100_000, 1),
        Buffer.from('\r\n--b--\r\n'),
      ]);
    const once = answerOf(related(include), { contentType });
    expect(once.body?.name).to.equal('PingResponse');
    once.dispose();
    const often = answerOf(related(include.repeat(20)), { contentType });
    expect(often.document).to.equal(undefined);
    expect(often.unreadable).to.include('more than once');
  });

  it('goes through a reference that does not end but once', () => {
    const echo = `<Include ${'href="cid:p" '.repeat(100_000)}`;
    const related = `--b\r\nContent-Type: application/xop+xml\r\n\r\n${pong(echo)}\r\n--b--\r\n`;
    const contentType = 'multipart/related; type="application/xop+xml"; boundary=b';
    expect(answerOf(related, { contentType }).unreadable).to.include('xml.');
  });

  it('leaves other dialects alone', () => {
    const request: StepRequest = { kind: 'http', method: 'POST', path: '/edoc', headers: {} };
    const other = envelope('<o:Report xmlns:o="urn:other"/>');
    expect(differences(ACCEPTED, other, { request })).to.deep.equal([]);
    expect(differences({ class: 'http', http: 200 }, 'x', { request })).to.deep.equal([]);
  });
});
