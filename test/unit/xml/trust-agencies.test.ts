/**
 * Anchors of single agencies, rules on revocation, and every kind of certificate that must never make
 * a signature `valid`.
 */
import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { expect } from 'chai';
import {
  extensions,
  type NameContent,
  writeRevocationList,
} from '../../../src/xml/certificate-writer.js';
import { KEY_USAGE, readCertificate } from '../../../src/xml/certificates.js';
import { der, derChildren, derOid, readDer, TAG } from '../../../src/xml/der.js';
import { ParsedRevocationList } from '../../../src/xml/revocation.js';
import { RevocationCache } from '../../../src/xml/revocation-cache.js';
import type { RevocationRules } from '../../../src/xml/revocation-status.js';
import { distrustReason, judgeSigner } from '../../../src/xml/signer.js';
import { TrustStore } from '../../../src/xml/trust.js';
import {
  authority,
  DAY,
  type Made,
  make,
  ocspAt,
  ocspResponse,
  type Request,
  revocationList,
  SIGNS,
  signer,
} from '../../support/pki.js';

const AT = Date.UTC(2026, 10, 24);
const HOUR = 3_600_000;
const ID = 'T99.02';
const root = authority(AT, 'Root T');
const ofX = authority(AT, 'Root of X');
const ofY = authority(AT, 'Root of Y');

const files = (...made: readonly Made[]) => ({ anchors: made.map((one) => one.der), crls: [] });
const HARD: RevocationRules = { revocation: 'hard', ocsp: 'soft', ocspHosts: new Set() };

/** `ok`, or why not, for a package of the agency. */
function reason(store: TrustStore, leaf: Made, from = ID, others: readonly Made[] = []): string {
  const trust = { store: store.forAgency(from), from, registered: [], at: AT, allowSha1: false };
  const certificates = [leaf, ...others].map((one) => one.certificate);
  return distrustReason(leaf.certificate, certificates, trust) ?? 'ok';
}

describe('trust anchors of an agency', () => {
  const store = TrustStore.from([root.der], [], {
    agencies: new Map([
      ['T99.02', files(ofX)],
      ['T99.03', files(ofY)],
    ]),
  });

  it('count beside those of the installation', () => {
    expect(reason(store, signer(AT, ofX, 'T99.02'))).to.equal('ok');
    expect(reason(store, signer(AT, root, 'T99.02'))).to.equal('ok');
    const between = authority(AT, 'Between', ofX);
    expect(reason(store, signer(AT, between, 'T99.02'), ID, [between])).to.equal('ok');
  });

  it('never count for another agency, whatever the subject says', () => {
    const forged = signer(AT, ofY, 'T99.02');
    expect(reason(store, forged)).to.equal('certificate.unknown-issuer');
    expect(reason(store, forged, ID, [ofY])).to.equal('certificate.unknown-issuer');
    expect(reason(store, signer(AT, ofX, 'T99.04'), 'T99.04')).to.equal(
      'certificate.unknown-issuer',
    );
    expect(reason(store, signer(AT, ofX, 'T99.03'), 'T99.03')).to.equal(
      'certificate.unknown-issuer',
    );
    for (const id of ['t99.02', 'T99.02 ', '', '__proto__', 'constructor']) {
      expect(reason(store, signer(AT, ofX, id), id), id).to.equal('certificate.unknown-issuer');
    }
  });

  it('are not those of the installation, whoever was asked about before', () => {
    const view = store.forAgency('T99.02');
    expect(store.anchors).to.have.length(1);
    expect(view.anchors).to.have.length(2);
    expect(view.forAgency('T99.03').anchors.map((one) => one.subject)).to.deep.equal([
      'CN=Root T',
      'CN=Root of Y',
    ]);
    expect(view.forAgency('T99.09').anchors).to.have.length(1);
    expect(store.forAgency('T99.02'), 'made once').to.equal(view);
    expect(store.forAgency('T99.09')).to.equal(store);
    expect(store.issuers.map((one) => one.subject)).to.have.members([
      'CN=Root T',
      'CN=Root of X',
      'CN=Root of Y',
    ]);
  });

  it('lists in their folder take back what they issued', () => {
    const leaf = signer(AT, ofX, ID);
    const crl = revocationList(ofX, [leaf], { thisUpdate: AT - HOUR });
    const withList = TrustStore.from([root.der], [], {
      agencies: new Map([[ID, { anchors: [ofX.der], crls: [crl] }]]),
    });
    expect(reason(withList, leaf)).to.equal('certificate.revoked');
    expect(reason(withList, signer(AT, ofX, ID))).to.equal('ok');
  });
});

