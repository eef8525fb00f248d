/**
 * The requests of the nine operations.
 *
 * @module
 */
import type { Case } from '../suite.js';
import { gatewayType } from './clauses.js';
import type { Files } from './draft.js';
import { httpCases } from './http-kit.js';
import { CARRIERS, MEANING } from './meaning-rows.js';
import { schemaRows } from './request-rows.js';

const REQUESTS = [
  'SendStatus',
  'ListPending',
  'GetPackage',
  'ConfirmReceived',
  'GetTraces',
  'GetOrganizations',
  'Ping',
];

export function requestCases(files: Files): Case[] {
  return [
    ...REQUESTS.flatMap((name) =>
      httpCases(gatewayType(`element ${name}`), schemaRows(name), files),
    ),
    ...httpCases(gatewayType('elements SendDocument and SendPackage'), CARRIERS, files),
    ...httpCases(gatewayType('documentation of the operations'), MEANING, files),
  ];
}
