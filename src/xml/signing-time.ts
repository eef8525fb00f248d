/**
 * The time at which the signer claims to have signed: `SigningTime` in the Object of the signature, as
 * an official sample has it. Nobody has signed it, so it proves nothing and lends no trust; but a
 * certificate that was not in force at the very time its owner names cannot have made the signature.
 *
 * @module
 */
import type { Certificate } from './certificates.js';
import { DS } from './signature-algorithms.js';
import type { XmlElement } from './tree.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/;

/** Without a zone it is that of Vietnam. @returns milliseconds since 1970 */
export function timeIn(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const ms = Date.parse(match[1] === undefined ? `${text}+07:00` : text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The first one in document order that can be read; undefined when there is none. */
export function claimedSigningTime(signature: XmlElement): number | undefined {
  const open = signature.children
    .filter((one) => one.name === 'Object' && one.namespace === DS)
    .reverse();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const time = at.name === 'SigningTime' ? timeIn(at.text.trim()) : undefined;
    if (time !== undefined) return time;
    open.push(...[...at.children].reverse());
  }
  return undefined;
}

/** @returns the reason `certificate.signing-time`, or undefined when nothing speaks against it */
export function signingTimeProblem(
  signer: Certificate,
  claimed: number | undefined,
): string | undefined {
  if (claimed === undefined) return undefined;
  const inForce = signer.notBefore <= claimed && claimed <= signer.notAfter;
  return inForce ? undefined : 'certificate.signing-time';
}