describe('a certificate that is not good enough is never trusted', () => {
  const bad = (request: Omit<Request, 'by'> & { by?: Made }): string =>
    reason(TrustStore.from([root.der], []), make(AT, { by: root, ...request }));
  const subject: NameContent = [['UID', ID]];

  it('unless it is the right one', () => {
    expect(bad({ subject })).to.equal('ok');
    expect(bad({ subject: [['CN', ID]] })).to.equal('ok');
  });

  it('revoked', () => {
    const leaf = signer(AT, root, ID);
    const crl = revocationList(root, [leaf], { thisUpdate: AT - HOUR });
    expect(reason(TrustStore.from([root.der], [crl]), leaf)).to.equal('certificate.revoked');
  });

  it('expired, or not yet valid', () => {
    expect(bad({ subject, notAfter: AT - 1000 })).to.equal('certificate.expired');
    expect(bad({ subject, notBefore: AT + 1000 })).to.equal('certificate.not-yet-valid');
  });

  it('made for something else', () => {
    const use = (...list: ReturnType<typeof extensions.keyUsage>[]) =>
      bad({ subject, extensions: list });
    expect(use(extensions.keyUsage(KEY_USAGE.keyCertSign))).to.equal('certificate.key-usage');
    expect(use(extensions.keyUsage(0x20))).to.equal('certificate.key-usage');
    const server = extensions.extendedKeyUsage('1.3.6.1.5.5.7.3.1');
    expect(use(SIGNS, server)).to.equal('certificate.key-usage');
    const timeStamps = extensions.extendedKeyUsage('1.3.6.1.5.5.7.3.8');
    expect(use(SIGNS, timeStamps)).to.equal('certificate.key-usage');
  });

  it('with a weak key', () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(bad({ subject, publicKey: key.publicKey })).to.equal('certificate.weak-key');
  });

  it('of a foreign authority, also one of the same name', () => {
    expect(bad({ subject, by: ofX })).to.equal('certificate.unknown-issuer');
    expect(bad({ subject, by: authority(AT, 'Root T') })).to.equal('certificate.unknown-issuer');
  });

  it('whose subject merely contains the organ id', () => {
    const subjects: readonly NameContent[] = [
      [['UID', 'T99.02.01']],
      [['UID', 'XT99.02']],
      [['CN', 'T99.02, Sở Mẫu']],
      [['CN', 'Sở Mẫu, UID=T99.02']],
      [['O', ID]],
      [
        ['O', ID],
        ['CN', 'Sở Mẫu'],
      ],
      [['OU', ID]],
      [['UID', 't99.02']],
      [['UID', 'T99.02 ']],
      [['UID', ' T99.02']],
      [['CN', 'T99.02\u0000']],
      [['CN', 'T99.02\u200b']],
      [['CN', 'Ｔ99.02']],
      [
        ['CN', ID],
        ['CN', 'T99.03'],
      ],
      [
        ['CN', ID],
        ['CN', ID],
      ],
      [
        ['UID', 'T99.03'],
        ['CN', ID],
      ],
      [
        ['UID', ID],
        ['UID', 'T99.03'],
      ],
    ];
    for (const one of subjects) {
      expect(bad({ subject: one }), JSON.stringify(one)).to.equal('certificate.identity');
    }
  });
});

