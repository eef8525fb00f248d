/**
 * Signed packages by the thousand: one package is written and signed the ordinary way, with tokens in
 * the places that differ; every further one fills them in, with its own digest and its own signature.
 * The result is byte for byte what src/xml/sign.ts makes of the same document (a test holds them equal).
 *
 * Exact, because tokens and what replaces them are plain ASCII text: canonical form writes such text as
 * it stands, so the canonical form with a token replaced is the canonical form of the text with it
 * replaced. Enveloped signature, exclusive form, RSA with SHA-256, one reference over the document.
 *
 * @module
 */
import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { writeDocumentPackage } from '../src/edxml/write-document.js';
import type { EdxmlDocument, Organization } from '../src/model/edxml.js';
import { parseXml } from '../src/xml/parse.js';
import { scanXml } from '../src/xml/scan.js';
import { signPackage } from '../src/xml/sign.js';
import { childOf } from '../src/xml/tree.js';
import type { BenchAgency } from './agencies.js';

const signAsync = promisify(sign);

/** Eight characters, as many as a serial number has. */
const SERIAL = 'SERIALNO';
const DIGEST = '@digest@';
const VALUE = '@value@';
/** Stands for the attachment; its base64 is what is looked for. */
const CONTENT = Buffer.from('%PDF-1.7 stands for the attachment');
const CONTENT_TEXT = CONTENT.toString('base64');

export interface TemplateOptions {
  readonly from: BenchAgency;
  readonly to: Organization;
  /** ASCII; keeps the document ids of two runs apart. */
  readonly runId: string;
  /** `yyyy/MM/dd HH:mm:ss`, Vietnam time. */
  readonly time: string;
}

/** What makes one package differ from the others of its template. */
export interface SignedSerial {
  readonly serial: string;
  /** Base64. */
  readonly digest: string;
  /** Base64. */
  readonly value: string;
}

export interface Template {
  readonly organId: string;
  documentId(serial: number): string;
  /** @param attachment base64 text of the attachment */
  sign(serial: number, attachment: string | Buffer): Promise<SignedSerial>;
  /** The package's text before the attachment. */
  head(signed: SignedSerial): string;
  /** Bytes of every head: a multiple of 3, so that what follows has one base64 form for all packages. */
  readonly headBytes: number;
  /** The package's text after the attachment; the same for all templates. */
  readonly tail: string;
}

/** The document that package number `serial` holds; `padding` lengthens its subject. */
export function benchDocument(
  options: TemplateOptions,
  serial: string,
  padding: string,
): EdxmlDocument {
  const { from, to, runId, time } = options;
  return {
    kind: 'document',
    from: organization(from.organId, from.organName),
    to: [to],
    documentId: `${from.organId},${time.slice(0, 10)},${runId}-${serial}/CQM-VP`,
    codeNumber: serial,
    codeNotation: 'CQM-VP',
    place: 'Mẫu',
    promulgationDate: time.slice(0, 10),
    typeCode: '2',
    typeName: 'Công văn',
    subject: `Về việc đo tốc độ tiếp nhận văn bản, lần ${serial}${padding}`,
    content: 'Văn bản mẫu để đo, không có giá trị',
    signer: { competence: 'TM. Cơ quan Mẫu', position: 'Giám đốc', fullName: 'Trần Thị Mẫu' },
    priority: 0,
    responseFor: [],
    toPlaces: ['Như trên', 'Lưu: VT'],
    hops: [{ organId: from.organId, timestamp: time }],
    business: { type: 'new', paper: false, replacements: [] },
    attachments: [
      { contentId: 'f1', name: 'cong-van.pdf', contentType: 'application/pdf', sizeBytes: 0 },
    ],
  };
}

export function organization(organId: string, organName: string): Organization {
  return {
    organId,
    organName,
    organizationInCharge: 'Ủy ban nhân dân tỉnh Mẫu',
    organAdd: 'Số 1 đường Thử Nghiệm, phường Mẫu, tỉnh Mẫu',
    email: `vanthu@${organId.toLowerCase()}.example`,
  };
}

