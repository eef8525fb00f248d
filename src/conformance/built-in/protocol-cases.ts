/**
 * Cases about what a gateway may get wrong between its rules and the wire: whose fault a refusal is,
 * what a repeat says, whether bytes stay bytes, what is listed when. Each finds a fault of
 * `edxgate simulate gateway` that no other case finds.
 *
 * @module
 */
import type { Assertion, Case, Expectation, Need, Operation, Role, Step, Words } from '../suite.js';
import { contract } from './clauses.js';
import type { Files } from './draft.js';
import { documentText } from './protocol-document.js';

const RESULT = '//g:SendResult';
const ID = `${RESULT}/g:MessageId`;
const ALL = { MaxItems: '1000' };
const DATE = '/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/PromulgationInfo/PromulgationDate';

const words = (en: string, vi: string): Words => ({ en, vi });
const equals = (xpath: string, value: string): Assertion => ({ xpath, equals: value });
const count = (xpath: string, nodes: number): Assertion => ({ xpath, count: nodes });
const accepted = (...assertions: Assertion[]): Expectation => ({ class: 'accepted', assertions });
const itemOf = (id: string): string => `//g:Item[g:MessageId='{{${id}}}']`;

type Fields = Readonly<Record<string, string>>;

function ask(
  name: string,
  as: Role,
  operation: Operation,
  fields: Fields,
  expect: Expectation,
  save?: Fields,
): Step {
  const request = { kind: 'operation', operation, fields } as const;
  return { name, as, request, expect, ...(save === undefined ? {} : { save }) };
}

/** SendPackage by the sender of a file of `DOCUMENTS`. */
function send(name: string, file: string, expect: Expectation, save?: Fields): Step {
  return {
    name,
    as: 'sender',
    request: { kind: 'operation', operation: 'SendPackage', package: { file: fileName(file) } },
    expect,
    ...(save === undefined ? {} : { save }),
  };
}

function fileName(document: string): string {
  return `${document}.protocol.edxml`;
}

/** Leaves nothing behind for whoever runs the suite next. */
function confirm(name: string, as: Role, id: string): Step {
  return ask(name, as, 'ConfirmReceived', { MessageId: `{{${id}}}`, Outcome: 'done' }, accepted());
}

const SECOND = '{{unique}}-2';

const DOCUMENTS: ReadonlyMap<string, string> = new Map([
  ['plain', documentText()],
  ['second', documentText({ documentId: SECOND })],
  ['two', documentText({ to: ['{{recipient}}', '{{third}}'] })],
  ['day', documentText({ date: '2025/02/30' })],
  // What no library writes: a mark, single quotes, two blanks, a blank before the end.
  ['mark', documentText({ head: "\uFEFF<?xml version='1.0'  encoding='utf-8' ?>\n" })],
  ['lines', documentText().replaceAll('\n', '\r\n')],
]);

/** Base64 of the mark and the declaration behind it. */
const MARK = '77u/PD94bWwgdmVyc2lvbj0nMS4wJyAgZW5jb2Rpbmc9J3V0Zi04JyA/P';
/** Base64 of the declaration and CRLF behind it. */
const LINES = 'PD94bWwgdmVyc2lvbj0iMS4wIiBlbmNvZGluZz0iVVRGLTgiPz4NC';

type Row = readonly [id: string, title: Words, place: string, steps: readonly Step[]];

const REFUSALS: readonly Row[] = [
  [
    'protocol.refusal.side',
    words('A refusal says whose fault it is', 'Từ chối cho biết lỗi thuộc bên nào'),
    'docs/errors.md: faultcode Client for what the caller can mend',
    [
      ask(
        'get',
        'sender',
        'GetPackage',
        { MessageId: '00000000000000000000000000' },
        {
          class: 'refused',
          codes: ['message.unknown'],
          assertions: [{ xpath: '//soap11:Fault/faultcode', matches: '[^:]+:Client' }],
        },
      ),
    ],
  ],
  [
    'protocol.refusal.temporary',
    words('A lasting refusal is not called temporary', 'Từ chối lâu dài không ghi là tạm thời'),
    'xsd/gateway, GatewayFault/Temporary',
    [
      ask(
        'get',
        'sender',
        'GetPackage',
        { MessageId: '00000000000000000000000000' },
        {
          class: 'refused',
          codes: ['message.unknown'],
          assertions: [equals('//g:GatewayFault/g:Temporary', 'false')],
        },
      ),
    ],
  ],
  [
    'protocol.refusal.path',
    words('An issue names its element', 'Mỗi lỗi nêu phần tử sai'),
    'xsd/gateway, Issue/Path',
    [send('send', 'day', { class: 'refused', codes: ['document.date'], path: DATE })],
  ],
];

