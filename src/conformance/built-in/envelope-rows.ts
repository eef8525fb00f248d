/**
 * Envelopes of SOAP 1.1 and 1.2: versions, headers that must be understood, shape.
 *
 * @module
 */
import {
  accepted,
  envelope,
  type HttpRow,
  operation,
  PING,
  refusal,
  SOAP,
  XML_12,
} from './http-kit.js';
import { notSoap, ping, raw, typed } from './soap-parts.js';

export const ENVELOPE_11: readonly HttpRow[] = [
  [
    'soap.11',
    'SOAP 1.1 is answered in SOAP 1.1',
    'SOAP 1.1 được trả lời bằng SOAP 1.1',
    raw(ping),
    accepted({ xpath: '/soap11:Envelope/soap11:Body/g:PingResponse/g:Pong', count: 1 }),
  ],
  [
    'soap.11.as-12',
    'The envelope decides, not the content type',
    'Phong bì quyết định, không phải kiểu nội dung',
    { headers: typed(XML_12), body: ping },
    accepted({ xpath: '/soap11:Envelope', count: 1 }),
  ],
  [
    'soap.header',
    'Headers that nobody must understand',
    'Tiêu đề không bắt buộc hiểu',
    raw(envelope(PING, '1.1', '<s:Header><x:A xmlns:x="urn:x"/></s:Header>')),
    accepted(),
  ],
  [
    'soap.header.zero',
    'mustUnderstand 0',
    'mustUnderstand bằng 0',
    raw(envelope(PING, '1.1', '<s:Header><x:A xmlns:x="urn:x" s:mustUnderstand="0"/></s:Header>')),
    accepted(),
  ],
  [
    'soap.must-understand',
    'A header that must be understood is refused',
    'Từ chối tiêu đề bắt buộc hiểu',
    raw(envelope(PING, '1.1', '<s:Header><x:A xmlns:x="urn:x" s:mustUnderstand="1"/></s:Header>')),
    refusal('soap.must-understand'),
  ],
  [
    'soap.must-understand.elsewhere',
    'Unless it is meant for somebody else',
    'Trừ khi dành cho bên khác',
    raw(
      envelope(
        PING,
        '1.1',
        '<s:Header><x:A xmlns:x="urn:x" s:mustUnderstand="1" s:actor="urn:x:other"/></s:Header>',
      ),
    ),
    accepted(),
  ],
  [
    'soap.must-understand.next',
    'The next actor is the gateway',
    'Actor next chính là trục',
    raw(
      envelope(
        PING,
        '1.1',
        '<s:Header><x:A xmlns:x="urn:x" s:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next"/></s:Header>',
      ),
    ),
    refusal('soap.must-understand'),
  ],
  [
    'soap.must-understand.empty-actor',
    'So is an empty one',
    'Actor rỗng cũng vậy',
    raw(
      envelope(
        PING,
        '1.1',
        '<s:Header><x:A xmlns:x="urn:x" s:mustUnderstand="1" s:actor=""/></s:Header>',
      ),
    ),
    refusal('soap.must-understand'),
  ],
  [
    'soap.addressing.action',
    'WS-Addressing Action is understood',
    'Hiểu Action của WS-Addressing',
    raw(
      envelope(
        PING,
        '1.1',
        '<s:Header><a:Action xmlns:a="http://www.w3.org/2005/08/addressing" s:mustUnderstand="1">urn:x</a:Action></s:Header>',
      ),
    ),
    accepted(),
  ],
  [
    'soap.addressing.to',
    'WS-Addressing To is understood',
    'Hiểu To của WS-Addressing',
    raw(
      envelope(
        PING,
        '1.1',
        '<s:Header><a:To xmlns:a="http://www.w3.org/2005/08/addressing" s:mustUnderstand="1">urn:x</a:To></s:Header>',
      ),
    ),
    accepted(),
  ],
  [
    'soap.addressing.elsewhere',
    'Not when the answer should go elsewhere',
    'Không hiểu khi trả lời phải gửi nơi khác',
    raw(
      envelope(
        PING,
        '1.1',
        '<s:Header><a:Action xmlns:a="http://www.w3.org/2005/08/addressing" s:mustUnderstand="1">urn:x</a:Action><a:ReplyTo xmlns:a="http://www.w3.org/2005/08/addressing"><a:Address>http://a.example/</a:Address></a:ReplyTo></s:Header>',
      ),
    ),
    refusal('soap.must-understand'),
  ],
  [
    'soap.addressing.relates',
    'Other parts of it are not',
    'Phần khác thì không',
    raw(
      envelope(
        PING,
        '1.1',
        '<s:Header><a:RelatesTo xmlns:a="http://www.w3.org/2005/08/addressing" s:mustUnderstand="1">urn:x</a:RelatesTo></s:Header>',
      ),
    ),
    refusal('soap.must-understand'),
  ],
  [
    'soap.empty',
    'No body is refused',
    'Từ chối khi không có nội dung',
    raw(''),
    refusal('soap.empty'),
  ],
  [
    'soap.not-xml',
    'What is no XML is refused',
    'Từ chối nội dung không phải XML',
    raw('xin chào'),
    refusal('soap.not-xml'),
  ],
  [
    'soap.not-soap.root',
    'XML that is no envelope is refused',
    'Từ chối XML không phải phong bì',
    raw('<a/>'),
    notSoap,
  ],
  [
    'soap.version',
    'An envelope of another namespace is refused',
    'Từ chối phong bì của không gian tên khác',
    raw('<s:Envelope xmlns:s="urn:x"><s:Body/></s:Envelope>'),
    refusal('soap.version'),
  ],
  [
    'soap.no-body',
    'An envelope without a Body is refused',
    'Từ chối phong bì không có Body',
    raw(`<s:Envelope xmlns:s="${SOAP['1.1']}"><s:Header/></s:Envelope>`),
    notSoap,
  ],
  ['soap.no-child', 'An empty Body is refused', 'Từ chối Body rỗng', raw(envelope('')), notSoap],
  [
    'soap.two-children',
    'A Body with two elements is refused',
    'Từ chối Body có hai phần tử',
    raw(envelope(PING + PING)),
    notSoap,
  ],
  [
    'soap.text-in-body',
    'Text in Body is refused',
    'Từ chối chữ trong Body',
    raw(envelope(`${PING}abc`)),
    notSoap,
  ],
  [
    'soap.text-in-envelope',
    'Text in Envelope is refused',
    'Từ chối chữ trong Envelope',
    raw(ping.replace('<s:Body>', 'abc<s:Body>')),
    notSoap,
  ],
  [
    'soap.after-body',
    'An element after Body is refused',
    'Từ chối phần tử sau Body',
    raw(ping.replace('</s:Body>', '</s:Body><x/>')),
    notSoap,
  ],
  [
    'soap.body-of-other',
    'A Body of the other version is refused',
    'Từ chối Body của phiên bản khác',
    raw(
      `<s:Envelope xmlns:s="${SOAP['1.1']}"><b:Body xmlns:b="${SOAP['1.2']}">${PING}</b:Body></s:Envelope>`,
    ),
    notSoap,
  ],
  [
    'soap.operation',
    'An operation that is none is refused',
    'Từ chối thao tác không có',
    raw(envelope(operation('Delete'))),
    refusal('soap.operation'),
  ],
  [
    'soap.operation.namespace',
    'An operation of another namespace is refused',
    'Từ chối thao tác của không gian tên khác',
    raw(envelope('<Ping xmlns="urn:x"/>')),
    refusal('soap.operation'),
  ],
  [
    'soap.doctype',
    'A DOCTYPE is refused',
    'Từ chối DOCTYPE',
    raw(ping.replace('?>', '?><!DOCTYPE s>')),
    refusal('xml.doctype'),
  ],
  [
    'soap.instruction',
    'A processing instruction is refused',
    'Từ chối chỉ thị xử lý',
    raw(ping.replace('<s:Body>', '<?x y?><s:Body>')),
    refusal('xml.processing-instruction'),
  ],
  [
    'soap.encoding',
    'UTF-16 is refused',
    'Từ chối UTF-16',
    {
      headers: typed('text/xml'),
      body: Buffer.from(`\ufeff${ping.replace('UTF-8', 'UTF-16')}`, 'utf16le'),
    },
    refusal('xml.encoding'),
  ],
  [
    'soap.limits',
    'An envelope that is too deep is refused',
    'Từ chối phong bì quá sâu',
    raw(envelope('<a>'.repeat(99) + '</a>'.repeat(99))),
    refusal('xml.limits'),
  ],
];

