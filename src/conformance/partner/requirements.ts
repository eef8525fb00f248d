/**
 * The requirements of the partner suite: what an agency's own system must have shown in the sandbox lane,
 * each with the rule that finds the messages that show it. Whether traces were asked is not among them:
 * the store keeps no trace of a question.
 *
 * A requirement that is added or asks for more makes a new PARTNER_SUITE_VERSION.
 *
 * @module
 */
import type { BusinessType } from '../../model/business-type.js';
import type { MessageId } from '../../model/message-id.js';
import type { StatusCode } from '../../model/status-code.js';
import type { Clause, Words } from '../suite.js';
import type { PartnerFacts, ReceivedFact, SentFact } from './facts.js';

/** A document as large as scanned annexes make it; 5 MB. */
export const LARGE_BYTES = 5_000_000;

export interface Requirement {
  /** `[a-z0-9.-]+`, unique in the suite; never given to another requirement. */
  readonly id: string;
  readonly title: Words;
  readonly clause: Clause;
  /** The messages that show it, oldest first; empty = not met. */
  shownBy(facts: PartnerFacts): readonly MessageId[];
}

const semantics = (place: string): Clause => ({
  document: 'edxgate contract',
  place: `docs/semantics.md, ${place}`,
});
const qcvn = (place: string): Clause => ({ document: 'QCVN 102:2016/BTTTT', place });

function firstSent({ sent }: PartnerFacts, fits: (one: SentFact) => boolean): MessageId[] {
  const found = sent.find(fits);
  return found === undefined ? [] : [found.messageId];
}

function firstReceived(
  { received }: PartnerFacts,
  fits: (one: ReceivedFact) => boolean,
): MessageId[] {
  const found = received.find(fits);
  return found === undefined ? [] : [found.messageId];
}

function isDocument({ kind }: SentFact): boolean {
  return kind === 'document';
}

/** Where the policy does not ask for one, an absent or empty signature is correct too. */
function isCorrect(one: SentFact, { signatureRequired }: PartnerFacts): boolean {
  if (!isDocument(one) || one.businessType !== 'new') return false;
  return signatureRequired
    ? one.signatureClass === 'valid'
    : one.signatureClass !== 'invalid' && one.signatureClass !== 'untrusted';
}

function answered(facts: PartnerFacts, code: StatusCode): MessageId[] {
  return firstSent(facts, (one) => one.statusCode === code && one.matched);
}

function followed(facts: PartnerFacts, type: BusinessType): MessageId[] {
  return firstSent(facts, (one) => one.businessType === type && one.matched);
}

/** The first good document after the first refusal. */
function afterRefusal(facts: PartnerFacts): MessageId[] {
  const [refused] = facts.refused;
  if (refused === undefined) return [];
  return firstSent(facts, (one) => isDocument(one) && one.receivedAt > refused.time);
}

/** Taken by push, or fetched and confirmed. */
function isTaken({ state, how, confirmed }: ReceivedFact): boolean {
  if (state !== 'delivered') return false;
  return how === 'push' || (how === 'collect' && confirmed === 'done');
}

export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'send.document',
    title: {
      en: 'Send a correct new document, signed where the signature policy requires it',
      vi: 'Gửi một văn bản mới đúng quy định, có chữ ký số khi chính sách chữ ký yêu cầu',
    },
    clause: qcvn('package of a document; docs/signatures.md, policies'),
    shownBy: (facts) => firstSent(facts, (one) => isCorrect(one, facts)),
  },
  {
    id: 'send.duplicate',
    title: {
      en: 'Send the same bytes again and get the first answer, Duplicate true',
      vi: 'Gửi lại đúng các byte đã gửi và nhận lại trả lời lần đầu, Duplicate là true',
    },
    clause: semantics('Duplicates'),
    shownBy: (facts) => firstSent(facts, (one) => isDocument(one) && one.repeated),
  },
  {
    id: 'send.large',
    title: {
      en: 'Send a document whose package has 5 MB or more',
      vi: 'Gửi một văn bản có gói tin từ 5 MB trở lên',
    },
    clause: { document: 'edxgate contract', place: 'docs/clients.md, limits.request' },
    shownBy: (facts) => firstSent(facts, (one) => isDocument(one) && one.sizeBytes >= LARGE_BYTES),
  },
  {
    id: 'send.recipients',
    title: {
      en: 'Send one document to two or more recipients',
      vi: 'Gửi một văn bản tới từ hai bên nhận trở lên',
    },
    clause: qcvn('MessageHeader/To'),
    shownBy: (facts) => firstSent(facts, (one) => isDocument(one) && one.recipients >= 2),
  },
  {
    id: 'send.after-refusal',
    title: {
      en: 'Have a package refused, and later send a good document',
      vi: 'Có một gói tin bị từ chối, sau đó gửi được một văn bản đúng',
    },
    clause: semantics('Accepted'),
    shownBy: afterRefusal,
  },
  {
    id: 'receive.document',
    title: {
      en: 'Collect a document and confirm it with done, or take it by push',
      vi: 'Lấy một văn bản về và xác nhận done, hoặc nhận qua hình thức đẩy',
    },
    clause: semantics('Collection; Push'),
    shownBy: (facts) => firstReceived(facts, isTaken),
  },
  {
    id: 'answer.arrived',
    title: {
      en: 'Answer a received document with status 01, arrived',
      vi: 'Trả trạng thái 01 (đã đến) cho một văn bản đã nhận',
    },
    clause: semantics('Status codes, 01'),
    shownBy: (facts) => answered(facts, '01'),
  },
  {
    id: 'answer.accepted',
    title: {
      en: 'Answer a received document with status 03, accepted',
      vi: 'Trả trạng thái 03 (đã tiếp nhận) cho một văn bản đã nhận',
    },
    clause: semantics('Status codes, 03'),
    shownBy: (facts) => answered(facts, '03'),
  },
  {
    id: 'answer.refused',
    title: {
      en: 'Refuse a received document: status 02, or ConfirmReceived with fail',
      vi: 'Từ chối một văn bản đã nhận: trạng thái 02, hoặc ConfirmReceived với fail',
    },
    clause: semantics('Status codes, 02; Collection'),
    shownBy: (facts) => {
      const answers = answered(facts, '02');
      return answers.length > 0
        ? answers
        : firstReceived(facts, ({ confirmed }) => confirmed === 'fail');
    },
  },
  {
    id: 'follow-up.revoke',
    title: {
      en: 'Revoke a document sent before (BussinessDocType 1)',
      vi: 'Thu hồi một văn bản đã gửi (BussinessDocType 1)',
    },
    clause: semantics('Follow-ups'),
    shownBy: (facts) => followed(facts, 'revoke'),
  },
  {
    id: 'follow-up.update',
    title: {
      en: 'Update a document sent before (BussinessDocType 2)',
      vi: 'Cập nhật một văn bản đã gửi (BussinessDocType 2)',
    },
    clause: semantics('Follow-ups'),
    shownBy: (facts) => followed(facts, 'update'),
  },
];
