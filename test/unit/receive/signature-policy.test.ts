import { expect } from 'chai';
import type { Agency } from '../../../src/model/agency.js';
import type { BusinessType } from '../../../src/model/business-type.js';
import type {
  SignatureClass,
  SignaturePolicy,
  SignatureVerdict,
  SignedPart,
} from '../../../src/model/signature.js';
import { applyPolicy, effectivePolicy } from '../../../src/receive/signature-policy.js';
import { sampleDocument, sampleStatus } from '../../support/sample-document.js';

const verdict = (
  found: SignatureClass,
  signedParts: readonly SignedPart[] = [],
): SignatureVerdict => ({
  class: found,
  signedParts,
  reasons: found === 'invalid' ? ['digest.mismatch'] : [],
  present: !['absent', 'wrong-namespace'].includes(found),
});

const document = (type: BusinessType = 'new') =>
  sampleDocument({ business: { type, replacements: [], reason: 'lý do' } });

const codes = (policy: SignaturePolicy, one: SignatureVerdict, type?: BusinessType) =>
  applyPolicy(policy, one, document(type), 'T99.01').map((found) => found.code);

describe('signature policies (design 2.3)', () => {
  const table: readonly (readonly [SignaturePolicy, SignatureClass, readonly string[]])[] = [
    ['record', 'absent', ['signature.not-signed']],
    ['record', 'wrong-namespace', ['signature.not-signed']],
    ['record', 'placeholder', ['signature.not-signed']],
    ['record', 'invalid', ['signature.recorded']],
    ['record', 'untrusted', ['signature.recorded']],
    ['verify', 'absent', ['signature.not-signed']],
    ['verify', 'wrong-namespace', ['signature.not-signed']],
    ['verify', 'placeholder', ['signature.not-signed']],
    ['verify', 'invalid', ['signature.invalid']],
    ['verify', 'untrusted', ['signature.untrusted']],
    ['require', 'absent', ['signature.required']],
    ['require', 'wrong-namespace', ['signature.required']],
    ['require', 'placeholder', ['signature.required']],
    ['require', 'invalid', ['signature.invalid']],
    ['require', 'untrusted', ['signature.untrusted']],
  ];
  for (const [policy, found, expected] of table) {
    it(`${policy} on ${found}: ${expected.join()}`, () => {
      expect(codes(policy, verdict(found))).to.deep.equal(expected);
    });
  }

  for (const policy of ['verify', 'require'] as const) {
    it(`${policy} takes a valid signature over header and attachments`, () => {
      expect(codes(policy, verdict('valid', ['edXML']))).to.deep.equal([]);
      expect(codes(policy, verdict('valid', ['MessageHeader', 'AttachmentEncoded']))).to.deep.equal(
        [],
      );
    });

    it(`${policy} refuses a valid signature that leaves out header or attachments`, () => {
      expect(codes(policy, verdict('valid', ['AttachmentEncoded']))).to.deep.equal([
        'signature.coverage',
      ]);
      expect(codes(policy, verdict('valid', ['MessageHeader']))).to.deep.equal([
        'signature.coverage',
      ]);
      expect(codes(policy, verdict('valid', ['edXMLManifest']))).to.deep.equal([
        'signature.coverage',
        'signature.coverage',
      ]);
    });

    for (const type of ['revoke', 'update', 'replace'] as const) {
      it(`${policy} refuses a signed ${type} whose Bussiness nobody signed`, () => {
        expect(
          codes(policy, verdict('valid', ['MessageHeader', 'AttachmentEncoded']), type),
        ).to.deep.equal(['signature.coverage']);
        expect(
          codes(
            policy,
            verdict('valid', ['MessageHeader', 'AttachmentEncoded', 'Bussiness']),
            type,
          ),
        ).to.deep.equal([]);
        expect(codes(policy, verdict('valid', ['edXML']), type)).to.deep.equal([]);
      });
    }
  }

  it('verify takes an unsigned revoke, marked; with a real but empty ds:Signature it does not', () => {
    expect(codes('verify', verdict('absent'), 'revoke')).to.deep.equal(['signature.not-signed']);
    expect(codes('verify', verdict('placeholder'), 'revoke')).to.include('signature.coverage');
  });

  it('does not ask a status package for attachments it cannot have', () => {
    const issues = applyPolicy(
      'require',
      verdict('valid', ['MessageHeader']),
      sampleStatus(),
      'T99.02',
    );
    expect(issues).to.deep.equal([]);
  });

  it('marks SHA-1 where it is taken', () => {
    const found = applyPolicy(
      'verify',
      { ...verdict('valid', ['edXML']), sha1: true },
      document(),
      'T99.01',
    );
    expect(found.map((one) => [one.code, one.severity])).to.deep.equal([
      ['signature.sha1', 'warning'],
    ]);
  });
});

describe('which policy holds', () => {
  const agency = (signaturePolicy?: SignaturePolicy) => ({ signaturePolicy }) as unknown as Agency;
  it('is require once a certificate is registered, unless somebody has set it', () => {
    expect(effectivePolicy(agency(), false, 'verify')).to.equal('verify');
    expect(effectivePolicy(agency(), true, 'verify')).to.equal('require');
    expect(effectivePolicy(agency('record'), true, 'verify')).to.equal('record');
    expect(effectivePolicy(agency('require'), false, 'record')).to.equal('require');
  });
});
