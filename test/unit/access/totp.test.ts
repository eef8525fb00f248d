import { expect } from 'chai';
import {
  base32,
  checkTotp,
  newRecoveryCodes,
  newTotpSecret,
  recoveryHash,
  totpAt,
  totpUri,
} from '../../../src/access/totp.js';

/** RFC 6238 appendix B; the RFC shows eight digits, of which apps show the last six. */
const SECRET = Buffer.from('12345678901234567890');
const VECTORS: readonly [seconds: number, code: string][] = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
];

describe('totp', () => {
  it('gives the codes of RFC 6238', () => {
    for (const [seconds, code] of VECTORS) expect(totpAt(SECRET, seconds * 1000)).to.equal(code);
  });

  it('takes the code of the present step and of its neighbours, and no other', () => {
    const now = 1111111111_000;
    const taken = [-60, -30, 0, 30, 60].map((seconds) =>
      checkTotp(SECRET, totpAt(SECRET, now + seconds * 1000), now, undefined),
    );
    const step = Math.floor(now / 30_000);
    expect(taken).to.deep.equal([undefined, step - 1, step, step + 1, undefined]);
  });

  it('takes each code once', () => {
    const now = 1111111111_000;
    const code = totpAt(SECRET, now);
    const step = checkTotp(SECRET, code, now, undefined);
    expect(checkTotp(SECRET, code, now, step)).to.equal(undefined);
    expect(checkTotp(SECRET, totpAt(SECRET, now + 30_000), now, step)).to.equal((step ?? 0) + 1);
  });

  it('reads codes with spaces, and nothing that is no code', () => {
    const now = 59_000;
    expect(checkTotp(SECRET, '287 082', now, undefined)).to.equal(1);
    for (const text of ['', '28708', '2870822', 'abcdef', '２８７０８２']) {
      expect(checkTotp(SECRET, text, now, undefined)).to.equal(undefined);
    }
  });

  it('writes base32 as RFC 4648 does', () => {
    const pairs = [
      ['', ''],
      ['f', 'MY'],
      ['fo', 'MZXQ'],
      ['foo', 'MZXW6'],
      ['foob', 'MZXW6YQ'],
      ['foobar', 'MZXW6YTBOI'],
    ];
    for (const [text = '', code] of pairs) expect(base32(Buffer.from(text))).to.equal(code);
  });

  it('makes an address for authenticator apps', () => {
    expect(totpUri(SECRET, 'lan.nt', 'edxgate T99')).to.equal(
      'otpauth://totp/edxgate%20T99:lan.nt?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=edxgate%20T99',
    );
    expect(newTotpSecret()).to.have.length(20);
  });

  it('makes recovery codes that differ, and reads them however they are typed', () => {
    const codes = newRecoveryCodes();
    expect(new Set(codes).size).to.equal(10);
    const [code = ''] = codes;
    expect(recoveryHash(code.toUpperCase().replaceAll('-', ' '))).to.equal(recoveryHash(code));
  });
});
