/**
 * What test/static of node-saml/xml-crypto is about. See public-vectors.test.ts.
 *
 * @module
 */
import { insertSignature, UNSIGNED } from '../tools/signature-package.js';
import {
  certificate,
  DS,
  EXCLUSIVE,
  forge,
  hmac,
  MORE,
  X509_SENDER,
} from '../unit/xml/signature-kit.js';
import { ENVELOPED, external, HEADER, rsa, step, type Vector, vector } from './vector-kit.js';

export const XML_CRYPTO_VECTORS: readonly Vector[] = [
  vector('invalid_saml_no_signed_info', 'invalid structure.SignedInfo', () =>
    forge().replace(/<SignedInfo>.*<\/SignedInfo>/, ''),
  ),
  vector('saml_multiple_signed_info_nodes', 'invalid structure.SignatureValue', () =>
    forge().replace(/<SignedInfo>.*<\/SignedInfo>/, '$&$&'),
  ),
  vector('saml_wrapped_signed_info_node', 'invalid structure.SignedInfo', () =>
    forge().replace(/<SignedInfo>.*<\/SignedInfo>/, '<Object>$&</Object>'),
  ),
  vector('valid_saml_signature_wrapping', 'invalid reference.not-a-part', () => {
    const text = forge({ references: [HEADER] });
    const original =
      /<edXML:MessageHeader Id="header">[\s\S]*<\/edXML:MessageHeader>/.exec(text)?.[0] ?? '';
    const evil = original.replace(' Id="header"', '').replace('T99.02<', 'T66.66<');
    return text
      .replace(original, () => evil)
      .replace('<edXML:TraceHeader>', () => `<edXML:TraceHeader>${original}`);
  }),
  vector('valid_saml_with_digest_comment', 'invalid structure.comment', () =>
    forge().replace(/<DigestValue>/, '<DigestValue><!--AAAA-->'),
  ),
  vector('valid_saml_withcomments', 'invalid algorithm.transform', {
    references: [{ uri: '', transforms: [ENVELOPED, `${EXCLUSIVE}WithComments`] }],
  }),
  vector('hmac_signature', 'invalid algorithm.signature', {
    method: `${DS}hmac-sha1`,
    value: hmac(certificate('sender-ec').publicKey.export({ type: 'spki', format: 'pem' })),
  }),
  vector('id_with_quotes', 'invalid reference.uri', external(`#it's`)),
  vector('invalid_signature - non existing reference', 'invalid reference.unknown-id', {
    ...external('#nobody'),
  }),
  vector('invalid_signature - wsu - hash', 'invalid digest.mismatch', {
    edit: (info) =>
      info.replace(/<DigestValue>[^<]*/, `<DigestValue>${Buffer.alloc(32).toString('base64')}`),
  }),
  vector('invalid_signature - wsu - changed content', 'invalid digest.mismatch', () =>
    forge().replace('000.00.01.T99', '000.00.66.T99'),
  ),
  vector('invalid_signature - wsu - invalid signature value', 'invalid value.mismatch', {
    value: () => Buffer.alloc(64, 1),
  }),
  vector('invalid_signature_without_transforms_element', 'invalid digest.mismatch', {
    references: [{ ...HEADER, transforms: [], inclusive: false }],
  }),
  vector('valid_signature_without_transforms_element', 'valid', {
    references: [{ ...HEADER, transforms: [], inclusive: true }],
  }),
  vector('invalid_saml_sha256_rsa_mgf1', 'invalid algorithm.signature', {
    method: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
    ...rsa('sha256', true),
  }),
  vector('rsa_sha384_signature', 'valid', { method: `${MORE}rsa-sha384`, ...rsa('sha384') }),
  vector('valid_signature_with_lowercase_id_attribute', 'valid', {
    unsigned: UNSIGNED.replace(' Id="header"', ' id="header"'),
    references: [HEADER],
  }),
  vector('valid_signature_with_reference_keyInfo', 'invalid reference.not-a-part', {
    keyInfo: X509_SENDER.replace('<X509Data>', '<KeyName>k</KeyName><X509Data>'),
    references: [{ uri: '#value', target: 'header' }],
    insert: (unsigned, signature) =>
      insertSignature(unsigned, signature.replace('<KeyInfo>', '<KeyInfo Id="value">')),
  }),
  vector('valid_signature_with_whitespace_in_digestvalue', 'valid', {
    edit: (info) => info.replace(/<DigestValue>(.{20})/, '<DigestValue>\n  $1\n  '),
  }),
  vector('valid_signature_utf8', 'valid', {
    unsigned: UNSIGNED.replace('Thành phố T', 'Thành phố T €𝄞'),
  }),
  vector('dotnet_enveloped_signature_after_exc_c14n', 'invalid algorithm.transform', {
    references: [{ uri: '', transforms: [EXCLUSIVE, ENVELOPED] }],
  }),
  vector('inclusive_namespaces_on_second_of_two_exc_c14n', 'invalid algorithm.transform', {
    references: [{ ...HEADER, transforms: [EXCLUSIVE, EXCLUSIVE] }],
  }),
  vector('inclusive_namespaces_prefix_list_with_tab', 'valid', {
    references: [HEADER],
    edit: (info) =>
      step(
        info,
        `<Transform Algorithm="${EXCLUSIVE}"/>`,
        `<Transform Algorithm="${EXCLUSIVE}"><InclusiveNamespaces xmlns="${EXCLUSIVE}" PrefixList="none&#9;other"/></Transform>`,
      ),
  }),
];
