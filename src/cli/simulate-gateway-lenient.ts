/**
 * Faults of checking: a gateway that is blind to one kind of issue. Where nothing else is wrong it
 * answers like one that has accepted the package, or lets the request through without its defect.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { utc } from '../clock.js';
import type { Clause, Words } from '../conformance/suite.js';
import { newMessageId } from '../model/message-id.js';
import { answerContentType, writeEnvelope } from '../soap/envelope-writer.js';
import { type SendOperation, sendResult } from '../soap/results.js';
import {
  clause,
  contract,
  type Fault,
  type FrontSetting,
  words,
} from './simulate-gateway-fault.js';
import {
  askedOf,
  editAnswer,
  editFault,
  editRequest,
  elementsOf,
  envelopeOf,
  type FrontAnswer,
  type FrontRequest,
  isFault,
  mapElements,
  textOf,
} from './simulate-gateway-wire.js';

/** An issue as it stands in an answer. */
interface Told {
  readonly code: string;
  readonly path: string;
  readonly text: string;
}

type Blind = (one: Told) => boolean;

function toldIn(xml: string): Told {
  return {
    code: textOf(xml, 'Code') ?? '',
    path: textOf(xml, 'Path') ?? '',
    text: textOf(xml, 'Text') ?? '',
  };
}

const SENDS: ReadonlySet<string> = new Set(['SendDocument', 'SendPackage', 'SendStatus']);

function operationOf(request: FrontRequest): string {
  const asked = askedOf(request)?.operation;
  // What cannot be read, a DOCTYPE for one, is looked up by its text.
  return (
    asked ??
    /<(?:\w+:)?(Send(?:Document|Package|Status))\b/.exec(request.body.toString())?.[1] ??
    ''
  );
}

/** What a gateway that found nothing wrong would say. It holds nothing: nobody gets this package. */
function accepted(request: FrontRequest, { now }: FrontSetting): FrontAnswer {
  const asked = askedOf(request);
  const bytes = asked?.package ?? request.body;
  const documentId = /<(?:\w+:)?DocumentId>\s*([^<]*?)\s*</.exec(bytes.toString('utf8'))?.[1];
  const version = asked?.version ?? '1.1';
  const body = sendResult(operationOf(request) as SendOperation, {
    messageId: newMessageId(now()),
    documentId: documentId ?? '',
    receivedAt: utc(now()),
    duplicate: false,
    contentDigest: createHash('sha256').update(bytes).digest('hex'),
    signatureClass: 'absent',
    deliveries: [],
    warnings: [],
    receipt: Buffer.from('<Receipt/>'),
  });
  const headers = new Map([['content-type', answerContentType(version)]]);
  return { status: 200, headers, body: writeEnvelope(version, body) };
}

/** @param blind which issues it does not see, warnings included. */
function blindTo(name: string, does: Words, breaks: Clause, blind: Blind): Fault {
  return {
    name,
    does,
    breaks,
    start: (setting) => async (request, next) => {
      const answer = await next(request);
      const unseen = (whole: string) => (blind(toldIn(whole)) ? '' : whole);
      if (!isFault(answer)) return editAnswer(answer, (xml) => mapElements(xml, 'Warning', unseen));
      const issues = elementsOf(envelopeOf(answer), 'Issue');
      const errors = issues.filter((one) => !isWarning(toldIn(one)));
      const nothingLeft = errors.length > 0 && errors.every((one) => blind(toldIn(one)));
      if (nothingLeft && SENDS.has(operationOf(request))) return accepted(request, setting);
      return editFault(answer, (xml) => mapElements(xml, 'Issue', unseen));
    },
  };
}

const WARNINGS = /^(?:dialect\..*|signature\.(?:not-signed|recorded|sha1)|.*\.unmatched)$/;

function isWarning({ code }: Told): boolean {
  return WARNINGS.test(code) && !code.startsWith('manifest.');
}

function byCode(...codes: readonly string[]): Blind {
  return ({ code }) => codes.includes(code);
}

/** Repairs the request and asks again: what stays is an answer to a request without the defect. */
function mends(
  name: string,
  does: Words,
  breaks: Clause,
  code: string,
  repair: (xml: string) => string,
): Fault {
  return {
    name,
    does,
    breaks,
    start: (setting) => async (request, next) => {
      const answer = await next(request);
      if (!answer.body.includes(`<Code>${code}</Code>`)) return answer;
      const again = await next(editRequest(request, repair));
      if (!again.body.includes(`<Code>${code}</Code>`)) return again;
      // In the package, which is not ours to repair.
      return SENDS.has(operationOf(request)) ? accepted(request, setting) : answer;
    },
  };
}

const QCVN = 'QCVN 102:2016/BTTTT';
const CODED = /\/(?:BussinessDocType|Priority|StatusCode|SphereOfPromulgation|Type)$/;

