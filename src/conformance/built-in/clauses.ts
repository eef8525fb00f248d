/**
 * Where it is written: the clauses that cases name. Numbers of paragraphs are given only where the act
 * has them.
 *
 * @module
 */
import type { Clause } from '../suite.js';
import type { ElementSpec } from './schema-walk.js';

const FILES = {
  document: 'xsd/qcvn-102/2016/edxml-document.xsd',
  status: 'xsd/qcvn-102/2016/edxml-status.xsd',
} as const;

/** The element in the schema, by the act or the writer that it comes from. */
export function elementClause(kind: keyof typeof FILES, spec: ElementSpec): Clause {
  const place = `${FILES[kind]}, element ${spec.path.join('/')}`;
  if (spec.source.includes('QCVN 102')) return { document: 'QCVN 102:2016/BTTTT', place };
  if (spec.source.includes('SDK')) return { document: 'SDK of the national axis', place };
  return contract(place);
}

export function contract(place: string): Clause {
  return { document: 'edxgate contract', place };
}

export function gatewayType(place: string): Clause {
  return contract(`xsd/gateway/1/gateway.xsd, ${place}`);
}

export function field(place: string): Clause {
  return contract(`profile field, ${place}`);
}

export const qcvn = (place: string): Clause => ({ document: 'QCVN 102:2016/BTTTT', place });
export const soap11 = (place: string): Clause => ({ document: 'SOAP 1.1', place });
export const soap12 = (place: string): Clause => ({ document: 'SOAP 1.2', place });
