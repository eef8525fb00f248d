import { expect } from 'chai';
import type { AdminRoute } from '../../src/access/route.js';
import { systemClock } from '../../src/clock.js';
import { consoleContext, consoleRoutes } from '../../src/console/console.js';
import { silentLogger } from '../../src/log.js';
import type { OrganId } from '../../src/model/organ-id.js';
import { PERMISSIONS } from '../../src/model/permission.js';
import { sendPackage } from '../../src/soap/send-client.js';
import { type Person, personWith } from '../support/console.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';

const A = 'T99.01' as OrganId;
const B = 'T99.02' as OrganId;
const C = 'T99.03' as OrganId;

describe('what people see of agencies', () => {
  let gateway: TestGateway;
  let ofA: Person;
  let ofB: Person;
  let ofC: Person;
  let all: Person;
  let messageId: string;
  let routes: readonly AdminRoute[];

  before(async () => {
    gateway = await openGateway();
    for (const organId of [A, B, C]) await gateway.agency({ organId });
    const roles = ['viewer', 'operator', 'administrator', 'auditor'] as const;
    const grants = (scope: 'all' | readonly OrganId[]) => roles.map((role) => ({ role, scope }));
    ofA = await personWith(gateway, 'a', grants([A]));
    ofB = await personWith(gateway, 'b', grants([B]));
    ofC = await personWith(gateway, 'c', grants([C]));
    all = await personWith(gateway, 'all', grants('all'));
    const outcome = await sendPackage({
      url: gateway.soapUrl,
      organId: A,
      token: gateway.tokenOf(A),
      bytes: samplePackage({ to: [{ organId: B, organName: 'Sở Mẫu B' }] }),
      timeoutMs: 10_000,
    });
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    messageId = outcome.result.messageId;
    routes = consoleRoutes(
      consoleContext({
        store: gateway.store,
        clock: systemClock,
        logger: silentLogger,
        version: '0',
        organId: 'T99.00',
        key: Buffer.alloc(32),
        clearPasswords: true,
      }),
    );
  });
  after(() => gateway.close());

  it('sender and recipient see the message, a third agency finds nothing of it', async () => {
    for (const person of [ofA, ofB, all]) {
      expect((await person.get(`/messages/${messageId}`)).status).to.equal(200);
      expect((await person.get('/messages')).text).to.include(messageId);
    }
    const unknown = (await ofC.get('/messages/01M00000000000000000000000')).text;
    const hidden = await ofC.get(`/messages/${messageId}`);
    expect(hidden.status).to.equal(404);
    const blank = (text: string): string =>
      text.replace(/[0-9a-f-]{36}|value="[^"]*"|\d\d:\d\d:\d\d/g, '');
    expect(blank(hidden.text)).to.equal(blank(unknown));
    expect((await ofC.get('/messages')).text).not.to.include(messageId);
    expect((await ofC.get('/')).text).not.to.include(messageId);
  });

  it('has a rule and a reach on every route, and none is open by mistake', () => {
    const open = routes
      .filter(({ rule }) => rule === 'open')
      .map(({ method, path }) => `${method} ${path}`);
    expect(open).to.deep.equal([
      'GET /assets/:name',
      'GET /sign-in',
      'POST /sign-in',
      'GET /sign-in/link',
      'POST /sign-in/link',
      'POST /preferences',
    ]);
    for (const { path, rule, reach } of routes) {
      expect(['open', 'signed-in', ...PERMISSIONS], path).to.include(rule);
      if (path.includes(':messageId')) expect(reach, path).to.equal('message');
      if (path.includes(':organId')) expect(reach, path).to.equal('agency');
      // What the whole installation has in common is read only by those who see all of it.
      const scoped = rule !== 'open' && rule !== 'signed-in';
      if (scoped) expect(['filtered', 'agency', 'message', 'everything'], path).to.include(reach);
    }
  });

  it('shows nothing of A and B to C on any page', async () => {
    for (const { method, path } of routes) {
      if (method !== 'GET' || path.startsWith('/sign-in') || path.startsWith('/assets')) continue;
      const asked = path
        .replace(':messageId', messageId)
        .replace(':organId', A)
        .replace(/:\w+/g, '1');
      const page = await ofC.get(asked);
      // The address itself comes back in the field that leads back to it.
      expect(page.text.replaceAll(`value="${asked}"`, ''), asked).not.to.include(messageId);
      expect(page.text, asked).not.to.include(`>${A}<`);
      expect(page.text, asked).not.to.include('Cơ quan T99.01');
      if (/:(?:messageId|organId)/.test(path)) expect(page.status, asked).to.equal(404);
    }
  });

  it('asks for the permission of the route: somebody without roles gets nowhere', async () => {
    const nobody = await personWith(gateway, 'khong-vai-tro', []);
    for (const { method, path, rule } of routes) {
      if (rule === 'open' || rule === 'signed-in') continue;
      const asked = path.replace(':messageId', messageId).replace(/:\w+/g, '1');
      const page = method === 'GET' ? await nobody.get(asked) : await nobody.post(asked, {});
      expect(page.status, `${method} ${path}`).to.equal(403);
    }
  });

  it('a search of a recipient finds nothing by what only the sender knows', async () => {
    const outcome = await sendPackage({
      url: gateway.soapUrl,
      organId: A,
      token: gateway.tokenOf(A),
      bytes: samplePackage({
        documentId: 'T99.01,2026/11/20,77/SMA-VP',
        codeNumber: '77',
        subject: 'Về việc tìm kiếm',
        to: [
          { organId: B, organName: 'Sở Mẫu B' },
          { organId: C, organName: 'Sở Mẫu C' },
        ],
      }),
      timeoutMs: 10_000,
    });
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    const found = async (person: Person, words: string): Promise<boolean> => {
      const page = await person.get(`/messages?q=${encodeURIComponent(words)}`);
      return page.location === `/messages/${outcome.result.messageId}`;
    };
    expect(await found(ofA, 'tim kiem T99.03')).to.equal(true);
    expect(await found(ofB, 'tim kiem')).to.equal(true);
    expect(await found(ofB, 'tim kiem T99.02')).to.equal(true);
    expect(await found(ofB, 'tim kiem T99.03')).to.equal(false);
    expect(await found(ofB, 'tim kiem "Sở Mẫu C"')).to.equal(false);
    expect(await found(ofC, 'tim kiem T99.03')).to.equal(true);
  });
});
