/**
 * Faults in sending: repeats, receipts, recipients, and documents that never arrive.
 *
 * @module
 */

import { newMessageId } from '../model/message-id.js';
import { changes, contract, type Fault, words } from './simulate-gateway-fault.js';
import { editSend, hide, isSendResult, otherDigest } from './simulate-gateway-trade.js';
import {
  askedOf,
  callerOf,
  drop,
  editAnswer,
  editRequest,
  elementsOf,
  envelopeOf,
  type FrontAnswer,
  type FrontRequest,
  mapElements,
  mapText,
  textOf,
} from './simulate-gateway-wire.js';

const DUPLICATES = 'docs/semantics.md, Duplicates';
const ACCEPTED = 'docs/semantics.md, Accepted';

function isRepeat(xml: string): boolean {
  return textOf(xml, 'Duplicate') === 'true';
}

const conflictTaken: Fault = {
  name: 'conflict-taken',
  does: words(
    'takes other bytes under the same key as a repeat',
    'coi nội dung khác dưới cùng khóa là gửi lại',
  ),
  breaks: contract(`${DUPLICATES}: duplicate.conflict`),
  start: () => {
    const results = new Map<string, FrontAnswer>();
    return async (request, next) => {
      const answer = await next(request);
      const documentId = documentIdOf(request);
      if (documentId === undefined) return answer;
      if (isSendResult(answer)) results.set(documentId, answer);
      const first = results.get(documentId);
      const conflict = answer.body.includes('<Code>duplicate.conflict</Code>');
      return conflict && first !== undefined
        ? editAnswer(first, (xml) => mapText(xml, 'Duplicate', () => 'true'))
        : answer;
    };
  },
};

/** Of the package in a request, however it is carried. */
function documentIdOf(request: FrontRequest): string | undefined {
  const bytes = askedOf(request)?.package ?? request.body;
  return /<(?:\w+:)?DocumentId>\s*([^<]*?)\s*</.exec(bytes.toString('utf8'))?.[1];
}

const receiptOther: Fault = {
  name: 'receipt-of-another',
  does: words('hands out the receipt of an earlier message', 'trả biên nhận của thông điệp trước'),
  breaks: contract(`${ACCEPTED}: the receipt is about this message`),
  start: () => {
    let first: string | undefined;
    return async (request, next) =>
      editSend(await next(request), (xml) => {
        first ??= textOf(xml, 'Receipt');
        return mapText(xml, 'Receipt', (text) => first ?? text);
      });
  },
};

const repeatNewId: Fault = {
  name: 'repeat-new-id',
  does: words('gives a repeat a new MessageId', 'cấp MessageId mới cho lần gửi lại'),
  breaks: contract(`${DUPLICATES}: the first answer`),
  start:
    ({ now }) =>
    async (request, next) =>
      editSend(await next(request), (xml) =>
        isRepeat(xml) ? mapText(xml, 'MessageId', () => newMessageId(now())) : xml,
      ),
};

const ofSending: readonly Fault[] = [
  changes(
    'repeat-unmarked',
    words('says Duplicate false to a repeat', 'trả Duplicate false cho lần gửi lại'),
    contract(`${DUPLICATES}: Duplicate true`),
    (answer) => editSend(answer, (xml) => mapText(xml, 'Duplicate', () => 'false')),
  ),
  repeatNewId,
  changes(
    'repeat-new-time',
    words('gives a repeat another ReceivedAt', 'ghi ReceivedAt khác cho lần gửi lại'),
    contract(`${DUPLICATES}: the first answer`),
    (answer) =>
      editSend(answer, (xml) =>
        isRepeat(xml) ? mapText(xml, 'ReceivedAt', () => '2099-01-01T00:00:00.000Z') : xml,
      ),
  ),
  conflictTaken,
  changes(
    'receipt-missing',
    words('leaves the receipt out', 'không trả biên nhận'),
    contract('xsd/gateway: SendResult/Receipt'),
    (answer) => editSend(answer, (xml) => drop(xml, 'Receipt')),
  ),
  receiptOther,
  changes(
    'digest-of-nothing',
    words('gives the digest of something else in SendResult', 'SendResult mang mã băm sai'),
    contract('SendResult/ContentDigest: SHA-256 of the exact bytes'),
    (answer) => editSend(answer, (xml) => mapText(xml, 'ContentDigest', otherDigest)),
  ),
  changes(
    'warnings-dropped',
    words('keeps its warnings to itself', 'không trả các cảnh báo'),
    contract('SendResult/Warning'),
    (answer) => editSend(answer, (xml) => drop(xml, 'Warning')),
  ),
  changes(
    'deliveries-first-only',
    words('names only the first recipient in SendResult', 'SendResult chỉ nêu bên nhận đầu tiên'),
    contract('SendResult/Delivery: one for each recipient'),
    (answer) =>
      editSend(answer, (xml) => {
        let seen = 0;
        return mapElements(xml, 'Delivery', (whole) => (seen++ === 0 ? whole : ''));
      }),
  ),
];

const secondLost: Fault = {
  name: 'second-recipient-lost',
  does: words(
    'delivers to the first of several recipients only',
    'chỉ chuyển tới bên nhận đầu tiên',
  ),
  breaks: contract(`${ACCEPTED}: a delivery for each recipient`),
  start: () => {
    const firstOf = new Map<string, string>();
    return async (request, next) => {
      const answer = await next(request);
      if (isSendResult(answer)) {
        const xml = envelopeOf(answer);
        const [first] = elementsOf(xml, 'Delivery');
        firstOf.set(textOf(xml, 'MessageId') ?? '', textOf(first ?? '', 'OrganId') ?? '');
      }
      const caller = callerOf(request);
      return hide(answer, (id) => (firstOf.get(id) ?? caller) !== caller);
    };
  },
};

const recallByStranger: Fault = {
  name: 'recall-by-stranger',
  does: words(
    "lets anybody's revoke take a document back",
    'để thu hồi của bất kỳ cơ quan nào lấy lại văn bản',
  ),
  breaks: contract("docs/semantics.md, Follow-ups: on documents of one's own From only"),
  start: () => {
    const sent = new Map<string, string>();
    const recalled = new Set<string>();
    const notice = (xml: string): void => {
      for (const warning of elementsOf(xml, 'Warning')) {
        const messageId = sent.get(unmatchedIn(warning) ?? '');
        if (messageId !== undefined) recalled.add(messageId);
      }
      const documentId = textOf(xml, 'DocumentId') ?? '';
      if (!sent.has(documentId)) sent.set(documentId, textOf(xml, 'MessageId') ?? '');
    };
    return async (request, next) => {
      const asked = askedOf(request);
      const id = asked?.fields.get('MessageId') ?? '';
      const gone = asked?.operation === 'GetPackage' && recalled.has(id);
      const answer = await next(
        gone ? editRequest(request, (xml) => xml.replace(id, NO_MESSAGE)) : request,
      );
      if (isSendResult(answer)) notice(envelopeOf(answer));
      return hide(answer, (one) => recalled.has(one));
    };
  },
};

const NO_MESSAGE = '0'.repeat(26);

/** The document that a follow-up is about and that its sender did not send. */
function unmatchedIn(warning: string): string | undefined {
  if (textOf(warning, 'Code') !== 'document.unmatched') return undefined;
  return /^The document (.*) that this package acts on/.exec(textOf(warning, 'Text') ?? '')?.[1];
}

export const SENDING_FAULTS: readonly Fault[] = [...ofSending, secondLost, recallByStranger];
