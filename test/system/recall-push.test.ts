import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import type { Business } from '../../src/model/edxml.js';
import type { MessageId } from '../../src/model/message-id.js';
import { answer, deliveryTools, PATIENT, ROUTE } from '../support/delivery.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { answerXml, startRecipient, type TestRecipient } from '../support/recipient.js';
import { samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import { until } from '../support/until.js';

const DOCUMENT = 'T99.01,2026/11/20,500/SMA-VP';
const REVOKE: Business = { type: 'revoke', documentId: DOCUMENT, replacements: [] };
const LONG = 60_000;

/** docs/decisions/recall.md, for recipients that are pushed to. */
describe('a recall of what is pushed', () => {
  let gateway: TestGateway;
  let recipient: TestRecipient;

  beforeEach(async () => {
    recipient = await startRecipient();
    gateway = await openGateway({ delivery: { ...PATIENT, retryMs: [LONG, LONG] } });
    await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.04', route: ROUTE(recipient.url) });
  });
  afterEach(async () => {
    await gateway.close();
    await recipient.close();
  });
  const { send, untilState } = deliveryTools(
    () => gateway,
    () => recipient,
  );
  const TO = { to: [{ organId: 'T99.04' }], documentId: DOCUMENT, codeNumber: '500' };
  const document = () => samplePackage(TO);
  const RECALLS = {
    revoke: () => samplePackage({ ...TO, business: REVOKE }),
    'status 13': () =>
      sampleStatusPackage({
        from: { organId: 'T99.01' },
        statusCode: '13',
        responseFor: {
          organId: 'T99.04',
          code: '500/SMA-VP',
          documentId: DOCUMENT,
          promulgationDate: '2026/11/20',
        },
      }),
  } as const;
  const lane = async (messageId: MessageId) => {
    const [one] = await gateway.store.deliveriesOf(messageId);
    return `${one?.state} ${one?.lastCode ?? '-'}`;
  };
  const notices = async () => {
    const all = await gateway.store.listMessages({ kind: 'status' }, { limit: 100 });
    return all.items.filter((one) => (one.fromOrganId as string) === 'T99.00');
  };
  /** Nobody listens at the recipient's address. */
  const vanish = async () => {
    await recipient.close();
    recipient = await startRecipient();
  };

  for (const [name, recall] of Object.entries(RECALLS)) {
    describe(`by ${name}`, () => {
      it('while nothing could be sent cancels it, tells the sender and sends nothing', async () => {
        await vanish();
        const sent = await send(document());
        await untilState(sent, 'deferred');
        expect(await lane(sent)).to.equal('deferred delivery.unreachable');
        const recalled = await send(recall());
        expect(await lane(sent)).to.equal('cancelled delivery.recalled');
        expect(await lane(recalled)).to.equal('cancelled delivery.not-needed');
        expect((await notices()).map((one) => one.statusCode)).to.deep.equal(['15']);
      });

      it('after a cut connection cancels it and is sent: the recipient may have it', async () => {
        recipient.misbehave = (request) => {
          request.socket.destroy();
          return true;
        };
        const sent = await send(document());
        await untilState(sent, 'deferred');
        recipient.misbehave = undefined;
        const recalled = await send(recall());
        await until(() => recipient.received.has(recalled));
        expect(await lane(sent)).to.equal('cancelled delivery.recalled');
        expect(recipient.received.has(sent)).to.equal(false);
        expect(await notices()).to.deep.equal([]);
      });

      for (const accepted of [true, false]) {
        it(`during an attempt that ${accepted ? 'delivers' : 'fails'} waits for its end`, async () => {
          const open: ServerResponse[] = [];
          recipient.misbehave = (_request, response, { documentId, kind }) => {
            if (open.length > 0 || documentId !== DOCUMENT || kind !== 'document') return false;
            open.push(response);
            return true;
          };
          const sent = await send(document());
          await until(() => open.length === 1);
          const recalled = await send(recall());
          expect(await lane(sent)).to.equal('active -');
          expect(recipient.requests).to.deep.equal([sent]);
          for (const response of open) {
            if (accepted) answer(response, 200, answerXml(true));
            else response.writeHead(503).end();
          }
          await until(() => recipient.received.has(recalled));
          expect(await lane(sent)).to.equal(
            accepted ? 'delivered -' : 'cancelled delivery.recalled',
          );
          expect(recipient.requests).to.deep.equal([sent, recalled]);
          expect(await notices()).to.deep.equal([]);
        });
      }

      it('after the delivery is sent like any other package', async () => {
        const sent = await send(document());
        await untilState(sent, 'delivered');
        const recalled = await send(recall());
        await until(() => recipient.received.has(recalled));
        expect(await lane(sent)).to.equal('delivered -');
      });

      it('of a dead letter is sent: nothing is certain', async () => {
        recipient.misbehave = (_request, response, { kind, messageId }) => {
          if (kind !== 'document' || recipient.requests[0] !== messageId) return false;
          answer(response, 200, answerXml(false, 'không đúng'));
          return true;
        };
        const sent = await send(document());
        await untilState(sent, 'dead');
        const recalled = await send(recall());
        await until(() => recipient.received.has(recalled));
        expect(await lane(sent)).to.equal('dead delivery.refused');
      });
    });
  }
});
