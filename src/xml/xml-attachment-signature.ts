/**
 * XML-DSig inside an XML attachment: every ds:Signature gets its verdict, by the same strict reading as
 * that of a package. A reference is `URI=""` with the enveloped transform, or a plain `#Id` in the same
 * file (beside the signature, or around it); a URI that leads out of the file is never followed.
 *
 * Reasons of this file: codes of scan.ts and parse.ts for a text that cannot be read, `id.repeated`,
 * `reference.uri`, `reference.unknown-id`, `reference.enveloped`, `reference.repeated`,
 * `reference.nothing`, `digest.mismatch`, `algorithm.sha1`, `canonical-form.none`, `signatures.count`,
 * `limits.time`; those of signature-shape.ts, signer.ts and trust.ts besides.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises';
import { utc } from '../clock.js';
import type { AttachmentSignature, AttachmentVerdict } from '../model/attachment-signature.js';
import { GatewayError } from '../model/issue.js';
import { ATTACHMENT_LIMITS } from './attachment-limits.js';
import { signerCertificate } from './certificates.js';
import { type CmsOptions, isEqual } from './cms.js';
import { parseXml } from './parse.js';
import { scanXml } from './scan.js';
import { DS } from './signature-algorithms.js';
import { canonicalOptions } from './signature-references.js';
import { findSignatures } from './signature-search.js';
import { type ReferenceShape, readShape, type SignatureShape } from './signature-shape.js';
import { findSigner } from './signer.js';
import { timeIn } from './signing-time.js';
import type { XmlDocument, XmlElement } from './tree.js';

const MARK = Buffer.from(DS);
const BOM = Buffer.from('\ufeff');

/** Starts like XML and names the namespace of signatures somewhere. */
export function looksLikeSignedXml(bytes: Buffer): boolean {
  const start = bytes.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  const head = bytes.toString('latin1', start, start + 256).trimStart();
  return head.startsWith('<') && bytes.includes(MARK);
}

/** @param bytes of which {@link looksLikeSignedXml} is true. Never throws for what is in them. */
export async function judgeXml(bytes: Buffer, options: CmsOptions): Promise<AttachmentSignature[]> {
  let doc: XmlDocument;
  try {
    doc = parseXml(scanXml(bytes));
  } catch (error) {
    return [verdictOf('unreadable', codeOf(error))];
  }
  try {
    const found = findSignatures(doc.root, () => false);
    const verdicts: AttachmentSignature[] = [];
    for (const signature of found.real.slice(0, ATTACHMENT_LIMITS.signatures)) {
      if (options.time.isOver) return [...verdicts, verdictOf('unreadable', 'limits.time')];
      verdicts.push(await judgeOne(doc, signature, found, options));
    }
    return found.real.length > ATTACHMENT_LIMITS.signatures
      ? [...verdicts, verdictOf('unreadable', 'signatures.count')]
      : verdicts;
  } finally {
    doc.dispose();
  }
}

function codeOf(error: unknown): string {
  if (error instanceof GatewayError) return error.code;
  throw error;
}

function verdictOf(verdict: AttachmentVerdict, reason: string): AttachmentSignature {
  return { format: 'xml', verdict, reasons: [reason] };
}

/** What was shown to be wrong, and not merely something that is not read here. */
const SHOWN: ReadonlySet<string> = new Set(['digest.length']);

