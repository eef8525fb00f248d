/**
 * Multipart messages that are taken: MTOM, SOAP with Attachments, and the habits of their writers.
 *
 * @module
 */
import { accepted, envelope, type HttpRow, multipart, operation, PING } from './http-kit.js';
import {
  file,
  include,
  message,
  PACKAGE,
  RELATED,
  root,
  sending,
  typed,
  XOP,
  xopRoot,
} from './soap-parts.js';

export const MULTIPART: readonly HttpRow[] = [
  [
    'multipart.mtom',
    'MTOM: Include names the part',
    'MTOM: Include chỉ tới phần',
    message([xopRoot(sending(include('cid:p1'))), file()], XOP),
    accepted(),
  ],
  [
    'multipart.mtom.12',
    'MTOM in SOAP 1.2',
    'MTOM trong SOAP 1.2',
    message(
      [
        xopRoot(
          envelope(operation('SendPackage', `<Package>${include('cid:p1')}</Package>`), '1.2'),
        ),
        file(),
      ],
      XOP,
    ),
    accepted({ xpath: '/soap12:Envelope', count: 1 }),
  ],
  [
    'multipart.swa.text',
    'swaRef: the text names the part',
    'swaRef: chữ chỉ tới phần',
    message([root(sending('cid:p1')), file()]),
    accepted(),
  ],
  [
    'multipart.swa.href',
    'SwA: an href names the part',
    'SwA: href chỉ tới phần',
    message([root(envelope(operation('SendPackage', '<Package href="cid:p1"/>'))), file()]),
    accepted(),
  ],
  [
    'multipart.only-part',
    'An empty Package means the only other part',
    'Package rỗng là phần duy nhất còn lại',
    message([root(sending('')), file()]),
    accepted(),
  ],
  [
    'multipart.escaped',
    'The id of a part may be escaped',
    'Mã của phần có thể được mã hóa',
    message([root(sending('cid:a%2Bb')), { headers: ['Content-ID: <a+b>'], content: PACKAGE }]),
    accepted(),
  ],
  [
    'multipart.bare-id',
    'A Content-ID without brackets',
    'Content-ID không có dấu ngoặc',
    message([root(sending('cid:p2')), { headers: ['Content-ID: p2'], content: PACKAGE }]),
    accepted(),
  ],
  [
    'multipart.inline',
    'Base64 inside the root part',
    'Base64 nằm trong phần gốc',
    message([root(envelope(PING))]),
    accepted(),
  ],
  [
    'multipart.lf',
    'Lines that end with LF',
    'Dòng kết thúc bằng LF',
    { headers: typed(RELATED), body: multipart([root(envelope(PING))], 'b', '\n', '--b--\n') },
    accepted(),
  ],
  [
    'multipart.preamble',
    'Text before the first boundary',
    'Chữ trước ranh giới đầu',
    { headers: typed(RELATED), body: `xin chào\r\n${multipart([root(envelope(PING))])}` },
    accepted(),
  ],
  [
    'multipart.no-start',
    'Without start the first part is the root',
    'Không có start thì phần đầu là gốc',
    message([root(envelope(PING))], 'multipart/related; boundary=b; type="text/xml"'),
    accepted(),
  ],
  [
    'multipart.root-later',
    'start may name a later part',
    'start có thể chỉ phần sau',
    message([file(), root(sending('cid:p1'))]),
    accepted(),
  ],
  [
    'multipart.quoted-boundary',
    'A boundary in quotes',
    'Ranh giới trong dấu nháy',
    message([root(envelope(PING))], 'multipart/related; boundary="b"'),
    accepted(),
  ],
  [
    'multipart.no-end-line',
    'Nothing after the last boundary',
    'Không có gì sau ranh giới cuối',
    { headers: typed(RELATED), body: multipart([root(envelope(PING))], 'b', '\r\n', '--b--') },
    accepted(),
  ],
  [
    'multipart.folded',
    'A folded header of a part',
    'Tiêu đề của phần được gấp dòng',
    message([
      {
        headers: ['Content-Type: text/xml;', ' charset=UTF-8', 'Content-ID: <root>'],
        content: envelope(PING),
      },
    ]),
    accepted(),
  ],
  [
    'multipart.quoted-printable',
    'A part in quoted-printable',
    'Phần mã hóa quoted-printable',
    message([
      root(
        envelope(PING).replaceAll('=', '=3D').replace('<s:Body>', '<s:Bo=\r\ndy>'),
        'Content-Transfer-Encoding: quoted-printable',
      ),
    ]),
    accepted(),
  ],
  [
    'multipart.8bit',
    'A part in 8bit',
    'Phần mã hóa 8bit',
    message([root(envelope(PING), 'Content-Transfer-Encoding: 8BIT')]),
    accepted(),
  ],
  [
    'multipart.7bit',
    'A part in 7bit',
    'Phần mã hóa 7bit',
    message([root(envelope(PING), 'Content-Transfer-Encoding: 7bit')]),
    accepted(),
  ],
];
