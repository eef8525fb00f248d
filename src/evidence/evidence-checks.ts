/**
 * Checks of what an evidence file says, once its seal was looked at: receipt, package, the sender's
 * signature, delivery certificates, notices. Each gives one answer with its reason.
 *
 * @module
 */
import { judgeAgain } from './evidence-judge.js';
import {
  type Check,
  type EvidenceReader,
  failed,
  objectOf,
  passed,
  type SignedText,
  sha256,
  textOf,
} from './evidence-reader.js';

const RECEIPT = 'receipt.xml';
const PACKAGE = 'package.edxml';
/** Deliveries that a reason names. */
const SHOWN = 20;

export function receiptOf(reader: EvidenceReader): SignedText | undefined {
  return reader.signed(RECEIPT, 'Receipt');
}

/** message.json is what the page and the reader go by: it must say what the signed receipt says. */
const SAME_FACTS: readonly (readonly [field: string, name: string])[] = [
  ['Gateway', 'gateway'],
  ['MessageId', 'messageId'],
  ['Kind', 'kind'],
  ['FromOrganId', 'fromOrganId'],
  ['DocumentId', 'documentId'],
  ['ContentDigest', 'contentDigest'],
  ['SizeBytes', 'sizeBytes'],
  ['ReceivedAt', 'receivedAt'],
  ['SignatureClass', 'signatureClass'],
];

export function checkReceipt(reader: EvidenceReader, receipt: SignedText | undefined): Check {
  const name = 'receipt';
  if (receipt === undefined) return failed(name, 'there is none, or its signature does not hold');
  const facts = objectOf(reader.json('message.json'));
  const other = SAME_FACTS.find(
    ([field, fact]) => receipt.field(field) !== String(facts[fact] ?? ''),
  );
  return other === undefined
    ? passed(name, `stored at ${receipt.field('ReceivedAt')}, signed with key ${receipt.keyId}`)
    : failed(name, `message.json says another ${other[1]}`);
}

export function checkPackage(reader: EvidenceReader, receipt: SignedText): Check {
  const name = 'package';
  const bytes = reader.bytes(PACKAGE);
  const facts = objectOf(reader.json('message.json'));
  if (bytes === undefined) {
    return facts['package'] === undefined
      ? passed(name, 'not in the file, see message.json, missing; its digest is in the receipt')
      : failed(name, 'message.json names it, and it is not there');
  }
  return sha256(bytes) === receipt.field('ContentDigest')
    ? passed(name, 'its SHA-256 is that of the receipt')
    : failed(name, 'its SHA-256 is not that of the receipt');
}

/** Classes of a signature that holds in itself; which of the two it is is a question of trust. */
const HOLDS: ReadonlySet<string> = new Set(['valid', 'untrusted']);

/**
 * The verdict made anew, at the time of the receipt, with the certificates in the file. Whether the
 * signature holds must come out the same; whom to trust is up to the reader, so that is only told.
 */
export function checkSignature(reader: EvidenceReader, receipt: SignedText): Check {
  const name = 'signature';
  const recorded = receipt.field('SignatureClass') ?? '';
  const bytes = reader.bytes(PACKAGE);
  if (bytes === undefined) return passed(name, `recorded: ${recorded}; the package is not there`);
  const at = Date.parse(receipt.field('ReceivedAt') ?? '');
  if (Number.isNaN(at)) return failed(name, 'the receipt names no time');
  const verdict = judgeAgain(bytes, reader.members, {
    from: receipt.field('FromOrganId') ?? '',
    at,
    allowSha1: objectOf(reader.json('signature/verdict.json'))['sha1'] === true,
  });
  if (verdict === undefined) return failed(name, `recorded: ${recorded}; the package is not read`);
  const told = `recorded: ${recorded}; made anew with the certificates in the file: ${verdict.class}`;
  const reasons = verdict.reasons.length === 0 ? '' : ` (${verdict.reasons.join(', ')})`;
  const isSame = verdict.class === recorded || (HOLDS.has(recorded) && HOLDS.has(verdict.class));
  const signer = verdict.signer === undefined ? '' : `, signer ${verdict.signer.subject}`;
  return { name, ok: isSame, reason: `${told}${reasons}${signer}` };
}

// ---- deliveries and notices ----------------------------------------------------------------------

/** @returns what is wrong with it */
function certificateProblem(
  reader: EvidenceReader,
  name: string,
  certificate: SignedText,
  receipt: SignedText,
): string | undefined {
  for (const field of ['Gateway', 'MessageId', 'FromOrganId', 'DocumentId', 'ContentDigest']) {
    if (certificate.field(field) !== receipt.field(field)) return `it is for another ${field}`;
  }
  const digest = certificate.field('AnswerDigest');
  if (digest === undefined) return undefined;
  const folder = name.slice(0, name.lastIndexOf('/'));
  const answer = reader.bytes(`${folder}/answer-${certificate.field('Attempt')}.txt`);
  if (answer === undefined) return 'the answer that it names is not there';
  return sha256(answer) === digest ? undefined : 'it is for another answer';
}

export function checkDeliveries(reader: EvidenceReader, receipt: SignedText): Check {
  const name = 'deliveries';
  const told: string[] = [];
  for (const { name: file } of reader.like(/^deliveries\/\d+\/certificate-\d+\.xml$/)) {
    const certificate = reader.signed(file, 'DeliveryCertificate');
    if (certificate === undefined) return failed(name, `${file}: its signature does not hold`);
    const problem = certificateProblem(reader, file, certificate, receipt);
    if (problem !== undefined) return failed(name, `${file}: ${problem}`);
    told.push(`${certificate.field('ToOrganId')} at ${certificate.field('DeliveredAt')}`);
  }
  const more = told.length > SHOWN ? ` and ${told.length - SHOWN} more` : '';
  return passed(
    name,
    told.length === 0
      ? 'no delivery certificate'
      : `taken by ${told.slice(0, SHOWN).join(', ')}${more}`,
  );
}

export function checkStatuses(reader: EvidenceReader): Check {
  const name = 'statuses';
  const receipts = reader.like(/^statuses\/[^/]+\.receipt\.xml$/).map((one) => one.name);
  for (const file of receipts) {
    const receipt = reader.signed(file, 'Receipt');
    if (receipt === undefined) return failed(name, `${file}: its signature does not hold`);
    const bytes = reader.bytes(file.replace(/\.receipt\.xml$/, '.edxml'));
    if (bytes !== undefined && sha256(bytes) !== receipt.field('ContentDigest')) {
      return failed(name, `${file} is not that of its package`);
    }
  }
  const facts = objectOf(reader.json('message.json'));
  return textOf(facts['messageId']) === ''
    ? failed(name, 'message.json is not read')
    : passed(name, `${receipts.length} notices with their receipts`);
}
