import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { binaryContent } from '../../../src/soap/binary.js';
import { parseContentType } from '../../../src/soap/content-type.js';
import { readEnvelope } from '../../../src/soap/envelope.js';
import {
  loadOperations,
  type Operation,
  type OperationTable,
} from '../../../src/soap/operations.js';
import { validateRequest } from '../../../src/soap/request-schema.js';
import { FIXTURES, type RequestFile, refusal, requestFiles, WSDL_PATH } from './soap-support.js';

describe('fixtures/soap', () => {
  let table: OperationTable;
  const wanted = readFileSync(join(FIXTURES, 'package.edxml'));

  before(async () => {
    table = await loadOperations(WSDL_PATH);
  });

  /** The whole way in, as far as soap/ goes. */
  function receive(file: RequestFile): { operation: Operation; bytes: Buffer | undefined } {
    const request = readEnvelope(file.body, parseContentType(file.contentType));
    try {
      const operation = table.operationFor(request.body);
      validateRequest(request, operation);
      const [child] = request.body.children;
      const bytes =
        operation.name === 'SendPackage' && child !== undefined
          ? Buffer.from(binaryContent(request, child))
          : undefined;
      return { operation, bytes };
    } finally {
      request.dispose();
    }
  }

  const folders = readdirSync(FIXTURES, { withFileTypes: true })
    .filter((one) => one.isDirectory() && !['accepted', 'tls'].includes(one.name))
    .map((one) => one.name);

  for (const operation of readdirSync(join(FIXTURES, 'accepted'))) {
    for (const file of requestFiles(`accepted/${operation}`)) {
      it(`takes ${file.name}`, () => {
        const received = receive(file);
        expect(received.operation.name).to.equal(operation);
        if (operation === 'SendPackage') expect(received.bytes?.equals(wanted)).to.equal(true);
      });
    }
  }

  for (const code of folders) {
    for (const file of requestFiles(code)) {
      it(`refuses ${file.name}`, () => {
        const error = refusal(() => receive(file));
        expect(error.code, error.message).to.equal(code);
      });
    }
  }

  it('names the line of a fault in the request', () => {
    const [file] = requestFiles('soap.not-xml').filter((one) => one.name.includes('line-of'));
    if (file === undefined) throw new Error('the fixture is missing');
    expect(refusal(() => receive(file)).issues[0]?.line).to.equal(4);
  });
});
