/**
 * Paths from a certificate to an anchor: what refuses one, and with which reason (RFC 5280 §6).
 */

import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import {
  type CertificateContent,
  type ExtensionContent,
  extensions,
  type NameContent,
  type WriterHash,
  writeCertificate,
  writeRevocationList,
} from '../../../src/xml/certificate-writer.js';
import { KEY_USAGE, loadRegistered, readCertificate } from '../../../src/xml/certificates.js';
import { writeBlock } from '../../../src/xml/pem.js';
import { TrustStore } from '../../../src/xml/trust.js';
import { fixture } from './signature-kit.js';

const AT = Date.UTC(2026, 10, 24);
const DAY = 86_400_000;
const SIGNS = extensions.keyUsage(KEY_USAGE.digitalSignature);
const ISSUES = extensions.keyUsage(KEY_USAGE.keyCertSign | KEY_USAGE.crlSign);

const ec = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const KEYS = { root: ec(), middle: ec(), low: ec(), leaf: ec() };
const named = (name: string): NameContent => [['CN', name]];

interface Made {
  readonly der: Buffer;
  readonly x509: X509Certificate;
}

let count = 0;
function make(
  subject: string,
  key: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
  changes: Partial<CertificateContent> & { readonly hash?: WriterHash } = {},
): Made {
  const { hash, ...content } = changes;
  const der = writeCertificate(
    {
      subject: named(subject),
      issuer: named(issuer),
      serial: Buffer.from([1, ++count >> 8, count & 255]),
      notBefore: AT - DAY,
      notAfter: AT + DAY,
      publicKey: createPublicKey(key),
      extensions: [],
      ...content,
    },
    issuerKey,
    hash,
  );
  return { der, x509: new X509Certificate(der) };
}

type Changes = Partial<CertificateContent> & { readonly hash?: WriterHash };
const root = (changes: Changes = {}): Made =>
  make('Root', KEYS.root, 'Root', KEYS.root, {
    extensions: [extensions.basicConstraints(true), ISSUES],
    ...changes,
  });
const middle = (changes: Changes = {}): Made =>
  make('Middle', KEYS.middle, 'Root', KEYS.root, {
    extensions: [extensions.basicConstraints(true), ISSUES],
    ...changes,
  });
const leafOf = (issuer: 'Root' | 'Middle' | 'Low', changes: Changes = {}): Made => {
  const issuerKey = { Root: KEYS.root, Middle: KEYS.middle, Low: KEYS.low }[issuer];
  return make('T99.02', KEYS.leaf, issuer, issuerKey, { extensions: [SIGNS], ...changes });
};

function ask(
  leaf: Made,
  intermediates: readonly Made[] = [],
  anchors: readonly Made[] = [root()],
  lists: readonly Buffer[] = [],
  at = AT,
): string {
  const store = TrustStore.from(
    anchors.map((one) => one.der),
    lists,
  );
  const answer = store.check(
    leaf.x509,
    intermediates.map((one) => one.x509),
    at,
  );
  return answer.ok ? `ok ${answer.chain.length} ${answer.notes.join()}` : answer.reason;
}