export function serialText(serial: number): string {
  return String(serial).padStart(SERIAL.length, '0');
}

export function makeTemplate(options: TemplateOptions): Template {
  const key = createPrivateKey(options.from.keyPem);
  const text = alignedText(options);
  const [head, tail] = halves(text.whole);
  const [canonicalHead, canonicalTail] = halves(text.canonical);
  const documentId = benchDocument(options, SERIAL, '').documentId;
  if (tail.includes(SERIAL)) throw new Error('the serial number stands behind the attachment');
  const fill = (signed: SignedSerial): string =>
    head
      .replaceAll(SERIAL, signed.serial)
      .replace(DIGEST, signed.digest)
      .replace(VALUE, signed.value);
  return {
    organId: options.from.organId,
    documentId: (serial) => documentId.replace(SERIAL, serialText(serial)),
    async sign(number, attachment) {
      const serial = serialText(number);
      const digest = createHash('sha256')
        .update(canonicalHead.replaceAll(SERIAL, serial))
        .update(attachment)
        .update(canonicalTail)
        .digest('base64');
      const signedInfo = Buffer.from(text.signedInfo.replace(DIGEST, digest));
      const value = (await signAsync('sha256', signedInfo, key)).toString('base64');
      return { serial, digest, value };
    },
    head: fill,
    headBytes: text.headBytes,
    tail,
  };
}

interface TemplateText {
  /** The signed package, with tokens. */
  readonly whole: string;
  /** Canonical form of the package without its signature. */
  readonly canonical: string;
  /** Canonical form of SignedInfo. */
  readonly signedInfo: string;
  readonly headBytes: number;
}

function alignedText(options: TemplateOptions): TemplateText {
  for (const padding of PADDINGS) {
    const text = templateText(options, padding);
    if (text.headBytes % 3 === 0) return text;
  }
  throw new Error('no padding makes the head a multiple of three');
}

/** Tried in turn until the head's bytes are a multiple of 3. */
export const PADDINGS = ['', '.', '..'] as const;

function templateText(options: TemplateOptions, padding: string): TemplateText {
  const document = benchDocument(options, SERIAL, padding);
  const unsigned = writeDocumentPackage(document, [{ contentId: 'f1', bytes: CONTENT }]);
  const certificate = new X509Certificate(options.from.certificatePem);
  const key = createPrivateKey(options.from.keyPem);
  const signed = signPackage(unsigned, key, certificate, { references: 'document' });
  const doc = parseXml(scanXml(signed));
  try {
    const header = childOf(childOf(doc.root, 'edXMLEnvelope'), 'edXMLHeader');
    const signature = childOf(header, 'Signature');
    const signedInfo = childOf(signature, 'SignedInfo');
    const digest = childOf(childOf(signedInfo, 'Reference'), 'DigestValue')?.text;
    const value = childOf(signature, 'SignatureValue')?.text;
    if (signature === undefined || signedInfo === undefined) throw new Error('no signature');
    if (digest === undefined || value === undefined) throw new Error('a signature without values');
    const method = 'exclusive';
    const text = signed.toString('utf8');
    return {
      whole: text.replace(digest, DIGEST).replace(value, VALUE),
      canonical: doc.canonical(doc.root, { method, without: signature }).toString('utf8'),
      signedInfo: doc.canonical(signedInfo, { method }).toString('utf8').replace(digest, DIGEST),
      headBytes: Buffer.byteLength(text.slice(0, text.indexOf(CONTENT_TEXT))),
    };
  } finally {
    doc.dispose();
  }
}

function halves(text: string): [string, string] {
  const [before, after, more] = text.split(CONTENT_TEXT);
  if (before === undefined || after === undefined || more !== undefined) {
    throw new Error('the attachment must stand there once');
  }
  return [before, after];
}
