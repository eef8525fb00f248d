/**
 * Contract of what signing in by message or certificate asks of a store.
 *
 * @module
 */
import { expect } from 'chai';
import type { AgencyCertificate } from '../../../../src/model/agency.js';
import type { Bench } from '../contract.js';
import { expectCode } from '../expect-code.js';
import { agency, OTHER, SENDER, T0 } from '../samples.js';

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

export function signInContract(bench: Bench): void {
  it('takes a sign-in once, until its time is over', async () => {
    const store = bench.store();
    expect(await store.useSignIn('one', T0 + 100, T0)).to.equal(true);
    expect(await store.useSignIn('one', T0 + 100, T0)).to.equal(false);
    expect(await store.useSignIn('two', T0 + 100, T0 + 100)).to.equal(true);
    expect(await store.useSignIn('one', T0 + 100, T0 + 100)).to.equal(false);
    expect(await store.useSignIn('one', T0 + 300, T0 + 101)).to.equal(true);
  });

  it('takes one of several equal sign-ins that come at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, () => bench.store().useSignIn('same', T0 + 100, T0)),
    );
    expect(all.filter((one) => one)).to.have.length(1);
  });

  it('keeps one digest secret per agency, the latest', async () => {
    const store = bench.store();
    await store.putAgency(agency(SENDER), 'cli:an');
    expect(await store.getDigestSecret(SENDER)).to.equal(undefined);
    const first = { organId: SENDER, sealed: 'c2VhbGVk', createdAt: T0 };
    await store.putDigestSecret(first, 'cli:an');
    const second = { ...first, sealed: 'YW5ldw==', createdAt: T0 + 1 };
    await store.putDigestSecret(second, 'cli:an');
    expect(await store.getDigestSecret(SENDER)).to.deep.equal(second);
    expect(await store.getDigestSecret(OTHER)).to.equal(undefined);
    await expectCode(
      store.putDigestSecret({ ...first, organId: OTHER }, 'cli:an'),
      'request.value',
    );
  });

  it('finds a certificate by its fingerprint, for every agency it is registered for', async () => {
    const store = bench.store();
    for (const organId of [SENDER, OTHER]) {
      await store.putAgency(agency(organId), 'cli:an');
      await store.addCertificate(certificate({ organId }), 'cli:an');
    }
    const found = await store.findCertificates('ab'.repeat(32));
    expect(found.map(({ organId }) => organId)).to.have.members([SENDER, OTHER]);
    expect(await store.findCertificates('cd'.repeat(32))).to.deep.equal([]);
  });

  it('lists the certificates that still count', async () => {
    const store = bench.store();
    await store.putAgency(agency(SENDER), 'cli:an');
    const live = certificate();
    await store.addCertificate(live, 'cli:an');
    await store.addCertificate(
      certificate({ fingerprint: 'cd'.repeat(32), expiredAt: T0 + 10 }),
      'cli:an',
    );
    expect(await store.liveCertificates(T0 + 9)).to.have.length(2);
    expect(await store.liveCertificates(T0 + 10)).to.deep.equal([live]);
    expect(await store.liveCertificates(T0 + 1000)).to.deep.equal([]);
  });
}
