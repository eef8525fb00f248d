/**
 * What is mutated: packages that a test signer really signed. The files of fixtures/signatures/valid,
 * those of another agency in test/fuzz/corpus, and others signed on the fly in more layouts, for more
 * recipients and business types. On the fly by RSA only, which gives the same bytes every time.
 *
 * @module
 */
import { sign } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNSIGNED } from '../tools/signature-package.js';
import {
  EXCLUSIVE,
  type ForgedReference,
  type Forgery,
  forge,
  INCLUSIVE,
  MORE,
  privateKey,
  x509,
} from '../unit/xml/signature-kit.js';

export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
}

const FOLDERS = ['fixtures/signatures/valid', 'test/fuzz/corpus'];
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

const byId = (id: string): ForgedReference => ({ uri: `#${id}`, target: id });
const around = (id: string): ForgedReference => ({
  ...byId(id),
  transforms: [ENVELOPED, EXCLUSIVE],
});
const OWN = ['header', 'business', 'manifest', 'files'].map(byId);

/** The same document with other facts. */
const RECALL = changed([
  ['DocType>0<', 'DocType>1<'],
  ['145/STN-VP', '146/STN-VP'],
]);
const TWO_FILES = changed([
  ['145/STN-VP', '147/STN-VP'],
  [
    '        </edXML:Reference>',
    `        </edXML:Reference>
        <edXML:Reference>
          <edXML:ContentId>cid:2</edXML:ContentId>
          <edXML:ContentType>text/plain</edXML:ContentType>
          <edXML:AttachmentName>phu-luc.txt</edXML:AttachmentName>
        </edXML:Reference>`,
  ],
  [
    '    </Attachment>',
    `    </Attachment>
    <Attachment>
      <ContentId>cid:2</ContentId>
      <AttachmentName>phu-luc.txt</AttachmentName>
      <ContentType>text/plain</ContentType>
      <ContentTransferEncoded>UGjhu6UgbOG7pWMK</ContentTransferEncoded>
    </Attachment>`,
  ],
  [
    '        <edXML:DocumentId>',
    `        <edXML:To>
          <edXML:OrganId>T99.03</edXML:OrganId>
          <edXML:OrganName>Sở Thử nghiệm khác</edXML:OrganName>
        </edXML:To>
        <edXML:DocumentId>`,
  ],
]);
function changed(changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the document does not hold ${from}`);
    return text.replace(from, () => to);
  }, UNSIGNED);
}

/** Everything a canonical form has rules for, though no writer would do all of it. */
const PECULIAR = changed([
  [' Id="all"', ' Id="all" xml:lang="vi" xmlns:unused="urn:unused"'],
  ['145/STN-VP', '148/STN-VP'],
  ['Về việc thử', '<![CDATA[Về <việc>]]> &#13;thử<!-- chú thích -->&#x9;'],
  ['<edXML:Place>', '<edXML:Place xmlns:z="urn:z" xmlns:a="urn:a">'],
  ['<ContentId>cid:1<', '<q:ContentId xmlns:q="http://www.mic.gov.vn/TBT/QCVN_102_2016">cid:1<'],
  ['</ContentId>', '</q:ContentId>'],
  [' version="1.0" Id="manifest"', ` Id = 'manifest'   version="&#49;.0"`],
]);
const withList = (prefixes: string): ((info: string) => string) => {
  const list = `<i:InclusiveNamespaces xmlns:i="${EXCLUSIVE}" PrefixList="${prefixes}"/>`;
  const transform = `<Transform Algorithm="${EXCLUSIVE}"`;
  return (info) => info.replaceAll(`${transform}/>`, `${transform}>${list}</Transform>`);
};

const BY_RSA = {
  method: `${MORE}rsa-sha256`,
  keyInfo: x509('sender-rsa'),
  value: (data: Buffer) => sign('sha256', data, privateKey('sender-rsa')),
};
const MADE: Readonly<Record<string, Forgery>> = {
  document: {},
  'own-parts': { references: OWN },
  'header-and-files': { references: [byId('header'), byId('files')] },
  'envelope-and-files': { references: [around('envelope'), byId('files')] },
  'root-by-id': { references: [{ uri: '#all', transforms: [ENVELOPED, EXCLUSIVE] }] },
  'implied-form': { references: [{ uri: '', transforms: [ENVELOPED], inclusive: true }] },
  'inclusive-info': { canonicalization: INCLUSIVE, references: OWN },
  'traces-and-body': { references: ['header', 'traces', 'body', 'files'].map(byId) },
  'sha384-digest': { references: [{ uri: '', digest: `${MORE}sha384`, hash: 'sha384' }] },
  'several-certificates': { keyInfo: x509('authority', 'other-ec', 'sender-rsa') },
  'signing-time': {
    keyInfo: `<KeyName>T99.02</KeyName>${x509('sender-rsa')}`,
    objects:
      '<Object><SignatureProperties xmlns=""><SignatureProperty Target="x">2026</SignatureProperty></SignatureProperties></Object>',
  },
  'peculiar-exclusive': { unsigned: PECULIAR, references: OWN },
  'peculiar-inclusive': {
    unsigned: PECULIAR,
    canonicalization: INCLUSIVE,
    references: OWN.map((one) => ({ ...one, transforms: [INCLUSIVE], inclusive: true })),
  },
  'peculiar-document': {
    unsigned: PECULIAR,
    references: [{ uri: '', transforms: [ENVELOPED, INCLUSIVE], inclusive: true }],
  },
  // These prefixes are bound nowhere, or used anyway: the form is the same as without a list.
  'prefix-list': { references: [byId('header'), byId('files')], edit: withList('none ds') },
  recall: { unsigned: RECALL, references: OWN },
  'recall-document': { unsigned: RECALL },
  'two-files': { unsigned: TWO_FILES, references: OWN },
  'two-files-document': { unsigned: TWO_FILES },
};

export function readCorpus(): Seed[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) })),
  );
  const made = Object.entries(MADE).map(([name, forgery]) => ({
    name,
    bytes: Buffer.from(forge({ ...BY_RSA, ...forgery })),
  }));
  return [...files, ...made];
}
