/**
 * Manifest and attachments: each attachment has its reference and each reference its attachment, and
 * the content is base64 of a file of the declared type. What is told of an attachment stands in itself:
 * a signature covers the attachments always, the manifest perhaps.
 *
 * @module
 */
import type { Attachment, PeerProfile } from '../model/edxml.js';
import type { XmlDocument } from '../xml/tree.js';
import type { Findings } from './findings.js';
import { type EdxmlNode, nodeAt, nodeOf, nodesOf, textOf } from './node.js';
import { fitsDeclared, SNIFF_BYTES, sniffType } from './sniff.js';

/** How a redacted sample file marks a payload that was taken out. */
const REDACTION_MARK = /^\s{0,100}\[REDACTED[^\]]{0,500}\]\s{0,100}$/;

/** @returns the attachments as far as they could be read. */
export function checkManifest(
  doc: XmlDocument,
  root: EdxmlNode,
  profile: PeerProfile,
  findings: Findings,
): Attachment[] {
  const references = nodesOf(
    nodeAt(root, 'edXMLEnvelope', 'edXMLBody', 'edXMLManifest'),
    'Reference',
  );
  const attachments = nodesOf(nodeOf(root, 'AttachmentEncoded'), 'Attachment');
  const named = byContentId(references, findings);
  const attached = byContentId(attachments, findings);
  for (const [cid, node] of attached) {
    if (!named.has(cid)) findings.add('manifest.missing', { cid }, node.origin);
  }
  for (const [cid, node] of named) {
    if (!attached.has(cid)) findings.add('manifest.unmatched', { cid }, node.origin);
  }
  return attachments.map((node) => readAttachment(doc, node, profile, findings));
}

/** By bare content id; a second one of the same id is named and left out. */
function byContentId(nodes: readonly EdxmlNode[], findings: Findings): Map<string, EdxmlNode> {
  const found = new Map<string, EdxmlNode>();
  for (const node of nodes) {
    const id = nodeOf(node, 'ContentId');
    if (id === undefined) continue;
    const cid = bareContentId(id.value);
    if (cid === '') {
      const values = { element: 'ContentId', expected: 'cid:…' };
      findings.add('schema.missing', values, id.origin);
    } else if (found.has(cid)) {
      findings.add('manifest.repeated', { cid }, id.origin);
    } else {
      found.set(cid, node);
      if (id.value !== `cid:${cid}`) {
        findings.add('dialect.cid', { value: id.value, read: `cid:${cid}` }, id.origin);
      }
    }
  }
  return found;
}

/** Without any leading `cid:`, however often it was written. */
export function bareContentId(text: string): string {
  let rest = text.trim();
  while (/^cid:/i.test(rest)) rest = rest.slice(4).trimStart();
  return rest;
}

function readAttachment(
  doc: XmlDocument,
  node: EdxmlNode,
  profile: PeerProfile,
  findings: Findings,
): Attachment {
  const contentId = bareContentId(textOf(node, 'ContentId') ?? '');
  const contentType = textOf(node, 'ContentType') ?? 'application/octet-stream';
  const description = textOf(node, 'Description');
  const content = readContent(doc, node, contentId, contentType, profile, findings);
  return {
    contentId,
    name: textOf(node, 'AttachmentName') ?? '',
    contentType,
    ...(description === undefined ? {} : { description }),
    ...content,
  };
}

function readContent(
  doc: XmlDocument,
  node: EdxmlNode,
  cid: string,
  declared: string,
  profile: PeerProfile,
  findings: Findings,
): Pick<Attachment, 'sizeBytes' | 'sniffedType'> {
  const none = { sizeBytes: 0 };
  const encoded = nodeOf(node, 'ContentTransferEncoded');
  if (encoded === undefined) return none;
  const { origin } = encoded;
  const content = doc.base64Head(origin, SNIFF_BYTES);
  if (content === undefined) {
    const redacted = profile === 'field' && REDACTION_MARK.test(origin.text);
    findings.add(redacted ? 'attachment.redacted' : 'attachment.base64', { cid }, origin);
    return none;
  }
  if (content.size === 0) {
    findings.add('attachment.empty', { cid }, origin);
    return none;
  }
  const sniffedType = sniffType(content.head);
  if (!fitsDeclared(declared, sniffedType)) {
    const read = sniffedType ?? 'no known type';
    findings.add('attachment.type', { cid, value: declared, read }, origin);
  }
  return { sizeBytes: content.size, ...(sniffedType === undefined ? {} : { sniffedType }) };
}
