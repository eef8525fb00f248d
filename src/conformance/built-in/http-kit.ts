/**
 * Requests written by hand: envelopes, multipart messages, and the cases made of them.
 *
 * @module
 */
import type { Assertion, Case, Clause, Expectation, Role, Step } from '../suite.js';
import type { Files } from './draft.js';

export const GATEWAY = 'urn:edxgate:gateway:1';
export const SOAP = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;
export type Version = keyof typeof SOAP;

export const XML_11 = 'text/xml; charset=utf-8';
export const XML_12 = 'application/soap+xml; charset=utf-8';

export function envelope(body: string, version: Version = '1.1', header = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${SOAP[version]}">${header}<s:Body>${body}</s:Body></s:Envelope>`;
}

export function operation(name: string, children = ''): string {
  return `<${name} xmlns="${GATEWAY}">${children}</${name}>`;
}

export const PING = operation('Ping');

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly as?: Role;
  readonly body?: string | Buffer;
}

export type HttpRow = readonly [
  id: string,
  en: string,
  vi: string,
  sent: Sent,
  expect: Expectation,
];

export const accepted = (...assertions: Assertion[]): Expectation =>
  assertions.length === 0 ? { class: 'accepted' } : { class: 'accepted', assertions };
export const refusal = (...codes: string[]): Expectation => ({ class: 'refused', codes });
export const status = (http: number, ...codes: string[]): Expectation => ({
  class: 'refused',
  http,
  codes,
});

/** A case of one request, SOAP 1.1 to the target unless it says otherwise. */
export function httpCases(clause: Clause, rows: readonly HttpRow[], files: Files): Case[] {
  return rows.map(([id, en, vi, sent, expect]) => {
    const {
      method = 'POST',
      path = '{{path}}',
      headers = { 'content-type': XML_11 },
      as = 'sender',
    } = sent;
    const file = `${id}.request`;
    if (sent.body !== undefined) files.set(file, Buffer.from(sent.body));
    const body = sent.body === undefined ? {} : { body: file };
    const step: Step = {
      name: 'ask',
      as,
      request: { kind: 'http', method, path, headers, ...body },
      expect,
    };
    return { id, title: { en, vi }, clause, steps: [step] };
  });
}

export interface MimePart {
  readonly headers: readonly string[];
  readonly content: string;
}

/** @param eol line end of the message */
export function multipart(
  parts: readonly MimePart[],
  boundary = 'b',
  eol = '\r\n',
  end = `--b--${'\r\n'}`,
): string {
  const all = parts.map(({ headers, content }) =>
    [`--${boundary}`, ...headers, '', content, ''].join(eol),
  );
  return all.join('') + end;
}
