import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { type Client, createClientAsync } from 'soap';
import { GatewayError } from '../../../src/model/issue.js';
import { binaryContent } from '../../../src/soap/binary.js';
import { parseContentType, soapVersionHint } from '../../../src/soap/content-type.js';
import { readEnvelope, type SoapRequest } from '../../../src/soap/envelope.js';
import {
  answerContentType,
  faultContentType,
  mtomAnswer,
  newContentId,
  writeEnvelope,
} from '../../../src/soap/envelope-writer.js';
import { writeFault } from '../../../src/soap/fault-writer.js';
import { loadOperations, type OperationTable } from '../../../src/soap/operations.js';
import { validateRequest } from '../../../src/soap/request-schema.js';
import { packageContent, pendingPage, pong, sendResult } from '../../../src/soap/results.js';
import { childOf } from '../../../src/xml/tree.js';
import { listen, type RunningServer, WSDL_PATH } from './soap-support.js';

const TIME = '2026-11-24T03:04:05.678Z';
const BYTES = Buffer.from('<?xml version="1.0"?>\n<edXML>Công văn</edXML>\n');

interface Answer {
  readonly contentType: string;
  readonly body: Buffer;
}

/** What a node-soap client, made from the published WSDL, makes of our answers. */
describe('round trip with a node-soap client', () => {
  let table: OperationTable;
  let running: RunningServer;
  const carriers: string[] = [];

  function answerTo(request: SoapRequest): Answer {
    const operation = table.operationFor(request.body);
    validateRequest(request, operation);
    carriers.push(`${request.version} ${request.carrier} ${operation.name}`);
    const plain = (bodyXml: string): Answer => ({
      contentType: answerContentType(request.version),
      body: writeEnvelope(request.version, bodyXml),
    });
    if (operation.name === 'Ping') {
      const echo = childOf(request.body, 'Echo')?.text;
      return plain(pong({ echo, time: TIME, version: '1.0.0', organId: 'T99.02' }));
    }
    if (operation.name === 'GetPackage') {
      const facts = {
        messageId: childOf(request.body, 'MessageId')?.text ?? '',
        kind: 'document',
        contentDigest: 'a'.repeat(64),
        signatureClass: 'valid',
      } as const;
      if (request.carrier !== 'mtom') return plain(packageContent({ ...facts, package: BYTES }));
      const part = { contentId: newContentId(), content: BYTES };
      const bodyXml = packageContent({ ...facts, package: { contentId: part.contentId } });
      return mtomAnswer(request.version, bodyXml, part);
    }
    if (operation.name === 'ListPending') return plain(pendingPage({ items: [], next: 'n<1>' }));
    const element = childOf(request.body, 'Package');
    const bytes = element === undefined ? Buffer.alloc(0) : binaryContent(request, element);
    return plain(
      sendResult('SendPackage', {
        messageId: 'm-1',
        documentId: 'd',
        receivedAt: TIME,
        duplicate: false,
        contentDigest: createHash('sha256').update(bytes).digest('hex'),
        signatureClass: 'absent',
        deliveries: [
          { organId: 'T99.02', state: 'queued' },
          { organId: 'T99.03', state: 'pending' },
        ],
        warnings: [],
        receipt: Buffer.from('<Receipt/>'),
      }),
    );
  }

  before(async () => {
    table = await loadOperations(WSDL_PATH);
    running = await listen((incoming, body, response) => {
      const contentType = parseContentType(incoming.headers['content-type']);
      try {
        const request = readEnvelope(body, contentType);
        try {
          const answer = answerTo(request);
          response.writeHead(200, { 'content-type': answer.contentType }).end(answer.body);
        } finally {
          request.dispose();
        }
      } catch (error) {
        const version = soapVersionHint(contentType, body);
        const fault = error instanceof GatewayError ? writeFault(version, error, 'c-1') : undefined;
        response.writeHead(500, { 'content-type': faultContentType(version) }).end(fault);
      }
    });
  });

  after(() => running.close());

  beforeEach(() => {
    carriers.length = 0;
  });

  async function client(soap12: boolean): Promise<Client> {
    const options = { forceSoap12Headers: soap12, disableCache: true };
    return createClientAsync(
      WSDL_PATH,
      { ...options, parseResponseAttachments: true },
      running.url,
    );
  }

  for (const version of ['1.1', '1.2']) {
    it(`reads Pong, SOAP ${version}`, async () => {
      const made = await client(version === '1.2');
      const [result] = await made['PingAsync']({ Echo: 'chào <&> "bạn"' });
      expect(carriers).to.deep.equal([`${version} inline Ping`]);
      expect(result.Pong.Echo).to.equal('chào <&> "bạn"');
      expect(result.Pong.OrganId).to.equal('T99.02');
      expect(new Date(result.Pong.Time).toISOString()).to.equal(TIME);
    });

    it(`reads the fault and its detail, SOAP ${version}`, async () => {
      const made = await client(version === '1.2');
      const error = await made['ListPendingAsync']({ MaxItems: 0 }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const { Fault } = error.root.Envelope.Body;
      const detail = (Fault.detail ?? Fault.Detail).GatewayFault;
      expect(detail.Code).to.equal('soap.request');
      expect(detail.CorrelationId).to.equal('c-1');
      const text = version === '1.1' ? Fault.faultstring : JSON.stringify(Fault.Reason);
      expect(text).to.include('soap.request: The request does not follow the schema');
    });

    it(`sends a package inline, SOAP ${version}`, async () => {
      const made = await client(version === '1.2');
      const [result] = await made['SendPackageAsync']({ Package: BYTES.toString('base64') });
      expect(result.SendResult.ContentDigest).to.equal(
        createHash('sha256').update(BYTES).digest('hex'),
      );
      expect(result.SendResult.Delivery).to.deep.equal([
        { OrganId: 'T99.02', State: 'queued' },
        { OrganId: 'T99.03', State: 'pending' },
      ]);
    });

    it(`gets a package inline, SOAP ${version}`, async () => {
      const made = await client(version === '1.2');
      const [result] = await made['GetPackageAsync']({ MessageId: 'm-7' });
      expect(result.PackageContent.MessageId).to.equal('m-7');
      expect(result.PackageContent.Package).to.equal(BYTES.toString('base64'));
    });

    it(`gets a package by MTOM when it asks with MTOM, SOAP ${version}`, async () => {
      const made = await client(version === '1.2');
      const [, , , , attachments] = await made['GetPackageAsync'](
        { MessageId: 'm-7' },
        { forceMTOM: true },
      );
      expect(carriers).to.deep.equal([`${version} mtom GetPackage`]);
      const [part] = attachments.parts;
      expect(Buffer.from(part.body).equals(BYTES)).to.equal(true);
    });
  }

  it('sends a package as an attachment of an MTOM message', async () => {
    const made = await client(false);
    const attachments = [
      { mimetype: 'application/octet-stream', contentId: 'p@example', name: 'p', body: BYTES },
    ];
    const [result] = await made['SendPackageAsync'](
      {
        Package: {
          $xml: '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:p@example"/>',
        },
      },
      { attachments },
    );
    expect(carriers).to.deep.equal(['1.1 mtom SendPackage']);
    expect(result.SendResult.ContentDigest).to.equal(
      createHash('sha256').update(BYTES).digest('hex'),
    );
  });

  it('reads a page without items and with a next', async () => {
    const made = await client(false);
    const [result] = await made['ListPendingAsync']({});
    expect(result.PendingPage).to.deep.equal({ Next: 'n<1>' });
  });
});
