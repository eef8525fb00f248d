/**
 * What the cases of several steps are written with.
 *
 * @module
 */
import type { Assertion, Expectation, Need, OperationRequest, Role, Words } from '../suite.js';

export interface Plan {
  readonly name: string;
  readonly as: Role;
  readonly request: OperationRequest;
  readonly expect: Expectation;
  readonly save?: Readonly<Record<string, string>>;
}

export const ID = { message: '//g:SendResult/g:MessageId' };

export const is = (xpath: string, equals: string): Assertion => ({ xpath, equals });

export const there = (xpath: string, count = 1): Assertion => ({ xpath, count });

export const ok = (...assertions: Assertion[]): Expectation => ({ class: 'accepted', assertions });

export const no = (...codes: string[]): Expectation => ({ class: 'refused', codes });

export const marked = (...warnings: string[]): Expectation => ({
  class: 'accepted',
  warnings: [...warnings, 'signature.not-signed'],
});

export const duplicate = (flag: string) => ok(is('//g:SendResult/g:Duplicate', flag));

export const unknown = no('message.unknown');

export function send(
  name: string,
  file: string,
  expect: Expectation,
  as: Role = 'sender',
  save?: Record<string, string>,
): Plan {
  const request: OperationRequest = {
    kind: 'operation',
    operation: 'SendPackage',
    package: { file },
  };
  return { name, as, request, expect, ...(save === undefined ? {} : { save }) };
}

export const first = send('send', 'new', ok(), 'sender', ID);

export function ask(
  name: string,
  as: Role,
  operation: OperationRequest['operation'],
  fields: Record<string, string>,
  expect: Expectation,
  save?: Record<string, string>,
): Plan {
  return {
    name,
    as,
    request: { kind: 'operation', operation, fields },
    expect,
    ...(save === undefined ? {} : { save }),
  };
}

export const ITS = { MessageId: '{{message}}' };

export const get = (name: string, as: Role, expect: Expectation) =>
  ask(name, as, 'GetPackage', ITS, expect);

export const confirm = (name: string, as: Role, outcome: string, expect: Expectation) =>
  ask(name, as, 'ConfirmReceived', { ...ITS, Outcome: outcome }, expect);

export const traces = (name: string, as: Role, expect: Expectation) =>
  ask(name, as, 'GetTraces', ITS, expect);

export const state = (value: string) => ok(is('//g:Trace/g:State', value));

export type Row = readonly [
  id: string,
  place: string,
  words: Words,
  steps: readonly Plan[],
  needs?: readonly Need[],
];

export const words = (en: string, vi: string): Words => ({ en, vi });

export function sendStatus(name: string, code: string, time: string, expect: Expectation): Plan {
  return ask(
    name,
    'sender',
    'SendStatus',
    {
      'ResponseFor/OrganId': '{{recipient}}',
      'ResponseFor/Code': '145/SMA-VP',
      'ResponseFor/DocumentId': '{{unique}}',
      'ResponseFor/PromulgationDate': '2025/01/15',
      StatusCode: code,
      Timestamp: time,
    },
    expect,
  );
}
