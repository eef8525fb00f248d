import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { OrganId } from '../../src/model/organ-id.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { basic, call, envelope, operation, post, sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

const MIB = 1024 * 1024;
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
/** Issues of one refusal that anybody could want to read. */
const FEW = 200;

/** The most memory of buffers in use while `work` runs, above what was in use before. */
async function bufferPeak(work: () => Promise<unknown>): Promise<number> {
  const used = (): number => process.memoryUsage().arrayBuffers;
  const before = used();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, used());
  }, 5);
  try {
    await work();
    peak = Math.max(peak, used());
  } finally {
    clearInterval(timer);
  }
  return peak - before;
}

describe('attacks of a caller that has signed in', () => {
  let gateway: TestGateway;
  const sockets: Socket[] = [];

  before(async () => {
    gateway = await openGateway({ limits: { requestBytes: 32 * MIB } });
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) await gateway.agency({ organId });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  after(() => gateway.close());

  const as = (organId = 'T99.01') => ({ organId, token: gateway.tokenOf(organId) });

  /** Opens a connection, sends the text and reads nothing of the answer. */
  function send(text: string): Promise<Socket> {
    const { hostname, port } = new URL(gateway.exchangeUrl);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      socket.pause();
      socket.once('connect', () => socket.write(text, () => resolve(socket)));
      socket.once('error', reject);
    });
  }

  const head = (organId: string, length: number): string =>
    'POST /soap HTTP/1.1\r\nHost: a.example\r\nContent-Type: text/xml\r\n' +
    `Authorization: ${basic(organId, gateway.tokenOf(organId))}\r\nContent-Length: ${length}\r\n\r\n`;

  const idsOf = async (): Promise<number> => {
    const { items } = await gateway.store.listRefusals({ limit: 1 });
    return items[0]?.issues.length ?? 0;
  };

  describe('what is kept and worked out of one refusal is bounded', () => {
    const many = 2000;
    const floods: readonly [what: string, code: string, text: () => string][] = [
      [
        'header blocks that must be understood',
        'soap.must-understand',
        () =>
          `<s:Envelope xmlns:s="${SOAP}"><s:Header>${'<a s:mustUnderstand="1"/>'.repeat(many)}` +
          `</s:Header><s:Body>${operation('Ping')}</s:Body></s:Envelope>`,
      ],
      [
        'children of SendPackage',
        'soap.request',
        () => envelope(operation('SendPackage', '<a/>'.repeat(many))),
      ],
      [
        'recipients that nobody knows',
        'recipient.unknown',
        () => {
          const to = Array.from(
            { length: many },
            (_, i) =>
              `<edXML:To><edXML:OrganId>T98.${i}</edXML:OrganId><edXML:OrganName>T</edXML:OrganName></edXML:To>`,
          );
          const text = samplePackage().toString('utf8');
          const bytes = Buffer.from(text.replace('<edXML:To>', () => `${to.join('')}<edXML:To>`));
          const content = `<Package>${bytes.toString('base64')}</Package>`;
          return envelope(operation('SendPackage', content));
        },
      ],
    ];
    for (const [what, code, text] of floods) {
      it(`${many} ${what}`, async () => {
        const answer = await post(gateway.soapUrl, text(), as());
        expect(answer.code).to.equal(code);
        expect(await idsOf()).to.be.within(1, FEW);
      });
    }
  });

  it('an accepted package has no more warnings than anybody could read', async () => {
    const replaced = Array.from(
      { length: 1000 },
      (_, i) =>
        `<edXML:ReplacementInfo><edXML:DocumentId>T99.01,${i}</edXML:DocumentId>` +
        '<edXML:OrganIdList><edXML:OrganId>T99.02</edXML:OrganId></edXML:OrganIdList></edXML:ReplacementInfo>',
    );
    const list = `<edXML:ReplacementInfoList>${replaced.join('')}</edXML:ReplacementInfoList>`;
    const end = '</edXML:Bussiness>';
    const text = samplePackage().toString('utf8').replace('DocType>0<', 'DocType>3<');
    const bytes = Buffer.from(text.replace(end, () => list + end));
    const answer = await sendPackage(gateway.soapUrl, bytes, as());
    expect(answer.status).to.equal(200);
    expect(answer.body.children[0]?.all('Warning')).to.have.length.within(1, FEW);
  });

  describe('others are served', () => {
    const isBusy = async (): Promise<boolean> =>
      (await call(gateway.soapUrl, operation('Ping'), as('T99.02'))).status !== 200;

    /** Gives the gateway time to take in what was sent. */
    const settle = () => new Promise((resolve) => setTimeout(resolve, 500));

    it('while one caller has announced large bodies and sends none of them', async () => {
      for (let i = 0; i < 12; i++) await send(`${head('T99.01', 32 * MIB)}<`);
      await settle();
      expect(await isBusy()).to.equal(false);
    });

    it('while one caller holds hundreds of requests open', async () => {
      for (let i = 0; i < 300; i++) await send(`${head('T99.01', 10)}<`);
      await settle();
      expect(await isBusy()).to.equal(false);
    });
  });

  describe('memory', () => {
    /** The budget of all requests together (256 MiB), and a request more. */
    const most = 320 * MIB;

    it('of bodies that grow out of gzip counts as well', async () => {
      const bomb = gzipSync(Buffer.alloc(31 * MIB, ' '));
      const headers = { 'content-encoding': 'gzip' };
      const peak = await bufferPeak(() =>
        Promise.all(
          Array.from({ length: 40 }, () => post(gateway.soapUrl, bomb, { ...as(), headers })),
        ),
      );
      expect(peak).to.be.below(most);
    });

    it('of answers that nobody reads counts as well', async () => {
      const file = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(8 * MIB, 'A')]);
      const sent = await sendPackage(gateway.soapUrl, samplePackage({}, file), as());
      const messageId = sent.body.children[0]?.get('MessageId') ?? '';
      const body = envelope(operation('GetPackage', `<MessageId>${messageId}</MessageId>`));
      const peak = await bufferPeak(async () => {
        for (let i = 0; i < 30; i++) {
          await send(head('T99.02', Buffer.byteLength(body)) + body);
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
        await new Promise((resolve) => setTimeout(resolve, 1500));
      });
      expect(peak).to.be.below(most);
    });
  });

  it('a package From another agency tells nothing about that agency', async () => {
    await gateway.agency({ organId: 'T99.04', signaturePolicy: 'require' });
    const codesFor = async (organId: string): Promise<readonly string[]> => {
      const bytes = samplePackage({ from: { organId, organName: 'Sở Mẫu' } });
      return (await sendPackage(gateway.soapUrl, bytes, as('T99.01'))).codes;
    };
    expect(await codesFor('T99.04')).to.deep.equal(await codesFor('T99.03'));
  });
});

