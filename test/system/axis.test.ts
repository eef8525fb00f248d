/**
 * Axis 1.4 with WSS4J, as it runs in ministries: a real client of theirs signs in by message.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { setAgency } from '../../src/operate/agencies.js';
import { addCertificate } from '../../src/operate/certificates.js';
import { createDigestSecret, digestKeyFile } from '../../src/operate/digest-secrets.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { createSampleAuthority, issueSampleCertificate } from '../../src/xml/sample-authority.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';

const run = promisify(execFile);
const INSTALL =
  'apt-get install --no-install-recommends openjdk-17-jdk-headless libaxis-java libwss4j-java libxml-security-java';
const JARS = [
  'axis',
  'axis-jaxrpc',
  'axis-saaj',
  'wsdl4j',
  'commons-discovery',
  'commons-logging',
  'commons-codec',
  'wss4j',
  'xmlsec',
  'slf4j-api',
].map((name) => `/usr/share/java/${name}.jar`);
const SOURCE = join(PACKAGE_ROOT, 'test', 'interop', 'AxisClient.java');

describe('Axis 1.4 with WSS4J', function () {
  this.timeout(120_000);
  let gateway: TestGateway;
  let folder: string;
  let classes: string;

  before(async () => {
    const missing = JARS.filter((jar) => !existsSync(jar));
    if (missing.length > 0) throw new Error(`${missing.join(', ')} missing; run: ${INSTALL}`);
    folder = mkdtempSync(join(tmpdir(), 'edxgate-axis-'));
    classes = join(folder, 'classes');
    await run('javac', ['-cp', JARS.join(':'), '-d', classes, SOURCE]).catch((error: unknown) => {
      throw new Error(`javac failed; is it there? ${INSTALL}`, { cause: error });
    });
    gateway = await openGateway({ exchange: { wsDigest: 'on' } });
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
    const now = Date.now();
    const validity = { notBefore: now - 86_400_000, notAfter: now + 86_400_000 };
    const signer = issueSampleCertificate(createSampleAuthority(validity), {
      organId: 'T99.01',
      name: 'Sở Mẫu A',
      keyType: 'rsa',
    });
    await addCertificate(gateway.operator, 'T99.02', Buffer.from(signer.certificatePem));
    // The sign-in is the matter here; packages are not signed.
    await setAgency(gateway.operator, 'T99.02', { signaturePolicy: 'record' });
    writeFileSync(join(folder, 'key.pem'), signer.keyPem, { mode: 0o600 });
    writeFileSync(join(folder, 'certificate.pem'), signer.certificatePem);
  });
  after(async () => {
    await gateway?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  /** Who Ping answered, after SendPackage answered the digest of what was sent. */
  const caller = async (way: string, organId: string, secret = ''): Promise<string> => {
    const bytes = samplePackage({
      from: { organId, organName: 'Sở Mẫu' },
      documentId: `axis-${way}`,
    });
    writeFileSync(join(folder, 'package.edxml'), bytes);
    writeFileSync(join(folder, 'secret'), secret, { mode: 0o600 });
    const args = ['-cp', [classes, ...JARS].join(':'), 'AxisClient', gateway.soapUrl];
    const { stdout } = await run('java', [...args, way, organId, folder]);
    const [pinged = '', digest] = stdout.trim().split('\n');
    expect(digest).to.equal(createHash('sha256').update(bytes).digest('hex'));
    return pinged;
  };

  it('signs in with a UsernameToken, in clear text and as a digest', async () => {
    expect(await caller('text', 'T99.01', gateway.tokenOf('T99.01'))).to.equal('T99.01');
    const keyFile = digestKeyFile(join(gateway.folder, 'store'));
    const { digestSecret } = await createDigestSecret(gateway.operator, 'T99.01', keyFile);
    expect(await caller('digest', 'T99.01', digestSecret)).to.equal('T99.01');
  });

  for (const way of ['direct', 'ski', 'serial', 'thumbprint']) {
    it(`signs in with a signature whose key is named in the way "${way}"`, async () => {
      expect(await caller(way, 'T99.02')).to.equal('T99.02');
    });
  }
});
