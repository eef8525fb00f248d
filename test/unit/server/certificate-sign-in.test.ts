/**
 * Which agency a certificate speaks for: the registered one first, else the one it names, to the letter.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Clock } from '../../../src/clock.js';
import { silentLogger } from '../../../src/log.js';
import { addAgency, type OperatorContext } from '../../../src/operate/agencies.js';
import { addCertificate, expireCertificate } from '../../../src/operate/certificates.js';
import {
  type CertificateSignIn,
  createCertificateSignIn,
} from '../../../src/server/certificate-sign-in.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import type { Store } from '../../../src/store/store.js';
import {
  type Certificate,
  loadRegistered,
  readCertificate,
} from '../../../src/xml/certificates.js';
import {
  createSampleAuthority,
  issueSampleCertificate,
  type SampleCertificate,
} from '../../../src/xml/sample-authority.js';
import { TrustStore } from '../../../src/xml/trust.js';
import { keyNames } from '../../../src/xml/ws-key-reference.js';

const AT = Date.UTC(2026, 10, 24, 3);
const DAY = 86_400_000;
const authority = createSampleAuthority({ notBefore: AT - DAY, notAfter: AT + DAY });
const TRUST = TrustStore.from([Buffer.from(authority.certificatePem)], []);

function issue(organId: string, over: { notAfter?: number } = {}): SampleCertificate {
  return issueSampleCertificate(authority, { organId, name: 'Sở Mẫu', keyType: 'ec', ...over });
}

function read({ certificatePem }: SampleCertificate): Certificate {
  const [x509] = loadRegistered([certificatePem]);
  const found = x509 && readCertificate(x509.raw);
  if (found === undefined) throw new Error('not a certificate');
  return found;
}

describe('certificates as a sign-in', () => {
  let folder: string;
  let store: Store;
  let operator: OperatorContext;
  let signIn: CertificateSignIn;
  let passed = 0;
  const clock: Clock = { now: () => AT, monotonic: () => passed };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-certificates-'));
    const refusals = { keepMs: 1000, maxBytes: 1000 };
    store = await openSqliteStore({ folder, clock, refusals });
    operator = { store, clock, logger: silentLogger, actor: 'cli:test' };
    signIn = createCertificateSignIn(store, clock);
    for (const organId of ['T99.01', 'T99.02']) {
      await addAgency(operator, { organId, organName: organId });
    }
    await addAgency(operator, { organId: 'T99.03', oldOrganId: '000.00.03.T99', organName: 'C' });
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const register = (organId: string, one: SampleCertificate) =>
    addCertificate(operator, organId, Buffer.from(one.certificatePem));
  const who = async (one: SampleCertificate, trust = TRUST) =>
    (await signIn.agencyOf(read(one), [], () => trust))?.organId;

  it('speak for the agency they name, below an anchor only', async () => {
    expect(await who(issue('T99.01'))).to.equal('T99.01');
    expect(await who(issue('T99.01'), TrustStore.empty)).to.equal(undefined);
  });

  it('name an agency to the letter, not by its old organ id', async () => {
    expect(await who(issue('t99.01'))).to.equal(undefined);
    expect(await who(issue('T99.01 '))).to.equal(undefined);
    expect(await who(issue('000.00.03.T99'))).to.equal(undefined);
    expect(await who(issue('T99.03'))).to.equal('T99.03');
  });

  it('speak for the agency they are registered for, whatever they name', async () => {
    const one = issue('T99.01');
    await register('T99.02', one);
    expect(await who(one), 'with an anchor').to.equal('T99.02');
    expect(await who(one, TrustStore.empty), 'without').to.equal('T99.02');
  });

  it('speak, registered for several, for the one they name, else for none', async () => {
    const one = issue('T99.01');
    await register('T99.01', one);
    await register('T99.02', one);
    expect(await who(one)).to.equal('T99.01');
    const other = issue('T99.77');
    await register('T99.01', other);
    await register('T99.02', other);
    expect(await who(other)).to.equal(undefined);
  });

  it('do not speak when they are out of date or no longer registered', async () => {
    expect(await who(issue('T99.01', { notAfter: AT - 1 }))).to.equal(undefined);
    const one = issue('T99.77');
    await register('T99.02', one);
    expect(await who(one)).to.equal('T99.02');
    await expireCertificate(operator, 'T99.02', read(one).fingerprint);
    expect(await who(one)).to.equal(undefined);
  });

  it('are found by each of their names, new ones after half a minute', async () => {
    const one = issue('T99.01');
    const names = keyNames(read(one).x509);
    expect(names).to.have.length(3);
    for (const name of names) expect(await signIn.named(name)).to.deep.equal([]);
    await register('T99.01', one);
    expect(await signIn.named(names[0] ?? '')).to.deep.equal([]);
    passed += 30_001;
    for (const name of names) expect(await signIn.named(name)).to.deep.equal([read(one)]);
  });
});