describe('attacks of a stranger', () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await openGateway();
  });
  after(() => gateway.close());

  const raw = (text: string): Promise<string> => {
    const { hostname, port } = new URL(gateway.exchangeUrl);
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname);
      socket.setEncoding('latin1');
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.once('close', () => resolve(answer));
      socket.once('error', reject);
      socket.write(text);
    });
  };

  for (const target of [
    'http://x:99999/soap?wsdl',
    'http://[/soap?wsdl',
    'http://a:b/soap?xsd=c',
  ]) {
    it(`the request target ${target} shows nothing of the inside`, async () => {
      const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(answer).to.match(/^HTTP\/1\.1 4\d\d /);
      expect(answer).not.to.match(/node:|node_modules|\.js:\d|TypeError|<pre>/);
    });
  }
});

describe('attacks of a recipient', () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await openGateway({ delivery: { retryMs: [600_000] } });
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({
      organId: 'T99.02',
      route: { kind: 'push', pushKind: 'receiver', url: 'http://127.0.0.1:9/' },
    });
  });
  after(() => gateway.close());

  it('a refusal by confirmation on a lane of pushes is told to the sender like any other', async () => {
    const as = (organId: string) => ({ organId, token: gateway.tokenOf(organId) });
    const sent = await sendPackage(gateway.soapUrl, samplePackage(), as('T99.01'));
    const messageId = sent.body.children[0]?.get('MessageId') ?? '';
    const lane = async () => {
      const filter = { toOrganId: 'T99.02' as OrganId };
      return (await gateway.store.listDeliveries(filter, { limit: 1 })).items[0];
    };
    await until(async () => (await lane())?.state === 'deferred');
    const said = `<MessageId>${messageId}</MessageId><Outcome>fail</Outcome><Reason>T</Reason>`;
    await call(gateway.soapUrl, operation('ConfirmReceived', said), as('T99.02'));
    expect((await lane())?.state).to.equal('dead');
    const pending = await call(gateway.soapUrl, operation('ListPending'), as('T99.01'));
    expect(pending.body.children[0]?.all('Item')).to.have.length(1);
  });
});
