import { expect } from 'chai';
import { forge, judge, shortly } from './signature-kit.js';

const claiming = (text: string) =>
  judge(
    forge({
      objects: `<Object><SignatureProperties><SignatureProperty Id="t" Target="#s"><SigningTime>${text}</SigningTime></SignatureProperty></SignatureProperties></Object>`,
    }),
  );

describe('the time at which a signer claims to have signed', () => {
  it('is told with the verdict, and changes nothing while the certificate was in force', () => {
    const verdict = claiming('2026-11-20T09:15:00+07:00');
    expect(shortly(verdict)).to.equal('valid');
    expect(verdict.signingTime).to.equal('2026-11-20T02:15:00.000Z');
  });

  it('is that of Vietnam without a zone', () => {
    expect(claiming('2026-11-20T09:15:00').signingTime).to.equal('2026-11-20T02:15:00.000Z');
  });

  for (const text of ['1999-01-01T00:00:00Z', '2199-01-01T00:00:00Z']) {
    it(`speaks against a certificate that was not in force then: ${text}`, () => {
      expect(shortly(claiming(text))).to.equal('untrusted certificate.signing-time');
    });
  }

  it('counts for nothing when it cannot be read', () => {
    const verdict = claiming('hôm qua');
    expect([shortly(verdict), verdict.signingTime]).to.deep.equal(['valid', undefined]);
  });
});
