import { expect } from 'chai';
import { GatewayError, issue, refuse } from '../../../src/model/issue.js';
import { readFault } from '../../../src/soap/answer-reader.js';
import type { SoapVersion } from '../../../src/soap/content-type.js';
import { answerContentType, faultContentType } from '../../../src/soap/envelope-writer.js';
import { writeFault } from '../../../src/soap/fault-writer.js';
import { childOf, type XmlElement } from '../../../src/xml/tree.js';
import { GATEWAY, read } from './soap-support.js';

const VERSIONS: readonly SoapVersion[] = ['1.1', '1.2'];
const ID = '01JD0000000000000000000000';

/** Hands the Fault element of what was written to `look`. */
function withFault(
  version: SoapVersion,
  error: GatewayError,
  look: (fault: XmlElement, faults: (detail: XmlElement) => string[]) => void,
): void {
  const request = read(writeFault(version, error, ID), answerContentType(version));
  try {
    expect(request.version).to.equal(version);
    look(request.body, (detail) =>
      request.document.validate('gateway', detail).map((one) => `${one.path}: ${one.text}`),
    );
  } finally {
    request.dispose();
  }
}

function detailOf(fault: XmlElement): XmlElement {
  const detail = childOf(fault, 'detail') ?? childOf(fault, 'Detail');
  const found = childOf(detail, 'GatewayFault', GATEWAY);
  if (found === undefined) throw new Error('there is no GatewayFault');
  return found;
}

describe('writeFault', () => {
  const all = new GatewayError(
    [
      issue(
        'schema.missing',
        { element: 'Subject', expected: 'Subject' },
        { path: '/a/b', line: 7 },
      ),
      issue('schema.value', { element: 'To', reason: '<&">\u0000\r\u{1F600}' }, { path: '/a/c' }),
    ],
    {},
  );
  const busy = new GatewayError(issue('http.busy'), { retryAfterSeconds: 30 });

  it('has only the children SOAP 1.1 allows, unqualified, and the code before the text', () => {
    withFault('1.1', refuse('soap.empty'), (fault) => {
      expect(fault.children.map((one) => [one.namespace, one.name])).to.deep.equal([
        ['', 'faultcode'],
        ['', 'faultstring'],
        ['', 'detail'],
      ]);
      expect(childOf(fault, 'faultcode')?.text).to.equal('soap:Client');
      expect(childOf(fault, 'faultstring')?.text).to.equal('soap.empty: The request has no body.');
    });
  });

  it('has Code, Reason with one text (gSOAP fails on two) and Detail in SOAP 1.2', () => {
    withFault('1.2', refuse('soap.empty'), (fault) => {
      expect(fault.children.map((one) => one.name)).to.deep.equal(['Code', 'Reason', 'Detail']);
      const texts = childOf(fault, 'Reason')?.children ?? [];
      expect(texts.map((one) => [one.attributes[0]?.value, one.text])).to.deep.equal([
        ['en', 'soap.empty: The request has no body.'],
      ]);
      expect(texts[0]?.attributes[0]?.namespace).to.equal('http://www.w3.org/XML/1998/namespace');
    });
  });

  it('says whose fault it is in the words of each version', () => {
    const cases = [
      [refuse('soap.request', { reason: 'x' }), 'Client', 'Sender'],
      [refuse('server.store'), 'Server', 'Receiver'],
      [refuse('soap.must-understand', { element: 'x' }), 'MustUnderstand', 'MustUnderstand'],
      [refuse('soap.version', { namespace: 'x' }), 'VersionMismatch', 'VersionMismatch'],
    ] as const;
    for (const [error, in11, in12] of cases) {
      withFault('1.1', error, (fault) => {
        expect(childOf(fault, 'faultcode')?.text).to.equal(`soap:${in11}`);
      });
      withFault('1.2', error, (fault) => {
        expect(childOf(childOf(fault, 'Code'), 'Value')?.text).to.equal(`soap:${in12}`);
      });
    }
  });

  for (const version of VERSIONS) {
    it(`writes a detail that is valid against the schema, SOAP ${version}`, () => {
      for (const error of [all, busy, refuse('server.internal')]) {
        withFault(version, error, (fault, faults) => {
          expect(faults(detailOf(fault))).to.deep.equal([]);
        });
      }
    });

    it(`carries every issue with path, line and both languages, SOAP ${version}`, () => {
      withFault(version, all, (fault) => {
        const issues = detailOf(fault).children.filter((one) => one.name === 'Issue');
        expect(issues.map((one) => one.children.map((part) => part.name))).to.deep.equal([
          ['Code', 'Path', 'Line', 'Text', 'TextVi', 'Hint'],
          ['Code', 'Path', 'Text', 'TextVi', 'Hint'],
        ]);
        expect(childOf(issues[0], 'Line')?.text).to.equal('7');
        expect(childOf(issues[1], 'Text')?.text).to.equal(all.issues[1]?.text);
      });
    });

    it(`is read back by our own client, SOAP ${version}`, () => {
      const request = read(writeFault(version, busy, ID), faultContentType(version));
      const fault = readFault(request);
      request.dispose();
      expect(fault?.side).to.equal('server');
      expect(fault?.text).to.match(/^http\.busy: /);
      expect(fault?.gateway).to.deep.include({
        code: 'http.busy',
        correlationId: ID,
        temporary: true,
        retryAfterSeconds: 30,
      });
    });
  }

  it('writes at most 200 issues', () => {
    const flood = Array.from({ length: 500 }, () => issue('soap.empty'));
    const error = new GatewayError([issue('soap.empty'), ...flood]);
    withFault('1.1', error, (fault) => {
      const written = detailOf(fault).children.filter((one) => one.name === 'Issue');
      expect(written).to.have.length(200);
    });
  });

  it('names the media type of each version', () => {
    expect(VERSIONS.map(faultContentType)).to.deep.equal([
      'text/xml; charset=utf-8',
      'application/soap+xml; charset=utf-8',
    ]);
  });
});
