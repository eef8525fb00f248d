/**
 * Marks of secrecy: whatever they are called, a document that carries one must not pass.
 *
 * @module
 */
import type { Clause } from '../suite.js';
import { type Draft, refused, taken } from './draft.js';
import { change, group, NEW_DOCUMENT, part } from './parts.js';
import { ATTACHED, append, drafts, MESSAGE, type Row, withOtherInfo } from './rule-kit.js';

const CLAUSE: Clause = { document: 'QĐ 28/2018/QĐ-TTg', place: 'art. 1.2' };

/** As drafts, vendors and people call such an element. */
const NAMES = [
  'Secret',
  'IsSecret',
  'SecretCode',
  'SecretId',
  'SecretLevel',
  'SecretName',
  'SecretType',
  'SecretValue',
  'Secrecy',
  'SecrecyCode',
  'SecrecyId',
  'SecrecyLevel',
  'SecrecyName',
  'SecurityLevel',
  'Confidential',
  'Confidentiality',
  'ConfidentialityLevel',
  'ConfidentialLevel',
  'DoMat',
  'DoMatId',
  'MaDoMat',
  'MucDoMat',
  'CapDoMat',
  'TenDoMat',
];
const NOT_SECRET = [
  'Thường',
  'Bình thường',
  'Không',
  'Không mật',
  'none',
  'No',
  'false',
  'null',
  '0',
];
const LEVELS = ['Mật', 'Tối mật', 'Tuyệt mật', 'mat', 'toi mat', 'TUYET MAT'];

const secret = refused('document.secrecy');
const fine = taken('dialect.unknown');

const slug = (text: string) =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(' ', '-');

const ROWS: readonly Row[] = [
  ...NAMES.map(
    (name): Row => [
      `secrecy.name.${name.toLowerCase()}`,
      `The mark ${name} is refused`,
      `Từ chối dấu ${name}`,
      withOtherInfo(part(name, '1')),
      secret,
    ],
  ),
  ...NOT_SECRET.map(
    (value): Row => [
      `secrecy.not.${slug(value)}`,
      `"${value}" says that it is not secret`,
      `"${value}" nghĩa là không mật`,
      withOtherInfo(part('Secret', value)),
      fine,
    ],
  ),
  ...LEVELS.map(
    (value, at): Row => [
      `secrecy.level-${at + 1}`,
      `The words "${value}" in OtherInfo are refused`,
      `Từ chối chữ "${value}" trong OtherInfo`,
      withOtherInfo(part('SphereOfPromulgation', value)),
      secret,
    ],
  ),
  [
    'secrecy.empty',
    'An empty mark says nothing',
    'Dấu rỗng không nói gì',
    withOtherInfo(part('Secret', '')),
    fine,
  ],
  [
    'secrecy.word',
    'Any other word is a mark',
    'Từ khác bất kỳ là dấu mật',
    withOtherInfo(part('Secret', 'A')),
    secret,
  ],
  [
    'secrecy.inside',
    'A mark inside the element is found',
    'Tìm thấy dấu nằm bên trong',
    withOtherInfo(group('Secret', part('Level', '2'))),
    secret,
  ],
  [
    'secrecy.attribute',
    'A mark in an attribute is found',
    'Tìm thấy dấu trong thuộc tính',
    change(NEW_DOCUMENT, [...MESSAGE, 'Subject'], (old) => [
      { ...old, attributes: { secretLevel: '1' } },
    ]),
    secret,
  ],
  [
    'secrecy.attribute.zero',
    'An attribute that says 0 is none',
    'Thuộc tính ghi 0 không phải dấu mật',
    change(NEW_DOCUMENT, [...MESSAGE, 'Subject'], (old) => [
      { ...old, attributes: { secretLevel: '0' } },
    ]),
    fine,
  ],
  [
    'secrecy.separators',
    'Do-Mat with a hyphen is found',
    'Tìm thấy Do-Mat có gạch nối',
    withOtherInfo(part('Do-Mat', '1')),
    secret,
  ],
  [
    'secrecy.typist',
    'The typist M.A.T. is no mark',
    'Người đánh máy MAT không phải dấu mật',
    withOtherInfo(part('TyperNotation', 'MAT')),
    taken(),
  ],
  [
    'secrecy.typist.word',
    'Mật is a mark there too',
    'Mật ở đó cũng là dấu',
    withOtherInfo(part('TyperNotation', 'Mật')),
    secret,
  ],
  [
    'secrecy.subject',
    'A subject may speak of secrecy',
    'Trích yếu có thể nói về độ mật',
    change(NEW_DOCUMENT, [...MESSAGE, 'Subject'], () => [part('Subject', 'Mật')]),
    taken(),
  ],
  [
    'secrecy.longer-text',
    'A longer text in OtherInfo is no mark',
    'Câu dài trong OtherInfo không phải dấu',
    withOtherInfo(part('SphereOfPromulgation', 'Bảo mật')),
    taken(),
  ],
  [
    'secrecy.nested',
    'The words deeper in OtherInfo are found',
    'Tìm thấy chữ nằm sâu trong OtherInfo',
    withOtherInfo(group('Appendixes', part('Appendix', 'Mật'))),
    secret,
  ],
  [
    'secrecy.attachment',
    'Nothing is looked for in the files',
    'Không tìm trong phần tệp',
    append(NEW_DOCUMENT, [...ATTACHED, 'Attachment'], part('Secret', '1')),
    fine,
  ],
];

export function secrecyCases(): Draft[] {
  return drafts('document', CLAUSE, ROWS);
}
