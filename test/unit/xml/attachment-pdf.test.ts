/**
 * Signatures of PDFs: what holds, what was appended, and every trick with the ranges.
 */

import { expect } from 'chai';
import { TimeBox } from '../../../src/xml/attachment-limits.js';
import { TrustStore } from '../../../src/xml/trust.js';
import { writeCms } from './attachment-cms.js';
import {
  changedLater,
  cms,
  inTemporaryFile,
  look,
  type PdfRequest,
  run,
  shortly,
  signedAgain,
  signedPdf,
} from './attachment-kit.js';
import { fixture, NOW } from './signature-kit.js';

describe('signatures of a PDF', () => {
  it('holds over the whole file, and says who signed and when by whose word', async () => {
    const [one, ...more] = await look(signedPdf({ entries: "/M (D:20261120083000+07'00')" }));
    expect(more).to.deep.equal([]);
    expect(one?.format).to.equal('pdf');
    expect(one?.verdict).to.equal('valid');
    expect(one?.reasons).to.deep.equal([]);
    expect(one?.covers).to.equal('whole-file');
    expect(one?.timestamped).to.equal(false);
    expect(one?.signer?.subject).to.equal('C=VN, CN=Sở Thử nghiệm T, UID=T99.02');
    expect(one?.signingTime).to.match(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  });

  it('takes the time of the dictionary when the signature has none', async () => {
    const noTime = (content: Buffer): Buffer => writeCms(content);
    const entries = "/M (D:20261120083000+07'00')";
    const [one] = await look(signedPdf({ entries, sign: noTime }));
    expect(one?.verdict).to.equal('valid');
    expect(one?.signingTime).to.equal('2026-11-20T01:30:00.000Z');
  });

  const holding: readonly (readonly [string, PdfRequest])[] = [
    ['RSA', { key: 'sender-rsa' }],
    ['RSA with SHA-384', { key: 'sender-rsa', openssl: ['-md', 'sha384'] }],
    ['ECDSA with SHA-512', { openssl: ['-md', 'sha512'] }],
    ['RSASSA-PSS', { key: 'sender-rsa', openssl: ['-keyopt', 'rsa_padding_mode:pss'] }],
    ['CAdES', { openssl: ['-cades'], subFilter: 'ETSI.CAdES.detached' }],
    ['a signer named by its key', { openssl: ['-keyid'] }],
    ['Contents before ByteRange', { contentsFirst: true }],
    ['blanks and line ends in ByteRange', { rangeText: (range) => `[ ${range.join('\r\n')} ]` }],
    ['the authority in the chain', { openssl: ['-certfile', 'fixtures/keys/authority.pem'] }],
  ];
  for (const [name, request] of holding) {
    it(`holds with ${name}`, async () => {
      expect(await shortly(signedPdf(request))).to.deep.equal(['valid']);
    });
  }

  it('covers the whole file with blank lines after it', async () => {
    const [one] = await look(Buffer.concat([signedPdf(), Buffer.from('\r\n \0')]));
    expect(one?.covers).to.equal('whole-file');
  });

  it('is of an earlier revision once the page was changed', async () => {
    const [one] = await look(changedLater(signedPdf()));
    expect(one?.verdict).to.equal('valid');
    expect(one?.covers).to.equal('earlier-revision');
  });

  it('gives each of two signatures its verdict', async () => {
    const found = await look(signedAgain(signedPdf(), { key: 'stranger' }));
    expect(found.map((one) => one.verdict)).to.deep.equal(['valid', 'untrusted']);
    expect(found.map((one) => one.covers)).to.deep.equal(['earlier-revision', 'whole-file']);
  });

  it('finds nothing in a PDF without signature', async () => {
    const unsigned = signedPdf().toString('latin1').replace('/ByteRange', '/ByteRangeX');
    expect(await look(Buffer.from(unsigned, 'latin1'))).to.deep.equal([]);
  });

  describe('no longer holds', () => {
    it('with one other byte before or after the signature', async () => {
      const signed = signedPdf();
      for (const word of ['Cong van T', 'startxref']) {
        const changed = Buffer.from(signed);
        const at = changed.indexOf(word);
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(await shortly(changed), word).to.deep.equal(['invalid digest.mismatch']);
      }
    });

    it('with one other byte in the signature value', async () => {
      const sign = (content: Buffer): Buffer => {
        const value = cms(content);
        value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
        return value;
      };
      expect(await shortly(signedPdf({ sign }))).to.deep.equal(['invalid value.mismatch']);
    });
  });

  const distrusted: readonly (readonly [string, string, string])[] = [
    ['an authority that nobody trusts', 'stranger', 'certificate.unknown-issuer'],
    ['an expired signer', 'expired-ec', 'certificate.expired'],
    ['a revoked signer', 'revoked-ec', 'certificate.revoked'],
  ];
  for (const [name, key, reason] of distrusted) {
    it(`is untrusted with ${name}`, async () => {
      const [one] = await look(signedPdf({ key }));
      expect([one?.verdict, ...(one?.reasons ?? [])]).to.deep.equal(['untrusted', reason]);
      expect(one?.signer, 'it holds, so the signer is named').not.to.equal(undefined);
    });
  }

  it('is untrusted with an empty trust store', async () => {
    const [one] = await look(signedPdf(), 'a.pdf', { trust: TrustStore.empty });
    expect(one?.verdict).to.equal('untrusted');
  });

  it('is judged at the time that is asked for', async () => {
    const [one] = await look(signedPdf({ key: 'expired-ec' }), 'a.pdf', {
      at: Date.UTC(2024, 5, 1),
      trust: TrustStore.from([Buffer.from(fixture('keys/authority.pem'))], []),
    });
    expect([one?.verdict, ...(one?.reasons ?? [])]).to.deep.equal(['valid']);
    expect(NOW).to.be.greaterThan(Date.UTC(2024, 11, 31));
  });
});

/** Every one is signed as it stands: with the range taken on trust, each of them would hold. */
const TRICKS: readonly (readonly [string, PdfRequest, string])[] = [
  [
    'ranges that overlap',
    { range: ([a = 0, , c = 0, d = 0]) => [a, c + 100, c, d] },
    'byte-range.overlap',
  ],
  [
    'a gap that holds more than Contents',
    { range: ([a = 0, b = 0, c = 0, d = 0]) => [a, b - 20, c, d] },
    'byte-range.gap',
  ],
  [
    'a gap that goes on behind Contents',
    { range: ([a = 0, b = 0, c = 0, d = 0]) => [a, b, c + 20, d - 20] },
    'byte-range.gap',
  ],
  [
    'a gap smaller than Contents',
    { range: ([a = 0, b = 0, c = 0, d = 0]) => [a, b + 2, c, d] },
    'byte-range.gap',
  ],
  [
    'a first range that begins later',
    { range: ([, b = 0, c = 0, d = 0]) => [1, b - 1, c, d] },
    'byte-range.start',
  ],
  [
    'a range out of the file',
    { range: ([a = 0, b = 0, c = 0, d = 0]) => [a, b, c, d + 1] },
    'byte-range.outside',
  ],
  [
    'huge numbers',
    { range: ([a = 0, b = 0]) => [a, b, 9_999_999_999, 9_999_999_999] },
    'byte-range.outside',
  ],
  [
    'a negative number',
    { rangeText: ([a = 0, b = 0, c = 0, d = 0]) => `[${a} ${b} ${c} -${d}]` },
    'byte-range.syntax',
  ],
  [
    'a fraction',
    { rangeText: ([a = 0, b = 0, c = 0, d = 0]) => `[${a} ${b}.0 ${c} ${d}]` },
    'byte-range.syntax',
  ],
  [
    'three numbers',
    { rangeText: ([a = 0, b = 0, c = 0]) => `[${a} ${b} ${c}]` },
    'byte-range.syntax',
  ],
  [
    'six numbers',
    { rangeText: ([a = 0, b = 0, c = 0, d = 0]) => `[${a} ${b} ${c} ${d} ${c} 1]` },
    'byte-range.syntax',
  ],
  [
    'a number of many digits',
    { rangeText: ([a = 0, b = 0, c = 0, d = 0]) => `[${a} ${b} ${c} 00000000${d}]` },
    'byte-range.syntax',
  ],
  ['a range that is an indirect object', { rangeText: () => '7 0 R' }, 'byte-range.syntax'],
  ['a second Contents', { entries: '/Contents <00>' }, 'dictionary.repeated'],
  ['a second Contents in another spelling', { entries: '/Cont#65nts <00>' }, 'dictionary.repeated'],
  ['a second ByteRange', { entries: '/ByteR#61nge [0 1 2 3]' }, 'dictionary.repeated'],
  ['a second SubFilter', { entries: '/SubFilter /adbe.x509.rsa_sha1' }, 'dictionary.repeated'],
  [
    'hex digits that are not Contents',
    { edit: (text) => text.replace('/Contents <00', '/Cert <00') },
    'byte-range.gap',
  ],
  [
    'Contents of a dictionary inside',
    { edit: (text) => text.replace(/(\/Contents <0+>)/, '/Prop_Build << $1 >>') },
    'byte-range.gap',
  ],
  [
    'the end of the dictionary not signed',
    { range: ([a = 0, b = 0, c = 0]) => [a, b, c, 1] },
    'byte-range.dictionary',
  ],
  ['a signature by way of SHA-1', { subFilter: 'adbe.pkcs7.sha1' }, 'algorithm.sha1'],
  ['content inside of the signature', { openssl: ['-nodetach'] }, 'content.unexpected'],
  ['no signed attributes', { openssl: ['-noattr'] }, 'attributes.none'],
  [
    'something behind the signature in Contents',
    { sign: (content) => Buffer.concat([cms(content), Buffer.from([0, 0, 7])]) },
    'cms.padding',
  ],
];

const UNREAD: readonly (readonly [string, PdfRequest, string])[] = [
  ['a kind of signature that is not known', { subFilter: 'Example.T' }, 'sub-filter.unknown'],
  ['a time stamp of the document', { subFilter: 'ETSI.RFC3161' }, 'sub-filter.timestamp'],
  [
    'no object around the dictionary',
    { edit: (text) => text.replace('6 0 obj', '6 0 abj') },
    'dictionary.unreadable',
  ],
  [
    'a text that never ends in it',
    { edit: (text) => text.replace('/Reason (Ban', '/Reason ((Ban') },
    'dictionary.unreadable',
  ],
  ['garbage as signature', { sign: () => Buffer.from('30ffffffffffff', 'hex') }, 'cms.syntax'],
  ['an empty signature', { sign: () => Buffer.alloc(1) }, 'cms.syntax'],
  ['a signature without certificates', { openssl: ['-nocerts'] }, 'key.none'],
];

describe('tricks with a signed PDF', () => {
  for (const [name, request, reason] of TRICKS) {
    it(`${name}: invalid`, async () => {
      expect((await shortly(signedPdf(request)))[0]).to.equal(`invalid ${reason}`);
    });
  }
  for (const [name, request, reason] of UNREAD) {
    it(`${name}: not judged`, async () => {
      expect((await shortly(signedPdf(request)))[0]).to.equal(`unreadable ${reason}`);
    });
  }

  it('judges sixteen signatures and counts no further', async () => {
    const flood = Buffer.from('/ByteRange [1 2 3 4]\n'.repeat(100_000));
    const found = await shortly(Buffer.concat([signedPdf(), flood]));
    expect(found).to.have.length(17);
    expect(found[0]).to.equal('valid');
    expect(found[16]).to.equal('unreadable signatures.count');
  });

  it('reads no more than its part of a file full of beginnings', async () => {
    const flood = Buffer.from('1 0 obj<<(/a[<<'.repeat(200_000));
    const found = await shortly(Buffer.concat([Buffer.from('%PDF-1.7\n'), flood, signedPdf()]));
    expect(found[0]).to.equal('invalid byte-range.gap');
  });

  it('stops when the time is over', async () => {
    const time = new TimeBox(0, { monotonic: () => 0 });
    const found = await look(signedPdf(), 'a.pdf', { time });
    expect(found.map((one) => one.reasons)).to.deep.equal([['limits.time']]);
  });

  it('survives every cut of the file', async () => {
    const signed = signedPdf();
    for (let end = 0; end < signed.length; end += 97) {
      const found = await look(signed.subarray(0, end));
      expect(found.every((one) => one.verdict !== 'valid' || one.covers !== undefined)).to.equal(
        true,
      );
    }
  });
});

describe('pdfsig of poppler', () => {
  const pdfsig = (pdf: Buffer): string =>
    inTemporaryFile(pdf, (path) =>
      run('pdfsig', 'poppler-utils', ['-nocert', path]).toString('utf8'),
    );

  it('holds what we hold', async () => {
    for (const request of [{}, { key: 'sender-rsa' }, { contentsFirst: true }]) {
      const signed = signedPdf(request);
      expect(pdfsig(signed)).to.contain('Signature is Valid').and.contain('Total document signed');
      expect(await shortly(signed)).to.deep.equal(['valid']);
    }
  });

  it('sees both of two signatures, and that the first is of an earlier revision', async () => {
    const text = pdfsig(signedAgain(signedPdf(), { key: 'sender-rsa' }));
    expect(text.match(/Signature is Valid/g)).to.have.length(2);
    expect(text).to.contain('Not total document signed');
  });

  it('refuses what we refuse', async () => {
    const changed = Buffer.from(signedPdf());
    changed[changed.indexOf('Cong van T')] = 0x4b;
    expect(pdfsig(changed)).to.contain('Digest Mismatch');
    expect(await shortly(changed)).to.deep.equal(['invalid digest.mismatch']);
  });
});
