/**
 * What edxgate says of a package, and what it would store as fact: the two sides of the invariant.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { systemClock } from '../../src/clock.js';
import { locate } from '../../src/edxml/locate.js';
import { CheckList } from '../../src/model/check.js';
import type { ReadPackage } from '../../src/model/edxml.js';
import { GatewayError } from '../../src/model/issue.js';
import type { SignatureVerdict, SignedPart } from '../../src/model/signature.js';
import { covers } from '../../src/model/signature-coverage.js';
import { inspectBytes } from '../../src/receive/inspect.js';
import { applyPolicy } from '../../src/receive/signature-policy.js';
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import { DS } from '../../src/xml/signature-algorithms.js';
import type { XmlDocument, XmlElement } from '../../src/xml/tree.js';
import { verifySignature } from '../../src/xml/verify-signature.js';
import { NOW, TRUST } from '../unit/xml/signature-kit.js';

export interface OwnAnswer {
  /** Absent when scan or parse refuse. */
  readonly verdict?: SignatureVerdict;
  /** Class and reasons, or the code of the refusal. */
  readonly said: string;
}

/** Any signer with a good certificate will do here, as for the generic verifiers. */
export function answer(bytes: Buffer): OwnAnswer {
  const verdict = withDocument(bytes, (doc) =>
    verifySignature(doc, locate(doc), { ...TRUST, anySigner: true }),
  );
  if (typeof verdict === 'string') return { said: verdict };
  return { verdict, said: [verdict.class, ...verdict.reasons].join(' ') };
}

function withDocument<T>(bytes: Buffer, work: (doc: XmlDocument) => T): T | string {
  let doc: XmlDocument | undefined;
  try {
    doc = parseXml(scanXml(bytes));
    return work(doc);
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  } finally {
    doc?.dispose();
  }
}

export interface Fact {
  /** What the gateway routes by and stores. */
  readonly read: string;
  /** Business type and the document it is about; absent when the signature leaves them to the hops. */
  readonly business?: string;
  /** Each covered part with the digest of its exclusive form. */
  readonly content: readonly string[];
}

/**
 * @returns the facts of a package that the policy `require` takes from the agency in From; undefined
 *   when it takes it not
 */
export async function acceptedFact(bytes: Buffer): Promise<Fact | undefined> {
  let from = '';
  const checks = new CheckList(systemClock);
  const found = await inspectBytes(bytes, {
    profile: 'field',
    checks,
    now: NOW,
    trustFor: (organId) => {
      from = organId;
      return { ...TRUST, from: organId };
    },
    judge: (verdict, read) => applyPolicy('require', verdict, read, from),
  });
  const { read, signature } = found;
  if (checks.errors.length > 0 || read === undefined || signature?.class !== 'valid') {
    return undefined;
  }
  const fact = withDocument(bytes, (doc) => factOf(doc, read, signature));
  if (typeof fact === 'string') throw new Error(`accepted, then refused: ${fact}`);
  return fact;
}

function factOf(doc: XmlDocument, read: ReadPackage, verdict: SignatureVerdict): Fact {
  const { parts } = locate(doc);
  const signature = signatureIn(doc.root);
  const content = verdict.signedParts.map((part) => {
    const element = parts.get(part);
    if (element === undefined) throw new Error(`${part} is covered and is not there`);
    const holds: readonly SignedPart[] = ['edXML', 'edXMLEnvelope'];
    const without = holds.includes(part) && signature !== undefined ? { without: signature } : {};
    const options = { method: 'exclusive', ...without } as const;
    return `${part} ${doc.canonicalDigest(element, options, 'sha256').toString('hex')}`;
  });
  const signsBusiness = read.kind === 'document' && covers(verdict, 'Bussiness');
  return {
    read: JSON.stringify(readFact(doc, read, parts)),
    content,
    ...(signsBusiness ? { business: JSON.stringify(read.business) } : {}),
  };
}

function signatureIn(element: XmlElement): XmlElement | undefined {
  if (element.name === 'Signature' && element.namespace === DS) return element;
  for (const child of element.children) {
    const found = signatureIn(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readFact(
  doc: XmlDocument,
  read: ReadPackage,
  parts: ReadonlyMap<SignedPart, XmlElement>,
): unknown {
  if (read.kind === 'status') return read;
  return {
    from: read.from.organId,
    to: read.to.map(({ organId }) => organId),
    documentId: read.documentId,
    subject: read.subject,
    attachments: read.attachments.map(({ contentId, name }) => [contentId, name]),
    files: contentsOf(parts.get('AttachmentEncoded')).map((one) =>
      createHash('sha256')
        .update(doc.base64(one) ?? '')
        .digest('hex'),
    ),
  };
}

/** In the order of the attachments, in any spelling that is read. */
function contentsOf(root: XmlElement | undefined): XmlElement[] {
  if (root === undefined) return [];
  const own = root.name.toLowerCase() === 'contenttransferencoded' ? [root] : [];
  return [...own, ...root.children.flatMap(contentsOf)];
}
