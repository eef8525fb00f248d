/**
 * Makes fixtures/keys/ and fixtures/signatures/: signatures by xmlsec1, by the JDK and by us, the last
 * two checked with xmlsec1. Needs xmlsec1 and a JDK; the tests that read the fixtures need neither.
 *
 *   npx tsc -p tsconfig.json && node dist/test/tools/make-signature-fixtures.js
 *
 * Keys and signatures that are there already are kept byte for byte (an ECDSA value is another each
 * time): a file is made anew only after it was deleted.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OWN_SIGNED_PARTS } from '../../src/model/signature-coverage.js';
import {
  createSampleAuthority,
  createSampleRevocationList,
  issueSampleCertificate,
  type SampleAuthority,
  type SampleRequest,
} from '../../src/xml/sample-authority.js';
import { receiptSignature, signPackage } from '../../src/xml/sign.js';
import { EDXML, insertSignature, OWN_IDS, SENDER, UNSIGNED } from './signature-package.js';

const KEYS = 'fixtures/keys';
const SIGNATURES = 'fixtures/signatures';
const NOT_BEFORE = Date.UTC(2024, 0, 1);
const NOT_AFTER = Date.UTC(2099, 11, 31, 23, 59, 59);

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** File name → who it is for. */
const CERTIFICATES: Readonly<Record<string, Omit<SampleRequest, 'keyType'> & { keyType?: 'ec' }>> =
  {
    'sender-rsa': { organId: SENDER, name: 'Sở Thử nghiệm T' },
    'sender-ec': { organId: SENDER, name: 'Sở Thử nghiệm T', keyType: 'ec' },
    'other-ec': { organId: '000.00.01.T99', name: 'Ủy ban nhân dân tỉnh T', keyType: 'ec' },
    'revoked-ec': { organId: SENDER, name: 'Sở Thử nghiệm T', keyType: 'ec' },
    'expired-ec': {
      organId: SENDER,
      name: 'Sở Thử nghiệm T',
      keyType: 'ec',
      notAfter: Date.UTC(2025, 0, 1),
    },
  };

const file = (name: string): string => join(KEYS, name);
const read = (name: string): string => readFileSync(file(name), 'utf8');

function makeMissing(path: string, make: () => void): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  make();
}

function makeAuthority(name: string): SampleAuthority {
  const validity = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER };
  if (!existsSync(file(`${name}.pem`))) {
    const made = createSampleAuthority(validity);
    writeFileSync(file(`${name}.pem`), made.certificatePem);
    writeFileSync(file(`${name}.key.pem`), made.keyPem);
  }
  return { certificatePem: read(`${name}.pem`), keyPem: read(`${name}.key.pem`), ...validity };
}

function makeKeys(): void {
  mkdirSync(KEYS, { recursive: true });
  const authority = makeAuthority('authority');
  makeAuthority('stranger');
  for (const [name, request] of Object.entries(CERTIFICATES)) {
    if (existsSync(file(`${name}.pem`))) continue;
    const made = issueSampleCertificate(authority, { keyType: 'rsa', ...request });
    writeFileSync(file(`${name}.pem`), made.certificatePem);
    writeFileSync(file(`${name}.key.pem`), made.keyPem);
  }
  if (!existsSync(file('authority.crl.pem'))) {
    const times = { thisUpdate: NOT_BEFORE + 86_400_000, nextUpdate: NOT_AFTER };
    const list = createSampleRevocationList(authority, [read('revoked-ec.pem')], times);
    writeFileSync(file('authority.crl.pem'), list);
  }
}

/** Element names whose Id xmlsec1 must be told about. */
const ID_ATTRIBUTES = ['MessageHeader', 'Bussiness', 'edXMLManifest', 'AttachmentEncoded'].flatMap(
  (name) => ['--id-attr:Id', `${EDXML}:${name}`],
);

function template(method: string, form: string, ids: readonly string[]): string {
  const digest = method.endsWith('sha1') ? `${DS}sha1` : SHA256;
  const reference = (uri: string, enveloped: boolean): string =>
    `<ds:Reference URI="${uri}"><ds:Transforms>${
      enveloped ? `<ds:Transform Algorithm="${DS}enveloped-signature"/>` : ''
    }<ds:Transform Algorithm="${form}"/></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${digest}"/><ds:DigestValue/></ds:Reference>`;
  const references =
    ids.length === 0 ? reference('', true) : ids.map((id) => reference(`#${id}`, false)).join('');
  return (
    `<ds:Signature xmlns:ds="${DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${form}"/>` +
    `<ds:SignatureMethod Algorithm="${method}"/>${references}</ds:SignedInfo><ds:SignatureValue/>` +
    '<ds:KeyInfo><ds:X509Data><ds:X509SubjectName/><ds:X509IssuerSerial/><ds:X509Certificate/>' +
    '</ds:X509Data></ds:KeyInfo></ds:Signature>'
  );
}

function signWithXmlsec(out: string, key: string, unsigned: string): void {
  writeFileSync(`${out}.template`, unsigned);
  const pair = `${file(`${key}.key.pem`)},${file(`${key}.pem`)}`;
  const options = ['--privkey-pem', pair, '--output', out, ...ID_ATTRIBUTES, `${out}.template`];
  execFileSync('xmlsec1', ['--sign', ...options]);
  rmSync(`${out}.template`);
}

