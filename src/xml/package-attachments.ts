/**
 * The signatures in all attachments of a stored package, read again from its bytes. For work after the
 * acceptance: it yields between pieces, takes one file at a time, and stops when its time is over.
 *
 * @module
 */
import type { AttachmentSignature, AttachmentSignatures } from '../model/attachment-signature.js';
import { ATTACHMENT_LIMITS, TimeBox } from './attachment-limits.js';
import { type BesideFile, findAttachmentSignatures } from './attachment-signatures.js';
import { parseXml } from './parse.js';
import { scanXml } from './scan.js';
import { digestOf, type StrongHash } from './stream-digest.js';
import type { XmlDocument, XmlElement } from './tree.js';
import type { TrustStore } from './trust.js';

export interface PackageAttachmentOptions {
  readonly trust: TrustStore;
  /** The time at which signers must be trusted, milliseconds since 1970. */
  readonly at: number;
  /** `ATTACHMENT_LIMITS.timeMs` from now by default. */
  readonly time?: TimeBox;
}

/**
 * @param packageBytes an accepted package, document or status
 * @returns one entry for each attachment, in order; [] for a package without any
 * @throws GatewayError as scanXml and parseXml, for bytes that are no package
 */
export async function attachmentSignaturesOf(
  packageBytes: Uint8Array,
  options: PackageAttachmentOptions,
): Promise<readonly AttachmentSignatures[]> {
  const doc = parseXml(scanXml(packageBytes));
  try {
    const time = options.time ?? new TimeBox();
    const files = attachmentsOf(doc);
    const found: AttachmentSignatures[] = [];
    for (const [index, file] of files.entries()) {
      const { contentId, name } = file;
      const skipped = time.isOver
        ? 'time'
        : index >= ATTACHMENT_LIMITS.attachments
          ? 'count'
          : undefined;
      if (skipped !== undefined) {
        found.push({ contentId, name, signatures: [], skipped });
        continue;
      }
      const beside = files.filter((one) => one !== file);
      const signatures = await signaturesOf(file, { ...options, beside, time });
      found.push({ contentId, name, signatures });
    }
    return found;
  } finally {
    doc.dispose();
  }
}

async function signaturesOf(
  file: AttachmentFile,
  options: PackageAttachmentOptions & { readonly beside: readonly BesideFile[] },
): Promise<readonly AttachmentSignature[]> {
  const bytes = file.read();
  return bytes === undefined ? [] : findAttachmentSignatures(bytes, file.name, options);
}

/** One attachment whose bytes are decoded anew each time, so that only one file is held at once. */
class AttachmentFile implements BesideFile {
  readonly contentId: string;
  readonly name: string;
  readonly #doc: XmlDocument;
  readonly #content: XmlElement | undefined;
  readonly #digests = new Map<StrongHash, Buffer | undefined>();

  constructor(doc: XmlDocument, contentId: string, name: string, content: XmlElement | undefined) {
    this.contentId = contentId;
    this.name = name;
    this.#doc = doc;
    this.#content = content;
  }

  read(): Buffer | undefined {
    return this.#content === undefined ? undefined : this.#doc.base64(this.#content);
  }

  async digest(hash: StrongHash): Promise<Buffer | undefined> {
    if (!this.#digests.has(hash)) {
      const bytes = this.read();
      this.#digests.set(hash, bytes === undefined ? undefined : await digestOf([bytes], hash));
    }
    return this.#digests.get(hash);
  }
}

function attachmentsOf(doc: XmlDocument): AttachmentFile[] {
  const manifest = descend(doc.root, 'edxmlenvelope', 'edxmlbody', 'edxmlmanifest');
  const names = new Map<string, string>();
  for (const reference of named(manifest, 'reference')) {
    const name = textIn(reference, 'attachmentname');
    if (name !== '') names.set(contentIdOf(reference), name);
  }
  return named(descend(doc.root, 'attachmentencoded'), 'attachment').map((attachment) => {
    const contentId = contentIdOf(attachment);
    const name = textIn(attachment, 'attachmentname') || names.get(contentId) || contentId;
    const [content] = named(attachment, 'contenttransferencoded');
    return new AttachmentFile(doc, contentId, name, content);
  });
}

/** In any case and namespace, as the profile `field` reads them. */
function named(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((one) => one.name.toLowerCase() === name) ?? [];
}

function descend(root: XmlElement, ...names: readonly string[]): XmlElement | undefined {
  return names.reduce<XmlElement | undefined>((at, name) => named(at, name)[0], root);
}

function textIn(element: XmlElement, name: string): string {
  return named(element, name)[0]?.text.trim() ?? '';
}

function contentIdOf(element: XmlElement): string {
  let rest = textIn(element, 'contentid');
  while (/^cid:/i.test(rest)) rest = rest.slice(4).trimStart();
  return rest;
}
