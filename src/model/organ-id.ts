/**
 * Organ id: the address of an agency (`OrganId`).
 *
 * Old ids have 13 characters (`000.00.12.H41`), new ones up to 35 (`H41.02`), and odd ones occur
 * (`28.22.H17`, `vxp.saas.03`). No pattern decides whether an id is valid: the directory does. The
 * check here only keeps out what could never be an id and would be unsafe in a header or a log.
 *
 * @module
 */

declare const brand: unique symbol;
export type OrganId = string & { readonly [brand]: 'OrganId' };

/** QĐ 20/2020/QĐ-TTg: at most 35 characters. */
export const MAX_ORGAN_ID_CHARS = 35;

const ORGAN_ID = /^[0-9A-Za-z](?:[0-9A-Za-z._-]{0,33}[0-9A-Za-z])?$/;

/** @returns the id, or `undefined` when the text cannot be one. Exact: no trimming, no case folding. */
export function parseOrganId(text: string): OrganId | undefined {
  return ORGAN_ID.test(text) ? (text as OrganId) : undefined;
}
