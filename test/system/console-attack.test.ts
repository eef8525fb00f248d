import { join } from 'node:path';
import { expect } from 'chai';
import { openConsoleKey } from '../../src/access/console-key.js';
import { newTotpSecret, totpAt } from '../../src/access/totp.js';
import { consoleContext, consoleRoutes } from '../../src/console/console.js';
import { silentLogger } from '../../src/log.js';
import { parseUserName, type UserName } from '../../src/model/user.js';
import { sealSecret } from '../../src/operate/digest-secrets.js';
import { createLink } from '../../src/operate/users.js';
import { PASSWORD, Person, personWith } from '../support/console.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { TestClock } from '../unit/store/samples.js';

const VIEWER = [{ role: 'viewer', scope: 'all' }] as const;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function named(name: string): UserName {
  return parseUserName(name) ?? expect.fail(`no user name: ${name}`);
}

describe('attacks on signing in', () => {
  let gateway: TestGateway;
  let clock: TestClock;

  beforeEach(async () => {
    clock = new TestClock();
    gateway = await openGateway({ clock });
  });
  afterEach(() => gateway.close());

  const stranger = (): Person => new Person(gateway.adminUrl);
  const signIn = (person: Person, name: string, password: string) =>
    person.postRaw('/sign-in', { name, password, back: '/' });

  async function withSecondFactor(name: string): Promise<Buffer> {
    const secret = newTotpSecret();
    const key = openConsoleKey(join(gateway.folder, 'store'));
    const user = (await gateway.store.getUser(named(name))) ?? expect.fail('no user');
    const totp = sealSecret(secret.toString('base64'), user.name, key);
    const act = 'user.second-factor';
    await gateway.store.putUser({
      user: { ...user, totp },
      before: user,
      actor: 'test',
      act,
      detail: {},
    });
    return secret;
  }

  async function ticketOf(name: string): Promise<string> {
    const { text } = await signIn(stranger(), name, PASSWORD);
    return /name="ticket" value="([^"]+)"/.exec(text)?.[1] ?? expect.fail('no ticket');
  }

  it('many guesses at the same moment are no more than one after the other', async () => {
    await personWith(gateway, 'lan', VIEWER);
    await withSecondFactor('lan');
    const ticket = await ticketOf('lan');
    const codes = Array.from({ length: 12 }, () =>
      stranger().postRaw('/sign-in', { ticket, code: '000000', back: '/' }),
    );
    const tried = (await Promise.all(codes)).filter(({ status }) => status === 422);
    expect(tried).to.have.lengthOf(5);
    expect((await gateway.store.getSignInState(named('lan'))).failures).to.equal(5);
  });

  it('one code shown twice at the same moment signs in once', async () => {
    await personWith(gateway, 'lan', VIEWER);
    const secret = await withSecondFactor('lan');
    const ticket = await ticketOf('lan');
    const code = totpAt(secret, clock.now());
    const both = await Promise.all(
      [1, 2].map(() => stranger().postRaw('/sign-in', { ticket, code, back: '/' })),
    );
    expect(both.map(({ status }) => status).sort()).to.deep.equal([303, 422]);
  });

  it('a name that nobody has waits like one that somebody has', async () => {
    await personWith(gateway, 'lan', VIEWER);
    const answers = async (name: string): Promise<number[]> => {
      const all: number[] = [];
      for (let i = 0; i < 7; i++) all.push((await signIn(stranger(), name, 'sai')).status);
      return all;
    };
    const known = await answers('lan');
    expect(known).to.deep.equal([422, 422, 422, 422, 422, 429, 429]);
    expect(await answers('minh')).to.deep.equal(known);
  });

  it('a stranger who guesses does not keep the owner out of a browser that is known', async () => {
    const lan = await personWith(gateway, 'lan', VIEWER);
    await lan.post('/sign-out', {});
    for (let i = 0; i < 5; i++) await signIn(stranger(), 'lan', 'sai');
    expect((await signIn(stranger(), 'lan', PASSWORD)).status).to.equal(429);
    expect((await signIn(lan, 'lan', PASSWORD)).status).to.equal(303);
    // The mark is for its own name, and guesses with it are counted too.
    await personWith(gateway, 'minh', VIEWER);
    await lan.post('/sign-out', {});
    for (let i = 0; i < 5; i++) await signIn(stranger(), 'minh', 'sai');
    expect((await signIn(lan, 'minh', PASSWORD)).status).to.equal(429);
    for (let i = 0; i < 5; i++) expect((await signIn(lan, 'lan', 'sai')).status).to.equal(422);
    expect((await signIn(lan, 'lan', PASSWORD)).status).to.equal(429);
  });

  it('forgets failures an hour after the last wait', async () => {
    await personWith(gateway, 'lan', VIEWER);
    for (let i = 0; i < 4; i++) await signIn(stranger(), 'lan', 'sai');
    clock.time += 3_600_001;
    await signIn(stranger(), 'lan', 'sai');
    expect((await gateway.store.getSignInState(named('lan'))).failures).to.equal(1);
  });

  it('two requests that come when the token changes leave the browser signed in', async () => {
    const person = await personWith(gateway, 'lan', VIEWER);
    clock.time += 16 * 60_000;
    const cookie = `edxgate=${person.cookies.get('edxgate')}`;
    const pages = await Promise.all(
      [1, 2, 3, 4].map(() => stranger().ask('/', { headers: { cookie } })),
    );
    expect(pages.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
    const set = pages.flatMap(({ headers }) => headers.getSetCookie());
    expect(set).to.have.lengthOf(1);
    clock.time += 60_001;
    const [after = ''] = (set[0] ?? '').split(';');
    expect((await stranger().ask('/', { headers: { cookie: after } })).status).to.equal(200);
  });

  it('the token of a session never stands in an answer that others may keep', async () => {
    const person = await personWith(gateway, 'lan', VIEWER);
    const [, style = ''] = /href="(\/assets\/style[^"]+)"/.exec((await person.get('/')).text) ?? [];
    clock.time += 16 * 60_000;
    const sheet = await person.get(style);
    expect(sheet.status).to.equal(200);
    expect(sheet.headers.getSetCookie()).to.deep.equal([]);
  });

  it('signing in again ends the session before, also from a page opened earlier', async () => {
    const person = await personWith(gateway, 'lan', VIEWER);
    const before = `edxgate=${person.cookies.get('edxgate')}`;
    expect((await signIn(person, 'lan', PASSWORD)).status).to.equal(303);
    expect((await person.get('/')).status).to.equal(200);
    expect((await stranger().ask('/', { headers: { cookie: before } })).status).to.equal(303);
    const { secret } = await createLink(gateway.operator, 'lan', 60_000);
    const fields = { t: secret, password: PASSWORD, again: PASSWORD };
    expect((await person.postRaw('/sign-in/link', fields)).status).to.equal(303);
  });

  it('takes our own forms as browsers send them, and none of elsewhere', async () => {
    await personWith(gateway, 'lan', VIEWER);
    const body = new URLSearchParams({ name: 'lan', password: PASSWORD, back: '/' }).toString();
    const post = async (headers: Readonly<Record<string, string>>): Promise<number> =>
      (await stranger().ask('/sign-in', { method: 'POST', body, headers: { ...FORM, ...headers } }))
        .status;
    expect(await post({ origin: gateway.adminUrl })).to.equal(303);
    // The browser keeps back where it comes from, or a proxy has another address.
    expect(await post({ origin: 'null', 'sec-fetch-site': 'same-origin' })).to.equal(303);
    expect(await post({ origin: 'null' })).to.equal(403);
    expect(await post({ origin: 'null', 'sec-fetch-site': 'cross-site' })).to.equal(403);
    expect(await post({ 'sec-fetch-site': 'same-site' })).to.equal(403);
  });

  it('reads little of those who have not signed in, and answers HEAD like GET', async () => {
    const large = { method: 'POST', body: `name=${'a'.repeat(20_000)}`, headers: FORM };
    expect((await stranger().ask('/sign-in', large)).status).to.equal(413);
    const head = await stranger().ask('/sign-in', { method: 'HEAD' });
    expect([head.status, head.text]).to.deep.equal([200, '']);
  });

  it('sets no password over a connection that others can read, and the link stays good', async () => {
    await personWith(gateway, 'lan', VIEWER);
    const { secret } = await createLink(gateway.operator, 'lan', 60_000);
    const { store } = gateway;
    const parts = { store, clock, logger: silentLogger, version: '0', organId: 'T99.00' };
    const context = consoleContext({ ...parts, key: Buffer.alloc(32), clearPasswords: false });
    const route = consoleRoutes(context).find(
      ({ method, path }) => method === 'POST' && path === '/sign-in/link',
    );
    const answer = await route?.handle({
      method: 'POST',
      path: '/sign-in/link',
      params: {},
      query: new URLSearchParams(),
      form: new URLSearchParams({ t: secret, password: PASSWORD, again: PASSWORD }),
      headers: {},
      body: Buffer.alloc(0),
      address: '192.0.2.7',
      secure: false,
      language: 'vi',
      caller: undefined,
      scope: [],
      correlationId: '0',
    });
    expect(answer?.status).to.equal(410);
    expect((await stranger().get(`/sign-in/link?t=${secret}`)).status).to.equal(200);
  });

  it('answers addresses that cannot be read without a word of the inside', async () => {
    const person = await personWith(gateway, 'lan', VIEWER);
    for (const path of ['/messages/%E0%A4%A', '/messages/%00', '/messages/%2e%2e%2fx', '//x/y']) {
      const page = await person.get(path);
      expect(page.status, path).to.be.within(400, 404);
      expect(page.text, path).not.to.match(/\bat .*\.js|node_modules/);
    }
  });
});
