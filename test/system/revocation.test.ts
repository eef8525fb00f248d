import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { MessageId } from '../../src/model/message-id.js';
import { createSampleRevocationList } from '../../src/xml/sample-authority.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { certificateFor, sampleAuthority, signed } from '../support/signed.js';
import { sendPackage } from '../support/soap.js';
import { until } from '../support/until.js';

/** The running gateway, with a list that it fetches beside the traffic. */
describe('revocation lists from the network', () => {
  const authority = sampleAuthority();
  const good = certificateFor(authority, 'T99.01');
  const taken = certificateFor(authority, 'T99.01');
  let folder: string;
  let server: Server;
  let gateway: TestGateway;
  let asked = 0;

  before(async () => {
    const list = createSampleRevocationList(authority, [taken.certificatePem], {
      thisUpdate: Date.now() - 60_000,
      nextUpdate: Date.now() + 86_400_000,
    });
    server = createServer((_request, response) => {
      asked += 1;
      response.end(list);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    folder = mkdtempSync(join(tmpdir(), 'edxgate-crl-'));
    const anchor = join(folder, 'authority.pem');
    writeFileSync(anchor, authority.certificatePem);
    gateway = await openGateway({
      trust: {
        anchors: [anchor],
        fetch: {
          crlUrls: [`http://127.0.0.1:${(server.address() as AddressInfo).port}/list.crl`],
          crlRefreshMs: 3_600_000,
          ocsp: 'off',
          ocspHosts: [],
        },
      },
    });
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  });
  after(async () => {
    await gateway.close();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const send = (by: typeof good) =>
    sendPackage(gateway.soapUrl, signed({}, { by }), {
      organId: 'T99.01',
      token: gateway.tokenOf('T99.01'),
    });

  it('are fetched without a message, and then refuse what was taken back', async () => {
    await until(() => asked > 0);
    await until(async () => (await send(taken)).code === 'signature.untrusted');
    expect((await send(taken)).faultString).to.include('certificate.revoked');
  });

  it('stand in the verdict with their age, and are not fetched for a message', async () => {
    const before = asked;
    const answer = await send(good);
    expect(answer.status, answer.bytes.toString('utf8')).to.equal(200);
    const id = answer.body.children[0]?.get('MessageId') as MessageId;
    const { signature } = (await gateway.store.getMessage(id)) ?? {};
    expect(signature?.class).to.equal('valid');
    expect(signature?.revocation).to.include({ source: 'crl' });
    expect(signature?.revocation?.thisUpdate).to.match(/^\d{4}-.*Z$/);
    expect(asked).to.equal(before);
  });
});
