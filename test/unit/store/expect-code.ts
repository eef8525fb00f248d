/**
 * Expecting a GatewayError by its code.
 *
 * @module
 */
import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';

export async function expectCode(work: Promise<unknown>, code: string): Promise<GatewayError> {
  let caught: unknown;
  try {
    await work;
  } catch (error) {
    caught = error;
  }
  if (!(caught instanceof GatewayError)) {
    throw new Error(`expected ${code}, got ${String(caught)}`, { cause: caught });
  }
  expect(caught.code).to.equal(code);
  return caught;
}