describe('RSASSA-PSS', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const HASHES = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' } as const;
  const sequence = (...parts: readonly Uint8Array[]): Buffer => der(TAG.sequence, ...parts);

  /**
   * The certificate or list with its signature made again, with PSS.
   *
   * @param place where the algorithm stands: after version and serial, or after the version
   */
  function withPss(bytes: Buffer, hash: keyof typeof HASHES, place = 2): Buffer {
    const hashId = sequence(derOid(HASHES[hash]), der(TAG.null));
    const saltLength = hash === 'sha1' ? 20 : 32;
    const algorithm = sequence(
      derOid('1.2.840.113549.1.1.10'),
      sequence(
        der(0xa0, hashId),
        der(0xa1, sequence(derOid('1.2.840.113549.1.1.8'), hashId)),
        der(0xa2, der(TAG.integer, Buffer.from([saltLength]))),
      ),
    );
    const [tbs] = derChildren(readDer(bytes));
    const fields = derChildren(tbs ?? readDer(bytes)).map(({ raw }) => raw);
    fields[place] = algorithm;
    const signed = sequence(...fields);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const value = sign(hash, signed, { key: rsa.privateKey, padding, saltLength });
    return sequence(signed, algorithm, der(TAG.bitString, Buffer.from([0]), value));
  }

  const anchor = make(AT, {
    subject: [['CN', 'Root PSS']],
    key: rsa.privateKey,
    extensions: [extensions.basicConstraints(true)],
  });
  const store = TrustStore.from([anchor.der], []);
  const ask = (bytes: Buffer): string => {
    const certificate = readCertificate(bytes);
    if (certificate === undefined) return 'unread';
    const answer = store.check(certificate.x509, [], AT);
    return answer.ok ? 'ok' : answer.reason;
  };

  it('certificates are taken with SHA-256, not with SHA-1', () => {
    const leaf = signer(AT, anchor, ID);
    expect(ask(withPss(leaf.der, 'sha256'))).to.equal('ok');
    expect(ask(withPss(leaf.der, 'sha1'))).to.equal('certificate.weak-algorithm');
  });

  it('lists are taken', () => {
    const leaf = signer(AT, anchor, ID);
    const plain = revocationList(anchor, [leaf], { thisUpdate: AT - HOUR });
    const list = ParsedRevocationList.read(withPss(plain, 'sha256', 1));
    expect(list.isSignedBy(anchor.certificate)).to.equal(true);
    expect(list.vouches(anchor.certificate, AT)).to.equal(true);
    expect(list.isRevoked(leaf.certificate, AT)).to.equal(true);
    const forged = withPss(plain, 'sha256', 1);
    forged.writeUInt8(forged.readUInt8(forged.length - 1) ^ 1, forged.length - 1);
    expect(ParsedRevocationList.read(forged).isSignedBy(anchor.certificate)).to.equal(false);
  });
});

