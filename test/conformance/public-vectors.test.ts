/**
 * The public suites of XML signatures, case by case: what each is about, drawn again as a signature over
 * our own sample package (own text, own keys), and what comes of it under our rules. Named after suite
 * and file. Most are things that a strict verifier must refuse before it computes anything.
 */
import { expect } from 'chai';
import { GatewayError } from '../../src/model/issue.js';
import type { SignatureTrust } from '../../src/xml/verify-signature.js';
import { judge, shortly } from '../unit/xml/signature-kit.js';
import type { Vector } from './vector-kit.js';
import { XML_CRYPTO_VECTORS } from './xml-crypto-vectors.js';
import { XMLSEC_SUITES } from './xmlsec-vectors.js';

const SUITES: Readonly<Record<string, readonly Vector[]>> = {
  ...XMLSEC_SUITES,
  'node-saml/xml-crypto test/static': XML_CRYPTO_VECTORS,
};

describe('vectors of the public suites', () => {
  for (const [suite, vectors] of Object.entries(SUITES)) {
    describe(suite, () => {
      for (const { name, text, expected, trust = {} } of vectors) {
        it(`${name}: ${expected}`, () => {
          expect(outcome(text(), trust)).to.equal(expected);
        });
      }
    });
  }
});

function outcome(text: string, trust: Partial<SignatureTrust>): string {
  try {
    return shortly(judge(text, trust));
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}
