/**
 * What an agency's signature policy makes of a verdict. Design 2.3, Signatures.
 *
 * @module
 */
import type { Agency } from '../model/agency.js';
import type { ReadPackage } from '../model/edxml.js';
import { type Issue, issue } from '../model/issue.js';
import type { SignaturePolicy, SignatureVerdict, SignedPart } from '../model/signature.js';
import { covers } from '../model/signature-coverage.js';

/** Explicit setting first; once a certificate is registered `require`; else the gateway's default. */
export function effectivePolicy(
  agency: Agency,
  hasCertificate: boolean,
  fallback: SignaturePolicy,
): SignaturePolicy {
  return agency.signaturePolicy ?? (hasCertificate ? 'require' : fallback);
}

/** Parts that `verify` and `require` want covered by a valid signature. */
function uncovered(verdict: SignatureVerdict, read: ReadPackage): SignedPart[] {
  const wanted: SignedPart[] = ['MessageHeader'];
  if (read.kind === 'document' && read.attachments.length > 0) wanted.push('AttachmentEncoded');
  return wanted.filter((part) => !covers(verdict, part));
}

function reasonOf(verdict: SignatureVerdict): string {
  return verdict.reasons.join(', ') || verdict.class;
}

/**
 * @param read absent when the package could not be read; then only what needs no reading is judged.
 * @returns errors when the policy refuses, warnings for what is taken and marked.
 */
export function applyPolicy(
  policy: SignaturePolicy,
  verdict: SignatureVerdict,
  read: ReadPackage | undefined,
  from: string,
): Issue[] {
  const { class: found } = verdict;
  const issues: Issue[] = [];
  if (verdict.sha1 === true) issues.push(issue('signature.sha1'));

  if (policy === 'record') {
    if (found === 'invalid' || found === 'untrusted') {
      issues.push(issue('signature.recorded', { class: found, reason: reasonOf(verdict) }));
    }
  } else if (found === 'invalid') {
    issues.push(issue('signature.invalid', { reason: reasonOf(verdict) }));
  } else if (found === 'untrusted') {
    issues.push(issue('signature.untrusted', { from, reason: reasonOf(verdict) }));
  } else if (found === 'valid') {
    for (const part of read === undefined ? [] : uncovered(verdict, read)) {
      issues.push(issue('signature.coverage', { element: part }));
    }
  } else if (policy === 'require') {
    issues.push(issue('signature.required', { class: found }));
  }
  if (found !== 'valid' && found !== 'invalid' && found !== 'untrusted' && policy !== 'require') {
    issues.push(issue('signature.not-signed', { class: found }));
  }

  // A hop could turn a signed new document into a recall by changing a block that nobody signed.
  const recalls = read?.kind === 'document' && read.business.type !== 'new';
  const demanded = policy === 'require' || (policy === 'verify' && verdict.present);
  if (recalls && demanded && !covers(verdict, 'Bussiness')) {
    const named = issues.some((one) => one.severity === 'error');
    if (!named) issues.push(issue('signature.coverage', { element: 'Bussiness' }));
  }
  return issues;
}
