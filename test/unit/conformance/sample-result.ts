/**
 * A run in which everything occurs that a report has to show.
 *
 * @module
 */
import type {
  CaseResult,
  RunResult,
  StepResult,
  WireMessage,
} from '../../../src/conformance/run-result.js';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const MESSAGE_ID = '0b9f5a52-7c1e-4b37-9d0e-8f4f0a6b1c2d';

export function wireRequest(action: string, body: string): WireMessage {
  return {
    startLine: 'POST /soap HTTP/1.1',
    headers: [
      ['Host', 'gateway.t99.example'],
      ['Authorization', 'Basic ***'],
      ['Content-Type', 'text/xml; charset=utf-8'],
      ['SOAPAction', `"urn:edxgate:gateway:1#${action}"`],
    ],
    body,
    bodyBytes: Buffer.byteLength(body),
    shortened: false,
  };
}

export function wireAnswer(status: number, body: string): WireMessage {
  return {
    startLine: `HTTP/1.1 ${status}`,
    headers: [
      ['Content-Type', 'text/xml; charset=utf-8'],
      ['X-Request-Id', '5f2c'],
    ],
    body,
    bodyBytes: Buffer.byteLength(body),
    shortened: false,
  };
}

export function envelope(content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP}"><soap:Body>${content}</soap:Body></soap:Envelope>`;
}

const PING = envelope('<Ping xmlns="urn:edxgate:gateway:1"><Echo>Chào buổi sáng</Echo></Ping>');
const SEND = envelope(
  '<SendPackage xmlns="urn:edxgate:gateway:1"><Package>PD94bWwgdmVyc2lvbj0iMS4wIj8+CjxlZFhNTD48L2VkWE1MPg==</Package></SendPackage>',
);
const SENT = envelope(
  `<SendPackageResponse xmlns="urn:edxgate:gateway:1"><SendResult><MessageId>${MESSAGE_ID}</MessageId><DocumentId>T99.01/2026/17</DocumentId><ReceivedAt>2026-11-24T03:04:05.120Z</ReceivedAt><Duplicate>false</Duplicate><SignatureClass>absent</SignatureClass><Delivery><OrganId>T99.02</OrganId><State>pending</State></Delivery></SendResult></SendPackageResponse>`,
);

export function fault(code: string, path: string, text: string): string {
  return envelope(
    `<soap:Fault><faultcode>soap:Client</faultcode><faultstring>${code}: ${text}</faultstring><detail><GatewayFault xmlns="urn:edxgate:gateway:1"><Code>${code}</Code><CorrelationId>5f2c</CorrelationId><Temporary>false</Temporary><Issue><Code>${code}</Code><Path>${path}</Path><Line>14</Line><Text>${text}</Text></Issue></GatewayFault></detail></soap:Fault>`,
  );
}

export function step(name: string, given: Partial<StepResult> = {}): StepResult {
  return {
    name,
    as: 'T99.01',
    request: wireRequest('SendPackage', SEND),
    answer: wireAnswer(200, SENT),
    ms: 12,
    differences: [],
    ...given,
  };
}

const QCVN = { document: 'QCVN 102:2016/BTTTT', place: 'II.2.1, MessageHeader/Subject' };
const CONTRACT = { document: 'edxgate contract', place: 'SendResult/Duplicate' };

