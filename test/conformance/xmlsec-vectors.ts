/**
 * The suites that lsh123/xmlsec carries: merlin-xmldsig-twenty-three, merlin-exc-c14n-one,
 * merlin-xpath-filter2-three, phaos-xmldsig-three, aleksey-xmldsig-01, xmldsig2ed-tests and
 * xmldsig11-interop-2012. See public-vectors.test.ts.
 *
 * @module
 */
import { sign } from 'node:crypto';
import {
  DS,
  EXCLUSIVE,
  ecdsa,
  fixture,
  forge,
  hmac,
  INCLUSIVE,
  MORE,
  privateKey,
  X509_SENDER,
  x509,
} from '../unit/xml/signature-kit.js';
import {
  bareEcKey,
  EC11,
  ENVELOPED,
  enveloping,
  external,
  FILTER2,
  HEADER,
  MANIFEST,
  registered,
  rsa,
  SECRET,
  step,
  truncated,
  type Vector,
  vector,
  withStyle,
  XPATH,
  XSLT,
} from './vector-kit.js';

export const XMLSEC_SUITES: Readonly<Record<string, readonly Vector[]>> = {
  'merlin-xmldsig-twenty-three': [
    vector('signature-enveloped-dsa', 'invalid algorithm.signature', { method: `${DS}dsa-sha1` }),
    vector('signature-enveloping-rsa', 'invalid reference.not-a-part', enveloping('text')),
    vector(
      'signature-enveloping-dsa',
      'invalid algorithm.signature',
      enveloping('text', { method: `${DS}dsa-sha1` }),
    ),
    vector('signature-enveloping-b64-dsa', 'invalid algorithm.transform', {
      ...enveloping('dGV4dA=='),
      references: [{ uri: '#object', target: 'object', transforms: [`${DS}base64`] }],
    }),
    vector('signature-enveloping-hmac-sha1', 'invalid algorithm.signature', {
      method: `${DS}hmac-sha1`,
      value: hmac(SECRET),
    }),
    vector('signature-enveloping-hmac-sha1-40', 'invalid structure.SignatureMethod', truncated(40)),
    vector(
      'signature-external-dsa',
      'invalid reference.uri',
      external('http://www.w3.org/TR/xml-stylesheet'),
    ),
    vector(
      'signature-external-b64-dsa',
      'invalid algorithm.transform',
      external('http://www.w3.org/Signature/2002/04/xml-stylesheet.b64', [`${DS}base64`]),
    ),
    vector('signature-keyname, key unknown', 'invalid key.none', {
      keyInfo: '<KeyName>T99.02</KeyName>',
    }),
    vector(
      'signature-keyname, key registered',
      'valid',
      { keyInfo: '<KeyName>T99.02</KeyName>' },
      registered,
    ),
    vector('signature-retrievalmethod-rawx509crt', 'invalid structure.KeyInfo', {
      keyInfo: `<RetrievalMethod Type="${DS}rawX509Certificate" URI="certs/balor.crt"/>`,
    }),
    vector('signature-x509-crt', 'valid', { keyInfo: X509_SENDER }),
    vector('signature-x509-crt-crl', 'valid', {
      keyInfo: X509_SENDER.replace('</X509Data>', '<X509CRL>AAAA</X509CRL></X509Data>'),
    }),
    ...['X509SubjectName', 'X509IssuerSerial', 'X509SKI'].map((hint) =>
      vector(
        `signature-x509-${hint === 'X509SubjectName' ? 'sn' : hint === 'X509SKI' ? 'ski' : 'is'}`,
        'invalid key.none',
        { keyInfo: `<X509Data><${hint}/></X509Data>` },
      ),
    ),
    vector('signature: DOCTYPE with entities and Ids', 'xml.doctype', () =>
      forge().replace('<edXML ', '<!DOCTYPE edXML [<!ENTITY c14n "x">]>\n<edXML '),
    ),
    vector('signature: xpath self::text()', 'invalid algorithm.transform', {
      references: [{ ...HEADER, transforms: [XPATH, EXCLUSIVE] }],
    }),
    vector('signature: xpath that tests ancestors of here()', 'invalid algorithm.transform', {
      references: [{ uri: '', transforms: [ENVELOPED, XPATH] }],
      edit: (info) =>
        step(
          info,
          `Algorithm="${XPATH}"/>`,
          `Algorithm="${XPATH}"><XPath>count(here()/ancestor::node()) &gt; 0</XPath></Transform>`,
        ),
    }),
    vector('signature: reference to a Manifest', 'invalid structure.Object', {
      references: [{ uri: '#manifest-1', target: 'manifest-1' }],
      objects: `<Object>${MANIFEST.replace('<Manifest', '<Manifest Id="manifest-1"')}</Object>`,
    }),
    vector('signature: reference to SignatureProperties', 'invalid reference.not-a-part', {
      references: [{ uri: '#properties', target: 'properties' }],
      objects:
        '<Object><SignatureProperties Id="properties"><SignatureProperty Target="#s">x</SignatureProperty></SignatureProperties></Object>',
    }),
    vector('signature: the same document twice', 'invalid reference.repeated', {
      references: [{ uri: '' }, { uri: '', transforms: [ENVELOPED, INCLUSIVE], inclusive: true }],
    }),
    vector('signature: c14n with comments', 'invalid algorithm.transform', {
      references: [{ uri: '', transforms: [ENVELOPED, `${INCLUSIVE}#WithComments`] }],
    }),
    vector('signature: #xpointer(/)', 'invalid reference.uri', external('#xpointer(/)')),
    vector(
      `signature: #xpointer(id('object-3'))`,
      'invalid reference.uri',
      external(`#xpointer(id('header'))`),
    ),
    vector('signature: reference to another reference', 'invalid reference.not-a-part', {
      references: [
        { ...HEADER, more: ' Id="reference-1"' },
        { uri: '#reference-1', target: 'header' },
      ],
    }),
    vector('signature: xslt', 'invalid algorithm.transform', {
      references: [{ ...HEADER, transforms: [XSLT, INCLUSIVE] }],
      edit: withStyle,
    }),
    vector('signature: RetrievalMethod with xpath', 'invalid structure.KeyInfo', {
      keyInfo: `<RetrievalMethod Type="${DS}X509Data" URI="#object-4"><Transforms><Transform Algorithm="${XPATH}"/></Transforms></RetrievalMethod>`,
    }),
  ],
  'merlin-exc-c14n-one': [
    vector('exc-signature: exclusive form', 'valid', { references: [HEADER] }),
    vector('exc-signature: PrefixList with #default', 'valid', {
      references: [HEADER],
      edit: (info) =>
        info.replace(
          /(<CanonicalizationMethod[^>]*)\/>/,
          `$1><i:InclusiveNamespaces xmlns:i="${EXCLUSIVE}" PrefixList="#default"/></CanonicalizationMethod>`,
        ),
      value: (data) => ecdsa('sender-ec')(data),
    }),
    vector('exc-signature: exclusive form with comments', 'invalid algorithm.transform', {
      references: [{ ...HEADER, transforms: [`${EXCLUSIVE}WithComments`] }],
    }),
  ],
  'merlin-xpath-filter2-three': [
    ...['sign-spec', 'sign-xfdl'].map((name) =>
      vector(name, 'invalid algorithm.transform', {
        references: [{ uri: '', transforms: [FILTER2, EXCLUSIVE] }],
        edit: (info) =>
          step(
            info,
            `Algorithm="${FILTER2}"/>`,
            `Algorithm="${FILTER2}"><XPath xmlns="${FILTER2}" Filter="${
              name === 'sign-spec' ? 'intersect' : 'subtract'
            }">//To</XPath></Transform>`,
          ),
      }),
    ),
  ],
  'phaos-xmldsig-three': [
    vector('signature-rsa-enveloped', 'valid', { method: `${MORE}rsa-sha256`, ...rsa('sha256') }),
    vector('signature-rsa-enveloped-bad-digest-val', 'invalid digest.mismatch', {
      edit: (info) =>
        info.replace(
          /<DigestValue>[^<]*/,
          `<DigestValue>${Buffer.alloc(32, 7).toString('base64')}`,
        ),
    }),
    vector('signature-rsa-enveloped-bad-sig', 'invalid value.mismatch', () =>
      // A reference that was added after the value was computed.
      forge({ references: [HEADER] }).replace(
        /<\/SignedInfo>/,
        `${/<Reference .*<\/Reference>/.exec(forge())?.[0] ?? ''}</SignedInfo>`,
      ),
    ),
    vector('signature-big', 'invalid references.count', {
      references: Array.from({ length: 30 }, () => HEADER),
    }),
    vector('signature-dsa-enveloped', 'invalid algorithm.signature', { method: `${DS}dsa-sha1` }),
    vector('signature-dsa-detached', 'invalid reference.uri', external('document.xml')),
    vector('signature-dsa-manifest', 'invalid structure.Object', {
      objects: `<Object>${MANIFEST}</Object>`,
    }),
    vector('signature-hmac-md5-c14n-enveloping', 'invalid algorithm.signature', {
      method: `${MORE}hmac-md5`,
      value: hmac(SECRET),
    }),
    vector(
      'signature-hmac-sha1-40-c14n-comments-detached',
      'invalid structure.SignatureMethod',
      truncated(40),
    ),
    vector('signature-hmac-sha1-exclusive-c14n-enveloped', 'invalid algorithm.signature', {
      method: `${DS}hmac-sha1`,
      value: hmac(SECRET),
    }),
    vector(
      'signature-rsa-detached-b64-transform',
      'invalid algorithm.transform',
      external('document.b64', [`${DS}base64`]),
    ),
    vector(
      'signature-rsa-detached-xpath-transform',
      'invalid algorithm.transform',
      external('document.xml', [XPATH]),
    ),
    vector('signature-rsa-detached-xslt-transform', 'invalid algorithm.transform', {
      ...external('document.xml', [XSLT]),
      edit: withStyle,
    }),
    ...['', 'bad-'].map((bad) =>
      vector(
        `signature-rsa-detached-xslt-transform-${bad}retrieval-method`,
        'invalid structure.KeyInfo',
        { keyInfo: `<RetrievalMethod URI="#${bad}key"/>${X509_SENDER}` },
      ),
    ),
    vector('signature-rsa-xpath-transform-enveloped', 'invalid algorithm.transform', {
      references: [{ uri: '', transforms: [ENVELOPED, XPATH] }],
    }),
    vector('signature-rsa-manifest-x509-data-cert-chain', 'valid', {
      keyInfo: x509('sender-ec', 'authority'),
    }),
    vector('signature-rsa-manifest-x509-data-issuer-serial', 'invalid key.none', {
      keyInfo:
        '<X509Data><X509IssuerSerial><X509IssuerName>CN=T</X509IssuerName><X509SerialNumber>1</X509SerialNumber></X509IssuerSerial></X509Data>',
    }),
    vector('signature-rsa-manifest-x509-data-crl', 'untrusted certificate.revoked', () =>
      fixture('signatures/untrusted/revoked.edxml'),
    ),
  ],
  'aleksey-xmldsig-01': [
    vector('enveloping-sha256-ecdsa-sha256', 'invalid structure.Object', enveloping('<x/>')),
    vector('enveloped-sha256-ecdsa-sha256', 'valid', {}),
    vector('enveloped-sha512-ecdsa-sha512: value of another hash', 'invalid value.mismatch', {
      method: `${MORE}ecdsa-sha512`,
    }),
    vector('enveloped-sha256-ecdsa-sha256-with-asn1', 'invalid value.mismatch', {
      value: (data) => sign('sha256', data, privateKey('sender-ec')),
    }),
    ...['ecdsa-sha1', 'ecdsa-ripemd160', 'rsa-md5', 'rsa-ripemd160', 'dsa-sha256'].map((name) =>
      vector(`enveloped-${name}`, 'invalid algorithm.signature', { method: `${MORE}${name}` }),
    ),
    vector('enveloped-sha256-rsa-pss-sha256', 'invalid algorithm.signature', {
      method: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
      ...rsa('sha256', true),
    }),
    vector('enveloping-sha1-rsa-sha1', 'invalid algorithm.sha1', {
      method: `${DS}rsa-sha1`,
      ...rsa('sha1'),
    }),
    vector('enveloping-md5-hmac-md5', 'invalid algorithm.signature', {
      method: `${MORE}hmac-md5`,
      value: hmac(SECRET),
    }),
    vector('enveloping-expired-cert', 'untrusted certificate.expired', () =>
      fixture('signatures/untrusted/expired.edxml'),
    ),
    vector('enveloping-dsa-x509chain: unknown authority', 'untrusted certificate.unknown-issuer', {
      keyInfo: x509('stranger'),
      value: ecdsa('stranger'),
    }),
    vector('signature-two-keynames', 'valid', {
      keyInfo: `<KeyName>a</KeyName><KeyName>b</KeyName>${X509_SENDER}`,
    }),
    vector('dtd-hmac-91', 'xml.doctype', () =>
      forge().replace('<edXML ', '<!DOCTYPE edXML [<!ATTLIST edXML Id ID #IMPLIED>]>\n<edXML '),
    ),
    vector('xpointer-hmac', 'invalid reference.uri', external('#xpointer(//From)')),
    vector('x509data-test: X509Digest', 'invalid structure.X509Data', {
      keyInfo: `<X509Data><X509Digest xmlns="${EC11}"/></X509Data>`,
    }),
  ],
  'xmldsig2ed-tests': [
    ...['defCan-1', 'defCan-2'].map((name) =>
      vector(`${name}: c14n11`, 'invalid algorithm.canonicalization', {
        canonicalization: 'http://www.w3.org/2006/12/xml-c14n11',
      }),
    ),
    vector('xpointer-1-SUN', 'invalid reference.uri', external('#xpointer(/)')),
  ],
  'xmldsig11-interop-2012': [
    vector('signature-enveloping-p256_sha256: bare ECKeyValue', 'invalid key.none', {
      keyInfo: bareEcKey(),
    }),
    vector('signature-enveloping-rsa-sha384', 'valid', {
      method: `${MORE}rsa-sha384`,
      ...rsa('sha384'),
    }),
    vector('signature-enveloping-sha384-rsa_sha256', 'valid', {
      references: [{ uri: '', digest: `${MORE}sha384`, hash: 'sha384' }],
    }),
    vector('signature-enveloping-p256_sha1', 'invalid algorithm.signature', {
      method: `${MORE}ecdsa-sha1`,
    }),
    vector('signature-enveloping-hmac-sha256', 'invalid algorithm.signature', {
      method: `${MORE}hmac-sha256`,
      value: hmac(SECRET),
    }),
  ],
};