describe('trust store', () => {
  it('takes a certificate of the anchor, also through an intermediate one', () => {
    expect(ask(leafOf('Root'))).to.equal('ok 2 crl.missing');
    expect(ask(leafOf('Middle'), [middle()])).to.equal('ok 3 crl.missing');
    expect(ask(leafOf('Middle'), [], [middle()])).to.equal('ok 2 crl.missing');
  });

  it('takes no certificate without a path', () => {
    expect(ask(leafOf('Middle'))).to.equal('certificate.unknown-issuer');
    const selfSigned = make('T99.02', KEYS.leaf, 'T99.02', KEYS.leaf);
    expect(ask(selfSigned)).to.equal('certificate.unknown-issuer');
    expect(ask(selfSigned, [selfSigned])).to.equal('certificate.unknown-issuer');
    const forged = make('T99.02', KEYS.leaf, 'Root', ec());
    expect(ask(forged)).to.equal('certificate.unknown-issuer');
    expect(TrustStore.empty.check(leafOf('Root').x509, [root().x509], AT).ok).to.equal(false);
  });

  it('an anchor that a message brings along is no anchor', () => {
    const key = ec();
    const fake = make('Root', key, 'Root', key, {
      extensions: [extensions.basicConstraints(true)],
    });
    const leaf = make('T99.02', KEYS.leaf, 'Root', key);
    expect(ask(leaf, [fake])).to.equal('certificate.unknown-issuer');
  });

  it('names compare without regard to case and blanks', () => {
    const leaf = make('T99.02', KEYS.leaf, ' ROOT ', KEYS.root);
    expect(ask(leaf)).to.equal('ok 2 crl.missing');
  });

  it('dates count, of every certificate on the path, to the second', () => {
    const leaf = leafOf('Root');
    expect(ask(leaf, [], [root()], [], AT + DAY)).to.equal('ok 2 crl.missing');
    expect(ask(leaf, [], [root()], [], AT + DAY + 1000)).to.equal('certificate.expired');
    expect(ask(leaf, [], [root()], [], AT - DAY - 1000)).to.equal('certificate.not-yet-valid');
    const old = { notBefore: AT - 3 * DAY, notAfter: AT - 2 * DAY };
    expect(ask(leafOf('Middle'), [middle(old)])).to.equal('certificate.expired');
    expect(ask(leaf, [], [root(old)])).to.equal('certificate.expired');
    const future = { notBefore: AT + DAY, notAfter: Date.UTC(2060, 0, 1) };
    expect(ask(leafOf('Root', future))).to.equal('certificate.not-yet-valid');
  });

  it('a valid path is found beside an expired one of the same name', () => {
    const old = middle({ notBefore: AT - 3 * DAY, notAfter: AT - 2 * DAY });
    expect(ask(leafOf('Middle'), [old, middle()])).to.equal('ok 3 crl.missing');
  });

  it('a leaf cannot issue', () => {
    const low = make('Low', KEYS.low, 'Root', KEYS.root, { extensions: [SIGNS] });
    expect(ask(leafOf('Low'), [low])).to.equal('certificate.not-authority');
    const denies = make('Low', KEYS.low, 'Root', KEYS.root, {
      extensions: [extensions.basicConstraints(false), ISSUES],
    });
    expect(ask(leafOf('Low'), [denies])).to.equal('certificate.not-authority');
  });

  it('an authority that may not sign certificates cannot issue', () => {
    const one = middle({
      extensions: [extensions.basicConstraints(true), extensions.keyUsage(KEY_USAGE.crlSign)],
    });
    expect(ask(leafOf('Middle'), [one])).to.equal('certificate.key-usage');
  });

  it('the path length counts the authorities below', () => {
    const low = make('Low', KEYS.low, 'Middle', KEYS.middle, {
      extensions: [extensions.basicConstraints(true), ISSUES],
    });
    const limited = (length: number): Made =>
      middle({ extensions: [extensions.basicConstraints(true, length), ISSUES] });
    expect(ask(leafOf('Low'), [low, limited(0)])).to.equal('certificate.path-length');
    expect(ask(leafOf('Low'), [low, limited(1)])).to.equal('ok 4 crl.missing');
    expect(ask(leafOf('Middle'), [limited(0)])).to.equal('ok 3 crl.missing');
  });

  it('the signer must be allowed to sign, where it says anything about it', () => {
    const withUsage = (...list: ExtensionContent[]): string =>
      ask(leafOf('Root', { extensions: list }));
    expect(withUsage()).to.match(/^ok/);
    expect(withUsage(extensions.keyUsage(KEY_USAGE.nonRepudiation))).to.match(/^ok/);
    expect(withUsage(extensions.keyUsage(0x20))).to.equal('certificate.key-usage');
    expect(withUsage(extensions.keyUsage(KEY_USAGE.keyCertSign))).to.equal('certificate.key-usage');
    const webServer = extensions.extendedKeyUsage('1.3.6.1.5.5.7.3.1');
    expect(withUsage(SIGNS, webServer)).to.equal('certificate.key-usage');
    const mail = extensions.extendedKeyUsage('1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.4');
    expect(withUsage(SIGNS, mail)).to.match(/^ok/);
  });

  it('unknown critical extensions and name constraints refuse the path', () => {
    const unknown = { id: '1.3.6.1.4.1.99999.1', value: Buffer.from([5, 0]) };
    expect(ask(leafOf('Root', { extensions: [unknown] }))).to.match(/^ok/);
    const critical = { ...unknown, critical: true };
    expect(ask(leafOf('Root', { extensions: [critical] }))).to.equal(
      'certificate.unknown-extension',
    );
    const constraints = { id: '2.5.29.30', value: Buffer.from([0x30, 0]) };
    const limited = middle({ extensions: [extensions.basicConstraints(true), constraints] });
    expect(ask(leafOf('Middle'), [limited])).to.equal('certificate.unknown-extension');
  });

  it('SHA-1 below the anchor is too weak, in the anchor it does not matter', () => {
    expect(ask(leafOf('Root', { hash: 'sha1' }))).to.equal('certificate.weak-algorithm');
    expect(ask(leafOf('Middle'), [middle({ hash: 'sha1' })])).to.equal(
      'certificate.weak-algorithm',
    );
    expect(ask(leafOf('Root'), [], [root({ hash: 'sha1' })])).to.match(/^ok/);
    expect(ask(leafOf('Root', { hash: 'sha512' }))).to.match(/^ok/);
  });

  it('small keys, odd curves and small exponents are too weak', () => {
    const weak = [
      generateKeyPairSync('rsa', { modulusLength: 1024 }),
      generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }),
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
      generateKeyPairSync('ed25519'),
    ];
    for (const { publicKey } of weak) {
      expect(ask(leafOf('Root', { publicKey }))).to.equal('certificate.weak-key');
    }
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const authority = make('Root', small, 'Root', small, {
      extensions: [extensions.basicConstraints(true)],
    });
    expect(ask(make('T99.02', KEYS.leaf, 'Root', small), [], [authority])).to.equal(
      'certificate.weak-key',
    );
  });

  it('many look-alikes of an issuer end in a refusal', () => {
    const fakes = Array.from({ length: 40 }, () => {
      const key = ec();
      return make('Middle', key, 'Middle', key, {
        extensions: [extensions.basicConstraints(true)],
      });
    });
    expect(ask(leafOf('Middle'), [...fakes, middle()])).to.equal('certificate.unknown-issuer');
    expect(ask(leafOf('Middle'), [middle(), ...fakes])).to.match(/^ok/);
  });

  describe('revocation', () => {
    const list = (
      issuer: string,
      key: KeyObject,
      revoked: readonly Made[],
      times: { since?: number; nextUpdate?: number } = {},
    ): Buffer =>
      writeRevocationList(
        {
          issuer: named(issuer),
          thisUpdate: AT - DAY,
          nextUpdate: times.nextUpdate ?? AT + DAY,
          revoked: revoked.map(({ der }) => ({
            serial: Buffer.from(readCertificate(der)?.serial ?? '', 'hex'),
            since: times.since ?? AT - DAY,
          })),
        },
        key,
      );

    it('refuses what its issuer has taken back, from that time on', () => {
      const leaf = leafOf('Root');
      expect(ask(leaf, [], [root()], [list('Root', KEYS.root, [leaf])])).to.equal(
        'certificate.revoked',
      );
      const later = list('Root', KEYS.root, [leaf], { since: AT + 1000 });
      expect(ask(leaf, [], [root()], [later])).to.equal('ok 2 ');
      expect(ask(leaf, [], [root()], [later], AT + 1000)).to.equal('certificate.revoked');
    });

    it('refuses below an authority that was taken back', () => {
      const between = middle();
      const lists = [list('Root', KEYS.root, [between])];
      expect(ask(leafOf('Middle'), [between], [root()], lists)).to.equal('certificate.revoked');
    });

    it('believes no list of another issuer or with a wrong signature', () => {
      const leaf = leafOf('Root');
      expect(ask(leaf, [], [root()], [list('Other', KEYS.root, [leaf])])).to.equal(
        'ok 2 crl.missing',
      );
      expect(ask(leaf, [], [root()], [list('Root', ec(), [leaf])])).to.equal('ok 2 crl.missing');
    });

    it('reads lists of RSA authorities', () => {
      const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      const anchor = make('Root', key, 'Root', key, {
        extensions: [extensions.basicConstraints(true)],
      });
      const leaf = make('T99.02', KEYS.leaf, 'Root', key);
      expect(ask(leaf, [], [anchor])).to.equal('ok 2 crl.missing');
      expect(ask(leaf, [], [anchor], [list('Root', key, [leaf])])).to.equal('certificate.revoked');
    });

    it('uses a stale list and says so', () => {
      const [leaf, other] = [leafOf('Root'), leafOf('Root')];
      const stale = list('Root', KEYS.root, [other], { nextUpdate: AT - 1000 });
      expect(ask(leaf, [], [root()], [stale])).to.equal('ok 2 crl.stale');
      expect(ask(other, [], [root()], [stale])).to.equal('certificate.revoked');
    });

    it('reaches registered certificates of an anchor', () => {
      const leaf = leafOf('Root');
      const store = TrustStore.from([root().der], [list('Root', KEYS.root, [leaf])]);
      expect(store.checkRegistered(leaf.x509, AT)).to.deep.include({
        ok: false,
        reason: 'certificate.revoked',
      });
    });

    it('lists many thousands of certificates', () => {
      const revoked = Array.from({ length: 20_000 }, (_, i) => ({
        serial: Buffer.from([9, i >> 16, (i >> 8) & 255, i & 255]),
        since: AT - DAY,
      }));
      const der = writeRevocationList(
        { issuer: named('Root'), thisUpdate: AT, revoked },
        KEYS.root,
      );
      const store = TrustStore.from([root().der], [der]);
      expect(store.lists[0]?.size).to.equal(20_000);
      expect(store.lists[0]?.issuer).to.equal('CN=Root');
      expect(store.lists[0]?.nextUpdate).to.equal(undefined);
    });
  });

  describe('registered certificates', () => {
    it('need no anchor, but a date, a strong key and the right use', () => {
      const registered = (changes: Changes): string => {
        const { x509 } = make('X', KEYS.leaf, 'Nobody', KEYS.low, changes);
        const answer = TrustStore.empty.checkRegistered(x509, AT);
        return answer.ok ? 'ok' : answer.reason;
      };
      expect(registered({})).to.equal('ok');
      expect(registered({ hash: 'sha1' })).to.equal('ok');
      expect(registered({ notAfter: AT - 1000 })).to.equal('certificate.expired');
      expect(registered({ extensions: [extensions.keyUsage(0x20)] })).to.equal(
        'certificate.key-usage',
      );
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      expect(registered({ publicKey })).to.equal('certificate.weak-key');
    });

    it('are loaded from PEM texts; keys beside them are passed over', () => {
      const pem = fixture('keys/sender-ec.key.pem') + fixture('keys/sender-ec.pem');
      const [only, ...more] = loadRegistered([pem, 'nothing']);
      expect(only?.subject).to.contain('UID=T99.02');
      expect(more).to.deep.equal([]);
    });

    it('are parsed once however often they are asked for', () => {
      const pem = fixture('keys/sender-rsa.pem');
      const [first] = loadRegistered([pem]);
      const [again] = loadRegistered([pem]);
      expect(first).not.to.equal(undefined);
      expect(again).to.equal(first);
    });
  });

  describe('files', () => {
    const pem = (made: Made): string => writeBlock(made.der, 'CERTIFICATE');

    it('are PEM or DER, several blocks in one', () => {
      const both = Buffer.from(
        `${pem(root())}some text\r\n${pem(middle()).replaceAll('\n', '\r\n')}`,
      );
      expect(TrustStore.from([both], []).anchors.map((one) => one.subject)).to.deep.equal([
        'CN=Root',
        'CN=Middle',
      ]);
      expect(TrustStore.from([root().der], []).anchors).to.have.length(1);
    });

    it('without a usable block stop the start, by kind and index', () => {
      const good = Buffer.from(pem(root()));
      const key = Buffer.from(fixture('keys/authority.key.pem'));
      expect(() => TrustStore.from([good, key], [])).to.throw(
        'trust anchor file 1 holds no usable block',
      );
      expect(() => TrustStore.from([good], [good])).to.throw(
        'revocation list file 0 holds no usable block',
      );
      expect(() => TrustStore.from([Buffer.alloc(0)], [])).to.throw('trust anchor file 0');
      const broken = Buffer.from(
        `${pem(root())}${writeBlock(Buffer.from([0x30, 1, 0]), 'CERTIFICATE')}`,
      );
      expect(() => TrustStore.from([broken], [])).to.throw('a block that cannot be read');
    });
  });

  describe('certificates as read', () => {
    const identity = (subject: NameContent): string | undefined =>
      readCertificate(make('x', KEYS.leaf, 'Root', KEYS.root, { subject }).der)?.identity;

    it('the only UID names the agency, else the only CN', () => {
      expect(
        identity([
          ['UID', 'T99.02'],
          ['CN', 'Sở T'],
        ]),
      ).to.equal('T99.02');
      expect(
        identity([
          ['CN', 'T99.02'],
          ['O', 'Sở T'],
        ]),
      ).to.equal('T99.02');
      expect(
        identity([
          ['UID', 'MST:1'],
          ['CN', 'T99.02'],
        ]),
      ).to.equal('MST:1');
      expect(
        identity([
          ['UID', 'T99.02'],
          ['UID', 'T99.03'],
        ]),
      ).to.equal(undefined);
      expect(
        identity([
          ['CN', 'T99.02'],
          ['CN', 'T99.03'],
        ]),
      ).to.equal(undefined);
      expect(identity([['O', 'CN=T99.02']])).to.equal(undefined);
      expect(identity([['CN', 'x, UID=T99.02']])).to.equal('x, UID=T99.02');
      expect(identity([['CN', 'T99.02\u0000.example']])).to.equal('T99.02\u0000.example');
    });

    it('names for people hold no control characters and escape what separates', () => {
      const subject: NameContent = [
        ['CN', 'a\r\nb, UID=T99.02'],
        ['C', 'VN'],
      ];
      const { der } = make('x', KEYS.leaf, 'Root', KEYS.root, { subject });
      expect(readCertificate(der)?.subject).to.equal('CN=a  b\\, UID\\=T99.02, C=VN');
    });

    it('bytes that are not exactly one certificate are none', () => {
      const { der } = leafOf('Root');
      expect(readCertificate(der)?.serial).to.match(/^01/);
      expect(readCertificate(Buffer.concat([der, Buffer.from([0])]))).to.equal(undefined);
      expect(readCertificate(der.subarray(0, der.length - 1))).to.equal(undefined);
      expect(readCertificate(Buffer.alloc(40_000, 0x30))).to.equal(undefined);
      const twice = leafOf('Root', { extensions: [SIGNS, extensions.keyUsage(0x20)] });
      expect(readCertificate(twice.der)).to.equal(undefined);
      for (let i = 0; i < der.length; i += 7) {
        const bent = Buffer.from(der);
        bent.writeUInt8(0xff, i);
        expect(() => readCertificate(bent), `byte ${i}`).not.to.throw();
      }
    });
  });
});