const CASES: readonly CaseResult[] = [
  {
    id: 'header.subject.missing',
    title: {
      en: 'A document without Subject is refused, naming the element',
      vi: 'Văn bản thiếu trích yếu (Subject) bị từ chối, có nêu rõ phần tử',
    },
    clause: QCVN,
    verdict: 'failed',
    steps: [
      step('send', {
        answer: wireAnswer(
          500,
          fault(
            'schema.unexpected',
            '/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/Content',
            'Content is not expected here.',
          ),
        ),
        differences: [
          { what: 'codes', expected: 'schema.missing', actual: 'schema.unexpected' },
          {
            what: 'path',
            expected: '/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/Subject',
            actual: '/edXML/edXMLEnvelope/edXMLHeader/MessageHeader/Content',
          },
        ],
        ms: 31,
      }),
    ],
    ms: 31,
  },
  {
    id: 'duplicates.same-again',
    title: {
      en: 'The same document again gets the first answer',
      vi: 'Gửi lại cùng một văn bản thì nhận lại đúng câu trả lời lần đầu',
    },
    clause: CONTRACT,
    verdict: 'failed',
    steps: [
      step('send'),
      step('send-again', {
        differences: [
          {
            what: 'assertion',
            place: '//g:SendResult/g:Duplicate',
            expected: 'true',
            actual: 'false',
          },
          {
            what: 'golden',
            place: 'line 7',
            expected: '<g:MessageId>{{*:uuid}}</g:MessageId>\n<g:Duplicate>true</g:Duplicate>',
            actual: '<g:MessageId>{{*:uuid}}</g:MessageId>\n<g:Duplicate>false</g:Duplicate>',
          },
        ],
      }),
    ],
    ms: 402,
  },
  {
    id: 'transport.get-package',
    title: { en: 'A recipient fetches its package', vi: 'Bên nhận lấy gói tin của mình' },
    clause: CONTRACT,
    verdict: 'broken',
    reason: {
      en: 'No answer came within 30 s.',
      vi: 'Không có câu trả lời trong vòng 30 giây.',
    },
    steps: [
      {
        name: 'list',
        as: 'T99.02',
        request: wireRequest('ListPending', PING),
        ms: 30_000,
        differences: [],
      },
    ],
    ms: 30_000,
  },
  {
    id: 'signature.covered-parts',
    title: {
      en: 'A signed document is answered with its class',
      vi: 'Văn bản có ký số được trả lời kèm loại chữ ký',
    },
    clause: { document: 'edxgate contract', place: 'SendResult/SignatureClass' },
    verdict: 'skipped',
    reason: {
      en: 'It needs --signing-key and --certificate.',
      vi: 'Cần có --signing-key và --certificate.',
    },
    steps: [],
    ms: 0,
  },
  ...(
    [
      ['ping.echo', 'Ping gives Echo back', 'Ping trả lại nguyên văn Echo', 'SOAP 1.1', '§4'],
      [
        'soap12.ping',
        'An envelope of SOAP 1.2 is answered in kind',
        'Phong bì SOAP 1.2 được trả lời bằng SOAP 1.2',
        'SOAP 1.2',
        'Part 1, §5',
      ],
      [
        'carrier.mtom',
        'A package in MTOM is taken',
        'Gói tin gửi theo MTOM được nhận',
        'RFC 2387',
        '§3.1',
      ],
    ] as const
  ).map(([id, en, vi, document, place], i): CaseResult => {
    const done = step('ping', {
      request: wireRequest('Ping', PING),
      answer: wireAnswer(200, PING),
      ms: 4 + i,
    });
    return {
      id,
      title: { en, vi },
      clause: { document, place },
      verdict: 'passed',
      steps: [done],
      ms: 4 + i,
    };
  }),
];

export function sampleResult(cases: readonly CaseResult[] = CASES): RunResult {
  const count = (verdict: CaseResult['verdict']): number =>
    cases.filter((one) => one.verdict === verdict).length;
  return {
    suite: {
      id: 'main-job',
      title: {
        en: 'The main job: send, collect, confirm, trace',
        vi: 'Công việc chính: gửi, lấy, xác nhận, tra cứu',
      },
    },
    target: 'https://gateway.t99.example/soap',
    as: 'T99.01',
    startedAt: '2026-11-24T03:04:05.000Z',
    finishedAt: '2026-11-24T03:04:36.500Z',
    version: '0.1.0',
    totals: {
      passed: count('passed'),
      failed: count('failed'),
      broken: count('broken'),
      skipped: count('skipped'),
    },
    cases,
  };
}
