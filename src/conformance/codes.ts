/**
 * Codes of a fault: of the issues in `GatewayFault`, else of `faultstring`. Which of them are warnings is
 * said by the error table; a code that is not in it counts as an error.
 *
 * @module
 */
import { ERRORS, type ErrorEntry } from '../model/error-table.js';
import type { SoapFault } from '../soap/answer-reader.js';

export function tableEntry(code: string): ErrorEntry | undefined {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as keyof typeof ERRORS] : undefined;
}

const HEADED = /^([a-z0-9.-]+): /;

/** The code that a `faultstring` or first `Reason/Text` begins with. */
export function headCode(text: string): string | undefined {
  return HEADED.exec(text)?.[1];
}

/** Sorted, each once, without warnings. */
export function codesOf(fault: SoapFault): string[] {
  const { gateway } = fault;
  const told = gateway?.issues.map((one) => one.code) ?? [];
  const all = told.length > 0 ? told : [gateway?.code ?? headCode(fault.text) ?? ''];
  const errors = all.filter((code) => code !== '' && tableEntry(code)?.side !== 'warning');
  return [...new Set(errors)].sort();
}
