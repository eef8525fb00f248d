/**
 * The table of threats to a signed package, row by row (A to K): each row with the cases that hold it,
 * judged as the gateway judges a package of an agency whose policy is `require`. The rows L to T, on
 * floods, DOCTYPE, encodings, SOAP and HTTP, are tried on a gateway over HTTP in threats/.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.js';
import { CheckList } from '../../src/model/check.js';
import { inspectBytes } from '../../src/receive/inspect.js';
import { applyPolicy } from '../../src/receive/signature-policy.js';
import type { SignatureTrust } from '../../src/xml/verify-signature.js';
import { EDXML, insertSignature, SENDER, UNSIGNED } from '../tools/signature-package.js';
import {
  certificate,
  DS,
  EXCLUSIVE,
  ecdsa,
  type ForgedReference,
  fixture,
  forge,
  hmac,
  MORE,
  NOW,
  TRUST,
  X509_SENDER,
  x509,
} from '../unit/xml/signature-kit.js';

interface Case {
  readonly name: string;
  readonly text: () => string | Uint8Array;
  /** Codes of errors; none: accepted, with the facts of the sample. */
  readonly expected: readonly string[];
  readonly trust?: Partial<SignatureTrust>;
}

interface Row {
  readonly threat: string;
  readonly cases: readonly Case[];
  /** Where more of the row is held. */
  readonly files: readonly string[];
}

const byId = (id: string): ForgedReference => ({ uri: `#${id}`, target: id });
const OWN = ['header', 'business', 'manifest', 'files'].map(byId);
const SIGNED = forge({ references: OWN });
const WHOLE = forge();
const INVALID = ['signature.invalid'];
const UNIT = 'test/unit/xml/signature-attacks.test.ts';
const COPIES = 'test/unit/receive/signed-and-read.test.ts';

const accepted = (name: string, text: Case['text']): Case => ({ name, text, expected: [] });
const refused = (name: string, text: Case['text'], expected = INVALID): Case => ({
  name,
  text,
  expected,
});

/** With one text replaced, which must be there. */
function changed(text: string, from: string | RegExp, to: string): string {
  const by = text.replace(from, to);
  if (by === text) throw new Error(`there is no ${from}`);
  return by;
}

const HEADER =
  /<edXML:MessageHeader Id="header">[\s\S]*<\/edXML:MessageHeader>/.exec(SIGNED)?.[0] ?? '';
const EVIL = changed(changed(HEADER, ' Id="header"', ''), '000.00.01.T99', '000.00.66.T99');

/** The signed header goes elsewhere, another one takes its place. */
function wrapped(before: string): string {
  const bound = changed(
    HEADER,
    '<edXML:MessageHeader',
    `<edXML:MessageHeader xmlns:edXML="${EDXML}"`,
  );
  const replaced = SIGNED.replace(HEADER, () => EVIL);
  if (!replaced.includes(before)) throw new Error(`there is no ${before}`);
  return replaced.replace(before, () => bound + before);
}

