/**
 * Which case finds which mutant of the schema of requests: asked in process, of the check that the
 * gateway makes of every request before anything is done.
 *
 * @module
 */
import type { Suite } from '../../src/conformance/suite.js';
import { GatewayError } from '../../src/model/issue.js';
import { parseContentType } from '../../src/soap/content-type.js';
import { readEnvelope } from '../../src/soap/envelope.js';
import type { OperationTable } from '../../src/soap/operations.js';
import { validateRequest } from '../../src/soap/request-schema.js';
import { filled } from './ask.js';
import type { Mutant } from './mutant.js';

export interface RequestSubject {
  readonly id: string;
  readonly bytes: Buffer;
  readonly refused: boolean;
  /** Name of the operation, as text in the request. */
  readonly text: string;
}

/** Requests written by hand to the nine operations, but those that carry a package. */
export function requestSubjects(suite: Suite): RequestSubject[] {
  return suite.cases.flatMap((one) => {
    const [step] = one.steps;
    if (!one.id.startsWith('request.') || step?.request.kind !== 'http') return [];
    const bytes = suite.file(step.request.body ?? '');
    if (bytes === undefined || /^request\.send(document|package)\./.test(one.id)) return [];
    const refused = step.expect.codes?.includes('soap.request') === true;
    const whole = filled(bytes);
    return [{ id: one.id, bytes: whole, refused, text: whole.toString('utf8') }];
  });
}

function isRefused({ bytes }: RequestSubject, operations: OperationTable): boolean {
  const request = readEnvelope(bytes, parseContentType('text/xml'));
  try {
    validateRequest(request, operations.operationFor(request.body));
    return false;
  } catch (error) {
    if (error instanceof GatewayError) return true;
    throw error;
  } finally {
    request.dispose();
  }
}

export function requestKillers(
  mutant: Mutant,
  subjects: readonly RequestSubject[],
  operations: OperationTable,
): string[] {
  const name = `<${mutant.path[0]} `;
  mutant.on();
  try {
    return subjects
      .filter((one) => one.text.includes(name) && isRefused(one, operations) !== one.refused)
      .map((one) => one.id);
  } finally {
    mutant.off();
  }
}