describe('rules on revocation', () => {
  const leaf = signer(AT, root, ID);
  const fresh = { thisUpdate: AT - HOUR, nextUpdate: AT + DAY };

  function judge(crls: readonly Buffer[], rules = HARD, cache?: RevocationCache, one = leaf) {
    const store = TrustStore.from([root.der], crls, {
      rules,
      ...(cache === undefined ? {} : { cache }),
    });
    const trust = { store, from: ID, registered: [], at: AT, allowSha1: false };
    return judgeSigner(one.certificate, [one.certificate], trust);
  }

  it('hard: what nothing fresh is known about is not trusted', () => {
    expect(judge([])).to.deep.equal({
      reason: 'revocation.unknown',
      revocation: { source: 'none' },
    });
    expect(judge([revocationList(root, [], fresh)])).to.deep.equal({
      reason: undefined,
      revocation: {
        source: 'crl',
        thisUpdate: '2026-11-23T23:00:00.000Z',
        nextUpdate: '2026-11-25T00:00:00.000Z',
      },
    });
    const stale = revocationList(root, [], { thisUpdate: AT - 2 * DAY, nextUpdate: AT - DAY });
    expect(judge([stale]).reason).to.equal('revocation.unknown');
    const endless = revocationList(root, [], { thisUpdate: AT - 8 * DAY });
    expect(judge([endless]).reason, 'older than a week, no end').to.equal('revocation.unknown');
    const future = revocationList(root, [], { thisUpdate: AT + DAY, nextUpdate: AT + 2 * DAY });
    expect(judge([future]).reason).to.equal('revocation.unknown');
    const foreign = revocationList({ name: root.name, key: ofX.key }, [], fresh);
    expect(judge([foreign]).reason).to.equal('revocation.unknown');
  });

  it('hard: an authority in between needs a list of its own issuer', () => {
    const between = authority(AT, 'Between', root);
    const low = signer(AT, between, ID);
    const ask = (crls: readonly Buffer[]): string =>
      reason(TrustStore.from([root.der], crls, { rules: HARD }), low, ID, [between]);
    const lists = [root, between].map((one) => revocationList(one, [], fresh));
    expect(ask(lists)).to.equal('ok');
    expect(ask(lists.slice(0, 1))).to.equal('revocation.unknown');
    expect(ask(lists.slice(1))).to.equal('revocation.unknown');
  });

  it('hard: a registered certificate without a known issuer is as good as an anchor', () => {
    const store = TrustStore.from([root.der], [], { rules: HARD });
    const alone = signer(AT, ofX, ID).certificate.x509;
    expect(store.checkRegistered(alone, AT).ok).to.equal(true);
    expect(store.checkRegistered(leaf.certificate.x509, AT)).to.deep.include({
      ok: false,
      reason: 'revocation.unknown',
    });
  });

  it('soft: a stale list is used, and the verdict says how old it is', () => {
    const stale = revocationList(root, [], { thisUpdate: AT - 2 * DAY, nextUpdate: AT - DAY });
    const rules = { ...HARD, revocation: 'soft' } as const;
    expect(judge([stale], rules)).to.deep.equal({
      reason: undefined,
      revocation: {
        source: 'crl',
        thisUpdate: '2026-11-22T00:00:00.000Z',
        nextUpdate: '2026-11-23T00:00:00.000Z',
        stale: true,
      },
    });
    expect(judge([], rules)).to.deep.equal({ reason: undefined, revocation: { source: 'none' } });
  });

  it('an OCSP answer serves as well as a list, and takes back what a list does not name', () => {
    const cache = new RevocationCache();
    const one = { certificate: leaf.certificate, issuer: root.certificate };
    expect(judge([], HARD, cache).reason).to.equal('revocation.unknown');
    expect(
      cache.seen.map(({ certificate }) => certificate),
      'worth asking about',
    ).to.deep.equal([leaf.certificate]);
    const good = ocspResponse(leaf, root, { status: 'good', ...fresh });
    expect(cache.offerAnswer(good, one, AT)).to.equal('taken');
    expect(judge([], HARD, cache)).to.deep.include({ reason: undefined });
    expect(judge([], HARD, cache).revocation?.source).to.equal('ocsp');
    const revoked = ocspResponse(leaf, root, { status: 'revoked', ...fresh });
    expect(cache.offerAnswer(revoked, one, AT)).to.equal('taken');
    const judged = judge([revocationList(root, [], fresh)], HARD, cache);
    expect(judged.reason).to.equal('certificate.revoked');
    expect(judged.revocation?.source).to.equal('ocsp');
    const off = { ...HARD, revocation: 'soft', ocsp: 'off' } as const;
    expect(judge([], off, cache).reason, 'ocsp: off').to.equal(undefined);
  });

  it('an older answer never takes the place of a newer one', () => {
    const cache = new RevocationCache();
    const one = { certificate: leaf.certificate, issuer: root.certificate };
    const revoked = ocspResponse(leaf, root, { status: 'revoked', ...fresh });
    const replayed = ocspResponse(leaf, root, {
      status: 'good',
      thisUpdate: AT - 2 * HOUR,
      nextUpdate: AT + DAY,
    });
    expect(cache.offerAnswer(revoked, one, AT)).to.equal('taken');
    expect(cache.offerAnswer(replayed, one, AT)).to.equal('older');
    expect(judge([], HARD, cache).reason).to.equal('certificate.revoked');
  });

  it('ocsp hard: a list is not enough where the certificate names an allowed responder', () => {
    const rules = { ...HARD, ocsp: 'hard', ocspHosts: new Set(['ocsp.example']) } as const;
    const list = [revocationList(root, [], fresh)];
    expect(judge(list, rules).reason, 'names none').to.equal(undefined);
    const named = signer(AT, root, ID, ocspAt('http://ocsp.example/'));
    expect(judge(list, rules, undefined, named).reason).to.equal('revocation.unknown');
    const elsewhere = signer(AT, root, ID, ocspAt('http://evil.example/'));
    expect(judge(list, rules, undefined, elsewhere).reason).to.equal(undefined);
    const cache = new RevocationCache();
    const good = ocspResponse(named, root, { status: 'good', ...fresh });
    const one = { certificate: named.certificate, issuer: root.certificate };
    expect(cache.offerAnswer(good, one, AT)).to.equal('taken');
    expect(judge(list, rules, cache, named).reason).to.equal(undefined);
  });

  it('a list that covers only a part, or is weakly signed, takes back but vouches for nobody', () => {
    const bytes = revocationList(root, [leaf], fresh);
    const whole = ParsedRevocationList.read(bytes);
    expect(whole.vouches(root.certificate, AT)).to.equal(true);
    const part = ParsedRevocationList.read(withCriticalExtension(bytes, root));
    expect(part.isSignedBy(root.certificate)).to.equal(true);
    expect(part.isRevoked(leaf.certificate, AT)).to.equal(true);
    expect(part.vouches(root.certificate, AT)).to.equal(false);
    const content = { issuer: root.name, ...fresh, revoked: [] };
    const weak = ParsedRevocationList.read(writeRevocationList(content, root.key, 'sha1'));
    expect(weak.isSignedBy(root.certificate)).to.equal(true);
    expect(weak.vouches(root.certificate, AT)).to.equal(false);
    const mayNot = make(AT, {
      subject: root.name,
      key: root.key,
      extensions: [extensions.basicConstraints(true), extensions.keyUsage(KEY_USAGE.keyCertSign)],
    });
    expect(whole.vouches(mayNot.certificate, AT), 'not its task').to.equal(false);
  });
});

