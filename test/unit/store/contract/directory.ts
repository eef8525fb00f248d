/**
 * Contract of the directory: agencies, certificates, tokens.
 *
 * @module
 */
import { expect } from 'chai';
import type { Agency, AgencyCertificate, AgencyToken } from '../../../../src/model/agency.js';
import type { Bench } from '../contract.js';
import { expectCode } from '../expect-code.js';
import { agency, OTHER, organ, RECIPIENT, SENDER, T0 } from '../samples.js';

const OLD = organ('000.00.12.T99');

function certificate(more: Partial<AgencyCertificate> = {}): AgencyCertificate {
  return {
    organId: SENDER,
    fingerprint: 'ab'.repeat(32),
    pem: '-----BEGIN CERTIFICATE-----',
    subject: 'CN=000.00.01.T99',
    notAfter: T0 + 1000,
    addedAt: T0,
    ...more,
  };
}

function token(more: Partial<AgencyToken> = {}): AgencyToken {
  return {
    id: 'token-1',
    organId: SENDER,
    hash: 'cd'.repeat(32),
    createdAt: T0,
    expiresAt: T0 + 1000,
    ...more,
  };
}

export function directoryContract(bench: Bench): void {
  const full: Agency = agency(SENDER, {
    oldOrganId: OLD,
    organizationInCharge: 'Bộ Mẫu',
    email: 'vanthu@mau.example',
    route: {
      kind: 'push',
      pushKind: 'receiver',
      url: 'https://mau.example/soap',
      tokenFile: 'keys/mau.token',
    },
    signaturePolicy: 'require',
    mayActFor: [OTHER],
  });

  it('gives an agency back exactly as it was put', async () => {
    await bench.store().putAgency(full, 'cli:an');
    expect(await bench.store().getAgency(SENDER)).to.deep.equal(full);
  });

  it('finds an agency by its old organ id', async () => {
    await bench.store().putAgency(full, 'cli:an');
    expect((await bench.store().getAgency(OLD))?.organId).to.equal(SENDER);
  });

  it('prefers the agency that has an id now to the one that had it', async () => {
    await bench.store().putAgencies([full, agency(OLD)], 'cli:an');
    expect((await bench.store().getAgency(OLD))?.organId).to.equal(OLD);
  });

  it('compares organ ids exactly', async () => {
    await bench.store().putAgency(agency(OTHER), 'cli:an');
    for (const wrong of ['t99.03', ' T99.03', 'T99.03 ', 'T99_03', 'T99.0%', '']) {
      expect(await bench.store().getAgency(wrong), wrong).to.equal(undefined);
    }
  });

  it('replaces an agency whole', async () => {
    await bench.store().putAgency(full, 'cli:an');
    const { email: _, oldOrganId: __, ...rest } = full;
    await bench.store().putAgency({ ...rest, active: false }, 'cli:an');
    expect(await bench.store().getAgency(SENDER)).to.deep.equal({ ...rest, active: false });
    expect(await bench.store().getAgency(OLD)).to.equal(undefined);
  });

  it('puts all agencies of an import or none', async () => {
    const bad = [agency(SENDER, { oldOrganId: OLD }), agency(OTHER, { oldOrganId: OLD })];
    await expectCode(bench.store().putAgencies(bad, 'cli:an'), 'request.value');
    expect(await bench.store().getAgency(SENDER)).to.equal(undefined);
  });

  it('lets an old organ id pass from one agency to another within an import', async () => {
    await bench.store().putAgency(agency(SENDER, { oldOrganId: OLD }), 'cli:an');
    await bench.store().putAgencies([agency(OTHER, { oldOrganId: OLD }), agency(SENDER)], 'cli:an');
    expect((await bench.store().getAgency(OLD))?.organId).to.equal(OTHER);
  });

  it('lists agencies by organ id, page by page', async () => {
    const many = ['T3', 'T1', 'T5', 'T2', 'T4'].map((id) => agency(organ(id)));
    await bench.store().putAgencies(many, 'cli:an');
    const first = await bench.store().listAgencies({ limit: 2 });
    const second = await bench.store().listAgencies({ limit: 2, after: first.next });
    const third = await bench.store().listAgencies({ limit: 2, after: second.next });
    const all = [first, second, third].map((page) => page.items.map((one) => one.organId));
    expect(all).to.deep.equal([['T1', 'T2'], ['T3', 'T4'], ['T5']]);
    expect(third).to.not.have.property('next');
  });

  it('lists changed agencies by time of change, then organ id, from that time on', async () => {
    await bench
      .store()
      .putAgencies(
        [
          agency(organ('T1'), { changedAt: T0 + 5 }),
          agency(organ('T2'), { changedAt: T0 + 1 }),
          agency(organ('T3'), { changedAt: T0 }),
          agency(organ('T4'), { changedAt: T0 + 1 }),
        ],
        'cli:an',
      );
    const first = await bench.store().listAgencies({ limit: 2, changedSince: T0 + 1 });
    expect(first.items.map((one) => one.organId)).to.deep.equal(['T2', 'T4']);
    const second = await bench
      .store()
      .listAgencies({ limit: 2, changedSince: T0 + 1, after: first.next });
    expect(second.items.map((one) => one.organId)).to.deep.equal(['T1']);
  });

  it('shows an agency again when it changes while its list is read', async () => {
    await bench.store().putAgencies(
      ['T1', 'T2', 'T3'].map((id) => agency(organ(id))),
      'cli:an',
    );
    const first = await bench.store().listAgencies({ limit: 2, changedSince: 0 });
    await bench.store().putAgency(agency(organ('T1'), { changedAt: T0 + 9 }), 'cli:an');
    const rest = await bench.store().listAgencies({ limit: 9, changedSince: 0, after: first.next });
    expect(rest.items.map((one) => one.organId)).to.deep.equal(['T3', 'T1']);
  });

  it('refuses a cursor that it did not write', async () => {
    const other = await bench.store().listRefusals({ limit: 1 });
    expect(other).to.not.have.property('next');
    for (const after of ['', 'x', 'bnVsbA', 'W10', 'eyJhIjoxfQ', 'A'.repeat(5000)]) {
      const error = await expectCode(
        bench.store().listAgencies({ limit: 1, after }),
        'request.value',
      );
      expect(error.message).to.include('After');
    }
  });

  it('keeps certificates with their agency and expires them', async () => {
    const store = bench.store();
    await store.putAgency(full, 'cli:an');
    await store.addCertificate(certificate(), 'cli:an');
    await store.addCertificate(
      certificate({ fingerprint: 'ef'.repeat(32), addedAt: T0 + 1 }),
      'cli:an',
    );
    expect(await store.expireCertificate(SENDER, 'ab'.repeat(32), T0 + 7, 'cli:an')).to.equal(true);
    const [first, second] = await store.listCertificates(SENDER);
    expect(first).to.deep.equal(certificate({ expiredAt: T0 + 7 }));
    expect(second).to.not.have.property('expiredAt');
    expect(await store.listCertificates(OTHER)).to.deep.equal([]);
  });

  it('tells when there is no such certificate', async () => {
    await bench.store().putAgency(full, 'cli:an');
    expect(await bench.store().expireCertificate(SENDER, 'no', T0, 'cli:an')).to.equal(false);
  });

  it('takes a certificate again', async () => {
    await bench.store().putAgency(full, 'cli:an');
    await bench.store().addCertificate(certificate({ expiredAt: T0 }), 'cli:an');
    await bench.store().addCertificate(certificate(), 'cli:an');
    expect(await bench.store().listCertificates(SENDER)).to.deep.equal([certificate()]);
  });

  it('refuses certificates and tokens of unknown agencies', async () => {
    await expectCode(bench.store().addCertificate(certificate(), 'cli:an'), 'request.value');
    await expectCode(bench.store().addToken(token(), 'cli:an'), 'request.value');
  });

  it('finds a token by its hash only, revoked ones too', async () => {
    const store = bench.store();
    await store.putAgencies([full, agency(RECIPIENT)], 'cli:an');
    await store.addToken(token(), 'cli:an');
    expect(await store.findToken(token().hash)).to.deep.equal(token());
    expect(await store.findToken('token-1')).to.equal(undefined);
    expect(await store.revokeToken(SENDER, 'token-1', T0 + 3, 'cli:an')).to.equal(true);
    expect(await store.findToken(token().hash)).to.deep.equal(token({ revokedAt: T0 + 3 }));
  });

  it('revokes a token of its agency only, and keeps the first time', async () => {
    const store = bench.store();
    await store.putAgencies([full, agency(RECIPIENT)], 'cli:an');
    await store.addToken(token(), 'cli:an');
    expect(await store.revokeToken(RECIPIENT, 'token-1', T0, 'cli:an')).to.equal(false);
    expect(await store.revokeToken(SENDER, 'token-2', T0, 'cli:an')).to.equal(false);
    await store.revokeToken(SENDER, 'token-1', T0 + 3, 'cli:an');
    expect(await store.revokeToken(SENDER, 'token-1', T0 + 9, 'cli:an')).to.equal(true);
    expect((await store.listTokens(SENDER))[0]?.revokedAt).to.equal(T0 + 3);
  });

  it('lists tokens oldest first', async () => {
    const store = bench.store();
    await store.putAgency(full, 'cli:an');
    await store.addToken(token({ id: 'b', hash: 'h2', createdAt: T0 + 1 }), 'cli:an');
    await store.addToken(token({ id: 'c', hash: 'h1', createdAt: T0 }), 'cli:an');
    expect((await store.listTokens(SENDER)).map((one) => one.id)).to.deep.equal(['c', 'b']);
  });
}