const ROWS: Readonly<Record<string, Row>> = {
  A: {
    threat: 'false refusal of equivalent XML',
    files: ['test/unit/xml/signature-fixtures.test.ts', 'fixtures/signatures/valid'],
    cases: [
      accepted('as it was signed', () => SIGNED),
      accepted('a byte order mark', () => `\ufeff${WHOLE}`),
      accepted('CRLF line ends', () => WHOLE.replaceAll('\n', '\r\n')),
      accepted('character references', () =>
        changed(WHOLE, '>000.00.01.T99<', '>0&#48;&#x30;.00.01.T99<'),
      ),
      accepted('CDATA', () => changed(WHOLE, '>000.00.01.T99<', '><![CDATA[000.00.01.T99]]><')),
      accepted('other quotes', () => changed(WHOLE, 'Id="header"', `Id = 'header'`)),
      accepted('attributes in another order', () =>
        changed(WHOLE, 'version="1.0" Id="manifest"', 'Id="manifest" version="1.0"'),
      ),
      accepted('no XML declaration', () => changed(WHOLE, /^<\?xml[^>]*>\n/, '')),
      accepted('wrapped base64 in the signature', () =>
        changed(WHOLE, /<SignatureValue>(.{30})/, '<SignatureValue>\n$1\n  '),
      ),
      accepted('another prefix, signed as it is', () =>
        forge({
          unsigned: UNSIGNED.replaceAll('edXML:', 'v:').replaceAll(':edXML=', ':v='),
          insert: (unsigned, signature) =>
            changed(unsigned, '</v:edXMLHeader>', `${signature}</v:edXMLHeader>`),
        }),
      ),
    ],
  },
  B: {
    threat: 'tampering, missing or broken signature, short or empty digest',
    files: [UNIT, 'fixtures/signatures/invalid'],
    cases: [
      refused('another recipient', () => changed(WHOLE, '000.00.01.T99', '000.00.66.T99')),
      refused('another file', () => changed(SIGNED, 'VsSDbiBi', 'VsSDbiBj')),
      refused('an empty digest', () => changed(WHOLE, /<DigestValue>[^<]*/, '<DigestValue>')),
      refused('a short digest', () =>
        changed(WHOLE, /<DigestValue>[^<]*/, '<DigestValue>AAAAAAAAAAAAAAAAAAAAAA=='),
      ),
      refused('another value', () => forge({ value: () => Buffer.alloc(64, 1) })),
      refused('no signature', () => UNSIGNED, ['signature.required']),
      refused('an empty signature', () => insertSignature(UNSIGNED, `<Signature xmlns="${DS}"/>`), [
        'signature.required',
      ]),
      refused(
        'a signature in the namespace of QCVN',
        () => fixture('signatures/wrong-namespace/unprefixed.edxml'),
        ['signature.required'],
      ),
    ],
  },
  C: {
    threat: 'wrapping and lack of coverage',
    files: [UNIT, COPIES],
    cases: [
      refused('the signed header in the attachments', () => wrapped('</AttachmentEncoded>')),
      refused('the signed header in the body', () => wrapped('</edXML:edXMLBody>')),
      refused('the signed header at the end', () => wrapped('\n</edXML>')),
      refused('only the header is signed', () => forge({ references: [byId('header')] }), [
        'signature.coverage',
      ]),
      refused('only the files are signed', () => forge({ references: [byId('files')] }), [
        'signature.coverage',
      ]),
      refused(
        'a recall whose block is not signed',
        () =>
          forge({
            unsigned: changed(UNSIGNED, 'DocType>0<', 'DocType>1<'),
            references: [byId('header'), byId('files')],
          }),
        ['signature.coverage'],
      ),
    ],
  },
  D: {
    threat: 'comments, processing instructions, CDATA, doubled SignedInfo or DigestValue',
    files: [UNIT],
    cases: [
      refused('a comment in DigestValue', () =>
        changed(WHOLE, '<DigestValue>', '<DigestValue><!--x-->'),
      ),
      refused('two SignedInfo', () => changed(WHOLE, /<SignedInfo>.*<\/SignedInfo>/, '$&$&')),
      refused('two DigestValue', () => changed(WHOLE, /<DigestValue>.*<\/DigestValue>/, '$&$&')),
      refused(
        'a processing instruction in From',
        () => changed(WHOLE, `>${SENDER}<`, `><?p 000.?>${SENDER}<`),
        ['xml.processing-instruction'],
      ),
      accepted('a comment in a signed text: the whole text is read', () =>
        changed(WHOLE, '>000.00.01.T99<', '>000.00.01<!-- x -->.T99<'),
      ),
    ],
  },
  E: {
    threat: 'several signatures',
    files: [UNIT],
    cases: [
      refused('the same twice', () => changed(WHOLE, /<Signature [\s\S]*<\/Signature>/, '$&$&')),
      refused('one in no namespace beside it', () =>
        changed(WHOLE, '<edXML:TraceHeaderList', '<Signature xmlns=""/><edXML:TraceHeaderList'),
      ),
      refused('one inside it', () =>
        forge({ objects: `<Object><Signature xmlns="${DS}"/></Object>` }),
      ),
    ],
  },
  F: {
    threat: 'doubled and odd Ids, tricks with the URI',
    files: [UNIT],
    cases: [
      ...['Id', 'ID', 'id', 'xml:id'].map((name) =>
        refused(`a second bearer, as ${name}`, () =>
          changed(SIGNED, '<edXML:TraceHeader>', `<edXML:TraceHeader ${name}="header">`),
        ),
      ),
      ...['#xpointer(/)', `#xpointer(id('header'))`, 'header', 'file:///etc/passwd', '#nobody'].map(
        (uri) =>
          refused(`the URI ${uri}`, () => forge({ references: [{ uri, target: 'header' }] })),
      ),
    ],
  },
  G: {
    threat: 'anything that would make the gateway open a file or a connection',
    files: [UNIT, 'test/unit/xml/core-parse.test.ts'],
    cases: [
      refused('an external entity', () => {
        const doctype = '<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
        return changed(WHOLE, '<edXML ', `${doctype}<edXML `);
      }, ['xml.doctype']),
      refused('a reference by http', () =>
        forge({ references: [{ uri: 'http://127.0.0.1:9/x', target: 'header' }] }),
      ),
      refused('RetrievalMethod', () =>
        forge({ keyInfo: `<RetrievalMethod URI="http://127.0.0.1:9/k"/>${X509_SENDER}` }),
      ),
    ],
  },
  H: {
    threat: 'transforms and void canonical forms',
    files: [UNIT, 'test/conformance/public-vectors.test.ts'],
    cases: [
      ...[
        'http://www.w3.org/TR/1999/REC-xpath-19991116',
        'http://www.w3.org/2002/06/xmldsig-filter2',
        'http://www.w3.org/TR/1999/REC-xslt-19991116',
        `${DS}base64`,
        'urn:unknown',
        '__proto__',
      ].map((transform) =>
        refused(`the transform ${transform}`, () =>
          forge({ references: [{ ...byId('header'), transforms: [transform, EXCLUSIVE] }] }),
        ),
      ),
      refused('a part without canonical form', () =>
        changed(WHOLE, '<Attachment>', '<Attachment xmlns:r="relative">'),
      ),
    ],
  },
  I: {
    threat: 'KeyInfo, certificate path, identity',
    files: [UNIT, 'test/unit/xml/trust-store.test.ts', 'fixtures/signatures/untrusted'],
    cases: [
      refused(
        'a self-made certificate',
        () => forge({ keyInfo: x509('stranger'), value: ecdsa('stranger') }),
        ['signature.untrusted'],
      ),
      refused(
        'a trusted certificate of another agency',
        () => fixture('signatures/untrusted/other-agency.edxml'),
        ['signature.untrusted'],
      ),
      refused('a revoked one', () => fixture('signatures/untrusted/revoked.edxml'), [
        'signature.untrusted',
      ]),
      refused('an expired one', () => fixture('signatures/untrusted/expired.edxml'), [
        'signature.untrusted',
      ]),
      refused('no certificate and none registered', () => forge({ keyInfo: '<KeyName/>' })),
      refused('an ECDSA value of zeros', () => forge({ value: () => Buffer.alloc(64) })),
    ],
  },
  J: {
    threat: 'HMAC keyed with public material, or cut short',
    files: [UNIT, 'test/unit/xml/engine-agreement.test.ts'],
    cases: [
      ...[`${DS}hmac-sha1`, `${MORE}hmac-sha256`, `${MORE}hmac-sha512`].map((method) =>
        refused(method, () => {
          const pem = certificate('sender-ec').publicKey.export({ type: 'spki', format: 'pem' });
          return forge({ method, value: hmac(Buffer.from(pem)) });
        }),
      ),
      refused('HMACOutputLength 0', () =>
        forge({
          edit: (info) =>
            changed(
              info,
              /(<SignatureMethod[^>]*)\/>/,
              '$1><HMACOutputLength>0</HMACOutputLength></SignatureMethod>',
            ),
        }),
      ),
    ],
  },
  K: {
    threat: 'weak and odd algorithms',
    files: [UNIT, 'fixtures/signatures/invalid/sha1.edxml'],
    cases: [
      refused('RSA with SHA-1', () => fixture('signatures/invalid/sha1.edxml')),
      ...[`${DS}dsa-sha1`, `${MORE}rsa-md5`, `${MORE}ecdsa-sha1`, 'constructor'].map((method) =>
        refused(`the method ${method}`, () => forge({ method })),
      ),
      ...[`${MORE}md5`, `${DS}sha1`, 'toString'].map((digest) =>
        refused(`the digest ${digest}`, () =>
          forge({ references: [{ uri: '', digest, hash: 'sha1' }] }),
        ),
      ),
    ],
  },
};

