/**
 * Answers and suites in memory, for tests of the conformance kit.
 *
 * @module
 */
import { type ReadAnswer, readAnswer } from '../../../src/conformance/answer.js';
import type { WrittenRequest } from '../../../src/conformance/request.js';
import type { Suite } from '../../../src/conformance/suite.js';
import { Variables } from '../../../src/conformance/variables.js';

const SOAP = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;
export type Version = keyof typeof SOAP;

export function envelope(body: string, version: Version = '1.1'): string {
  return `<s:Envelope xmlns:s="${SOAP[version]}"><s:Body>${body}</s:Body></s:Envelope>`;
}

export interface AnswerWish {
  readonly status?: number;
  readonly contentType?: string;
}

export function answerOf(body: string | Buffer, wish: AnswerWish = {}): ReadAnswer {
  return readAnswer({
    kind: 'answer',
    status: wish.status ?? 200,
    headers: new Map([['content-type', wish.contentType ?? 'text/xml; charset=utf-8']]),
    body: Buffer.from(body),
    truncated: false,
    totalMs: 1,
  });
}

export function pong(echo = 'a', more = '', version: Version = '1.1'): string {
  return envelope(
    `<PingResponse xmlns="urn:edxgate:gateway:1"><Pong><Echo>${echo}</Echo><Time>2026-11-24T01:02:03.000Z</Time><Version>1</Version><OrganId>T99.01</OrganId>${more}</Pong></PingResponse>`,
    version,
  );
}

export interface FaultWish {
  readonly codes?: readonly string[];
  readonly head?: string;
  readonly text?: string;
  readonly textVi?: string;
  readonly detail?: boolean;
}

/** A refusal of SOAP 1.1 as the contract has it, but for what is wished. */
export function fault(wish: FaultWish = {}): string {
  const codes = wish.codes ?? ['schema.missing'];
  const issues = codes.map(
    (code, i) =>
      `<Issue><Code>${code}</Code><Path>/edXML/a[${i}]</Path><Text>${wish.text ?? 'x'}</Text><TextVi>${wish.textVi ?? 'y'}</TextVi><Hint>h</Hint></Issue>`,
  );
  const detail = `<detail><GatewayFault xmlns="urn:edxgate:gateway:1"><Code>${codes[0]}</Code><CorrelationId>00000000-0000-4000-8000-000000000001</CorrelationId><Temporary>false</Temporary>${issues.join('')}</GatewayFault></detail>`;
  return envelope(
    `<s:Fault><faultcode>s:Client</faultcode><faultstring>${wish.head ?? `${codes[0]}: x`}</faultstring>${wish.detail === false ? '' : detail}</s:Fault>`,
  );
}

export const NO_SUITE: Suite = {
  id: 'x',
  title: { en: 'x', vi: 'x' },
  cases: [],
  file: () => undefined,
};

export function suiteWith(files: Readonly<Record<string, string>>): Suite {
  return {
    ...NO_SUITE,
    file: (name) => (files[name] === undefined ? undefined : Buffer.from(files[name])),
  };
}

export function someVariables(): Variables {
  return new Variables({
    sender: { organId: 'T99.01', name: 'Sở A' },
    recipient: { organId: 'T99.02', name: 'Sở B' },
    unique: 'abc123000',
    path: '/soap',
    now: 0,
  });
}

export const WRITTEN: WrittenRequest = {
  method: 'POST',
  url: 'http://gateway.example/soap',
  headers: {},
  filled: false,
};
