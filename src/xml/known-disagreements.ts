/**
 * Where we and xml-crypto 6.3.2 are known to differ over a signature, and why. A difference that no
 * entry explains is an alarm (engine-agreement.ts); an entry must be as narrow as its reason.
 *
 * A digest or a value that is wrong for us and right for xml-crypto is listed for two reasons only, in
 * which xml-crypto leaves the standard: else one of the two reads another document.
 *
 * @module
 */
import type { SignatureVerdict } from '../model/signature.js';
import type { Opinion } from './second-verifier.js';
import { C14N } from './signature-algorithms.js';

export interface Evidence {
  readonly verdict: SignatureVerdict;
  readonly opinion: Opinion;
  /** The package. */
  readonly text: string;
}

export interface KnownDisagreement {
  readonly rule: string;
  readonly why: string;
  /** True: the signature holds for us but not for xml-crypto. False: the other way round. */
  readonly weHold: boolean;
  matches(evidence: Evidence): boolean;
}

const CDATA_IN_VALUE = /SignatureValue\s*>[^<]*<!\[CDATA\[/;
const XML_ATTRIBUTE = /\sxml:(?:lang|space|base|id)\s*=/;
const LIST_OF_SIGNED_INFO = /CanonicalizationMethod[^>]*>\s*<[^>]*InclusiveNamespaces/;
const DEFAULT_PREFIX = /PrefixList\s*=\s*["'][^"']*#default/;

/** We refuse for one of these reasons (verify-signature.ts, signature-shape.ts), xml-crypto does not look. */
function stricter(rule: string, why: string, ...starts: readonly string[]): KnownDisagreement {
  return {
    rule,
    why,
    weHold: false,
    matches: ({ verdict }) =>
      starts.some((start) => verdict.reasons[0]?.startsWith(start) === true),
  };
}

/** In both directions: who signs by the standard is refused by xml-crypto, who signs as it does, by us. */
function inherited(weHold: boolean): KnownDisagreement {
  return {
    rule: 'xml-attributes',
    why: 'Inclusive form of a part takes over the xml: attributes of the elements around it (Canonical XML 1.0 §2.4); that of xml-crypto does not.',
    weHold,
    matches: ({ verdict, text }) =>
      (weHold || /^(?:digest|value)\.mismatch$/.test(verdict.reasons[0] ?? '')) &&
      XML_ATTRIBUTE.test(text) &&
      (text.includes(`"${C14N}"`) || text.includes(`'${C14N}'`)),
  };
}

export const KNOWN_DISAGREEMENTS: readonly KnownDisagreement[] = [
  stricter(
    'shape',
    'Elements, attributes, comments and text in a Signature beyond those of XML-DSig are refused; xml-crypto passes over them.',
    'structure.',
  ),
  stricter(
    'counts',
    'More references or certificates than our bounds, which xml-crypto does not have.',
    'references.count',
    'certificates.count',
  ),
  stricter(
    'place',
    'The signature stands elsewhere than last in edXMLHeader, or there are two; xml-crypto takes the first one anywhere.',
    'signature.position',
    'signature.several',
  ),
  stricter(
    'target',
    'A reference must name a part at its contract path, once, with enveloped-signature exactly where needed; xml-crypto takes any element (wrapping).',
    'reference.',
    'part.repeated',
  ),
  stricter(
    'ids',
    'An Id value that stands twice is refused anywhere; xml-crypto only counts those that a reference names.',
    'id.repeated',
  ),
  stricter(
    'algorithms',
    'SHA-1, canonical forms with comments, RSA-PSS and repeated transforms are not on our allow lists.',
    'algorithm.',
  ),
  stricter(
    'weak-key',
    'Keys below 2048 bits, with a small exponent or on other curves are refused; xml-crypto takes any key.',
    'key.weak',
  ),
  stricter(
    'relative-namespace',
    'A relative namespace URI has no canonical form for libxml2 (Canonical XML 1.0 §1.3); xml-crypto writes one.',
    'canonical-form.none',
  ),
  stricter(
    'strict-base64',
    'Bits behind the last byte of a digest, or characters outside the alphabet, are refused; xml-crypto decodes leniently.',
    'digest.length',
  ),
  {
    rule: 'cdata',
    why: 'xml-crypto reads only the first text node of SignatureValue, and no CDATA section.',
    weHold: true,
    matches: ({ opinion, text }) =>
      opinion.reason?.includes('the signature value') === true && CDATA_IN_VALUE.test(text),
  },
  inherited(true),
  inherited(false),
  {
    rule: 'prefix-list',
    why: 'xml-crypto ignores the PrefixList of CanonicalizationMethod, and cannot read SignedInfo again when InclusiveNamespaces declares a default namespace.',
    weHold: true,
    matches: ({ text }) => LIST_OF_SIGNED_INFO.test(text),
  },
  {
    rule: 'default-prefix',
    why: 'xml-crypto does not know #default in a PrefixList (Exclusive XML Canonicalization §3).',
    weHold: false,
    matches: ({ verdict, text }) =>
      verdict.reasons[0] === 'digest.mismatch' && DEFAULT_PREFIX.test(text),
  },
  {
    rule: 'registered-key',
    why: 'Without a certificate in KeyInfo we try those registered for the agency, which xml-crypto does not know.',
    weHold: true,
    matches: ({ opinion }) => opinion.reason === 'no certificate in X509Data',
  },
];
