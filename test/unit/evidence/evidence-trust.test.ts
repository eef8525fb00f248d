/** Certificates, lists and answers go into an evidence file, and the verdict comes out of it again. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { TrustConfig } from '../../../src/config/config.js';
import { judgeAgain } from '../../../src/evidence/evidence-judge.js';
import { trustMembers } from '../../../src/evidence/evidence-trust.js';
import { RevocationFiles } from '../../../src/operate/revocation-files.js';
import {
  authority,
  DAY,
  type Made,
  ocspResponse,
  revocationList,
  signer,
} from '../../support/pki.js';
import { signed } from '../../support/signed.js';

const FROM = 'T99.01';

describe('trust in an evidence file', () => {
  const now = Date.now();
  const root = authority(now, 'Gốc mẫu');
  const issuing = authority(now, 'CA mẫu', root);
  const other = authority(now, 'Gốc khác');
  const own = signer(now, issuing, FROM);
  const content = signed({ from: { organId: FROM, organName: 'Sở Thử' } }, { by: own });
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-trust-'));
    for (const name of ['anchors', 'crls']) mkdirSync(join(folder, name));
    for (const [index, one] of [root, issuing, other].entries()) {
      writeFileSync(join(folder, 'anchors', `${index}.pem`), one.certificatePem);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const trust = (crls = false): TrustConfig => ({
    anchors: [join(folder, 'anchors')],
    crls: crls ? [join(folder, 'crls')] : [],
  });
  const list = (by: Made, revoked: readonly Made[], name: string): void =>
    writeFileSync(
      join(folder, 'crls', name),
      revocationList(by, revoked, { thisUpdate: now - DAY, nextUpdate: now + DAY }),
    );
  const collect = (config: TrustConfig, registered: readonly string[] = []) =>
    trustMembers(content, { trust: config, storeFolder: folder, registered, fromOrganId: FROM });
  const judge = (members: ReturnType<typeof collect>, at = now) => {
    const verdict = judgeAgain(content, members, { from: FROM, at, allowSha1: false });
    return [verdict?.class, ...(verdict?.reasons ?? [])];
  };
  const names = (members: ReturnType<typeof collect>): string[] => members.map(({ name }) => name);

  it('holds the certificates of the package and the anchors above them, no others', () => {
    const members = collect(trust());
    expect(names(members)).to.deep.equal([
      'signature/package-1.pem',
      'signature/anchor-1.pem',
      'signature/anchor-2.pem',
    ]);
    expect(judge(members)).to.deep.equal(['valid']);
    expect(judge(members, now + 400 * DAY)).to.deep.equal(['untrusted', 'certificate.expired']);
    expect(judge(members.slice(0, 1))).to.deep.equal(['untrusted', 'certificate.unknown-issuer']);
  });

  it('holds the lists of their issuers only, and they count', () => {
    list(issuing, [own], 'issuing.crl');
    list(other, [], 'other.crl');
    const members = collect(trust(true));
    expect(names(members).filter((name) => name.endsWith('.crl'))).to.deep.equal([
      'signature/list-1.crl',
    ]);
    expect(judge(members)).to.deep.equal(['untrusted', 'certificate.revoked']);
  });

  it('holds OCSP answers and lists that were fetched', async () => {
    const files = new RevocationFiles(folder);
    const response = ocspResponse(own, issuing, {
      status: 'revoked',
      thisUpdate: now - 1000,
      nextUpdate: now + DAY,
      revokedAt: now - DAY,
    });
    await files.saveAnswer({ certificate: own.certificate, issuer: issuing.certificate }, response);
    const times = { thisUpdate: now - DAY, nextUpdate: now + DAY };
    await files.saveList('http://crl.t99.example/root.crl', revocationList(root, [], times));
    const members = collect(trust());
    expect(names(members)).to.include.members(['signature/answer-1.ocsp', 'signature/list-1.crl']);
    expect(judge(members)).to.deep.equal(['untrusted', 'certificate.revoked']);
  });

  it('holds certificates that were registered', () => {
    writeFileSync(join(folder, 'anchors', '0.pem'), other.certificatePem);
    writeFileSync(join(folder, 'anchors', '1.pem'), other.certificatePem);
    expect(judge(collect(trust()))).to.deep.equal(['untrusted', 'certificate.unknown-issuer']);
    const members = collect(trust(), [own.certificatePem]);
    expect(names(members)).to.include('signature/registered-1.pem');
    expect(judge(members)).to.deep.equal(['valid']);
  });

  it('passes over what cannot be read', () => {
    const members = [
      ...collect(trust()),
      { name: 'signature/list-9.crl', bytes: Buffer.from([0x30, 0x80]) },
      { name: 'signature/answer-9.ocsp', bytes: Buffer.from('x') },
      { name: 'signature/anchor-9.pem', bytes: Buffer.alloc(100_000, 'x') },
    ];
    expect(judge(members)).to.deep.equal(['valid']);
    expect(
      judgeAgain(Buffer.from('<x'), members, { from: FROM, at: now, allowSha1: false }),
    ).to.equal(undefined);
  });
});
