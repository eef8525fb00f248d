/**
 * Coverage: which parts of a package a signature speaks for. A signature that covers a part covers
 * every part inside it (QCVN 102:2016 layout: `edXML` › `edXMLEnvelope` › `edXMLHeader` ›
 * `MessageHeader`, `TraceHeaderList` › `Bussiness`; `edXMLBody` › `edXMLManifest`; `AttachmentEncoded`
 * beside the envelope).
 *
 * @module
 */
import type { SignatureVerdict, SignedPart } from './signature.js';

/** Each part with the part around it that a signature can cover; `edXML` stands around all. */
const AROUND: ReadonlyMap<SignedPart, SignedPart> = new Map<SignedPart, SignedPart>([
  ['edXMLEnvelope', 'edXML'],
  ['AttachmentEncoded', 'edXML'],
  ['MessageHeader', 'edXMLEnvelope'],
  ['TraceHeaderList', 'edXMLEnvelope'],
  ['Bussiness', 'TraceHeaderList'],
  ['edXMLBody', 'edXMLEnvelope'],
  ['edXMLManifest', 'edXMLBody'],
]);

/** @returns whether the signature covers the part, by itself or with a part around it */
export function covers(verdict: Pick<SignatureVerdict, 'signedParts'>, part: SignedPart): boolean {
  for (let at: SignedPart | undefined = part; at !== undefined; at = AROUND.get(at)) {
    if (verdict.signedParts.includes(at)) return true;
  }
  return false;
}

/** What edxgate signs itself: all but the hops, so that a hub may still append one. */
export const OWN_SIGNED_PARTS: readonly SignedPart[] = [
  'MessageHeader',
  'Bussiness',
  'edXMLManifest',
  'AttachmentEncoded',
];
