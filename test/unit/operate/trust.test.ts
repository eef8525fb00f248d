/**
 * Loading trust from files, its list, warnings before certificates end, and the rehearsal of a change.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { TrustConfig } from '../../../src/config/config.js';
import { writeDocumentPackage } from '../../../src/edxml/write-document.js';
import { addAgency, setAgency } from '../../../src/operate/agencies.js';
import {
  alertCertificates,
  certificateWarnings,
  expiryLevel,
} from '../../../src/operate/certificate-warnings.js';
import {
  addCertificate,
  expireCertificate,
  listCertificates,
} from '../../../src/operate/certificates.js';
import { listTrust, loadTrust } from '../../../src/operate/trust.js';
import { type RehearsalCount, rehearseTrust } from '../../../src/operate/trust-rehearsal.js';
import { ParsedRevocationList } from '../../../src/xml/revocation.js';
import { RevocationCache } from '../../../src/xml/revocation-cache.js';
import { signPackage } from '../../../src/xml/sign.js';
import { TrustStore } from '../../../src/xml/trust.js';
import {
  authority,
  authorityExtensions,
  DAY,
  type Made,
  make,
  revocationList,
  signer,
} from '../../support/pki.js';
import { PDF, sampleDocument } from '../../support/sample-document.js';
import { storePackage } from '../../support/stored.js';
import { all, type Fixture, NOON, openFixture } from './fixture.js';

const HOUR = 3_600_000;
const root = authority(NOON, 'Root T');
const second = authority(NOON, 'Root U');

/** The code and text with which the work is refused. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return `${String(error.code)} ${error.message}`;
    throw error;
  }
  return 'nothing was thrown';
}

describe('trust of the installation', () => {
  let fixture: Fixture;
  let folder: string;

  beforeEach(async () => {
    fixture = await openFixture();
    folder = join(fixture.folder, 'trust');
    mkdirSync(folder);
  });
  afterEach(() => fixture.close());

  const write = (name: string, content: string | Uint8Array): string => {
    const file = join(folder, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const config = (over: Partial<TrustConfig> = {}): TrustConfig => ({
    anchors: [],
    crls: [],
    ...over,
  });
  const subjects = (list: readonly { subject: string }[]) => list.map(({ subject }) => subject);

  describe('loading', () => {
    it('reads anchors of agencies from a folder or a file per organ id', () => {
      write('root.pem', root.certificatePem);
      write('agencies/T99.02/ca.pem', second.certificatePem);
      write('agencies/T99.02/ca.crl', revocationList(second, [], { thisUpdate: NOON }));
      write('agencies/000.00.01.T99.pem', second.certificatePem);
      write('agencies/.ignored', 'x');
      const trust = loadTrust(
        config({ anchors: [join(folder, 'root.pem')], agencyAnchors: join(folder, 'agencies') }),
      );
      expect(subjects(trust.forAgency('T99.02').anchors)).to.deep.equal(['CN=Root T', 'CN=Root U']);
      expect(trust.forAgency('000.00.01.T99').anchors).to.have.length(2);
      expect(trust.forAgency('T99.03').anchors).to.have.length(1);
      expect(trust.lists).to.have.length(1);
    });

    it('names the file that is wrong', () => {
      const broken = write('a/broken.pem', root.certificatePem.replace(/M/g, 'N'));
      expect(refusal(() => loadTrust(config({ anchors: [broken] })))).to.contain(
        `trust.broken A CERTIFICATE block of ${broken}`,
      );
      const crl = write('a/broken.crl', '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----');
      expect(refusal(() => loadTrust(config({ crls: [crl] })))).to.contain('trust.broken');
      const empty = write('b/note.txt', 'x');
      expect(refusal(() => loadTrust(config({ anchors: [empty] })))).to.match(/^trust\.empty/);
      expect(refusal(() => loadTrust(config({ anchors: [join(folder, 'no')] })))).to.match(
        /^file\.unreadable/,
      );
      write('c/Sở Mẫu/ca.pem', root.certificatePem);
      expect(refusal(() => loadTrust(config({ agencyAnchors: join(folder, 'c') })))).to.match(
        /^trust\.agency /,
      );
      mkdirSync(join(folder, 'd', 'T99.02'), { recursive: true });
      expect(refusal(() => loadTrust(config({ agencyAnchors: join(folder, 'd') })))).to.match(
        /^trust\.empty/,
      );
    });

    it('takes effect as a whole: a broken file leaves what was loaded before as it is', () => {
      const file = write('ca.pem', root.certificatePem);
      let trust = loadTrust(config({ anchors: [folder] }));
      const reload = (): void => {
        trust = loadTrust(config({ anchors: [folder] }));
      };
      write('other.pem', second.certificatePem);
      writeFileSync(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----');
      expect(refusal(reload)).to.match(/^trust\.broken/);
      expect(subjects(trust.anchors)).to.deep.equal(['CN=Root T']);
      rmSync(file);
      reload();
      expect(subjects(trust.anchors)).to.deep.equal(['CN=Root U']);
    });

    it('follows the rules of the configuration, and keeps what was fetched over a reload', () => {
      const anchors = [write('ca.pem', root.certificatePem)];
      const leaf = signer(NOON, root, 'T99.02').certificate.x509;
      const cache = new RevocationCache();
      const load = (): TrustStore => loadTrust(config({ anchors, revocation: 'hard' }), cache);
      expect(load().check(leaf, [], NOON)).to.deep.include({ reason: 'revocation.unknown' });
      const list = revocationList(root, [], { thisUpdate: NOON - HOUR, nextUpdate: NOON + DAY });
      cache.offerList('http://crl.example/', ParsedRevocationList.read(list), load().issuers, NOON);
      expect(load().check(leaf, [], NOON).ok).to.equal(true);
    });
  });

  it('is listed with ages, ends and warnings', async () => {
    const old = make(NOON, {
      ...authorityExtensions(),
      subject: [['CN', 'Old']],
      notAfter: NOON + DAY,
    });
    const anchors = [write('a/ca.pem', root.certificatePem + old.certificatePem)];
    const crls = [
      write('a/ca.crl', revocationList(root, [], { thisUpdate: NOON - 2 * HOUR })),
      write(
        'a/old.crl',
        revocationList(old, [old], { thisUpdate: NOON - 2 * DAY, nextUpdate: NOON - DAY }),
      ),
    ];
    write('agencies/T99.02.pem', second.certificatePem);
    write('agencies/T99.77.pem', second.certificatePem);
    await addAgency(fixture, { organId: 'T99.02', organName: 'Sở Mẫu B' });
    const ending = make(NOON, {
      subject: [['UID', 'T99.02']],
      by: root,
      notAfter: NOON + 20 * DAY,
    });
    await addCertificate(fixture, 'T99.02', ending.der);
    await addCertificate(fixture, 'T99.02', signer(NOON, root, 'T99.02').der);
    const fetch = {
      crlUrls: ['http://crl.example/a', 'http://crl.example/b'],
      crlRefreshMs: HOUR,
      ocsp: 'soft',
      ocspHosts: ['ocsp.example'],
    } as const;
    const cache = new RevocationCache();
    const settings = config({ anchors, crls, fetch, agencyAnchors: join(folder, 'agencies') });
    const trust = loadTrust(settings, cache);
    const fetched = revocationList(second, [], { thisUpdate: NOON - HOUR, nextUpdate: NOON + DAY });
    const [url] = fetch.crlUrls;
    cache.offerList(url, ParsedRevocationList.read(fetched), trust.issuers, NOON);
    const { store, clock } = fixture;
    const views = await all(listTrust({ trust, cache, config: settings, clock, store }));
    expect(views.map(({ kind, warnings }) => [kind, ...warnings].join(' '))).to.deep.equal([
      'anchor',
      'anchor ends-in-7-days',
      'anchor',
      'anchor agency-unknown',
      'certificate ends-in-30-days',
      'crl',
      'crl stale',
      'crl',
      'crl-url missing',
      'ocsp',
    ]);
    expect(views[2]).to.deep.include({ organId: 'T99.02', subject: 'CN=Root U' });
    expect(views[5]).to.deep.include({ source: 'files', ageSeconds: 7200, size: 0 });
    expect(views[6]).to.deep.include({ issuer: 'CN=Old', size: 1 });
    expect(views[7]).to.deep.include({ source: url, nextUpdate: '2026-11-25T05:00:00.000Z' });
    expect(views[9]).to.deep.include({ answers: 0, fresh: 0 });
  });

  describe('warnings before certificates end', () => {
    it('come 60, 30 and 7 days before', () => {
      const level = (days: number) => expiryLevel(NOON + days * DAY, NOON);
      expect([61, 60, 31, 30, 8, 7, 0].map(level)).to.deep.equal([undefined, 60, 60, 30, 30, 7, 7]);
      expect(expiryLevel(NOON - 1, NOON)).to.equal(0);
    });

    it('name registered certificates and anchors, and stop when one is withdrawn', async () => {
      const { store, clock } = fixture;
      await addAgency(fixture, { organId: 'T99.02', organName: 'Sở Mẫu B' });
      const ending = make(NOON, {
        subject: [['UID', 'T99.02']],
        by: root,
        notAfter: NOON + 40 * DAY,
      });
      const { fingerprint } = await addCertificate(fixture, 'T99.02', ending.der);
      const old = make(NOON, {
        ...authorityExtensions(),
        subject: [['CN', 'Old']],
        notAfter: NOON + DAY,
      });
      const trust = TrustStore.from([root.der, old.der], [], {
        agencies: new Map([['T99.02', { anchors: [old.der], crls: [] }]]),
      });
      const found = await certificateWarnings(store, trust, clock);
      expect(
        found.map(({ use, organId, level, daysLeft }) => [use, organId, level, daysLeft]),
      ).to.deep.equal([
        ['anchor', undefined, 7, 1],
        ['anchor', 'T99.02', 7, 1],
        ['registered', 'T99.02', 60, 40],
      ]);
      const [view] = await listCertificates(store, 'T99.02', clock.now());
      expect(view?.warning).to.equal('ends-in-60-days');
      await expireCertificate(fixture, 'T99.02', fingerprint);
      const [withdrawn] = await listCertificates(store, 'T99.02', clock.now());
      expect(withdrawn?.warning).to.equal(undefined);
      expect(await certificateWarnings(store, TrustStore.empty, clock)).to.deep.equal([]);
    });

    it('are logged once a day and level, also over a restart', async () => {
      const old = make(NOON, {
        ...authorityExtensions(),
        subject: [['CN', 'Old']],
        notAfter: NOON + 8 * DAY,
      });
      const trust = TrustStore.from([old.der], []);
      const alert = (): Promise<number> => alertCertificates({ ...fixture, trust });
      expect(await alert()).to.equal(1);
      expect(await alert()).to.equal(0);
      fixture.pass(6 * HOUR);
      expect(await alert()).to.equal(0);
      fixture.pass(18 * HOUR);
      expect(await alert(), 'a day later, at the next level').to.equal(1);
      fixture.pass(8 * DAY);
      expect(await alert(), 'ended').to.equal(1);
      const alerts = fixture.logged.filter(({ event }) => event === 'alert.certificate-expiry');
      expect(alerts.map(({ fields }) => fields.count)).to.deep.equal([8, 7, -1]);
      expect(alerts[0]?.fields).to.include({
        kind: 'anchor',
        fingerprint: old.certificate.fingerprint,
        expiresAt: '2026-12-02T05:00:00.000Z',
      });
    });
  });

  describe('rehearsal', () => {
    const by = signer(NOON, root, 'T99.01');
    const signed = (made: Made, organId = 'T99.01'): Buffer => {
      const document = sampleDocument({ from: { organId } });
      const files = document.attachments.map(({ contentId }) => ({ contentId, bytes: PDF }));
      return signPackage(
        writeDocumentPackage(document, files),
        createPrivateKey(made.keyPem),
        new X509Certificate(made.certificatePem),
        { references: ['MessageHeader', 'Bussiness', 'edXMLManifest', 'AttachmentEncoded'] },
      );
    };
    let count: RehearsalCount | undefined;

    const rehearse = (after: TrustStore, before = TrustStore.from([root.der], []), days = 30) => {
      count = undefined;
      return all(
        rehearseTrust({
          store: fixture.store,
          before,
          after,
          at: fixture.clock.now(),
          since: fixture.clock.now() - days * DAY,
          onProgress: (now) => {
            count = { ...now };
          },
        }),
      );
    };

    beforeEach(async () => {
      for (const organId of ['T99.01', 'T99.02']) {
        await addAgency(fixture, { organId, organName: organId });
      }
    });

    it('lists what would be judged otherwise, and why', async () => {
      const first = await storePackage(fixture, signed(by), { class: 'valid' });
      await storePackage(fixture, signed(signer(NOON, second, 'T99.01')), { class: 'untrusted' });
      await storePackage(fixture, signed(by), { class: 'absent' });
      expect(await rehearse(TrustStore.from([root.der], []))).to.deep.equal([]);
      expect(count).to.deep.equal({ messages: 3, judged: 2, changed: 0, skipped: 0 });

      const changes = await rehearse(TrustStore.from([second.der], []));
      expect(count).to.deep.equal({ messages: 3, judged: 2, changed: 2, skipped: 0 });
      expect(changes.map(({ before, after }) => `${before} ${after}`)).to.have.members([
        'valid untrusted',
        'untrusted valid',
      ]);
      expect(changes.find(({ messageId }) => messageId === first)).to.deep.include({
        fromOrganId: 'T99.01',
        stored: 'valid',
        afterReasons: ['certificate.unknown-issuer'],
        signer: 'CN=Cơ quan mẫu, UID=T99.01',
      });
    });

    it('sees new revocation lists and anchors of the agency', async () => {
      await storePackage(fixture, signed(by), { class: 'valid' });
      const crl = revocationList(root, [by], { thisUpdate: NOON - HOUR });
      const [revoked] = await rehearse(TrustStore.from([root.der], [crl]));
      expect(revoked?.afterReasons).to.deep.equal(['certificate.revoked']);
      const forAgency = (organId: string): TrustStore =>
        TrustStore.from([], [], {
          agencies: new Map([[organId, { anchors: [root.der], crls: [] }]]),
        });
      expect(await rehearse(forAgency('T99.01'))).to.deep.equal([]);
      expect(await rehearse(forAgency('T99.02'))).to.have.length(1);
    });

    it('leaves registered certificates, other days and lost content out', async () => {
      await addCertificate(fixture, 'T99.02', signer(NOON, second, 'T99.02').der);
      const own = signer(NOON, second, 'T99.02');
      await addCertificate(fixture, 'T99.02', own.der);
      await storePackage(fixture, signed(own, 'T99.02'), { class: 'valid', from: 'T99.02' });
      expect(await rehearse(TrustStore.empty), 'needs no anchor').to.deep.equal([]);
      expect(count).to.deep.include({ judged: 1 });

      await storePackage(fixture, Buffer.from('<edXML'), { class: 'valid' });
      expect(await rehearse(TrustStore.empty)).to.deep.equal([]);
      expect(count).to.deep.include({ judged: 1, skipped: 1 });

      fixture.pass(2 * DAY);
      expect(await rehearse(TrustStore.empty, undefined, 1)).to.deep.equal([]);
      expect(count).to.equal(undefined, 'nothing was received since');
    });

    it('judges both as of now, so that an end by date is no change', async () => {
      await storePackage(fixture, signed(by), { class: 'valid' });
      await setAgency(fixture, 'T99.01', { signaturePolicy: 'record' });
      fixture.pass(301 * DAY);
      expect(await rehearse(TrustStore.empty, undefined, 400)).to.deep.equal([]);
      expect(count).to.deep.include({ judged: 1, changed: 0 });
    });
  });
});
