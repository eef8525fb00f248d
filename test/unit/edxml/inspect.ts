/**
 * What the tests of this folder share: a package in, what comes of it out.
 *
 * @module
 */
import { systemClock } from '../../../src/clock.js';
import { inspectPackage } from '../../../src/edxml/inspect-package.js';
import { writeDocumentPackage } from '../../../src/edxml/write-document.js';
import { writeStatusPackage } from '../../../src/edxml/write-status.js';
import { type Check, CheckList } from '../../../src/model/check.js';
import type { EdxmlDocument, PeerProfile, ReadPackage } from '../../../src/model/edxml.js';
import type { Issue } from '../../../src/model/issue.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import type { XmlDocument } from '../../../src/xml/tree.js';
import { FILES, NEW_DOCUMENT, STATUS } from '../../tools/sample-packages.js';

/** 2026-11-24 12:00 in Vietnam. */
export const NOW = Date.UTC(2026, 10, 24, 5);

export interface Outcome {
  readonly kind: string | undefined;
  readonly package: ReadPackage | undefined;
  readonly issues: readonly Issue[];
  readonly checks: readonly Check[];
  /** Sorted, each once. */
  readonly codes: readonly string[];
  readonly errors: readonly string[];
}

export function withXml<T>(text: string | Uint8Array, work: (doc: XmlDocument) => T): T {
  const doc = parseXml(scanXml(typeof text === 'string' ? Buffer.from(text) : text));
  try {
    return work(doc);
  } finally {
    doc.dispose();
  }
}

export function inspect(text: string | Uint8Array, profile: PeerProfile = 'field'): Outcome {
  return withXml(text, (doc) => inspectDoc(doc, profile));
}

export function inspectDoc(doc: XmlDocument, profile: PeerProfile): Outcome {
  const list = new CheckList(systemClock);
  const { kind, package: read } = inspectPackage(doc, profile, list, NOW);
  const codes = (issues: readonly Issue[]) => [...new Set(issues.map((one) => one.code))].sort();
  return {
    kind,
    package: read,
    issues: list.issues,
    checks: list.checks,
    codes: codes(list.issues),
    errors: codes(list.errors),
  };
}

/** The new document, changed as a value and then as text. */
export function documentText(
  change: Partial<EdxmlDocument> = {},
  edit: (text: string) => string = (text) => text,
): string {
  return edit(writeDocumentPackage({ ...NEW_DOCUMENT, ...change }, FILES).toString('utf8'));
}

export function statusText(edit: (text: string) => string = (text) => text): string {
  return edit(writeStatusPackage(STATUS).toString('utf8'));
}

/** An edit that must find what it replaces. */
export function replacing(from: string, to: string): (text: string) => string {
  return (text) => {
    if (!text.includes(from)) throw new Error(`nothing to replace: ${from}`);
    return text.replaceAll(from, () => to);
  };
}