function checkWithXmlsec(path: string): void {
  const options = ['--trusted-pem', file('authority.pem'), ...ID_ATTRIBUTES, path];
  execFileSync('xmlsec1', ['--verify', ...options], { stdio: 'pipe' });
}

function signWithJava(out: string, key: string, method: string, form: string, ids: string[]): void {
  writeFileSync(`${out}.unsigned`, UNSIGNED);
  const keys = [file(`${key}.key.pem`), file(`${key}.pem`)];
  const program = 'test/tools/SignPackage.java';
  execFileSync('java', [program, `${out}.unsigned`, out, ...keys, method, form, ...ids]);
  rmSync(`${out}.unsigned`);
}

function makeValid(): void {
  const folder = join(SIGNATURES, 'valid');
  const layouts = { enveloped: [], parts: [...OWN_IDS] };
  const forms = { exclusive: EXCLUSIVE, inclusive: INCLUSIVE };
  const methods = {
    'rsa-sha256': 'sender-rsa',
    'rsa-sha512': 'sender-rsa',
    'ecdsa-sha256': 'sender-ec',
  };
  for (const [layout, ids] of Object.entries(layouts)) {
    for (const [method, key] of Object.entries(methods)) {
      for (const [name, form] of Object.entries(forms)) {
        const unsigned = insertSignature(UNSIGNED, template(MORE + method, form, ids));
        const out = (by: string): string => join(folder, `${by}-${method}-${name}-${layout}.edxml`);
        makeMissing(out('xmlsec1'), () => signWithXmlsec(out('xmlsec1'), key, unsigned));
        makeMissing(out('jdk'), () => signWithJava(out('jdk'), key, MORE + method, form, ids));
        checkWithXmlsec(out('jdk'));
      }
    }
    for (const key of ['sender-rsa', 'sender-ec']) {
      const references = layout === 'parts' ? OWN_SIGNED_PARTS : 'document';
      const certificate = new X509Certificate(read(`${key}.pem`));
      const privateKey = createPrivateKey(read(`${key}.key.pem`));
      const out = join(folder, `edxgate-${key}-${layout}.edxml`);
      const unsigned = Buffer.from(UNSIGNED);
      makeMissing(out, () =>
        writeFileSync(out, signPackage(unsigned, privateKey, certificate, { references })),
      );
      checkWithXmlsec(out);
    }
  }
}

function makeOthers(): void {
  const put = (kind: string, name: string, text: string): void => {
    const out = join(SIGNATURES, kind, name);
    makeMissing(out, () => writeFileSync(out, text));
  };
  const sign = (kind: string, name: string, key: string, method = 'ecdsa-sha256'): void => {
    const out = join(SIGNATURES, kind, name);
    const text = insertSignature(UNSIGNED, template(MORE + method, EXCLUSIVE, []));
    makeMissing(out, () => signWithXmlsec(out, key, text));
  };
  put('absent', 'no-signature.edxml', UNSIGNED);
  put(
    'absent',
    'empty-digital-signature.edxml',
    insertSignature(UNSIGNED, '<edXML:DigitalSignature/>'),
  );
  // What the SDK writes: the structure of XML-DSig, without a prefix and therefore in QCVN's namespace.
  const copied = template(`${DS}rsa-sha1`, INCLUSIVE, [])
    .replaceAll('ds:', '')
    .replace(` xmlns:ds="${DS}"`, '')
    .replace(/<Signature xmlns[^>]*>/, '<Signature>');
  put('wrong-namespace', 'unprefixed.edxml', insertSignature(UNSIGNED, copied));
  put(
    'placeholder',
    'empty-element.edxml',
    insertSignature(UNSIGNED, `<Signature xmlns="${DS}"/>`),
  );
  put(
    'placeholder',
    'template.edxml',
    insertSignature(UNSIGNED, template(`${MORE}rsa-sha256`, EXCLUSIVE, [])),
  );
  sign('untrusted', 'other-agency.edxml', 'other-ec');
  sign('untrusted', 'revoked.edxml', 'revoked-ec');
  sign('untrusted', 'expired.edxml', 'expired-ec');
  const sha1 = insertSignature(UNSIGNED, template(`${DS}rsa-sha1`, EXCLUSIVE, []));
  const weak = join(SIGNATURES, 'invalid', 'sha1.edxml');
  makeMissing(weak, () => signWithXmlsec(weak, 'sender-rsa', sha1));
  const whole = readFileSync(
    join(SIGNATURES, 'valid', 'xmlsec1-rsa-sha256-exclusive-enveloped.edxml'),
    'utf8',
  );
  put('invalid', 'changed-subject.edxml', whole.replace('thử chữ ký', 'thử chữ kí'));
  put('invalid', 'changed-file.edxml', whole.replace('VsSDbiBi', 'VsSDbiBj'));
}

/** A receipt signed by the fixed template, as xmlsec1 takes it. */
function makeReceipt(): void {
  const text =
    '<Receipt xmlns="urn:edxgate:receipt:1"><DocumentId>145 &amp; 146</DocumentId></Receipt>';
  const certificate = new X509Certificate(read('sender-rsa.pem'));
  const privateKey = createPrivateKey(read('sender-rsa.key.pem'));
  const out = join(SIGNATURES, 'receipt.xml');
  makeMissing(out, () =>
    writeFileSync(out, receiptSignature(text, { privateKey, certificate, id: 'sample' })),
  );
  checkWithXmlsec(out);
}

makeKeys();
makeValid();
makeOthers();
makeReceipt();
