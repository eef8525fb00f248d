import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import {
  assertSameOperations,
  loadOperations,
  type OperationTable,
} from '../../../src/soap/operations.js';
import { envelope, GATEWAY, read, refusal, SOAP_11, WSDL_PATH } from './soap-support.js';

const NAMES = [
  'SendDocument',
  'SendPackage',
  'SendStatus',
  'ListPending',
  'GetPackage',
  'ConfirmReceived',
  'GetTraces',
  'GetOrganizations',
  'Ping',
];

describe('loadOperations', () => {
  let table: OperationTable;

  before(async () => {
    table = await loadOperations(WSDL_PATH);
  });

  it('finds the nine operations of the contract', () => {
    expect(table.operations.map((one) => one.name)).to.have.members(NAMES);
  });

  it('knows elements, SOAPAction and fault of each', () => {
    for (const { name, input, output, soapAction, faults } of table.operations) {
      expect(input).to.deep.equal({ namespace: GATEWAY, name });
      expect(output).to.deep.equal({ namespace: GATEWAY, name: `${name}Response` });
      expect(soapAction).to.equal(`${GATEWAY}/${name}`);
      expect(faults).to.deep.equal(['GatewayFault']);
    }
  });

  it('finds the operation by the body element', () => {
    const request = read(envelope(SOAP_11, `<g:Ping xmlns:g="${GATEWAY}"/>`));
    expect(table.operationFor(request.body).name).to.equal('Ping');
    request.dispose();
  });

  it('names the element there is no operation for', () => {
    const request = read(envelope(SOAP_11, '<Ping xmlns="urn:example:x"/>'));
    const error = refusal(() => table.operationFor(request.body));
    expect(error.code).to.equal('soap.operation');
    expect(error.message).to.include('Ping in the namespace urn:example:x');
    expect(error.issues[0]?.path).to.equal('/Envelope/Body/Ping');
    request.dispose();
  });

  it('refuses a WSDL in which two operations share a body element', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'edxgate-wsdl-'));
    try {
      const path = join(folder, 'broken.wsdl');
      const text = readFileSync(WSDL_PATH, 'utf8')
        .replace('"../xsd/', `"${PACKAGE_ROOT}/xsd/`)
        .replace('element="tns:Ping"', 'element="tns:GetTraces"');
      writeFileSync(path, text);
      const failed = await loadOperations(path).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      expect(failed).to.include('share the body element').and.include('Ping');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('fails for a WSDL that is not there', async () => {
    const failed = await loadOperations('/nonexistent/x.wsdl').then(
      () => false,
      () => true,
    );
    expect(failed).to.equal(true);
  });
});

describe('assertSameOperations', () => {
  let table: OperationTable;

  before(async () => {
    table = await loadOperations(WSDL_PATH);
  });

  it('is content with the operations of the WSDL', () => {
    expect(() => assertSameOperations(table, NAMES)).not.to.throw();
  });

  it('names every difference', () => {
    const [, ...others] = NAMES;
    expect(() => assertSameOperations(table, [...others, 'Pong'])).to.throw(
      'SendDocument has no handler, Pong is not in the WSDL',
    );
  });
});
