import { join } from 'node:path';
import { expect } from 'chai';
import { openConsoleKey } from '../../src/access/console-key.js';
import { newTotpSecret, recoveryHash, totpAt } from '../../src/access/totp.js';
import { parseUserName, type UserName } from '../../src/model/user.js';
import { sealSecret } from '../../src/operate/digest-secrets.js';
import { addUser, createLink, setUser } from '../../src/operate/users.js';
import { PASSWORD, Person, personWith } from '../support/console.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { TestClock } from '../unit/store/samples.js';

const VIEWER = [{ role: 'viewer', scope: 'all' }] as const;
const HOUR = 3_600_000;

function named(name: string): UserName {
  return parseUserName(name) ?? expect.fail(`no user name: ${name}`);
}

describe('signing in to the admin listener', () => {
  let gateway: TestGateway;
  let clock: TestClock;

  beforeEach(async () => {
    clock = new TestClock();
    gateway = await openGateway({ clock });
  });
  afterEach(() => gateway.close());

  const acts = async (): Promise<string[]> =>
    (await gateway.store.listActs(undefined, { limit: 50 })).items.map(({ act }) => act).reverse();
  const signIn = (person: Person, name: string, password: string) =>
    person.postRaw('/sign-in', { name, password, back: '/messages' });

  it('leads strangers to the sign-in page and back to where they wanted', async () => {
    const person = new Person(gateway.adminUrl);
    const first = await person.get('/messages?kind=status');
    expect([first.status, first.location]).to.deep.equal([
      303,
      '/sign-in?back=%2Fmessages%3Fkind%3Dstatus',
    ]);
    // Also where there is nothing: a stranger does not learn which paths there are.
    expect((await person.get('/nothing')).status).to.equal(303);
    const form = await person.get(first.location ?? '');
    expect(form.text).to.include('value="/messages?kind=status"').and.include('lang="vi"');
  });

  it('by a link sets a password, once', async () => {
    await addUser(gateway.operator, { name: 'lan', fullName: 'Nguyễn Thị Lan', grants: VIEWER });
    const { secret } = await createLink(gateway.operator, 'lan', HOUR);
    const person = new Person(gateway.adminUrl);
    expect((await person.get(`/sign-in/link?t=${secret}`)).text).to.include('value="lan"');
    const fields = { t: secret, password: PASSWORD, again: PASSWORD };
    expect((await person.postRaw('/sign-in/link', { ...fields, again: 'x' })).status).to.equal(422);
    const short = { ...fields, password: 'ngan', again: 'ngan' };
    expect((await person.postRaw('/sign-in/link', short)).status).to.equal(422);
    expect((await person.postRaw('/sign-in/link', fields)).status).to.equal(303);
    expect((await person.get('/')).status).to.equal(200);
    const again = new Person(gateway.adminUrl);
    expect((await again.postRaw('/sign-in/link', fields)).status).to.equal(410);
    expect((await again.get(`/sign-in/link?t=${secret}`)).status).to.equal(410);
    expect(await acts()).to.deep.equal(['user.add', 'user.link', 'user.password', 'sign-in']);
  });

  it('by a link that is over does nothing', async () => {
    await addUser(gateway.operator, { name: 'lan', fullName: 'Nguyễn Thị Lan', grants: VIEWER });
    const { secret } = await createLink(gateway.operator, 'lan', HOUR);
    clock.time += HOUR + 1;
    const fields = { t: secret, password: PASSWORD, again: PASSWORD };
    const answer = await new Person(gateway.adminUrl).postRaw('/sign-in/link', fields);
    expect(answer.status).to.equal(410);
  });

  it('by password; a wrong name and a wrong password read alike', async () => {
    await personWith(gateway, 'lan', VIEWER);
    const person = new Person(gateway.adminUrl);
    const wrong = await signIn(person, 'lan', 'sai mat khau roi');
    const nobody = await signIn(person, 'minh', 'sai mat khau roi');
    expect([wrong.status, nobody.status]).to.deep.equal([422, 422]);
    expect(nobody.text.replace('minh', 'lan')).to.equal(wrong.text);
    const right = await signIn(person, ' LAN ', PASSWORD);
    expect([right.status, right.location]).to.deep.equal([303, '/messages']);
    expect((await acts()).slice(-2)).to.deep.equal(['sign-in.failed', 'sign-in']);
  });

  it('waits longer after each failure from the fifth on, and takes the right password afterwards', async () => {
    await personWith(gateway, 'lan', VIEWER);
    const person = new Person(gateway.adminUrl);
    for (let i = 0; i < 5; i++) expect((await signIn(person, 'lan', 'sai')).status).to.equal(422);
    const early = await signIn(person, 'lan', PASSWORD);
    expect(early.status).to.equal(429);
    expect(early.text).to.include('2 giây');
    clock.time += 2001;
    expect((await signIn(person, 'lan', 'sai')).status).to.equal(422);
    clock.time += 2001;
    expect((await signIn(person, 'lan', PASSWORD)).status).to.equal(429);
    clock.time += 2000;
    expect((await signIn(person, 'lan', PASSWORD)).status).to.equal(303);
    expect((await gateway.store.getSignInState(named('lan'))).failures).to.equal(0);
  });

  it('waits after twenty failures from one address, whatever the names', async () => {
    const person = new Person(gateway.adminUrl);
    for (let i = 0; i < 20; i++) {
      expect((await signIn(person, `ai${i}`, 'sai')).status).to.equal(422);
    }
    expect((await signIn(person, 'ai-khac', 'sai')).status).to.equal(429);
    expect(await acts()).to.deep.equal([]);
  });

  it('asks for the code where there is a second factor; each code and recovery code works once', async () => {
    await personWith(gateway, 'lan', VIEWER);
    const secret = newTotpSecret();
    const key = openConsoleKey(join(gateway.folder, 'store'));
    const user = (await gateway.store.getUser(named('lan'))) ?? expect.fail('no user');
    await gateway.store.putUser({
      user: {
        ...user,
        totp: sealSecret(secret.toString('base64'), user.name, key),
        recoveryCodes: [recoveryHash('abcd-efgh-jkmn-pqrs')],
      },
      before: user,
      actor: 'test',
      act: 'user.second-factor',
      detail: {},
    });
    const withCode = async (code: string): Promise<number> => {
      const person = new Person(gateway.adminUrl);
      const asked = await signIn(person, 'lan', PASSWORD);
      expect((await person.get('/')).status).to.equal(303);
      const [, ticket = ''] = /name="ticket" value="([^"]+)"/.exec(asked.text) ?? [];
      return (await person.postRaw('/sign-in', { ticket, code, back: '/' })).status;
    };
    const code = totpAt(secret, clock.now());
    expect(await withCode('000000')).to.equal(422);
    expect(await withCode(code)).to.equal(303);
    expect(await withCode(code)).to.equal(422);
    expect(await withCode('ABCD EFGH JKMN PQRS')).to.equal(303);
    expect(await withCode('abcd-efgh-jkmn-pqrs')).to.equal(422);
  });

  it('ends after half an hour without a request, and after twelve hours in any case', async () => {
    const person = await personWith(gateway, 'lan', VIEWER);
    clock.time += 30 * 60_000;
    expect((await person.get('/')).status).to.equal(200);
    clock.time += 30 * 60_000 + 1;
    expect((await person.get('/')).status).to.equal(303);
    await signIn(person, 'lan', PASSWORD);
    for (let i = 0; i < 48; i++) {
      clock.time += 15 * 60_000;
      expect((await person.get('/')).status, `after ${i + 1} quarters`).to.equal(200);
    }
    clock.time += 60_000;
    expect((await person.get('/')).status).to.equal(303);
  });

  it('changes the token of a session every quarter of an hour; the old one ends a minute later', async () => {
    const person = await personWith(gateway, 'lan', VIEWER);
    const before = person.cookies.get('edxgate') ?? '';
    clock.time += 16 * 60_000;
    await person.get('/');
    const after = person.cookies.get('edxgate') ?? '';
    expect(after).not.to.equal(before);
    const withToken = async (token: string): Promise<number> =>
      (await new Person(gateway.adminUrl).ask('/', { headers: { cookie: `edxgate=${token}` } }))
        .status;
    expect(await withToken(before)).to.equal(200);
    clock.time += 60_001;
    expect(await withToken(before)).to.equal(303);
    expect(await withToken(after)).to.equal(200);
  });

  it('out ends the session, and so do a lock and new roles', async () => {
    const person = await personWith(gateway, 'lan', VIEWER);
    const token = person.cookies.get('edxgate') ?? '';
    expect((await person.post('/sign-out', {})).location).to.equal('/sign-in');
    const stolen = { headers: { cookie: `edxgate=${token}` } };
    expect((await new Person(gateway.adminUrl).ask('/', stolen)).status).to.equal(303);
    for (const change of [{ grants: VIEWER }, { locked: true }]) {
      await signIn(person, 'lan', PASSWORD);
      expect((await person.get('/')).status).to.equal(200);
      await setUser(gateway.operator, 'lan', change, 'thay đổi nhân sự');
      expect((await person.get('/')).status).to.equal(303);
    }
    expect((await signIn(person, 'lan', PASSWORD)).status).to.equal(422);
  });

  it('takes a change only with the token of a form of the same session, from the same origin', async () => {
    const person = await personWith(gateway, 'lan', VIEWER);
    const other = await personWith(gateway, 'minh', VIEWER);
    expect((await person.postRaw('/sign-out', {})).status).to.equal(403);
    const [, foreign = ''] = /name="_form" value="([^"]+)"/.exec((await other.get('/')).text) ?? [];
    expect((await person.postRaw('/sign-out', { _form: foreign })).status).to.equal(403);
    const [, own = ''] = /name="_form" value="([^"]+)"/.exec((await person.get('/')).text) ?? [];
    const cross = {
      'sec-fetch-site': 'cross-site',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const body = `_form=${own}`;
    const forged = await person.ask('/sign-out', { method: 'POST', body, headers: cross });
    expect(forged.status).to.equal(403);
    const origin = {
      origin: 'https://evil.example',
      'content-type': 'application/x-www-form-urlencoded',
    };
    expect(
      (await person.ask('/sign-out', { method: 'POST', body, headers: origin })).status,
    ).to.equal(403);
    expect((await person.postRaw('/sign-out', { _form: own })).status).to.equal(303);
  });

  it('never leads elsewhere afterwards', async () => {
    await personWith(gateway, 'lan', VIEWER);
    for (const back of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      'javascript:x',
      '/\tx',
    ]) {
      const person = new Person(gateway.adminUrl);
      const answer = await person.postRaw('/sign-in', { name: 'lan', password: PASSWORD, back });
      expect(answer.location, back).to.equal('/');
    }
  });

  it('sends pages that nothing foreign can frame, script or keep', async () => {
    const person = await personWith(gateway, 'lan', VIEWER);
    const { headers, text } = await person.get('/');
    expect(headers.get('content-security-policy')).to.include("default-src 'none'");
    expect(headers.get('content-security-policy')).to.include("frame-ancestors 'none'");
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(headers.get('referrer-policy')).to.equal('same-origin');
    expect(text).not.to.match(/https?:\/\/(?!127)/);
    const [, style = ''] = /href="(\/assets\/style[^"]+)"/.exec(text) ?? [];
    const sheet = await person.get(style);
    expect(sheet.headers.get('cache-control')).to.include('immutable');
    expect(sheet.headers.get('content-type')).to.equal('text/css; charset=utf-8');
  });
});
