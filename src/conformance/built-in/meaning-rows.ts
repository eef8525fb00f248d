/**
 * Requests whose fault no schema sees, and those that carry a package.
 *
 * @module
 */
import { writeXml } from '../../xml/write.js';
import { accepted, envelope, type HttpRow, operation, refusal } from './http-kit.js';
import { NEW_DOCUMENT, STATUS } from './parts.js';
import { VALUES, wrong } from './request-rows.js';

const document = writeXml(NEW_DOCUMENT).replace(/^<\?xml[^>]*\?>\s*/, '');

const status = writeXml(STATUS).replace(/^<\?xml[^>]*\?>\s*/, '');

const send = (name: string, children: string) => ({ body: envelope(operation(name, children)) });

export const CARRIERS: readonly HttpRow[] = [
  [
    'request.senddocument.full',
    'SendDocument with a document',
    'SendDocument có văn bản',
    send('SendDocument', document),
    accepted({ xpath: '//g:SendResult/g:Duplicate', equals: 'false' }),
  ],
  [
    'request.senddocument.empty',
    'SendDocument without a document',
    'SendDocument không có văn bản',
    send('SendDocument', ''),
    wrong,
  ],
  [
    'request.senddocument.two',
    'SendDocument with two documents',
    'SendDocument có hai văn bản',
    send('SendDocument', document + document),
    wrong,
  ],
  [
    'request.senddocument.text',
    'SendDocument with text',
    'SendDocument có chữ',
    send('SendDocument', `${document}abc`),
    wrong,
  ],
  [
    'request.senddocument.status',
    'SendDocument with a status',
    'SendDocument có trạng thái',
    send('SendDocument', status),
    wrong,
  ],
  [
    'request.senddocument.other',
    'SendDocument with another element',
    'SendDocument có phần tử khác',
    send('SendDocument', '<x xmlns="urn:x"/>'),
    refusal('package.root'),
  ],
  [
    'request.sendpackage.empty',
    'SendPackage without a Package',
    'SendPackage không có Package',
    send('SendPackage', ''),
    wrong,
  ],
  [
    'request.sendpackage.two',
    'SendPackage with two Package',
    'SendPackage có hai Package',
    send('SendPackage', '<Package>YQ==</Package><Package>YQ==</Package>'),
    wrong,
  ],
  [
    'request.sendpackage.text',
    'SendPackage with text',
    'SendPackage có chữ',
    send('SendPackage', 'abc<Package>YQ==</Package>'),
    wrong,
  ],
  [
    'request.sendpackage.name',
    'SendPackage with a child of another name',
    'SendPackage có phần tử con tên khác',
    send('SendPackage', '<File>YQ==</File>'),
    wrong,
  ],
  [
    'request.sendpackage.namespace',
    'SendPackage with a Package of another namespace',
    'SendPackage có Package của không gian tên khác',
    send('SendPackage', '<Package xmlns="urn:x">YQ==</Package>'),
    wrong,
  ],
];

export const MEANING: readonly HttpRow[] = [
  [
    'request.gettraces.nothing',
    'GetTraces asks for one thing',
    'GetTraces phải hỏi một thứ',
    send('GetTraces', ''),
    refusal('request.value'),
  ],
  [
    'request.gettraces.message-and-document',
    'Not for a message and a document',
    'Không hỏi cả thông điệp và văn bản',
    send(
      'GetTraces',
      '<MessageId>00000000000000000000000000</MessageId><DocumentId>a</DocumentId>',
    ),
    refusal('request.value'),
  ],
  [
    'request.gettraces.document-and-since',
    'Not for a document and a time',
    'Không hỏi cả văn bản và thời điểm',
    send('GetTraces', '<DocumentId>a</DocumentId><Since>2025-01-01T00:00:00Z</Since>'),
    refusal('request.value'),
  ],
  [
    'request.gettraces.unknown-message',
    'A message that nobody has',
    'Thông điệp không có',
    send('GetTraces', '<MessageId>00000000000000000000000000</MessageId>'),
    refusal('message.unknown'),
  ],
  [
    'request.gettraces.no-message-id',
    'What cannot be a message id is answered the same',
    'Không thể là mã thông điệp cũng trả lời vậy',
    send('GetTraces', '<MessageId>abc</MessageId>'),
    refusal('message.unknown'),
  ],
  [
    'request.gettraces.unknown-document',
    'A document that nobody has',
    'Văn bản không có',
    send('GetTraces', '<DocumentId>{{unique}}</DocumentId>'),
    refusal('message.unknown'),
  ],
  [
    'request.getpackage.no-message-id',
    'GetPackage of what cannot be an id',
    'GetPackage với mã không hợp dạng',
    send('GetPackage', '<MessageId>abc</MessageId>'),
    refusal('message.unknown'),
  ],
  [
    'request.sendstatus.no-date',
    'SendStatus with a day that is none',
    'SendStatus có ngày sai',
    sendStatus({ PromulgationDate: 'hôm nay' }),
    refusal('document.date'),
  ],
  [
    'request.sendstatus.no-time',
    'SendStatus with a time that is none',
    'SendStatus có thời điểm sai',
    sendStatus({ Timestamp: 'hôm nay' }),
    refusal('document.date'),
  ],
  [
    'request.sendstatus.day-first',
    'SendStatus takes a day in either order',
    'SendStatus nhận ngày theo cả hai thứ tự',
    sendStatus({ PromulgationDate: '15/01/2025' }),
    accepted(),
  ],
  [
    'request.sendstatus.iso',
    'SendStatus takes ISO 8601',
    'SendStatus nhận ISO 8601',
    sendStatus({ Timestamp: '2025-01-15T08:00:00+07:00' }),
    accepted(),
  ],
  [
    'request.sendstatus.not-in-directory',
    'SendStatus to an unknown agency',
    'SendStatus tới cơ quan không rõ',
    sendStatus({ OrganId: 'T99.KHONG-CO' }),
    refusal('recipient.unknown'),
  ],
  [
    'request.sendstatus.organ-id',
    'SendStatus to what cannot be an agency',
    'SendStatus tới mã không hợp dạng',
    sendStatus({ OrganId: 'a b' }),
    refusal('document.organ-id'),
  ],
  [
    'request.sendstatus.february-30',
    'SendStatus with a day that does not exist',
    'SendStatus có ngày không tồn tại',
    sendStatus({ PromulgationDate: '2025/02/30' }),
    refusal('document.date'),
  ],
];

function sendStatus(change: Readonly<Record<string, string>>): { body: string } {
  const values = { ...VALUES, ...change };
  const one = (name: string) => `<${name}>${values[name] ?? ''}</${name}>`;
  const responseFor = ['OrganId', 'Code', 'DocumentId', 'PromulgationDate'].map(one).join('');
  return send(
    'SendStatus',
    `<ResponseFor>${responseFor}</ResponseFor>${one('StatusCode')}${one('Timestamp')}`,
  );
}
