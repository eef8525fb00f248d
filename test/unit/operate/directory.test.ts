import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { addAgency, listAgencies, setAgency, showAgency } from '../../../src/operate/agencies.js';
import { importAgencies } from '../../../src/operate/agency-import.js';
import {
  addCertificate,
  expireCertificate,
  listCertificates,
} from '../../../src/operate/certificates.js';
import { createToken, listTokens, revokeToken } from '../../../src/operate/tokens.js';
import {
  createSampleAuthority,
  issueSampleCertificate,
} from '../../../src/xml/sample-authority.js';
import { all, codeOf, type Fixture, NOON, openFixture } from './fixture.js';

const YEAR = 365 * 86_400_000;

describe('the directory', () => {
  let fixture: Fixture;
  const add = (organId: string, more: object = {}) =>
    addAgency(fixture, { organId, organName: `Sở ${organId}`, ...more });

  beforeEach(async () => {
    fixture = await openFixture();
  });

  afterEach(() => fixture.close());

  it('adds an agency that collects, reads the field profile and has no policy of its own', async () => {
    const { agency, added } = await add('T99.01');
    expect(added).to.equal(true);
    expect(agency).to.deep.equal({
      organId: 'T99.01',
      organName: 'Sở T99.01',
      active: true,
      lane: 'production',
      route: { kind: 'collect' },
      profile: 'field',
      allowSha1: false,
      mayActFor: [],
      changedAt: '2026-11-24T05:00:00.000Z',
    });
    expect(await showAgency(fixture.store, 'T99.01')).to.deep.equal(agency);
  });

  it('refuses to add what is there, unless it may be left as it is', async () => {
    await add('T99.01');
    expect(await codeOf(add('T99.01'))).to.equal('agency.exists');
    const again = await addAgency(
      fixture,
      { organId: 'T99.01', organName: 'other' },
      { ifMissing: true },
    );
    expect(again.added).to.equal(false);
    expect(again.agency.organName).to.equal('Sở T99.01');
  });

  it('refuses ids, names and addresses that cannot be used', async () => {
    const url = (text: string) =>
      add('T99.09', { route: { kind: 'push', pushKind: 'receiver', url: text } });
    for (const attempt of [
      add('not an id'),
      add('T99.09', { organName: '  ' }),
      add('T99.09', { organName: 'a\u0007b' }),
      add('T99.09', { organName: 'x'.repeat(201) }),
      add('T99.09', { mayActFor: ['../x'] }),
      add('T99.09', { oldOrganId: 'T99.09' }),
      url('ftp://b.example/x'),
      url('https://user:pw@b.example/x'),
      url('https://b.example/x#y'),
      url('nowhere'),
    ]) {
      expect(await codeOf(attempt)).to.equal('agency.value');
    }
    expect(await all(listAgencies(fixture.store))).to.deep.equal([]);
  });

  it('never lets an old organ id stand for two agencies', async () => {
    await add('T99.01', { oldOrganId: '000.00.01.T99' });
    expect(await codeOf(add('T99.02', { oldOrganId: '000.00.01.T99' }))).to.equal('agency.value');
    expect((await showAgency(fixture.store, '000.00.01.T99')).organId).to.equal('T99.01');
  });

  it('changes only what is named', async () => {
    await add('T99.01', { email: 'a@somau.example', mayActFor: ['T99.02'] });
    const changed = await setAgency(fixture, 'T99.01', { active: false });
    expect(changed).to.deep.include({
      active: false,
      email: 'a@somau.example',
      mayActFor: ['T99.02'],
    });
    expect(await codeOf(setAgency(fixture, 'T99.77', {}))).to.equal('agency.unknown');
  });

  it('lists more agencies than one page holds', async () => {
    const csv = [
      'OrganId,OrganName',
      ...Array.from({ length: 1203 }, (_, i) => `T99.${i + 100},Sở ${i}`),
    ];
    await importAgencies(fixture, csv.join('\n'));
    expect(await all(listAgencies(fixture.store))).to.have.length(1203);
  });

  describe('tokens', () => {
    it('shows 256 random bits once and stores only their hash', async () => {
      await add('T99.01');
      const created = await createToken(fixture, 'T99.01');
      expect(Buffer.from(created.token, 'base64url')).to.have.length(32);
      expect(Date.parse(created.expiresAt)).to.equal(NOON + YEAR);
      const hash = createHash('sha256').update(created.token).digest('hex');
      expect((await fixture.store.findToken(hash))?.id).to.equal(created.id);
      const shown = JSON.stringify([
        await listTokens(fixture.store, 'T99.01', NOON),
        fixture.logged,
      ]);
      expect(shown).not.to.contain(created.token).and.not.to.contain(hash);
    });

    it('lets two live at a time; an expired or revoked one makes room', async () => {
      await add('T99.01');
      const first = await createToken(fixture, 'T99.01', 1000);
      await createToken(fixture, 'T99.01');
      expect(await codeOf(createToken(fixture, 'T99.01'))).to.equal('token.limit');
      fixture.pass(1000);
      const third = await createToken(fixture, 'T99.01');
      const revoked = await revokeToken(fixture, 'T99.01', third.id);
      expect(revoked.live).to.equal(false);
      await createToken(fixture, 'T99.01');
      expect(await codeOf(revokeToken(fixture, 'T99.01', 'none'))).to.equal('token.unknown');
      const live = (await listTokens(fixture.store, 'T99.01', fixture.clock.now())).filter(
        (one) => one.live,
      );
      expect(live.map((one) => one.id)).not.to.include(first.id);
    });

    it('are of one agency only', async () => {
      await add('T99.01');
      await add('T99.02');
      const { id } = await createToken(fixture, 'T99.01');
      expect(await codeOf(revokeToken(fixture, 'T99.02', id))).to.equal('token.unknown');
      expect(await codeOf(createToken(fixture, 'T99.77'))).to.equal('agency.unknown');
    });
  });

  describe('certificates', () => {
    const authority = createSampleAuthority({ notBefore: NOON - 1000, notAfter: NOON + YEAR });
    const issued = issueSampleCertificate(authority, {
      organId: 'T99.01',
      name: 'Sở Mẫu A',
      keyType: 'ec',
    });
    const pem = Buffer.from(issued.certificatePem);

    it('are registered, listed and expired by the start of their fingerprint', async () => {
      await add('T99.01');
      const added = await addCertificate(fixture, 'T99.01', pem);
      expect(added).to.deep.include({ organId: 'T99.01', current: true });
      expect(added.subject).to.contain('UID=T99.01');
      expect(
        await codeOf(expireCertificate(fixture, 'T99.01', added.fingerprint.slice(0, 7))),
      ).to.equal('certificate.unknown');
      const colons = added.fingerprint
        .slice(0, 8)
        .toUpperCase()
        .replace(/(..)(?=.)/g, '$1:');
      const expired = await expireCertificate(fixture, 'T99.01', colons);
      expect(expired.current).to.equal(false);
      expect(await listCertificates(fixture.store, 'T99.01', NOON)).to.deep.equal([expired]);
    });

    it('refuses what is not one certificate in date', async () => {
      await add('T99.01');
      const old = issueSampleCertificate(authority, {
        organId: 'T99.01',
        name: 'x',
        keyType: 'ec',
        notBefore: NOON - 2000,
        notAfter: NOON - 1000,
      });
      for (const bytes of [
        Buffer.from('hello'),
        Buffer.concat([pem, pem]),
        Buffer.concat([pem, Buffer.from(issued.keyPem)]),
        Buffer.alloc(70_000, 0x30),
        Buffer.from(old.certificatePem),
      ]) {
        expect(await codeOf(addCertificate(fixture, 'T99.01', bytes))).to.equal(
          'certificate.unreadable',
        );
      }
    });

    it('raise an alert when a weaker policy is set once one was registered', async () => {
      await add('T99.01');
      const alerts = () =>
        fixture.logged.filter((one) => one.event === 'alert.signature-downgrade');
      await setAgency(fixture, 'T99.01', { signaturePolicy: 'record' });
      expect(alerts()).to.have.length(0);
      await setAgency(fixture, 'T99.01', { signaturePolicy: 'require' });
      const { fingerprint } = await addCertificate(fixture, 'T99.01', pem);
      await setAgency(fixture, 'T99.01', { signaturePolicy: 'verify' });
      expect(alerts().map(({ fields }) => fields)).to.deep.equal([
        { organId: 'T99.01', before: 'require', policy: 'verify', actor: 'cli:test' },
      ]);
      await setAgency(fixture, 'T99.01', { organName: 'other' });
      await expireCertificate(fixture, 'T99.01', fingerprint);
      // An expired certificate does not lower the policy, so going below it is told all the same.
      await setAgency(fixture, 'T99.01', { signaturePolicy: 'record' });
      expect(alerts()).to.have.length(2);
    });

    it('raise the alert also where no policy was set before', async () => {
      await add('T99.01');
      await addCertificate(fixture, 'T99.01', pem);
      await setAgency(fixture, 'T99.01', { signaturePolicy: 'record' });
      expect(fixture.logged.map(({ event }) => event)).to.include('alert.signature-downgrade');
    });
  });

  describe('import', () => {
    it('tells how far it is in a large file', async () => {
      const lines = Array.from({ length: 25_000 }, (_, at) => `T${at},Cơ quan ${at}`);
      const told: string[] = [];
      await importAgencies(fixture, ['organId,organName', ...lines].join('\n'), (done, total) =>
        told.push(`${done}/${total}`),
      );
      expect(told).to.deep.equal(['10000/25000', '20000/25000']);
    });

    it('reads CSV with quotes, CRLF, semicolons, a byte order mark and any order of columns', async () => {
      const csv =
        '\ufeffOrganName;organid;Email;Active\r\n"Sở ""Mẫu""; A";T99.01;a@somau.example;1\r\n\r\nSở B;T99.02;;không\r\n';
      expect(await importAgencies(fixture, csv)).to.deep.equal({
        added: 2,
        changed: 0,
        unchanged: 0,
      });
      expect(await showAgency(fixture.store, 'T99.01')).to.deep.include({
        organName: 'Sở "Mẫu"; A',
        email: 'a@somau.example',
        active: true,
      });
      expect((await showAgency(fixture.store, 'T99.02')).active).to.equal(false);
    });

    it('changes names and leaves route, policy and tokens as they are', async () => {
      const route = { kind: 'push', pushKind: 'receiver', url: 'https://b.example/r' };
      await add('T99.01', { route, signaturePolicy: 'require' });
      await add('T99.02');
      const json = JSON.stringify([
        { organId: 'T99.01', organName: 'Tên mới' },
        { organId: 'T99.02', organName: 'Sở T99.02', email: null },
        { organId: 'T99.03', organName: 'Sở C', active: false },
      ]);
      expect(await importAgencies(fixture, json)).to.deep.equal({
        added: 1,
        changed: 1,
        unchanged: 1,
      });
      expect(await showAgency(fixture.store, 'T99.01')).to.deep.include({
        organName: 'Tên mới',
        route,
        signaturePolicy: 'require',
      });
    });

    it('imports nothing when one line cannot be used, and names it', async () => {
      const cases: [string, string][] = [
        ['OrganId,OrganName\nT99.01,A\nnot ok,B\n', 'line 3'],
        ['OrganId,OrganName\nT99.01,A\nT99.01,B\n', 'line 3: T99.01 stands twice'],
        ['OrganId,OrganName\n"T99.01\n', 'a quote is never closed'],
        ['OrganId,OrganName,Colour\nT99.01,A,red\n', 'the column "Colour" is not known'],
        ['OrganName\nA\n', 'there is no column OrganId'],
        ['OrganId,OrganName\nT99.01,\n', 'line 2'],
        ['OrganId,OrganName\nT99.01,A,b\n', 'more cells than columns'],
        ['OrganId,OrganName,Active\nT99.01,A,maybe\n', 'neither true nor false'],
        ['[{"organId":"T99.01","organName":{}}]', 'entry 1: organName is no text'],
        ['[1]', 'entry 1: an object is expected'],
        ['[{]', 'it is not JSON'],
      ];
      for (const [text, reason] of cases) {
        const error: unknown = await importAgencies(fixture, text).catch((one: unknown) => one);
        expect(error, text).to.include({ code: 'agency.import' });
        expect(String(error)).to.contain(reason);
      }
      expect(await all(listAgencies(fixture.store))).to.deep.equal([]);
    });
  });
});
