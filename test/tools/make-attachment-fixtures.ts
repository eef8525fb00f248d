/**
 * Writes fixtures/attachments: files with signatures inside, in a folder for each verdict. Signatures
 * differ from run to run, so a file that is there is kept.
 *
 *     node dist/test/tools/make-attachment-fixtures.js
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeCms } from '../unit/xml/attachment-cms.js';
import {
  changedLater,
  cms,
  type PdfRequest,
  signedAgain,
  signedPdf,
} from '../unit/xml/attachment-kit.js';
import { ecdsa, forge, x509 } from '../unit/xml/signature-kit.js';

const TEXT = Buffer.from('Phụ lục của công văn T\n');
const BOOK = '<BaoCao xmlns="urn:example:bao-cao"><So Id="so">145</So><ChuKy/></BaoCao>\n';

const pdf = (request: PdfRequest = {}): Buffer => signedPdf({ contentsBytes: 2600, ...request });

function tampered(): Buffer {
  const file = pdf();
  file[file.indexOf('Cong van T')] = 0x4b;
  return file;
}

function xml(target?: string, key = 'sender-ec'): Buffer {
  return Buffer.from(
    forge({
      unsigned: BOOK,
      references: [target === undefined ? { uri: '' } : { uri: `#${target}`, target }],
      keyInfo: x509(key),
      value: ecdsa(key),
      insert: (unsigned, signature) => unsigned.replace('<ChuKy/>', `<ChuKy>${signature}</ChuKy>`),
    }),
  );
}

const FILES: Readonly<Record<string, () => Uint8Array>> = {
  'valid/whole-file.pdf': () => pdf(),
  'valid/rsa-cades.pdf': () =>
    pdf({ key: 'sender-rsa', openssl: ['-cades'], subFilter: 'ETSI.CAdES.detached' }),
  'valid/two-signatures.pdf': () => signedAgain(pdf(), { key: 'sender-rsa', contentsBytes: 2600 }),
  'valid/earlier-revision.pdf': () => changedLater(pdf()),
  'valid/phu-luc.txt': () => TEXT,
  'valid/phu-luc.txt.p7s': () => cms(TEXT, 'sender-rsa'),
  'valid/phu-luc.p7m': () => cms(TEXT, 'sender-ec', ['-nodetach', '-stream', '-indef']),
  'valid/enveloped.xml': () => xml(),
  'valid/part.xml': () => xml('so'),
  'untrusted/stranger.pdf': () => pdf({ key: 'stranger' }),
  'untrusted/expired.pdf': () => pdf({ key: 'expired-ec' }),
  'untrusted/revoked.pdf': () => pdf({ key: 'revoked-ec' }),
  'untrusted/stranger.xml': () => xml(undefined, 'stranger'),
  'invalid/tampered.pdf': tampered,
  'invalid/gap.pdf': () => pdf({ range: ([a = 0, b = 0, c = 0, d = 0]) => [a, b - 20, c, d] }),
  'invalid/second-contents.pdf': () => pdf({ entries: '/Contents <00>' }),
  'invalid/tampered.xml': () => Buffer.from(xml().toString('utf8').replace('145', '146')),
  'invalid/substituted.p7m': () =>
    writeCms(TEXT, { certificates: ['other-ec'], named: 'other-ec' }),
  'unreadable/time-stamp.pdf': () => pdf({ subFilter: 'ETSI.RFC3161' }),
  'unreadable/garbage.p7s': () => Buffer.from('no signature\n'),
};

for (const [name, make] of Object.entries(FILES)) {
  const path = join('fixtures/attachments', name);
  if (existsSync(path)) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, make());
  console.log(path);
}