async function judgeOne(
  doc: XmlDocument,
  signature: XmlElement,
  found: { readonly ids: ReadonlyMap<string, XmlElement>; readonly hasRepeatedId: boolean },
  options: CmsOptions,
): Promise<AttachmentSignature> {
  const read = readShape(doc, signature);
  if (!read.ok) return verdictOf(SHOWN.has(read.reason) ? 'invalid' : 'unreadable', read.reason);
  const { shape } = read;
  if (found.hasRepeatedId) return verdictOf('invalid', 'id.repeated');
  const hashes = [shape.method.hash, ...shape.references.map((one) => one.digest.hash)];
  if (hashes.includes('sha1')) return verdictOf('invalid', 'algorithm.sha1');
  const targets = resolve(doc, signature, shape.references, found.ids);
  if (!Array.isArray(targets)) return targets;

  const signed = attempt(() => doc.canonical(shape.signedInfo, canonicalOptions(shape.form)));
  if (signed === undefined) return verdictOf('unreadable', 'canonical-form.none');
  const answer = findSigner(shape.certificates, [], shape.method, signed, shape.value);
  if (!answer.ok) {
    return verdictOf(answer.reason === 'key.none' ? 'unreadable' : 'invalid', answer.reason);
  }
  for (const { element, reference } of targets) {
    await setImmediate();
    if (options.time.isOver) return verdictOf('unreadable', 'limits.time');
    const form = canonicalOptions(reference.form, reference.enveloped ? signature : undefined);
    const digest = attempt(() => doc.canonicalDigest(element, form, reference.digest.hash));
    if (digest === undefined) return verdictOf('unreadable', 'canonical-form.none');
    if (!isEqual(digest, reference.value)) return verdictOf('invalid', 'digest.mismatch');
  }
  const { signer } = answer;
  const others = shape.certificates.filter((one) => one !== signer).map((one) => one.x509);
  const trusted = options.trust.check(signer.x509, others, options.at);
  return {
    format: 'xml',
    verdict: trusted.ok ? 'valid' : 'untrusted',
    reasons: trusted.ok ? [] : [trusted.reason],
    signer: signerCertificate(signer),
    ...timeOf(signature, targets),
    covers: targets.some((one) => one.element === doc.root) ? 'whole-file' : 'part',
  };
}

interface Target {
  readonly element: XmlElement;
  readonly reference: ReferenceShape;
}

function resolve(
  doc: XmlDocument,
  signature: XmlElement,
  references: SignatureShape['references'],
  ids: ReadonlyMap<string, XmlElement>,
): Target[] | AttachmentSignature {
  const targets: Target[] = [];
  for (const reference of references) {
    const { uri } = reference;
    if (uri !== '' && !/^#[^#()\s]{1,100}$/.test(uri)) {
      return verdictOf('unreadable', 'reference.uri');
    }
    const element = uri === '' ? doc.root : ids.get(uri.slice(1));
    if (element === undefined) return verdictOf('invalid', 'reference.unknown-id');
    if (targets.some((one) => one.element === element)) {
      return verdictOf('invalid', 'reference.repeated');
    }
    if (holds(element, signature) !== reference.enveloped) {
      return verdictOf('invalid', 'reference.enveloped');
    }
    targets.push({ element, reference });
  }
  // Over its own properties alone it says nothing about the file.
  return targets.every(({ element }) => holds(signature, element))
    ? verdictOf('invalid', 'reference.nothing')
    : targets;
}

/** `inner` is `outer` or stands inside it. */
function holds(outer: XmlElement, inner: XmlElement): boolean {
  let at: XmlElement | undefined = inner;
  while (at !== undefined && at !== outer) at = at.parent;
  return at === outer;
}

/** @returns undefined when libxml2 has no form for it */
function attempt(work: () => Buffer): Buffer | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** SigningTime in an Object that is signed as well. */
function timeOf(
  signature: XmlElement,
  targets: readonly Target[],
): Pick<AttachmentSignature, 'signingTime'> {
  const open = signature.children.filter((one) => one.name === 'Object' && one.namespace === DS);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    open.push(...at.children);
    const time = at;
    if (time.name !== 'SigningTime' || time.children.length > 0) continue;
    if (!targets.some(({ element }) => holds(element, time) && holds(signature, element))) continue;
    const ms = timeIn(time.text.trim());
    if (ms !== undefined) return { signingTime: utc(ms) };
  }
  return {};
}
