import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { sendPackage } from '../support/soap.js';

describe('the admin listener', () => {
  let gateway: TestGateway;
  afterEach(() => gateway.close());

  it('says alive and ready without sign-in, and nothing else', async () => {
    gateway = await openGateway();
    const get = (path: string) => fetch(`${gateway.adminUrl}${path}`, { redirect: 'manual' });
    expect([(await get('/livez')).status, (await get('/readyz')).status]).to.deep.equal([200, 200]);
    for (const path of ['/', '/messages', '/livez/x', '/../etc/passwd']) {
      const answer = await get(path);
      expect(answer.status, path).to.equal(303);
      expect(answer.headers.get('location'), path).to.match(/^\/sign-in(?:\?back=|$)/);
      expect(await answer.text()).to.equal('');
      expect(answer.headers.get('x-powered-by')).to.equal(null);
    }
    const program = await get('/api/v1/messages');
    expect(program.status).to.equal(401);
    expect(program.headers.get('www-authenticate')).to.equal('Bearer');
    expect(await program.json()).to.deep.equal({
      type: 'about:blank',
      title: 'Sign-in is needed.',
      status: 401,
    });
  });

  it('counts what was accepted, refused and delivered', async () => {
    gateway = await openGateway();
    const token = await gateway.agency({ organId: 'T99.01' });
    await gateway.agency({ organId: 'T99.02' });
    const as = { organId: 'T99.01', token };
    const bytes = samplePackage();
    await sendPackage(gateway.soapUrl, bytes, as);
    await sendPackage(gateway.soapUrl, bytes, as);
    await sendPackage(gateway.soapUrl, Buffer.from('x'), as);
    const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(text).to.include('edxgate_accepted_total{kind="document"} 1');
    expect(text).to.include('edxgate_duplicates_total 1');
    expect(text).to.include('edxgate_refused_total{code="xml.malformed"} 1');
    expect(text).to.include('edxgate_deliveries{organ_id="T99.02",state="pending"} 1');
  });

  it('lets only the holder of the token scrape when so set', async () => {
    gateway = await openGateway({ admin: { metrics: 'token' } });
    const file = join(gateway.folder, 'store', 'keys', 'metrics.token');
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    const token = readFileSync(file, 'utf8').trim();
    const scrape = (authorization?: string) =>
      fetch(`${gateway.adminUrl}/metrics`, {
        headers: authorization === undefined ? {} : { authorization },
      });
    expect((await scrape()).status).to.equal(401);
    expect((await scrape('Bearer wrong')).status).to.equal(401);
    expect((await scrape(`Bearer ${token}`)).status).to.equal(200);
  });
});