/** Rows whose cases need a whole gateway, each a block of that letter in its file. */
const THREATS = 'test/conformance/threats';
const ELSEWHERE: Readonly<Record<string, string>> = {
  G: 'canary',
  L: 'floods',
  M: 'structure',
  N: 'structure',
  O: 'encodings',
  P: 'soap',
  Q: 'soap',
  R: 'attachments-replay',
  S: 'attachments-replay',
  T: 'http',
};

/** What everybody reads in the sample. */
const FACTS = {
  from: SENDER,
  to: ['000.00.01.T99'],
  documentId: `${SENDER},2026/11/20,145/STN-VP`,
  business: 'new',
  files: ['cong-van-145.txt'],
};

async function outcome({ text, trust = {} }: Case): Promise<unknown> {
  const checks = new CheckList(systemClock);
  const { read } = await inspectBytes(Buffer.from(text()), {
    profile: 'field',
    checks,
    now: NOW,
    trustFor: (from) => ({ ...TRUST, from, ...trust }),
    judge: (verdict, found) => applyPolicy('require', verdict, found, SENDER),
  });
  const errors = [...new Set(checks.errors.map(({ code }) => code))];
  if (errors.length > 0 || read?.kind !== 'document') return errors;
  return {
    from: read.from.organId,
    to: read.to.map(({ organId }) => organId),
    documentId: read.documentId,
    business: read.business.type,
    files: read.attachments.map(({ name }) => name),
  };
}

