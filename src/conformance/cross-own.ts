/**
 * What edxgate says of a package, for the comparison with other engines: its schema as it stands and its
 * signature, whoever signed.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import { inspectPackage } from '../edxml/inspect-package.js';
import { locate } from '../edxml/locate.js';
import { CheckList } from '../model/check.js';
import { GatewayError } from '../model/issue.js';
import type { SignatureVerdict } from '../model/signature.js';
import { parseXml } from '../xml/parse.js';
import { scanXml, type XmlScan } from '../xml/scan.js';
import type { XmlDocument } from '../xml/tree.js';
import { TrustStore } from '../xml/trust.js';
import { verifySignature } from '../xml/verify-signature.js';
import type { CrossChecked } from './cross-result.js';

export type OwnVerdict =
  /** Not even parsed: nobody else is to see it. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Parsed, and not well-formed. */
  | { readonly kind: 'malformed'; readonly code: string }
  | {
      readonly kind: 'read';
      readonly schema: CrossChecked['schema'] & object;
      readonly signature: SignatureVerdict;
    };

export function judge(bytes: Uint8Array, clock: Clock): OwnVerdict {
  const scan = attempt(() => scanXml(bytes));
  if (scan instanceof GatewayError) return { kind: 'refused', code: scan.code };
  const doc = attempt(() => parseXml(scan as XmlScan));
  if (doc instanceof GatewayError) return { kind: 'malformed', code: doc.code };
  try {
    return read(doc, clock);
  } finally {
    doc.dispose();
  }
}

function attempt<T>(work: () => T): T | GatewayError {
  try {
    return work();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

function read(doc: XmlDocument, clock: Clock): OwnVerdict {
  const { kind } = inspectPackage(doc, 'field', new CheckList(clock));
  // What is neither a document nor a status keeps to neither schema: any will do.
  const name = kind === 'status' ? 'status' : 'document';
  const codes = [...new Set(doc.validate(name).map((issue) => issue.code))];
  const signature = verifySignature(doc, locate(doc), {
    store: TrustStore.empty,
    from: '',
    registered: [],
    anySigner: true,
    at: clock.now(),
    allowSha1: false,
  });
  return { kind: 'read', schema: { name, valid: codes.length === 0, codes }, signature };
}

/** Of a signature: whether it holds, whoever signed. */
export function foundOf({
  class: found,
  reasons,
}: SignatureVerdict): CrossChecked['signature'] & object {
  if (found === 'valid' || found === 'untrusted') return { found: 'holds', reasons: [] };
  return { found, reasons };
}
