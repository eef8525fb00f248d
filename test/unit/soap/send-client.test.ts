import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { issue, refuse } from '../../../src/model/issue.js';
import { binaryContent } from '../../../src/soap/binary.js';
import { parseContentType } from '../../../src/soap/content-type.js';
import { readEnvelope } from '../../../src/soap/envelope.js';
import { answerContentType, writeEnvelope } from '../../../src/soap/envelope-writer.js';
import { closeConnections } from '../../../src/soap/exchange.js';
import { writeFault } from '../../../src/soap/fault-writer.js';
import { loadOperations, type OperationTable } from '../../../src/soap/operations.js';
import { validateRequest } from '../../../src/soap/request-schema.js';
import { sendResult } from '../../../src/soap/results.js';
import { sendPackage } from '../../../src/soap/send-client.js';
import { childOf } from '../../../src/xml/tree.js';
import { listen, type RunningServer, WSDL_PATH } from './soap-support.js';

const TOKEN = 'tQ7-token-that-must-not-be-seen-anywhere-0002';
const BYTES = Buffer.from('<?xml version="1.0"?>\n<edXML>Công văn &amp; tệp</edXML>\n');

describe('sendPackage', () => {
  let running: RunningServer | undefined;
  let table: OperationTable;

  before(async () => {
    table = await loadOperations(WSDL_PATH);
  });

  afterEach(async () => {
    await closeConnections();
    await running?.close();
    running = undefined;
  });

  function answer(digest: string): Buffer {
    return writeEnvelope(
      '1.1',
      sendResult('SendPackage', {
        messageId: 'm-1',
        documentId: 'd<1>',
        receivedAt: '2026-11-24T03:04:05.678Z',
        duplicate: true,
        contentDigest: digest,
        signatureClass: 'valid',
        deliveries: [{ organId: 'T99.02', state: 'queued' }],
        warnings: [issue('dialect.bom', {}, { line: 1 })],
        receipt: Buffer.from('<Receipt/>'),
      }),
    );
  }

  /** A gateway of the way in of soap/ alone; says back the digest of what it got. */
  async function gateway(seen: string[] = []): Promise<string> {
    running = await listen((incoming, body, response) => {
      const { headers } = incoming;
      seen.push(headers.authorization ?? '-', headers['soapaction']?.toString() ?? '-');
      const request = readEnvelope(body, parseContentType(headers['content-type']));
      validateRequest(request, table.operationFor(request.body));
      const element = childOf(request.body, 'Package');
      const bytes = element === undefined ? Buffer.alloc(0) : binaryContent(request, element);
      const digest = createHash('sha256').update(bytes).digest('hex');
      request.dispose();
      response.writeHead(200, { 'content-type': answerContentType('1.1') }).end(answer(digest));
    });
    return running.url;
  }

  it('sends the exact bytes and reads the whole SendResult', async () => {
    const seen: string[] = [];
    const url = await gateway(seen);
    const organId = '000.00.01.T99';
    const outcome = await sendPackage({
      url,
      organId,
      token: TOKEN,
      bytes: BYTES,
      timeoutMs: 5000,
    });
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    const warning = issue('dialect.bom', {}, { line: 1 });
    expect(outcome.result).to.deep.equal({
      messageId: 'm-1',
      documentId: 'd<1>',
      receivedAt: '2026-11-24T03:04:05.678Z',
      duplicate: true,
      contentDigest: createHash('sha256').update(BYTES).digest('hex'),
      signatureClass: 'valid',
      deliveries: [{ organId: 'T99.02', state: 'queued' }],
      warnings: [
        {
          code: warning.code,
          path: '',
          line: 1,
          text: warning.text,
          textVi: warning.textVi,
          hint: warning.hint,
        },
      ],
      receipt: Buffer.from('<Receipt/>'),
    });
    const pair = Buffer.from(`${organId}:${TOKEN}`).toString('base64');
    expect(seen).to.deep.equal([`Basic ${pair}`, '"urn:edxgate:gateway:1/SendPackage"']);
  });

  it('signs in with a Bearer token when no organ id is given', async () => {
    const seen: string[] = [];
    const url = await gateway(seen);
    await sendPackage({ url, token: TOKEN, bytes: BYTES, timeoutMs: 5000 });
    expect(seen[0]).to.equal(`Bearer ${TOKEN}`);
  });

  it('carries a package of several megabytes', async () => {
    const bytes = Buffer.alloc(5 * 1024 * 1024, 'Công văn ');
    const outcome = await sendPackage({ url: await gateway(), bytes, timeoutMs: 20_000 });
    expect(outcome.kind).to.equal('accepted');
  });

  it('hands out the fault with all its issues', async () => {
    running = await listen((_request, _body, response) => {
      const error = refuse('auth.from', { from: 'T99.02', caller: 'T99.03' }, { path: '/edXML' });
      response.writeHead(500, { 'content-type': 'text/xml' }).end(writeFault('1.1', error, 'c-9'));
    });
    const outcome = await sendPackage({ url: running.url, bytes: BYTES, timeoutMs: 5000 });
    if (outcome.kind !== 'fault') throw new Error(outcome.kind);
    expect(outcome.fault.gateway?.correlationId).to.equal('c-9');
    expect(outcome.fault.gateway?.issues.map((one) => [one.code, one.path])).to.deep.equal([
      ['auth.from', '/edXML'],
    ]);
  });

  it('does not believe an answer about other bytes', async () => {
    running = await listen((_request, _body, response) => {
      response.writeHead(200, { 'content-type': 'text/xml' }).end(answer('a'.repeat(64)));
    });
    const outcome = await sendPackage({ url: running.url, bytes: BYTES, timeoutMs: 5000 });
    expect(outcome).to.include({ kind: 'unreadable' });
  });

  it('shows the token in no outcome, in none of the forms it was sent in', async () => {
    running = await listen((request, _body, response) => {
      const { authorization = '' } = request.headers;
      response.writeHead(500).end(`${authorization} ${TOKEN}`);
    });
    const outcome = await sendPackage({
      url: running.url,
      organId: 'T99.02',
      token: TOKEN,
      bytes: BYTES,
      timeoutMs: 5000,
    });
    const pair = Buffer.from(`T99.02:${TOKEN}`).toString('base64');
    const shown = JSON.stringify(outcome);
    expect(shown).to.include('Basic *** ***').and.not.include(TOKEN).and.not.include(pair);
  });

  it('says unreachable when nobody listens', async () => {
    const url = await gateway();
    await running?.close();
    const outcome = await sendPackage({ url, bytes: BYTES, timeoutMs: 5000 });
    expect(outcome.kind).to.equal('unreachable');
  });
});
