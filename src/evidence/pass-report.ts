/**
 * Pass reports: our signed "this agency has shown all that the partner suite asks for". Schema:
 * xsd/receipt/1/partner-pass.xsd. Written and signed like receipts (receipt.ts).
 *
 * A report is read back only in the exact form in which it is written here: what was read is written
 * again and must come out as the same text.
 *
 * @module
 */
import { parseMessageId } from '../model/message-id.js';
import type { OrganId } from '../model/organ-id.js';
import { parseOrganId } from '../model/organ-id.js';
import {
  PARTNER_SUITE,
  type PassFacts,
  type Shown,
  type VerifiedPass,
} from '../model/partner-pass.js';
import { verifyReceiptSignature } from '../xml/receipt-signature.js';
import { receiptSignature } from '../xml/sign.js';
import type { PublicKeys } from './kept-keys.js';
import type { ReceiptKey } from './receipt-keys.js';
import { element, RECEIPT_NAMESPACE } from './signed-text.js';

/** A report has a dozen requirements with a few message ids each. */
const MAX_REPORT_CHARS = 256 * 1024;

/** The report without its signature, in exclusive canonical form. */
export function passReportText(facts: PassFacts, gateway: string): string {
  return (
    `<PartnerPass xmlns="${RECEIPT_NAMESPACE}" Id="partner-pass-${Date.parse(facts.issuedAt)}">` +
    element('ReportVersion', 1) +
    element('Gateway', gateway) +
    element('OrganId', facts.organId) +
    element('Lane', 'sandbox') +
    element('Suite', PARTNER_SUITE) +
    element('SuiteVersion', facts.suiteVersion) +
    element('Since', facts.since) +
    element('IssuedAt', facts.issuedAt) +
    facts.shown.map(requirementText).join('') +
    '</PartnerPass>'
  );
}

function requirementText({ requirementId, messageIds }: Shown): string {
  const ids = messageIds.map((one) => element('MessageId', one)).join('');
  return `<Requirement>${element('RequirementId', requirementId)}${ids}</Requirement>`;
}

export function makePassReport(facts: PassFacts, gateway: OrganId, key: ReceiptKey): string {
  return receiptSignature(passReportText(facts, gateway), key);
}

export type PassReading =
  | { readonly ok: true; readonly pass: VerifiedPass; readonly keyId: string }
  /** Why it does not count, for people. */
  | { readonly ok: false; readonly reason: string };

/** @param keys public keys that are trusted to sign reports */
export function readPassReport(xml: string, keys: PublicKeys): PassReading {
  if (xml.length > MAX_REPORT_CHARS) return { ok: false, reason: 'it is too long' };
  // An editor or a mail may have added an end of line; the report itself has none.
  const report = xml.trimEnd();
  const signature = verifyReceiptSignature(report, (id) => keys.get(id));
  if (signature.kind === 'broken') return { ok: false, reason: 'its signature does not hold' };
  if (signature.kind === 'unknown-key') {
    return { ok: false, reason: `it is signed with another key, ${signature.keyId}` };
  }
  const read = factsOf(signature.text);
  if (read === undefined || passReportText(read.facts, read.gateway) !== signature.text) {
    return { ok: false, reason: 'it is not a pass report' };
  }
  const { facts, gateway } = read;
  return { ok: true, keyId: signature.keyId, pass: { ...facts, gateway, report } };
}

/** Ids and times have no characters that are written otherwise than they are. */
function valuesOf(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}>([^<>]*)</${name}>`, 'g'))].map(
    ([, value = '']) => value,
  );
}

function factsOf(text: string): { facts: PassFacts; gateway: string } | undefined {
  const [head = '', ...requirements] = text.split('<Requirement>');
  const value = (name: string): string => valuesOf(head, name)[0] ?? '';
  const organId = parseOrganId(value('OrganId'));
  const shown = requirements.map((one) => ({
    requirementId: valuesOf(one, 'RequirementId')[0] ?? '',
    messageIds: valuesOf(one, 'MessageId').flatMap((id) => parseMessageId(id) ?? []),
  }));
  if (organId === undefined || Number.isNaN(Date.parse(value('IssuedAt')))) return undefined;
  const facts = {
    organId,
    suiteVersion: Number(value('SuiteVersion')),
    since: value('Since'),
    issuedAt: value('IssuedAt'),
    shown,
  };
  return { facts, gateway: value('Gateway') };
}
