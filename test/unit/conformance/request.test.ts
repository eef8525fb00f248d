import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { BrokenCase } from '../../../src/conformance/broken-case.js';
import { REQUEST_FIELDS, writeRequest } from '../../../src/conformance/request.js';
import {
  OPERATIONS,
  type OperationRequest,
  type StepRequest,
} from '../../../src/conformance/suite.js';
import { Variables } from '../../../src/conformance/variables.js';
import { binaryContent } from '../../../src/soap/binary.js';
import { parseContentType } from '../../../src/soap/content-type.js';
import { readEnvelope, type SoapRequest } from '../../../src/soap/envelope.js';

const DOCUMENT = readFileSync('fixtures/documents/valid/new.edxml');
const files: Record<string, Buffer> = {
  'new.edxml': DOCUMENT,
  'filled.edxml': Buffer.from(DOCUMENT.toString().replace('145/SMA-VP', '{{unique}}')),
  'body.txt': Buffer.from('{{sender}}'),
};
const context = {
  suite: {
    id: 'x',
    title: { en: '', vi: '' },
    cases: [],
    file: (name: string) => files[name],
  },
  variables: new Variables({
    sender: { organId: 'T99.01', name: 'A' },
    unique: 'u1',
    path: '/soap',
    now: 0,
  }),
  target: 'http://gateway.example:81/soap',
};

const write = (request: Omit<OperationRequest, 'kind'>) =>
  writeRequest({ kind: 'operation', ...request }, context);

/** Reads what was written as the gateway does. */
function read<T>(request: Omit<OperationRequest, 'kind'>, work: (soap: SoapRequest) => T): T {
  const { body = Buffer.alloc(0), headers } = write(request);
  const soap = readEnvelope(body, parseContentType(headers['content-type']));
  try {
    return work(soap);
  } finally {
    soap.dispose();
  }
}

const VALUES: Readonly<Record<string, string>> = {
  StatusCode: '03',
  MaxItems: '5',
  Kind: 'document',
  Outcome: 'done',
  Since: '2026-11-24T00:00:00Z',
  ChangedSince: '2026-11-24T00:00:00Z',
  'ResponseFor/PromulgationDate': '2026/11/20',
};

describe('conformance/request', () => {
  for (const operation of OPERATIONS) {
    const fields = REQUEST_FIELDS[operation].filter((name) => name !== 'Package').reverse();
    it(`writes all fields of ${operation} in the order of the contract, from any order`, () => {
      const values = Object.fromEntries(fields.map((name) => [name, VALUES[name] ?? 'a<b']));
      const takes = operation === 'SendPackage' || operation === 'SendDocument';
      const request = {
        operation,
        fields: values,
        ...(takes ? { package: { file: 'new.edxml' } } : {}),
      };
      for (const soap of ['1.1', '1.2'] as const) {
        const issues = read({ ...request, soap }, (envelope) => {
          expect(envelope.version).to.equal(soap);
          expect(envelope.body.name).to.equal(operation);
          return envelope.document.validate('gateway', envelope.body);
        });
        expect(issues.map((one) => one.text)).to.deep.equal([]);
      }
    });
  }

  for (const carrier of ['inline', 'mtom', 'swa'] as const) {
    it(`carries the exact bytes of a package ${carrier}`, () => {
      for (const soap of ['1.1', '1.2'] as const) {
        const request = {
          operation: 'SendPackage',
          soap,
          carrier,
          package: { file: 'new.edxml' },
        } as const;
        read(request, (envelope) => {
          expect(envelope.carrier).to.equal(carrier);
          const [element] = envelope.body.children;
          if (element === undefined) throw new Error('no Package');
          expect(binaryContent(envelope, element).equals(DOCUMENT)).to.equal(true);
        });
      }
    });
  }

  it('asks with MTOM for an answer with MTOM, without a part of its own', () => {
    const request = {
      operation: 'GetPackage',
      carrier: 'mtom',
      fields: { MessageId: 'M' },
    } as const;
    read(request, (envelope) => {
      expect(envelope.carrier).to.equal('mtom');
      expect(envelope.attachments).to.have.length(0);
    });
  });

  it('tells the action in the way of each version', () => {
    expect(write({ operation: 'Ping' }).headers['soapaction']).to.equal(
      '"urn:edxgate:gateway:1/Ping"',
    );
    const { headers } = write({ operation: 'Ping', soap: '1.2' });
    expect(headers['soapaction']).to.equal(undefined);
    expect(headers['content-type']).to.include('action="urn:edxgate:gateway:1/Ping"');
  });

  it('fills in variables and says that the package is another in every run', () => {
    const written = write({ operation: 'SendPackage', package: { file: 'filled.edxml' } });
    expect(written.package?.toString()).to.include('2026/11/20,u1<');
    expect(written.filled).to.equal(true);
    expect(write({ operation: 'SendPackage', package: { file: 'new.edxml' } }).filled).to.equal(
      false,
    );
  });

  // That the signature holds is shown by test/system/conformance-run.test.ts.
  it('signs a package with the key given', () => {
    const signing = {
      keyPem: readFileSync('fixtures/keys/sender-ec.key.pem', 'utf8'),
      certificatePem: readFileSync('fixtures/keys/sender-ec.pem', 'utf8'),
    };
    const request: StepRequest = {
      kind: 'operation',
      operation: 'SendPackage',
      package: { file: 'new.edxml', signature: 'own' },
    };
    const written = writeRequest(request, { ...context, signing });
    expect(written.package?.toString()).to.match(/SignatureValue>[A-Za-z0-9+/]{40}/);
    expect(() => writeRequest(request, context)).to.throw(BrokenCase, 'no key');
  });

  it('sends any HTTP request as it stands, below the origin of the target', () => {
    const written = writeRequest(
      {
        kind: 'http',
        method: 'PUT',
        path: '{{path}}?wsdl',
        headers: { 'X-A': '{{sender}}' },
        body: 'body.txt',
      },
      context,
    );
    expect(written.url).to.equal('http://gateway.example:81/soap?wsdl');
    expect(written.method).to.equal('PUT');
    expect(written.headers).to.deep.equal({ 'x-a': 'T99.01' });
    expect(written.body?.toString()).to.equal('T99.01');
  });

  it('sends nothing to another host, whatever a suite or an answer makes of the path', () => {
    const variables = new Variables({
      sender: { organId: 'T99.01', name: 'A' },
      unique: 'u1',
      path: '/soap',
      now: 0,
    });
    variables.save('next', '@other.example/soap');
    for (const path of ['{{next}}', '@other.example/', '.other.example/', '0/', 'soap', '']) {
      const request = { kind: 'http', method: 'POST', path, headers: {} } as const;
      expect(() => writeRequest(request, { ...context, variables }), path).to.throw(
        BrokenCase,
        'no path of the gateway',
      );
    }
  });

  it('makes a case broken by a file that is not there', () => {
    expect(() => write({ operation: 'SendPackage', package: { file: 'no.edxml' } })).to.throw(
      BrokenCase,
      'no file no.edxml',
    );
  });

  it('keeps the digest of a fixture without variables', () => {
    const written = write({ operation: 'SendPackage', package: { file: 'new.edxml' } });
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(digest(written.package ?? Buffer.alloc(0))).to.equal(digest(DOCUMENT));
  });
});
