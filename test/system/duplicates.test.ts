import { expect } from 'chai';
import { setAgency } from '../../src/operate/agencies.js';
import { faultOf, fingerprint, resultOf, textsOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { startRecipient } from '../support/recipient.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { call, type Node, operation, sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

/** A SendResult as texts, without the one member in which a repeat may differ. */
function unmarked(result: Node): unknown {
  return result.children
    .filter((one) => one.name !== 'Duplicate')
    .map((one) => [one.name, textsOf(one)]);
}

/** Design 2.3, Duplicates. */
describe('duplicates: the same again gets the first answer', () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = await openGateway();
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.02' });
    await gateway.agency({ organId: 'T99.03', mayActFor: ['T99.01'] });
  });
  afterEach(() => gateway.close());
  const as = (organId: string) => ({ organId, token: gateway.tokenOf(organId) });
  const send = async (bytes: Buffer, organId = 'T99.01') =>
    resultOf(await sendPackage(gateway.soapUrl, bytes, as(organId)));
  const messages = async () => (await gateway.store.counts()).messages;

  const expectRepeat = (first: Node, second: Node): void => {
    expect(first.get('Duplicate')).to.equal('false');
    expect(second.get('Duplicate')).to.equal('true');
    // Receipt included: base64 of the same bytes.
    expect(unmarked(second)).to.deep.equal(unmarked(first));
  };

  it('a new document with the same bytes: identical but for Duplicate, one message', async () => {
    const bytes = samplePackage();
    expectRepeat(await send(bytes), await send(bytes));
    expect(await messages()).to.equal(1);
  });

  it('the first answer comes back whatever has become of the delivery since', async () => {
    const bytes = samplePackage();
    const first = await send(bytes);
    const children = `<MessageId>${first.get('MessageId')}</MessageId><Outcome>done</Outcome>`;
    resultOf(await call(gateway.soapUrl, operation('ConfirmReceived', children), as('T99.02')));
    expectRepeat(first, await send(bytes));
  });

  it('the first answer comes back when its recipient has left the directory', async () => {
    const bytes = samplePackage();
    const first = await send(bytes);
    await setAgency(gateway.operator, 'T99.02', { active: false });
    expectRepeat(first, await send(bytes));
  });

  it('the first answer comes back when retention has deleted the content: keys outlive it', async () => {
    const bytes = samplePackage({}, Buffer.alloc(200 * 1024, 1));
    const first = await send(bytes);
    const children = `<MessageId>${first.get('MessageId')}</MessageId>`;
    const confirm = operation('ConfirmReceived', `${children}<Outcome>done</Outcome>`);
    resultOf(await call(gateway.soapUrl, confirm, as('T99.02')));
    const now = Date.now() + 1000;
    const purge = { state: 'delivered', before: now, limit: 10, now } as const;
    expect(await gateway.store.purgeContent(purge)).to.equal(1);
    const got = await call(gateway.soapUrl, operation('GetPackage', children), as('T99.02'));
    faultOf(got, 'message.unknown');
    expectRepeat(first, await send(bytes));
    expect(await messages()).to.equal(1);
  });

  it('From under the old organ id is the same sender: other bytes are a conflict', async () => {
    await gateway.agency({ organId: 'T99.08', oldOrganId: '000.00.08.T99' });
    const written = (organId: string) =>
      samplePackage({ documentId: 'mã cũ', codeNumber: '1', from: { organId, organName: 'Sở H' } });
    await send(written('T99.08'), 'T99.08');
    const old = await sendPackage(gateway.soapUrl, written('000.00.08.T99'), as('T99.08'));
    faultOf(old, 'duplicate.conflict');
  });

  it('other bytes under the same From and DocumentId are refused, and nothing is stored', async () => {
    const documentId = 'T99.01,2026/11/20,900/SMA-VP';
    await send(samplePackage({ documentId, codeNumber: '900' }));
    const other = samplePackage({ documentId, codeNumber: '900', subject: 'Nội dung khác' });
    const answer = await sendPackage(gateway.soapUrl, other, as('T99.01'));
    expect(faultOf(answer, 'duplicate.conflict').get('Temporary')).to.equal('false');
    expect(await messages()).to.equal(1);
  });

  it('DocumentId is compared after NFC: the decomposed form is the same key', async () => {
    const documentId = 'T99.01,2026/11/20,901/SMẪU-TTĐT';
    const nfc = samplePackage({ documentId: documentId.normalize('NFC'), codeNumber: '901' });
    const nfd = samplePackage({ documentId: documentId.normalize('NFD'), codeNumber: '901' });
    expect(nfc.equals(nfd)).to.equal(false);
    await send(nfc);
    faultOf(await sendPackage(gateway.soapUrl, nfd, as('T99.01')), 'duplicate.conflict');
    const found = resultOf(
      await call(
        gateway.soapUrl,
        operation('GetTraces', `<DocumentId>${documentId.normalize('NFD')}</DocumentId>`),
        as('T99.01'),
      ),
    );
    expect(found.all('Trace')).to.have.lengthOf(1);
  });

  it('another document id is another document, even with the same number', async () => {
    const a = await send(samplePackage({ documentId: 'A,1', codeNumber: '1' }));
    const b = await send(samplePackage({ documentId: 'A,2', codeNumber: '1' }));
    expect(b.get('Duplicate')).to.equal('false');
    expect(b.get('MessageId')).to.not.equal(a.get('MessageId'));
  });

  it('the same DocumentId from two agencies are two documents', async () => {
    await send(samplePackage({ documentId: 'chung', codeNumber: '1' }));
    const other = samplePackage({
      documentId: 'chung',
      codeNumber: '1',
      from: { organId: 'T99.03', organName: 'Sở Mẫu C' },
    });
    expect((await send(other, 'T99.03')).get('Duplicate')).to.equal('false');
    expect(await messages()).to.equal(2);
  });

  it('the key belongs to From, not to the caller: an agency that may act for it repeats', async () => {
    const bytes = samplePackage();
    expectRepeat(await send(bytes), await send(bytes, 'T99.03'));
  });

  for (const [what, business] of [
    ['revoke', { type: 'revoke', replacements: [] }],
    [
      'update',
      {
        type: 'update',
        replacements: [],
        info: {
          documentChanged: true,
          receiversChanged: true,
          receivers: [{ organId: 'T99.02', change: 'added' }],
        },
      },
    ],
    ['replace', { type: 'replace', replacements: [{ documentId: 'X', organIds: ['T99.02'] }] }],
  ] as const) {
    it(`${what}: the digest decides; other bytes for one document are another message`, async () => {
      const documentId = 'T99.01,2026/11/20,902/SMA-VP';
      const base = { documentId, codeNumber: '902', business };
      const first = samplePackage(base);
      expectRepeat(await send(first), await send(first));
      const second = await send(samplePackage({ ...base, subject: 'Lần hai' }));
      expect(second.get('Duplicate')).to.equal('false');
      expect(await messages()).to.equal(2);
    });
  }

  it('a revoke does not collide with the document it is about', async () => {
    const documentId = 'T99.01,2026/11/20,903/SMA-VP';
    await send(samplePackage({ documentId, codeNumber: '903' }));
    const revoke = samplePackage({
      documentId,
      codeNumber: '903',
      business: { type: 'revoke', replacements: [] },
    });
    expect((await send(revoke)).get('Duplicate')).to.equal('false');
  });

  it('a status package: the digest decides', async () => {
    const bytes = sampleStatusPackage();
    expectRepeat(await send(bytes, 'T99.02'), await send(bytes, 'T99.02'));
    const later = sampleStatusPackage({ timestamp: '2026/11/20 10:00:01' });
    expect((await send(later, 'T99.02')).get('Duplicate')).to.equal('false');
  });

  describe('SendStatus', () => {
    const request = (code: string, timestamp?: string, description = 'Đã nhận', more = '') =>
      operation(
        'SendStatus',
        '<ResponseFor><OrganId>T99.01</OrganId><Code>7/SMA-VP</Code>' +
          '<DocumentId>T99.01,2026/11/20,7/SMA-VP</DocumentId>' +
          `<PromulgationDate>2026/11/20</PromulgationDate></ResponseFor><StatusCode>${code}</StatusCode>` +
          `<Description>${description}</Description>` +
          `${timestamp === undefined ? '' : `<Timestamp>${timestamp}</Timestamp>`}${more}`,
      );
    const report = async (body: string, organId = 'T99.02') =>
      resultOf(await call(gateway.soapUrl, body, as(organId)));

    it('without Timestamp: repeated seconds later it is still the same', async () => {
      const first = await report(request('03'));
      // The second that is written into the package must have passed.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expectRepeat(first, await report(request('03')));
      expect(await messages()).to.equal(1);
    });

    it('with the same Timestamp it is the same, with another one it is not', async () => {
      const first = await report(request('05', '2026/11/20 10:00:00'));
      expectRepeat(first, await report(request('05', '2026/11/20 10:00:00')));
      const other = await report(request('05', '2026/11/20 11:00:00'));
      expect(other.get('Duplicate')).to.equal('false');
      const without = await report(request('05'));
      expect(without.get('Duplicate')).to.equal('false');
      expect(await messages()).to.equal(3);
    });

    it('another description is no other key; another code or caller is', async () => {
      const first = await report(request('03'));
      expectRepeat(first, await report(request('03', undefined, 'Lời khác')));
      expect((await report(request('04'))).get('Duplicate')).to.equal('false');
      expect((await report(request('03'), 'T99.03')).get('Duplicate')).to.equal('false');
    });

    it('twenty at once make one message', async () => {
      const results = await Promise.all(Array.from({ length: 20 }, () => report(request('03'))));
      expect(new Set(results.map((one) => one.get('MessageId'))).size).to.equal(1);
      expect(results.filter((one) => one.get('Duplicate') === 'false')).to.have.lengthOf(1);
      expect(await messages()).to.equal(1);
    });
  });

  it('SendDocument and SendPackage share the keys: the same bytes are the same document', async () => {
    const element = samplePackage()
      .toString('utf8')
      .replace(/^<\?xml[^>]*\?>\s*/, '');
    const first = resultOf(
      await call(gateway.soapUrl, operation('SendDocument', element), as('T99.01')),
    );
    const children = `<MessageId>${first.get('MessageId')}</MessageId>`;
    const got = await call(gateway.soapUrl, operation('GetPackage', children), as('T99.02'));
    const bytes = Buffer.from(resultOf(got).get('Package'), 'base64');
    expectRepeat(first, await send(bytes));
  });

  it('SendDocument in another prefix and envelope is the same when its canonical form is', async () => {
    const element = samplePackage()
      .toString('utf8')
      .replace(/^<\?xml[^>]*\?>\s*/, '');
    const body = operation('SendDocument', element);
    const first = resultOf(await call(gateway.soapUrl, body, as('T99.01')));
    const noisy = body.replace('<SendDocument ', '<SendDocument xmlns:x="urn:useless" ');
    expectRepeat(first, resultOf(await call(gateway.soapUrl, noisy, as('T99.01'))));
  });

  for (const size of [1, 200] as const) {
    it(`20 concurrent sends of one package (${size} kB file) make one message and one delivery`, async () => {
      const recipient = await startRecipient();
      try {
        const url = recipient.url;
        const route = { kind: 'push', pushKind: 'receiver', url } as const;
        await gateway.agency({ organId: 'T99.04', route });
        const bytes = samplePackage({ to: [{ organId: 'T99.04' }] }, Buffer.alloc(size * 1024, 7));
        const results = await Promise.all(Array.from({ length: 20 }, () => send(bytes)));
        expect(results.filter((one) => one.get('Duplicate') === 'false')).to.have.lengthOf(1);
        expect(new Set(results.map((one) => JSON.stringify(unmarked(one)))).size).to.equal(1);
        expect(await messages()).to.equal(1);
        const { deliveries } = await gateway.store.counts();
        await until(async () =>
          (await gateway.store.counts()).deliveries.every((one) => one.state === 'delivered'),
        );
        expect(deliveries.reduce((sum, one) => sum + one.count, 0)).to.equal(1);
        expect(recipient.requests).to.have.lengthOf(1);
      } finally {
        await recipient.close();
      }
    });
  }

  it('20 concurrent sends of different packages under one key: one stored, the rest in conflict', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const bytes = samplePackage({ documentId: 'tranh', codeNumber: '1', subject: `Bản ${i}` });
        return sendPackage(gateway.soapUrl, bytes, as('T99.01'));
      }),
    );
    expect(answers.filter((one) => one.status === 200)).to.have.lengthOf(1);
    for (const one of answers) if (one.status !== 200) faultOf(one, 'duplicate.conflict');
    expect(await messages()).to.equal(1);
  });

  it('after a restart the first answer comes back, receipt and all', async () => {
    const bytes = samplePackage();
    const first = await send(bytes);
    gateway = await gateway.restart();
    expectRepeat(first, await send(bytes));
  });

  it('another agency learns nothing: known and unknown documents are refused alike', async () => {
    const known = samplePackage({ documentId: 'kín', codeNumber: '1' });
    await send(known);
    const asOther = async (bytes: Buffer) => sendPackage(gateway.soapUrl, bytes, as('T99.02'));
    const unknown = samplePackage({ documentId: 'kín', codeNumber: '1', place: 'Huế' });
    const repeated = await asOther(known);
    faultOf(repeated, 'auth.from');
    expect(repeated.codes).to.deep.equal(['auth.from']);
    expect(fingerprint(await asOther(unknown))).to.deep.equal(fingerprint(repeated));
    const fresh = samplePackage({ documentId: 'mới', codeNumber: '1' });
    expect(fingerprint(await asOther(fresh))).to.deep.equal(fingerprint(repeated));
    expect(await messages()).to.equal(1);
  });

  it('a repeat is noted with the message, and a refused stranger is not', async () => {
    const bytes = samplePackage();
    const first = await send(bytes);
    await send(bytes);
    await sendPackage(gateway.soapUrl, bytes, as('T99.02'));
    const { items } = await gateway.store.listMessages({}, { limit: 1 });
    const messageId = items[0]?.messageId;
    if (messageId === undefined) throw new Error('there is no message');
    expect(messageId).to.equal(first.get('MessageId'));
    const events = await gateway.store.listEvents(messageId);
    expect(events.filter((one) => one.event === 'repeated')).to.have.lengthOf(1);
  });
});