/** The list with an issuing distribution point (RFC 5280 §5.2.5), signed again. */
function withCriticalExtension(bytes: Buffer, by: Made): Buffer {
  const [tbs, algorithm] = derChildren(readDer(bytes));
  const extension = der(
    TAG.sequence,
    derOid('2.5.29.28'),
    der(TAG.boolean, Buffer.from([0xff])),
    der(TAG.octetString, der(TAG.sequence, der(0x81, Buffer.from([0xff])))),
  );
  const fields = derChildren(tbs ?? readDer(bytes)).map(({ raw }) => raw);
  const changed = der(TAG.sequence, ...fields, der(0xa0, der(TAG.sequence, extension)));
  const value = der(TAG.bitString, Buffer.from([0]), sign('sha256', changed, by.key));
  return der(TAG.sequence, changed, algorithm?.raw ?? Buffer.alloc(0), value);
}

describe('the cache of revocation', () => {
  const list = (by: Pick<Made, 'name' | 'key'>, hoursAgo: number, revoked: readonly Made[] = []) =>
    ParsedRevocationList.read(
      revocationList(by, revoked, { thisUpdate: AT - hoursAgo * HOUR, nextUpdate: AT + DAY }),
    );
  const URL_T = 'http://crl.example/t.crl';
  const issuers = [root.certificate, ofX.certificate];

  it('takes what is newer, signed and not from the future', () => {
    const cache = new RevocationCache();
    expect(cache.offerList(URL_T, list(root, 2), issuers, AT)).to.equal('taken');
    expect(cache.offerList(URL_T, list(root, 1), issuers, AT)).to.equal('taken');
    expect(cache.offerList(URL_T, list(root, 2), issuers, AT), 'replayed').to.equal('older');
    expect(cache.offerList(URL_T, list(root, -1), issuers, AT)).to.equal('future');
    const forged = list({ name: root.name, key: ofX.key }, 0);
    expect(cache.offerList(URL_T, forged, issuers, AT)).to.equal('signature');
    expect(cache.lists).to.have.length(1);
    expect(cache.lists[0]?.thisUpdate).to.equal(AT - HOUR);
  });

  it('lists of other issuers, known or not, never push one out', () => {
    const cache = new RevocationCache();
    const leaf = signer(AT, root, ID);
    cache.offerList(URL_T, list(root, 2, [leaf]), issuers, AT);
    expect(cache.offerList(URL_T, list(ofX, 1), issuers, AT)).to.equal('taken');
    expect(cache.offerList(URL_T, list(ofY, 1), issuers, AT)).to.equal('unverified');
    const store = TrustStore.from([root.der], [], { cache });
    expect(reason(store, leaf)).to.equal('certificate.revoked');
    cache.keepSources([]);
    expect(cache.lists).to.deep.equal([]);
    expect(reason(store, leaf)).to.equal('ok');
  });

  it('is filled from long lists in steps, so that other work runs in between', async () => {
    const { certificate } = signer(AT, root, ID);
    const revoked = Array.from({ length: 20_000 }, (_, i) => ({
      serial: Buffer.from([9, i >> 16, (i >> 8) & 255, i & 255]),
      since: AT - DAY,
    }));
    const bytes = writeRevocationList({ issuer: root.name, thisUpdate: AT, revoked }, root.key);
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns += 1;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    const read = await ParsedRevocationList.readInSteps(bytes);
    running = false;
    expect(turns).to.be.greaterThan(5);
    expect(read.size).to.equal(ParsedRevocationList.read(bytes).size).and.to.equal(20_000);
    expect(read.isSignedBy(root.certificate)).to.equal(true);
    expect(read.isRevoked(certificate, AT)).to.equal(false);
  });

  it('remembers at most 500 signers, those seen last', () => {
    const cache = new RevocationCache();
    const { certificate } = signer(AT, root, ID);
    const issuer = root.certificate;
    for (let i = 0; i < 600; i++) cache.note([{ ...certificate, fingerprint: `${i}` }, issuer]);
    expect(cache.seen).to.have.length(500);
    expect(cache.seen[0]?.certificate.fingerprint).to.equal('100');
  });
});
