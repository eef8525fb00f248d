/**
 * Where we and xmlsec1, the JDK, xmllint or libxmljs2 are known to differ, and why that is as it should
 * be: who refuses, for which reason of ours or on which text. Those with xml-crypto stand in
 * xml/known-disagreements.ts, since the gateway itself needs them. An entry must be as narrow as its
 * reason.
 *
 * @module
 */

export type ForeignEngine = 'xmlsec1' | 'jdk' | 'xmllint' | 'libxmljs2';

export interface Disagreement {
  readonly rule: string;
  readonly why: string;
  readonly engines: readonly ForeignEngine[];
  /** True: it holds, or is valid, for us and not for the other. */
  readonly weHold: boolean;
  /** What our answer starts with, one of them; any answer when absent. */
  readonly said?: readonly string[];
  /** What must stand in the text, over its bytes as latin1. */
  readonly text?: RegExp;
  /** How many bytes the file must have at least. */
  readonly longer?: number;
  /** What must stand in the other's message. */
  readonly theirs?: RegExp;
}

/** Two engines that do not say the same of one file. */
export interface ForeignDifference {
  readonly engine: ForeignEngine;
  readonly weHold: boolean;
  /** Class and reasons of the signature, `valid` or codes of the schema, or the code of a refusal. */
  readonly said: string;
  /** latin1 */
  readonly text: string;
  readonly theirs: string;
}

export const FOREIGN_DISAGREEMENTS: readonly Disagreement[] = [
  {
    rule: 'doors',
    why: 'Refused before any signature is looked at: DOCTYPE, processing instructions, floods, encodings. The others parse on.',
    engines: ['xmlsec1', 'jdk'],
    weHold: false,
    said: ['xml.doctype', 'xml.processing-instruction', 'xml.limits', 'xml.encoding'],
  },
  {
    rule: 'namespace-errors',
    why: 'libxml2 reports unbound prefixes, doubled attributes and bad namespace names, and carries on; for us every reported error is fatal.',
    engines: ['xmlsec1', 'xmllint'],
    weHold: false,
    said: ['xml.malformed'],
    theirs: /^(holds|valid)/,
  },
  {
    rule: 'shape',
    why: 'Elements, attributes, comments and text in a Signature beyond those of XML-DSig, or that nobody needs (RetrievalMethod, Manifest).',
    engines: ['xmlsec1', 'jdk'],
    weHold: false,
    said: ['invalid structure.'],
  },
  {
    rule: 'place',
    why: 'The signature stands last in edXMLHeader and there is one only; a generic verifier takes the first it finds.',
    engines: ['xmlsec1', 'jdk'],
    weHold: false,
    said: ['invalid signature.several', 'invalid signature.position'],
  },
  {
    rule: 'target',
    why: 'A reference names a part at its contract path, once, with enveloped-signature exactly where it is needed (wrapping).',
    engines: ['xmlsec1', 'jdk'],
    weHold: false,
    said: ['invalid reference.', 'invalid part.repeated'],
  },
  {
    rule: 'ids',
    why: 'An Id value that stands twice, in any spelling of the attribute, is refused; the others know only the attributes they are told of.',
    engines: ['xmlsec1', 'jdk'],
    weHold: false,
    said: ['invalid id.repeated'],
  },
  {
    rule: 'algorithms',
    why: 'SHA-1, forms with comments, Canonical XML 1.1, RSA-PSS, repeated transforms: not on our allow lists.',
    engines: ['xmlsec1', 'jdk'],
    weHold: false,
    said: ['invalid algorithm.'],
  },
  {
    rule: 'first-certificate',
    why: 'With several certificates in KeyInfo we try each; xmlsec1 and our program for the JDK take one.',
    engines: ['xmlsec1', 'jdk'],
    weHold: true,
    text: /X509Certificate>[^<]*<\/[^>]*X509Certificate>[\s\S]*<(\w+:)?X509Certificate>/,
  },
  {
    rule: 'hints-jdk',
    why: 'The JDK refuses KeyInfo and Object whose hints it cannot read (X509SubjectName as xmlsec1 leaves it empty, bare keys, SignatureProperties in no namespace); nobody needs them.',
    engines: ['jdk'],
    weHold: true,
    theirs: /MarshalException/,
  },
  {
    rule: 'strict-base64',
    why: 'Base64 must be canonical for us: no bits behind the last byte, no characters outside the alphabet, no missing padding; each certificate in KeyInfo must be readable. The others decode leniently or go on to the next.',
    engines: ['xmlsec1', 'jdk'],
    weHold: false,
    said: [
      'invalid digest.length',
      'placeholder placeholder.value',
      'placeholder placeholder.certificate',
    ],
  },
  {
    rule: 'cdata-jdk',
    why: 'The JDK reads only the text nodes of a value, not its CDATA sections.',
    engines: ['jdk'],
    weHold: true,
    text: /<(\w+:)?(SignatureValue|DigestValue|X509Certificate)>[^<]*<!\[CDATA/,
  },
  {
    rule: 'hints-xmlsec1',
    why: 'xmlsec1 refuses X509Data whose hints it cannot read (X509IssuerSerial, X509SKI, X509CRL); nobody needs them.',
    engines: ['xmlsec1'],
    weHold: true,
    theirs: /xmlSec(KeyValueX509|KeyDataX509|OpenSSLKeyDataX509|KeyInfo)/,
  },
  {
    rule: 'relative-outside',
    why: 'A relative namespace outside of what is signed, or inside the signature itself: we write the form of the signed part alone, xmlsec1 goes over the whole document and stops.',
    engines: ['xmlsec1'],
    weHold: true,
    text: /xmlns(:[\w.-]+)?=["'][^"':]+["']/,
    theirs: /Relative namespace/,
  },
  {
    rule: 'long-text',
    why: 'libxml2 may refuse a text of more than ten million bytes unless it is told otherwise; we cut the content of attachments out before the parse.',
    engines: ['libxmljs2'],
    weHold: true,
    longer: 10_000_000,
    theirs: /huge text node|huge input/i,
  },
];

/** @returns the rule that explains it; undefined when none does */
export function explainForeign(difference: ForeignDifference): Disagreement | undefined {
  return FOREIGN_DISAGREEMENTS.find(
    ({ engines, weHold, said, text, longer = -1, theirs }) =>
      engines.includes(difference.engine) &&
      weHold === difference.weHold &&
      (said === undefined || said.some((start) => difference.said.startsWith(start))) &&
      difference.text.length > longer &&
      (theirs === undefined || theirs.test(difference.theirs)) &&
      (text === undefined || text.test(difference.text)),
  );
}
