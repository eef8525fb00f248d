/**
 * Signatures in files of their own: beside the file they are over, or around it.
 */

import { webcrypto } from 'node:crypto';
import { fromBER } from 'asn1js';
import { expect } from 'chai';
import { ContentInfo, CryptoEngine, SignedData } from 'pkijs';
import type { BesideFile } from '../../../src/xml/attachment-signatures.js';
import { digestOf } from '../../../src/xml/stream-digest.js';
import {
  attribute,
  type CmsRequest,
  DATA,
  signingCertificate,
  writeCms,
} from './attachment-cms.js';
import { cms, inTemporaryFile, look, run } from './attachment-kit.js';

const CONTENT = Buffer.from('Nội dung công văn T\n');

function beside(name: string, bytes: Buffer): BesideFile {
  return { name, digest: (hash) => digestOf([bytes], hash) };
}

const FILES = [beside('khac.txt', Buffer.from('other')), beside('cong-van.docx', CONTENT)];

async function judged(
  signature: Buffer,
  name = 'cong-van.docx.p7s',
  files = FILES,
): Promise<string> {
  const found = await look(signature, name, { beside: files });
  return found.map((one) => [one.verdict, ...one.reasons].join(' ')).join('; ');
}

describe('CMS signatures beside a file', () => {
  it('holds over the file of the same name, and names it', async () => {
    const [one] = await look(cms(CONTENT), 'cong-van.docx.p7s', { beside: FILES });
    expect(one?.format).to.equal('cms');
    expect(one?.verdict).to.equal('valid');
    expect(one?.covers).to.equal('whole-file');
    expect(one?.over).to.equal('cong-van.docx');
    expect(one?.signer?.subject).to.contain('UID=T99.02');
  });

  it('holds over a file of any name that hashes as it must', async () => {
    const [one] = await look(cms(CONTENT), 'chu-ky.bin', { beside: FILES });
    expect(one?.over).to.equal('cong-van.docx');
  });

  it('does not hold over a changed file of the fitting name', async () => {
    expect(await judged(cms(Buffer.from('before')))).to.equal('invalid digest.mismatch');
    expect(await judged(cms(Buffer.from('before')), 'cong-van.p7s')).to.equal(
      'invalid digest.mismatch',
    );
  });

  it('is not judged without the file', async () => {
    expect(await judged(cms(CONTENT), 'a.p7s', [])).to.equal('unreadable content.missing');
  });

  it('holds over the content inside', async () => {
    const [one] = await look(cms(CONTENT, 'sender-rsa', ['-nodetach']), 'cong-van.p7m');
    expect([one?.verdict, one?.covers, one?.over]).to.deep.equal([
      'valid',
      'whole-file',
      undefined,
    ]);
  });

  it('holds with indefinite lengths', async () => {
    const signature = cms(CONTENT, 'sender-ec', ['-nodetach', '-stream', '-indef']);
    expect(signature.subarray(0, 2).toString('hex')).to.equal('3080');
    expect(await judged(signature, 'a.p7m', [])).to.equal('valid');
  });

  it('is read from PEM', async () => {
    for (const label of ['CMS', 'PKCS7']) {
      const base64 = cms(CONTENT).toString('base64').replace(/.{64}/g, '$&\n');
      const pem = `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
      expect(await judged(Buffer.from(pem))).to.equal('valid');
    }
  });

  it('gives every signer a verdict', async () => {
    const second = [
      '-signer',
      'fixtures/keys/stranger.pem',
      '-inkey',
      'fixtures/keys/stranger.key.pem',
    ];
    expect((await judged(cms(CONTENT, 'sender-ec', second))).split('; ').sort()).to.deep.equal([
      'untrusted certificate.unknown-issuer',
      'valid',
    ]);
  });

  it('judges sixteen signers and counts no further', async () => {
    const verdicts = (await judged(writeCms(CONTENT, { signers: 40 }))).split('; ');
    expect(verdicts).to.have.length(17);
    expect(verdicts.slice(0, 16).every((one) => one === 'valid')).to.equal(true);
    expect(verdicts[16]).to.equal('unreadable signatures.count');
  });

  it('finds no signature in a bundle of certificates', async () => {
    expect(await look(writeCms(CONTENT, { signers: 0 }), 'chuoi.p7b')).to.deep.equal([]);
  });

  it('says that a damaged signature file cannot be read', async () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('no signature'),
      cms(CONTENT).subarray(0, 300),
    ]) {
      expect(await judged(bytes)).to.equal('unreadable cms.syntax');
    }
  });

  it('finds nothing in other files', async () => {
    for (const bytes of [Buffer.from('no signature'), Buffer.alloc(100), Buffer.from([0x30])]) {
      expect(await look(bytes, 'anh.png')).to.deep.equal([]);
    }
  });

  it('sees a time stamp, and that there is none', async () => {
    const token = attribute('1.2.840.113549.1.9.16.2.14', Buffer.from('3000', 'hex'));
    const stamped = writeCms(CONTENT, { unsigned: [token] });
    const [one] = await look(stamped, 'a.p7s', { beside: FILES });
    const [other] = await look(writeCms(CONTENT), 'a.p7s', { beside: FILES });
    expect([one?.verdict, one?.timestamped]).to.deep.equal(['valid', true]);
    expect(other?.timestamped).to.equal(false);
  });
});

const FORGED: readonly (readonly [string, CmsRequest, string])[] = [
  ['nothing wrong', {}, 'valid'],
  ['the certificate that is named', { attributes: [signingCertificate('sender-ec')] }, 'valid'],
  [
    'another certificate than the one named',
    { attributes: [signingCertificate('other-ec')] },
    'invalid certificate.substituted',
  ],
  [
    'the certificate of another key',
    { certificates: ['other-ec'], named: 'other-ec' },
    'invalid value.mismatch',
  ],
  [
    'a signer whose certificate did not come',
    { certificates: ['other-ec'] },
    'unreadable key.none',
  ],
  ['SHA-1', { hash: 'sha1', algorithm: '1.2.840.10045.4.1' }, 'invalid algorithm.sha1'],
  ['another hash than that of the digest', { hash: 'sha384' }, 'invalid algorithm.mismatch'],
  [
    'an RSA algorithm over a key that is none',
    { algorithm: '1.2.840.113549.1.1.11' },
    'invalid value.mismatch',
  ],
  ['an unknown algorithm', { algorithm: '1.2.3.4' }, 'unreadable algorithm.signature'],
  [
    'another content type in the attribute',
    { typeAttribute: '1.2.840.113549.1.7.5' },
    'invalid attributes.content-type',
  ],
  ['no content type', { typeAttribute: undefined }, 'invalid attributes.content-type'],
  ['no digest', { withoutDigest: true }, 'invalid attributes.message-digest'],
  [
    'a type twice',
    { attributes: [attribute('1.2.840.113549.1.9.3', Buffer.from('0500', 'hex'))] },
    'invalid attributes.repeated',
  ],
  [
    'two values',
    { attributes: [attribute('1.2.3', Buffer.from('0500', 'hex'), Buffer.from('0500', 'hex'))] },
    'invalid attributes.repeated',
  ],
  [
    'a content of another kind',
    { type: '1.2.840.113549.1.9.16.1.4' },
    'unreadable cms.content-type',
  ],
  [
    'seventeen certificates',
    { certificates: Array.from({ length: 17 }, () => 'sender-ec') },
    'unreadable certificates.count',
  ],
];

describe('forged CMS signatures', () => {
  for (const [name, request, expected] of FORGED) {
    it(`with ${name}: ${expected}`, async () => {
      expect(await judged(writeCms(CONTENT, request))).to.equal(expected);
    });
  }

  it('with bytes behind the structure', async () => {
    const longer = Buffer.concat([writeCms(CONTENT), Buffer.alloc(2)]);
    expect(await judged(longer)).to.equal('invalid cms.padding');
  });

  it('with values nested without end', async () => {
    const head = writeCms(CONTENT).subarray(0, 4);
    const deep = Buffer.concat([head, Buffer.alloc(200_000, Buffer.from('3080', 'hex'))]);
    expect(await judged(deep)).to.equal('unreadable cms.syntax');
  });

  it('of two megabytes', async () => {
    const big = attribute(
      '1.2.3.4',
      Buffer.concat([Buffer.from('0483200000', 'hex'), Buffer.alloc(0x200000)]),
    );
    expect(await judged(writeCms(CONTENT, { unsigned: [big] }))).to.equal(
      'unreadable limits.contents',
    );
  });

  it('with one byte changed: never another signer or content, and never an exception', async () => {
    const signature = writeCms(CONTENT);
    const [right] = await look(signature, 'a.p7s', { beside: FILES });
    const changed = Buffer.from(signature);
    let refused = 0;
    for (let at = 0; at < signature.length; at += 3) {
      const before = changed[at] ?? 0;
      changed[at] = before ^ 0x01;
      const found = await look(changed, 'a.p7s', { beside: FILES });
      const held = found.filter((one) => one.verdict === 'valid');
      // What only selects, such as the name of the issuer, is not signed: then nothing else may differ.
      for (const one of held) expect(one, String(at)).to.deep.equal(right);
      if (held.length === 0) refused++;
      changed[at] = before;
    }
    expect(refused).to.be.greaterThan(signature.length / 6);
  });
});

describe('other verifiers of CMS', () => {
  it('openssl holds what we hold', () => {
    const verify = (signature: Buffer, content: Buffer): string =>
      inTemporaryFile(signature, (sig) =>
        inTemporaryFile(content, (path) => {
          const how = ['-CAfile', 'fixtures/keys/authority.pem', '-purpose', 'any', '-binary'];
          const args = ['cms', '-verify', '-inform', 'DER', '-in', sig, '-content', path, ...how];
          try {
            return run('openssl', 'openssl', args).toString('utf8');
          } catch {
            return 'refused';
          }
        }),
      );
    expect(verify(writeCms(CONTENT), CONTENT)).to.equal(CONTENT.toString('utf8'));
    expect(verify(writeCms(CONTENT), Buffer.from('changed'))).to.equal('refused');
    expect(verify(writeCms(CONTENT, { key: 'stranger' }), CONTENT)).to.equal('refused');
  });

  it('PKI.js itself holds what we hold', async () => {
    const engine = new CryptoEngine({ name: 'test', crypto: webcrypto });
    const verify = async (signature: Buffer, content: Buffer): Promise<boolean> => {
      const info = new ContentInfo({ schema: fromBER(signature).result });
      const data = new SignedData({ schema: info.content });
      const bytes = new Uint8Array(content).buffer;
      try {
        return await data.verify({ signer: 0, data: bytes, checkChain: false }, engine);
      } catch {
        return false;
      }
    };
    for (const signature of [writeCms(CONTENT), cms(CONTENT, 'sender-rsa')]) {
      expect(await verify(signature, CONTENT)).to.equal(true);
      expect(await verify(signature, Buffer.from('changed'))).to.equal(false);
    }
    expect(await judged(writeCms(CONTENT, { type: DATA }))).to.equal('valid');
  });
});
