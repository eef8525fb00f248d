import { expect } from 'chai';
import type { Business } from '../../src/model/edxml.js';
import { fingerprint, resultOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { call, type Node, operation, sendPackage } from '../support/soap.js';

const DOCUMENT = 'T99.01,2026/11/20,500/SMA-VP';
const SENDER = { organId: 'T99.01', organName: 'Sở Mẫu A' };
const OTHER = { organId: 'T99.03', organName: 'Sở Mẫu C' };

const BUSINESS: Readonly<Record<'revoke' | 'update' | 'replace', Business>> = {
  revoke: { type: 'revoke', documentId: DOCUMENT, replacements: [] },
  update: {
    type: 'update',
    documentId: DOCUMENT,
    replacements: [],
    info: {
      documentChanged: true,
      receiversChanged: true,
      receivers: [{ organId: 'T99.02', change: 'removed' }],
    },
  },
  replace: {
    type: 'replace',
    replacements: [{ documentId: DOCUMENT, organIds: ['T99.02'] }],
  },
};

/** Design 2.3: revoke, update, replace and 13 act only on documents whose From is theirs. */
describe('follow-ups of a document', () => {
  let gateway: TestGateway;
  let original: Node;

  beforeEach(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) await gateway.agency({ organId });
    const bytes = samplePackage({ documentId: DOCUMENT, codeNumber: '500', from: SENDER });
    original = await send(bytes, 'T99.01');
    // Fetched: a recall of what nobody has got is not passed on.
    const messageId = `<MessageId>${original.get('MessageId')}</MessageId>`;
    resultOf(await call(gateway.soapUrl, operation('GetPackage', messageId), as('T99.02')));
  });
  afterEach(() => gateway.close());
  const as = (organId: string) => ({ organId, token: gateway.tokenOf(organId) });
  const send = async (bytes: Buffer, organId: string) =>
    resultOf(await sendPackage(gateway.soapUrl, bytes, as(organId)));
  const warnings = (result: Node) => result.all('Warning').map((one) => one.get('Code'));
  const pending = async (organId: string) => {
    const page = resultOf(await call(gateway.soapUrl, operation('ListPending'), as(organId)));
    return page.all('Item').map((one) => one.get('MessageId'));
  };
  const traces = async (organId: string, messageId: string) =>
    resultOf(
      await call(
        gateway.soapUrl,
        operation('GetTraces', `<MessageId>${messageId}</MessageId>`),
        as(organId),
      ),
    ).all('Trace');
  const status = (
    statusCode: '02' | '03' | '13',
    from: string,
    about: { organId: string; documentId?: string; code?: string },
  ) =>
    sampleStatusPackage({
      from: { organId: from },
      statusCode,
      responseFor: {
        organId: about.organId,
        code: about.code ?? '500/SMA-VP',
        documentId: about.documentId ?? DOCUMENT,
        promulgationDate: '2026/11/20',
      },
    });

  for (const type of ['revoke', 'update', 'replace'] as const) {
    const ownId = type === 'replace' ? 'T99.01,2026/11/21,501/SMA-VP' : DOCUMENT;

    it(`${type} from the owner is delivered without a mark`, async () => {
      const bytes = samplePackage({
        documentId: ownId,
        codeNumber: '500',
        from: SENDER,
        business: BUSINESS[type],
      });
      const result = await send(bytes, 'T99.01');
      expect(warnings(result)).to.not.include('document.unmatched');
      expect(await pending('T99.02')).to.include(result.get('MessageId'));
    });

    it(`${type} from another agency is delivered, marked, and changes nothing`, async () => {
      const before = await traces('T99.01', original.get('MessageId'));
      const bytes = samplePackage({
        documentId: ownId,
        codeNumber: '500',
        from: OTHER,
        business: BUSINESS[type],
      });
      const result = await send(bytes, 'T99.03');
      expect(warnings(result)).to.include('document.unmatched');
      const waiting = await pending('T99.02');
      expect(waiting).to.include(result.get('MessageId'));
      expect(waiting).to.include(original.get('MessageId'));
      const now = await traces('T99.01', original.get('MessageId'));
      expect(now.map((one) => [one.get('State'), one.get('UpdatedAt')])).to.deep.equal(
        before.map((one) => [one.get('State'), one.get('UpdatedAt')]),
      );
    });

    it(`${type} from another agency is marked the same whether the document exists`, async () => {
      const about = async (documentId: string, codeNumber: string) => {
        const business: Business =
          type === 'replace'
            ? { ...BUSINESS[type], replacements: [{ documentId, organIds: ['T99.02'] }] }
            : { ...BUSINESS[type], documentId };
        const own = `T99.03,2026/11/21,${codeNumber}/SMC-VP`;
        const bytes = samplePackage({ documentId: own, codeNumber, from: OTHER, business });
        return warnings(await send(bytes, 'T99.03'));
      };
      expect(await about(DOCUMENT, '601')).to.deep.equal(
        await about('T99.01,2026/11/20,9999/SMA-VP', '602'),
      );
    });
  }

  it('13 from the owner reaches the recipient and shows in the trace', async () => {
    const bytes = status('13', 'T99.01', { organId: 'T99.02' });
    const result = await send(bytes, 'T99.01');
    expect(warnings(result)).to.not.include('status.unmatched');
    expect(await pending('T99.02')).to.include(result.get('MessageId'));
    const [trace] = await traces('T99.01', original.get('MessageId'));
    expect(trace?.all('Status').map((one) => one.get('StatusCode'))).to.deep.equal(['13']);
  });

  it('13 from another agency is delivered, marked, and shows in no trace', async () => {
    const result = await send(status('13', 'T99.03', { organId: 'T99.02' }), 'T99.03');
    expect(warnings(result)).to.include('status.unmatched');
    expect(await pending('T99.02')).to.include(result.get('MessageId'));
    const [trace] = await traces('T99.01', original.get('MessageId'));
    expect(trace?.all('Status')).to.deep.equal([]);
  });

  it('13 from the recipient, who does not own it, shows in no trace either', async () => {
    const result = await send(status('13', 'T99.02', { organId: 'T99.01' }), 'T99.02');
    expect(warnings(result)).to.include('status.unmatched');
    const [trace] = await traces('T99.01', original.get('MessageId'));
    expect(trace?.all('Status')).to.deep.equal([]);
  });

  it('a status from the recipient shows to both, with who said it', async () => {
    await send(status('03', 'T99.02', { organId: 'T99.01' }), 'T99.02');
    for (const organId of ['T99.01', 'T99.02']) {
      const [trace] = await traces(organId, original.get('MessageId'));
      expect(
        trace?.all('Status').map((one) => [one.get('StatusCode'), one.get('FromOrganId')]),
      ).to.deep.equal([['03', 'T99.02']]);
      // 10:00:00 in Vietnam.
      expect(trace?.all('Status')[0]?.get('Timestamp')).to.equal('2026-11-20T03:00:00.000Z');
    }
  });

  it('a status does not change the state of the delivery: the notions are never mixed', async () => {
    await send(status('03', 'T99.02', { organId: 'T99.01' }), 'T99.02');
    const [trace] = await traces('T99.01', original.get('MessageId'));
    expect(trace?.get('State')).to.equal('pending');
  });

  it('a status by number and notation alone finds its document', async () => {
    const bytes = sampleStatusPackage({
      responseFor: { organId: 'T99.01', code: '500/SMA-VP', promulgationDate: '2026/11/20' },
    });
    const result = await send(bytes, 'T99.02');
    expect(warnings(result)).to.not.include('status.unmatched');
    const [trace] = await traces('T99.01', original.get('MessageId'));
    expect(trace?.all('Status')).to.have.lengthOf(1);
  });

  it('a status on a foreign document is answered as one on an unknown document', async () => {
    const parts = async (documentId: string, code: string) => {
      const bytes = status('03', 'T99.03', { organId: 'T99.01', documentId, code });
      const answer = await sendPackage(gateway.soapUrl, bytes, as('T99.03'));
      const result = resultOf(answer);
      return {
        warnings: result.all('Warning').map((one) => [one.get('Code'), one.get('Path')]),
        texts: result
          .all('Warning')
          .map((one) => one.get('Text').replaceAll(documentId, 'ID').replaceAll(code, 'CODE')),
        deliveries: result.all('Delivery').map((one) => [one.get('OrganId'), one.get('State')]),
        members: result.children.map((one) => one.name),
        headers: [...answer.headers.keys()],
      };
    };
    const foreign = await parts(DOCUMENT, '500/SMA-VP');
    const unknown = await parts('T99.01,2026/11/20,777/SMA-VP', '777/SMA-VP');
    expect(foreign).to.deep.equal(unknown);
    expect(foreign.warnings.map(([code]) => code)).to.include('status.unmatched');
    const [trace] = await traces('T99.01', original.get('MessageId'));
    expect(trace?.all('Status')).to.deep.equal([]);
  });

  it('SendStatus on a foreign document is answered as one on an unknown document', async () => {
    const report = async (documentId: string) => {
      const children =
        `<ResponseFor><OrganId>T99.01</OrganId><Code>500/SMA-VP</Code><DocumentId>${documentId}</DocumentId>` +
        '<PromulgationDate>2026/11/20</PromulgationDate></ResponseFor><StatusCode>03</StatusCode>';
      const result = resultOf(
        await call(gateway.soapUrl, operation('SendStatus', children), as('T99.03')),
      );
      return warnings(result);
    };
    const foreign = await report(DOCUMENT);
    expect(foreign).to.deep.equal(await report('T99.01,2026/11/20,778/SMA-VP'));
    expect(foreign).to.include('status.unmatched');
  });

  it('a refused status names the same faults for foreign and unknown documents', async () => {
    const refused = async (documentId: string) => {
      const bytes = status('03', 'T99.01', { organId: 'T99.02', documentId });
      return fingerprint(await sendPackage(gateway.soapUrl, bytes, as('T99.03')));
    };
    const unknown = DOCUMENT.replace('500', '777');
    expect(await refused(DOCUMENT)).to.deep.equal(await refused(unknown));
  });
});