const HEADER_12 = (attributes: string) =>
  envelope(PING, '1.2', `<s:Header><x:A xmlns:x="urn:x" ${attributes}/></s:Header>`);

const in12 = (text: string) => ({ headers: typed(XML_12), body: text });

export const ENVELOPE_12: readonly HttpRow[] = [
  [
    'soap.12',
    'SOAP 1.2 is answered in SOAP 1.2',
    'SOAP 1.2 được trả lời bằng SOAP 1.2',
    in12(envelope(PING, '1.2')),
    accepted({ xpath: '/soap12:Envelope/soap12:Body/g:PingResponse/g:Pong', count: 1 }),
  ],
  [
    'soap.12.fault',
    'And refused in SOAP 1.2',
    'Và được từ chối bằng SOAP 1.2',
    in12(envelope(operation('Delete'), '1.2')),
    {
      class: 'refused',
      codes: ['soap.operation'],
      http: 500,
      assertions: [{ xpath: '/soap12:Envelope/soap12:Body/soap12:Fault', count: 1 }],
    },
  ],
  [
    'soap.12.must-understand',
    'A header that must be understood is refused',
    'Từ chối tiêu đề bắt buộc hiểu',
    in12(HEADER_12('s:mustUnderstand="true"')),
    refusal('soap.must-understand'),
  ],
  [
    'soap.12.role.next',
    'The role next is the gateway',
    'Vai trò next chính là trục',
    in12(HEADER_12(`s:mustUnderstand="true" s:role="${SOAP['1.2']}/role/next"`)),
    refusal('soap.must-understand'),
  ],
  [
    'soap.12.role.ultimate',
    'So is ultimateReceiver',
    'ultimateReceiver cũng vậy',
    in12(HEADER_12(`s:mustUnderstand="true" s:role="${SOAP['1.2']}/role/ultimateReceiver"`)),
    refusal('soap.must-understand'),
  ],
  [
    'soap.12.role.none',
    'Another role is not',
    'Vai trò khác thì không',
    in12(HEADER_12(`s:mustUnderstand="true" s:role="${SOAP['1.2']}/role/none"`)),
    accepted(),
  ],
];