const SENDING: readonly Row[] = [
  [
    'protocol.repeat.answer',
    words('A repeat gets the first answer whole', 'Gửi lại nhận nguyên câu trả lời đầu'),
    'docs/semantics.md, Duplicates',
    [
      send('first', 'plain', accepted(), {
        time: `${RESULT}/g:ReceivedAt`,
        receipt: `${RESULT}/g:Receipt`,
      }),
      send(
        'again',
        'plain',
        accepted(
          equals(`${RESULT}/g:ReceivedAt`, '{{time}}'),
          equals(`${RESULT}/g:Receipt`, '{{receipt}}'),
        ),
      ),
    ],
  ],
  [
    'protocol.receipt.own',
    words('Each message has a receipt of its own', 'Mỗi thông điệp có biên nhận riêng'),
    'docs/semantics.md, Four readings of "arrived"',
    [
      send('one', 'plain', accepted(), { receipt: `${RESULT}/g:Receipt` }),
      send('two', 'second', accepted(equals(`${RESULT}/g:Receipt = '{{receipt}}'`, 'false'))),
    ],
  ],
  [
    'protocol.recipients.each',
    words('Each of two recipients finds it listed', 'Cả hai bên nhận đều thấy văn bản'),
    'docs/semantics.md, Accepted',
    [
      send('send', 'two', accepted(), { id: ID }),
      ask('first', 'recipient', 'ListPending', ALL, accepted(count(itemOf('id'), 1))),
      ask('second', 'third', 'ListPending', ALL, accepted(count(itemOf('id'), 1))),
      confirm('done', 'recipient', 'id'),
      confirm('done-too', 'third', 'id'),
    ],
  ],
];

/** A document is sent and fetched: its base64 begins as the file does. */
function fetched(file: string, start: string): readonly Step[] {
  return [
    send('send', file, accepted(), { id: ID }),
    ask(
      'get',
      'recipient',
      'GetPackage',
      { MessageId: '{{id}}' },
      accepted(equals(`starts-with(//g:PackageContent/g:Package, '${start}')`, 'true')),
    ),
    confirm('done', 'recipient', 'id'),
  ];
}

const COLLECTING: readonly Row[] = [
  [
    'protocol.bytes.mark',
    words('A byte order mark stays', 'BOM được giữ nguyên'),
    'docs/semantics.md, Collection: the exact bytes',
    fetched('mark', MARK),
  ],
  [
    'protocol.bytes.lines',
    words('CRLF stays CRLF', 'CRLF được giữ nguyên'),
    'docs/semantics.md, Collection: the exact bytes',
    fetched('lines', LINES),
  ],
  [
    'protocol.list.fetched',
    words('What was fetched is still listed', 'Gói tin đã lấy vẫn được liệt kê'),
    'docs/semantics.md, Collection: what was not confirmed is listed again',
    [
      send('send', 'plain', accepted(), { id: ID }),
      ask('get', 'recipient', 'GetPackage', { MessageId: '{{id}}' }, accepted()),
      ask('list', 'recipient', 'ListPending', ALL, accepted(count(itemOf('id'), 1))),
      confirm('done', 'recipient', 'id'),
    ],
  ],
  [
    'protocol.list.confirmed',
    words('What was confirmed is listed no more', 'Gói tin đã xác nhận không còn được liệt kê'),
    'docs/semantics.md, Collection: a confirmation ends the delivery',
    [
      send('send', 'plain', accepted(), { id: ID }),
      ask('before', 'recipient', 'ListPending', ALL, accepted(count(itemOf('id'), 1))),
      confirm('confirm', 'recipient', 'id'),
      ask('after', 'recipient', 'ListPending', ALL, accepted(count(itemOf('id'), 0))),
    ],
  ],
  [
    'protocol.list.after',
    words('After goes on where the page ended', 'After đi tiếp từ cuối trang trước'),
    'xsd/gateway, ListPending/After',
    [
      send('one', 'plain', accepted(), { a: ID }),
      send('two', 'second', accepted(), { b: ID }),
      ask('page', 'recipient', 'ListPending', { MaxItems: '1' }, accepted(), {
        next: '//g:Next',
        seen: '//g:Item/g:MessageId',
      }),
      ask(
        'on',
        'recipient',
        'ListPending',
        { MaxItems: '1', After: '{{next}}' },
        accepted(count('//g:Item', 1), count(itemOf('seen'), 0)),
      ),
      confirm('done', 'recipient', 'a'),
      confirm('done-too', 'recipient', 'b'),
    ],
  ],
  [
    'protocol.list.order',
    words('The oldest is listed first', 'Cũ nhất được liệt kê trước'),
    'docs/semantics.md, Collection: oldest first',
    [
      send('one', 'plain', accepted(), { a: ID }),
      send('two', 'second', accepted(), { b: ID }),
      ask(
        'list',
        'recipient',
        'ListPending',
        ALL,
        accepted(count(`${itemOf('a')}/following-sibling::g:Item[g:MessageId='{{b}}']`, 1)),
      ),
      confirm('done', 'recipient', 'a'),
      confirm('done-too', 'recipient', 'b'),
    ],
  ],
];

function needsOf(steps: readonly Step[]): Need[] {
  const needs = new Set<Need>();
  for (const { as, request } of steps) {
    if (as === 'recipient' || as === 'third') needs.add(as);
    if (request.kind === 'operation' && request.package !== undefined) needs.add('recipient');
  }
  return [...needs];
}

/** @param files gets the files that the cases name */
export function protocolCases(files: Files): Case[] {
  for (const [name, text] of DOCUMENTS) files.set(fileName(name), Buffer.from(text));
  return [...REFUSALS, ...SENDING, ...COLLECTING].map(([id, title, place, steps]) => ({
    id,
    title,
    clause: contract(place),
    needs: needsOf(steps),
    steps,
  }));
}
