import { expect } from 'chai';
import type { Logger } from '../../src/log.js';
import { silentLogger } from '../../src/log.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { COVERED, certificateFor, sampleAuthority, signed } from '../support/signed.js';
import { sendPackage } from '../support/soap.js';

describe('signature.engine: both', () => {
  const events: string[] = [];
  const logger: Logger = { ...silentLogger, error: (event) => events.push(event) };
  let gateway: TestGateway;

  before(async () => {
    gateway = await openGateway({ logger, signature: { engine: 'both', policy: 'record' } });
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  });
  after(() => gateway.close());

  const send = (bytes: Buffer) =>
    sendPackage(gateway.soapUrl, bytes, { organId: 'T99.01', token: gateway.tokenOf('T99.01') });

  it('asks xml-crypto too and raises no alarm where both agree', async () => {
    const by = certificateFor(sampleAuthority(), 'T99.01');
    const bytes = signed({}, { by, parts: COVERED });
    expect((await send(bytes)).status).to.equal(200);
    const tampered = Buffer.from(
      bytes.toString('utf8').replace('Về việc', 'Ve viec').replaceAll('SMA-VP', 'SMA-VX'),
    );
    expect((await send(tampered)).status).to.equal(200);
    expect(events).to.deep.equal([]);
  });
});
