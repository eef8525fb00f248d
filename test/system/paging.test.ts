import { expect } from 'chai';
import { allPages, faultOf, resultOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { call, type Node, operation, sendPackage } from '../support/soap.js';

/** Design 2.3: `Next` is absent on the last page, `After` is opaque. */
describe('paging of the three lists', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await openGateway();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) await gateway.agency({ organId });
    for (let i = 0; i < 5; i++) await send(samplePackage());
  });
  after(() => gateway.close());
  const as = (organId: string) => ({ organId, token: gateway.tokenOf(organId) });
  const ask = (name: string, children: string, organId: string) =>
    call(gateway.soapUrl, operation(name, children), as(organId));
  const send = async (bytes: Buffer, organId = 'T99.01'): Promise<Node> =>
    resultOf(await sendPackage(gateway.soapUrl, bytes, as(organId)));
  const idOf = async (bytes: Buffer): Promise<string> => (await send(bytes)).get('MessageId');

  const lists = [
    { name: 'ListPending', filter: '', item: 'Item', key: 'MessageId', organId: 'T99.02' },
    {
      name: 'GetTraces',
      filter: '<Since>2020-01-01T00:00:00Z</Since>',
      item: 'Trace',
      key: 'MessageId',
      organId: 'T99.01',
    },
    {
      name: 'GetOrganizations',
      filter: '',
      item: 'Organization',
      key: 'OrganId',
      organId: 'T99.01',
    },
  ] as const;

  /** The order of the schema: GetTraces and GetOrganizations have After before MaxItems. */
  function request(list: (typeof lists)[number], max: number, after: string): string {
    const size = `<MaxItems>${max}</MaxItems>`;
    const rest = list.name === 'ListPending' ? `${size}${after}` : `${after}${size}`;
    return operation(list.name, `${list.filter}${rest}`);
  }

  for (const list of lists) {
    it(`${list.name}: pages of 1, of 2 and of 1000 answer the same items, each once`, async () => {
      const options = as(list.organId);
      const keys = async (max: number) => {
        const { items, pages } = await allPages(
          gateway.soapUrl,
          options,
          (after) => request(list, max, after),
          list.item,
        );
        return { keys: items.map((one) => one.get(list.key)), pages };
      };
      const whole = await keys(1000);
      expect(whole.pages).to.equal(1);
      expect(whole.keys.length).to.be.greaterThan(2);
      expect(new Set(whole.keys).size).to.be.greaterThan(2);
      const ones = await keys(1);
      expect(ones.keys).to.deep.equal(whole.keys);
      expect(ones.pages).to.equal(whole.keys.length);
      expect((await keys(2)).keys).to.deep.equal(whole.keys);
    });

    for (const garbage of ['garbage', '%%%', 'W10', 'x'.repeat(5000)]) {
      it(`${list.name}: After of ${garbage.slice(0, 8)} is refused`, async () => {
        const body = request(list, 10, `<After>${garbage}</After>`);
        const answer = await call(gateway.soapUrl, body, as(list.organId));
        faultOf(answer, 'request.value');
      });
    }

    it(`${list.name}: Next of another list is refused`, async () => {
      const other = list.name === 'ListPending' ? lists[2] : lists[0];
      const page = resultOf(await call(gateway.soapUrl, request(other, 1, ''), as(other.organId)));
      const next = page.get('Next');
      expect(next).to.not.equal('');
      const body = request(list, 1, `<After>${next}</After>`);
      faultOf(await call(gateway.soapUrl, body, as(list.organId)), 'request.value');
    });
  }

  it('a cursor of one agency shows nothing of it to another', async () => {
    const page = resultOf(await call(gateway.soapUrl, request(lists[0], 1, ''), as('T99.02')));
    const body = request(lists[0], 10, `<After>${page.get('Next')}</After>`);
    const other = resultOf(await call(gateway.soapUrl, body, as('T99.03')));
    const own = resultOf(await call(gateway.soapUrl, request(lists[0], 1000, ''), as('T99.03')));
    const mine = new Set(own.all('Item').map((one) => one.get('MessageId')));
    for (const item of other.all('Item')) {
      expect(mine.has(item.get('MessageId'))).to.equal(true);
    }
  });

  it('ListPending keeps its place while earlier items are confirmed', async () => {
    const before = await allPages(
      gateway.soapUrl,
      as('T99.02'),
      (after) => request(lists[0], 1000, after),
      'Item',
    );
    const first = resultOf(await call(gateway.soapUrl, request(lists[0], 2, ''), as('T99.02')));
    for (const item of first.all('Item')) {
      const children = `<MessageId>${item.get('MessageId')}</MessageId><Outcome>done</Outcome>`;
      resultOf(await ask('ConfirmReceived', children, 'T99.02'));
    }
    const body = request(lists[0], 1000, `<After>${first.get('Next')}</After>`);
    const rest = resultOf(await call(gateway.soapUrl, body, as('T99.02')));
    expect(rest.all('Item').map((one) => one.get('MessageId'))).to.deep.equal(
      before.items.slice(2).map((one) => one.get('MessageId')),
    );
  });

  it('ListPending filters by Kind', async () => {
    const document = await idOf(samplePackage());
    const sent = resultOf(
      await sendPackage(
        gateway.soapUrl,
        sampleStatusPackage({
          from: { organId: 'T99.03', organName: 'Sở Mẫu C' },
          responseFor: {
            organId: 'T99.02',
            code: '1/SMB-VP',
            promulgationDate: '2026/11/20',
          },
        }),
        as('T99.03'),
      ),
    );
    const status = sent.get('MessageId');
    const listed = async (kind: string) => {
      const filter = kind === '' ? '' : `<Kind>${kind}</Kind>`;
      const page = resultOf(
        await ask('ListPending', `<MaxItems>1000</MaxItems>${filter}`, 'T99.02'),
      );
      return page.all('Item');
    };
    const documents = await listed('document');
    const statuses = await listed('status');
    expect(documents.map((one) => one.get('MessageId')))
      .to.include(document)
      .and.not.include(status);
    expect(statuses.map((one) => one.get('MessageId')))
      .to.include(status)
      .and.not.include(document);
    expect(new Set(documents.map((one) => one.get('Kind')))).to.deep.equal(new Set(['document']));
    expect((await listed('')).length).to.equal(documents.length + statuses.length);
  });
});
