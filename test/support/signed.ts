/**
 * Signed packages for tests: an authority of samples, certificates of agencies, and signing.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeDocumentPackage } from '../../src/edxml/write-document.js';
import type { EdxmlDocument } from '../../src/model/edxml.js';
import type { SignedPart } from '../../src/model/signature.js';
import {
  createSampleAuthority,
  issueSampleCertificate,
  type SampleAuthority,
  type SampleCertificate,
} from '../../src/xml/sample-authority.js';
import { signPackage } from '../../src/xml/sign.js';
import { PDF, sampleDocument } from './sample-document.js';

const DAY = 86_400_000;

export function sampleAuthority(): SampleAuthority {
  const now = Date.now();
  return createSampleAuthority({ notBefore: now - 30 * DAY, notAfter: now + 30 * DAY });
}

export function certificateFor(
  authority: SampleAuthority,
  organId: string,
  validity: { readonly notBefore?: number; readonly notAfter?: number } = {},
): SampleCertificate {
  return issueSampleCertificate(authority, {
    organId,
    name: `Cơ quan ${organId}`,
    keyType: 'ec',
    ...validity,
  });
}

/** What edxgate covers when it signs itself: everything but the hops. */
export const COVERED: readonly SignedPart[] = [
  'MessageHeader',
  'Bussiness',
  'edXMLManifest',
  'AttachmentEncoded',
];

export interface Signing {
  readonly by: SampleCertificate;
  readonly parts?: 'document' | readonly SignedPart[];
}

export function signed(
  over: Partial<EdxmlDocument>,
  { by, parts = COVERED }: Signing,
  file: Buffer = PDF,
): Buffer {
  const document = sampleDocument(over);
  const files = document.attachments.map(({ contentId }) => ({ contentId, bytes: file }));
  return signBytes(writeDocumentPackage(document, files), { by, parts });
}

export function signBytes(xml: Buffer, { by, parts = COVERED }: Signing): Buffer {
  return signPackage(xml, createPrivateKey(by.keyPem), new X509Certificate(by.certificatePem), {
    references: parts,
  });
}

/** The package with one text replaced, as somebody on the way could do; the text must be there. */
export function changed(bytes: Buffer, from: string, to: string): Buffer {
  const text = bytes.toString('utf8');
  if (!text.includes(from)) throw new Error(`the package does not hold ${from}`);
  return Buffer.from(text.replace(from, to));
}
