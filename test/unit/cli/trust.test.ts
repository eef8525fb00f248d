/**
 * `edxgate trust list|rehearse`, from the command line to the exit status.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/clock.js';
import { RevocationFiles } from '../../../src/operate/revocation-files.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { signPackage } from '../../../src/xml/sign.js';
import { authority, DAY, type Made, revocationList, signer } from '../../support/pki.js';
import { samplePackage } from '../../support/sample-document.js';
import { storePackage } from '../../support/stored.js';
import { openShell, type Shell } from './terminal.js';

const now = Date.now();
const root = authority(now, 'Root T');
const second = authority(now, 'Root U');
const by = signer(now, root, 'T99.01');
const CRL_URL = 'http://crl.example/root.crl';

describe('edxgate trust', () => {
  let shell: Shell;

  beforeEach(() => {
    shell = openShell();
    mkdirSync(join(shell.folder, 'ca', 'agencies'), { recursive: true });
    mkdirSync(join(shell.folder, 'new'));
    shell.write('ca/root.pem', root.certificatePem);
    shell.write('ca/agencies/T99.02.pem', second.certificatePem);
    shell.write(
      'edxgate.yaml',
      `organ_id: 000.00.01.T99\ntrust:\n  anchors: ca\n  agency_anchors: ca/agencies\n  crl_urls: ${CRL_URL}\n`,
    );
  });
  afterEach(() => shell.remove());

  const store = async (content: Buffer): Promise<string> => {
    const open = await openSqliteStore({
      folder: join(shell.folder, 'store'),
      clock: systemClock,
      refusals: { keepMs: DAY, maxBytes: 1000 },
    });
    try {
      return await storePackage({ store: open, clock: systemClock }, content, { class: 'valid' });
    } finally {
      await open.close();
    }
  };
  const signed = (made: Made): Buffer =>
    signPackage(
      samplePackage(),
      createPrivateKey(made.keyPem),
      new X509Certificate(made.certificatePem),
      { references: ['MessageHeader', 'AttachmentEncoded'] },
    );

  it('list works before the first start, and shows what a gateway fetched', async () => {
    const before = await shell.json(['trust', 'list']);
    expect(
      before.map(({ kind, organId, warnings }) => ({ kind, organId, warnings })),
    ).to.deep.equal([
      { kind: 'anchor', organId: undefined, warnings: [] },
      { kind: 'anchor', organId: 'T99.02', warnings: [] },
      { kind: 'crl-url', organId: undefined, warnings: ['missing'] },
    ]);
    const list = revocationList(root, [by], { thisUpdate: now - 60_000, nextUpdate: now + DAY });
    await new RevocationFiles(join(shell.folder, 'store')).saveList(CRL_URL, list);
    const after = await shell.json(['trust', 'list']);
    expect(after[2]).to.deep.include({
      kind: 'crl',
      source: CRL_URL,
      issuer: 'CN=Root T',
      size: 1,
    });
    const { out } = await shell.run(['trust', 'list']);
    expect(out)
      .to.match(/anchor +all +until .*CN=Root T/)
      .and.match(/crl +http:.* 1 taken back/);
  });

  it('rehearse says what a change would do, with status 3, and changes nothing', async () => {
    const messageId = await store(signed(by));
    shell.write('new/second.pem', second.certificatePem);
    const args = ['trust', 'rehearse', '--with', 'new'];
    const { status, out, err } = await shell.run([...args, '--json']);
    expect(status).to.equal(3);
    expect(JSON.parse(out)).to.deep.include({
      messageId,
      fromOrganId: 'T99.01',
      before: 'valid',
      after: 'untrusted',
      afterReasons: ['certificate.unknown-issuer'],
    });
    expect(err).to.contain('1 messages of 30 days, 1 with a signature to judge, 1 would change');
    expect((await shell.run(args)).out).to.contain(
      `${messageId}  T99.01  valid → untrusted  (certificate.unknown-issuer)`,
    );
    shell.write('new/root.pem', root.certificatePem);
    const same = await shell.run([...args, '--days', '1']);
    expect([same.status, same.out]).to.deep.equal([0, '']);
  });

  it('rehearse takes lists and anchors of agencies out of the folder', async () => {
    await store(signed(by));
    shell.write('new/root.pem', root.certificatePem);
    shell.write('new/root.crl', revocationList(root, [by], { thisUpdate: now - 60_000 }));
    const { status, out } = await shell.run(['trust', 'rehearse', '--with', 'new', '--json']);
    expect(status).to.equal(3);
    expect(out).to.contain('certificate.revoked');
    mkdirSync(join(shell.folder, 'newer', 'agencies'), { recursive: true });
    shell.write('newer/second.pem', second.certificatePem);
    shell.write('newer/agencies/T99.01.pem', root.certificatePem);
    expect((await shell.run(['trust', 'rehearse', '--with', 'newer'])).status).to.equal(0);
  });

  it('answers wrong calls', async () => {
    expect((await shell.run(['trust', 'rehearse'])).status).to.equal(2);
    const days = await shell.run(['trust', 'rehearse', '--with', 'new', '--days', '0']);
    expect(days.status).to.equal(2);
    const empty = await shell.run(['trust', 'rehearse', '--with', 'new', '--json']);
    expect(empty.status).to.equal(1);
    expect(empty.err).to.contain('trust.empty');
  });
});