export const LENIENT_FAULTS: readonly Fault[] = [
  blindTo(
    'length-unchecked',
    words('checks no length of texts', 'không kiểm tra độ dài'),
    clause(QCVN, 'xsd/qcvn-102: lengths of the fields'),
    ({ code, text }) =>
      code === 'dialect.length' || (code === 'schema.value' && /characters/.test(text)),
  ),
  blindTo(
    'missing-unchecked',
    words('takes packages without required elements', 'nhận gói tin thiếu phần tử bắt buộc'),
    clause(QCVN, 'xsd/qcvn-102: required elements'),
    byCode('schema.missing', 'dialect.missing'),
  ),
  blindTo(
    'unknown-element-taken',
    words('takes elements that the schema does not know', 'nhận phần tử không có trong lược đồ'),
    clause(QCVN, 'xsd/qcvn-102: no other elements'),
    byCode('schema.unexpected', 'dialect.unknown'),
  ),
  blindTo(
    'code-list-unchecked',
    words('takes values that no code list has', 'nhận giá trị ngoài danh mục mã'),
    clause(QCVN, 'xsd/qcvn-102: code lists'),
    ({ code, path }) =>
      code === 'status.code' ||
      ((code === 'schema.value' || code === 'dialect.value') && CODED.test(path)),
  ),
  blindTo(
    'date-unchecked',
    words('takes dates that do not exist', 'nhận ngày không có thật'),
    clause(QCVN, 'dates as yyyy/MM/dd'),
    byCode('document.date'),
  ),
  mends(
    'doctype-taken',
    words('takes a DOCTYPE', 'nhận DOCTYPE'),
    clause('SOAP 1.1', '3: no document type declaration'),
    'xml.doctype',
    (xml) => xml.replace(/<!DOCTYPE[^[>]*(?:\[[\s\S]*?\]\s*)?>/, ''),
  ),
  mends(
    'instruction-taken',
    words('takes processing instructions', 'nhận chỉ thị xử lý'),
    clause('SOAP 1.1', '3: no processing instructions'),
    'xml.processing-instruction',
    (xml) => xml.replace(/<\?(?!xml\s)[\s\S]*?\?>/g, ''),
  ),
  mends(
    'must-understand-ignored',
    words('ignores mustUnderstand', 'bỏ qua mustUnderstand'),
    clause('SOAP 1.1', '4.2.3'),
    'soap.must-understand',
    (xml) => xml.replace(/(mustUnderstand\s*=\s*["'])(?:1|true)(["'])/g, '$10$2'),
  ),
  blindTo(
    'manifest-unchecked',
    words(
      'does not compare manifest and attachments',
      'không đối chiếu edXMLManifest với đính kèm',
    ),
    clause(QCVN, 'edXMLManifest names every attachment'),
    byCode('manifest.missing', 'manifest.unmatched', 'manifest.repeated'),
  ),
  blindTo(
    'base64-unchecked',
    words('takes attachments that are not base64', 'nhận đính kèm không phải base64'),
    clause(QCVN, 'ContentTransferEncoded is base64'),
    byCode('attachment.base64', 'attachment.empty'),
  ),
  blindTo(
    'secrecy-unchecked',
    words('takes documents with a secrecy mark', 'nhận văn bản có dấu độ mật'),
    contract('document.secrecy: state secrets must not pass'),
    byCode('document.secrecy'),
  ),
  blindTo(
    'business-part-unchecked',
    words('takes follow-ups without their part', 'nhận thu hồi, cập nhật, thay thế thiếu nội dung'),
    clause(QCVN, 'Bussiness: what each type needs'),
    byCode('document.business-part'),
  ),
  blindTo(
    'from-unchecked',
    words('does not compare From with the caller', 'không đối chiếu From với bên gọi'),
    contract('docs/semantics.md, Who may see what: the agency in From'),
    byCode('auth.from', 'sender.unknown'),
  ),
  blindTo(
    'recipient-unchecked',
    words('takes unknown recipients', 'nhận bên nhận không có trong danh mục'),
    contract('docs/semantics.md, Accepted: all recipients in the directory'),
    byCode('recipient.unknown', 'recipient.inactive'),
  ),
  blindTo(
    'signature-unchecked',
    words('does not check signatures', 'không kiểm tra chữ ký'),
    contract('docs/signatures.md: an invalid signature is refused'),
    byCode('signature.invalid', 'signature.untrusted', 'signature.coverage'),
  ),
  blindTo(
    'unmatched-unmarked',
    words(
      'does not mark follow-ups of unknown documents',
      'không đánh dấu gói tin về văn bản không có',
    ),
    contract('docs/semantics.md, Follow-ups: document.unmatched, status.unmatched'),
    byCode('document.unmatched', 'status.unmatched'),
  ),
];