describe('table of threats', () => {
  it('has every row from A to K, each with a case and a place', () => {
    expect(Object.keys(ROWS).join('')).to.equal('ABCDEFGHIJK');
    for (const [letter, { cases, files }] of Object.entries(ROWS)) {
      expect(cases.length, letter).to.be.greaterThan(2);
      for (const file of files) expect(existsSync(join(file)), `${letter}: ${file}`).to.equal(true);
    }
  });

  it('names tests that know their rows', () => {
    const unit = readFileSync(UNIT, 'utf8');
    for (const letter of 'BCDEFHI') expect(unit).to.contain(`describe('${letter}: `);
    expect(unit).to.contain(`describe('J and K: `);
  });

  it('has a block for every row from L to T, and a canary for G', () => {
    expect(Object.keys(ELSEWHERE).sort().join('')).to.equal('GLMNOPQRST');
    for (const [letter, file] of Object.entries(ELSEWHERE)) {
      const text = readFileSync(join(THREATS, `${file}.test.ts`), 'utf8');
      expect(text, file).to.contain(`describe('${letter}: `);
    }
  });

  for (const [letter, { threat, cases }] of Object.entries(ROWS)) {
    describe(`${letter}: ${threat}`, () => {
      for (const one of cases) {
        const { name, expected } = one;
        const what = expected.length === 0 ? 'accepted, same facts' : expected.join(', ');
        it(`${name}: ${what}`, async () => {
          expect(await outcome(one)).to.deep.equal(expected.length === 0 ? FACTS : expected);
        });
      }
    });
  }
});
