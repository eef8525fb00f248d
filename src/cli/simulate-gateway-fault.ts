/**
 * What a fault of a simulated gateway is: a name, what it does, the clause that it breaks, and a filter
 * between the client and a gateway that does everything right.
 *
 * @module
 */
import type { Clause, Words } from '../conformance/suite.js';
import type { Forward, FrontAnswer, FrontRequest } from './simulate-gateway-wire.js';

/** What the front knows of the gateway behind it. */
export interface FrontSetting {
  /** Tokens by organ id. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  now(): number;
}

export type Filter = (request: FrontRequest, next: Forward) => Promise<FrontAnswer>;

export interface Fault {
  /** `[a-z0-9-]+` */
  readonly name: string;
  readonly does: Words;
  readonly breaks: Clause;
  /** A filter of its own for each simulated gateway, since it may have to remember. */
  start(setting: FrontSetting): Filter;
}

const CONTRACT = 'edxgate contract';

/** A clause of the contract in wsdl/, xsd/gateway/ and docs/. */
export function contract(place: string): Clause {
  return { document: CONTRACT, place };
}

export function clause(document: string, place: string): Clause {
  return { document, place };
}

export function words(en: string, vi: string): Words {
  return { en, vi };
}

/** A fault that changes answers, whatever was asked. */
export function changes(
  name: string,
  does: Words,
  breaks: Clause,
  edit: (answer: FrontAnswer, request: FrontRequest) => FrontAnswer,
): Fault {
  return {
    name,
    does,
    breaks,
    start: () => async (request, next) => edit(await next(request), request),
  };
}
