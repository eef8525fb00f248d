/**
 * What the written cases have in common: packages that differ from the smallest ones in one thing.
 *
 * @module
 */
import type { Clause } from '../suite.js';
import type { Draft, Kind, Outcome } from './draft.js';
import {
  change,
  group,
  NEW_DOCUMENT,
  type Part,
  type Path,
  part,
  STATUS,
  without,
} from './parts.js';

export const ENVELOPE: Path = ['edXMLEnvelope'];
export const HEADER: Path = [...ENVELOPE, 'edXMLHeader'];
export const MESSAGE: Path = [...HEADER, 'MessageHeader'];
export const TRACES: Path = [...HEADER, 'TraceHeaderList'];
export const BODY: Path = [...ENVELOPE, 'edXMLBody'];
export const MANIFEST: Path = [...BODY, 'edXMLManifest'];
export const ATTACHED: Path = ['AttachmentEncoded'];

/** One case: id, titles, what is sent and what must come of it. */
export type Row = readonly [
  id: string,
  en: string,
  vi: string,
  content: Part | string | Buffer,
  outcome: Outcome,
];

export function drafts(kind: Kind, clause: Clause, rows: readonly Row[]): Draft[] {
  return rows.map(([id, en, vi, content, outcome]) => ({
    id,
    title: { en, vi },
    clause,
    kind,
    content,
    outcome,
  }));
}

export function append(doc: Part, path: Path, ...more: Part[]): Part {
  return change(doc, path, (old) => [{ ...old, children: [...(old.children ?? []), ...more] }]);
}

/** A new document with a block about its business. */
export function withBusiness(...children: Part[]): Part {
  return append(NEW_DOCUMENT, TRACES, group('Bussiness', ...children));
}

export function withoutFiles(doc: Part): Part {
  return without(without(doc, BODY), ATTACHED);
}

/** The smallest document with OtherInfo, in its place. */
export function withOtherInfo(...children: Part[]): Part {
  return append(NEW_DOCUMENT, MESSAGE, group('OtherInfo', part('Priority', '0'), ...children));
}

export function statusOf(code: string, ...more: Part[]): Part {
  const coded = change(STATUS, [...MESSAGE, 'StatusCode'], () => [part('StatusCode', code)]);
  return append(coded, MESSAGE, ...more);
}

/** A document whose one file has this content. */
export function withFile(encoded: string, contentType: string): Part {
  const at = (doc: Part, path: Path, name: string, text: string) =>
    change(doc, [...path, name], () => [part(name, text)]);
  const file: Path = [...ATTACHED, 'Attachment'];
  const reference: Path = [...MANIFEST, 'Reference'];
  const typed = at(
    at(NEW_DOCUMENT, file, 'ContentType', contentType),
    reference,
    'ContentType',
    contentType,
  );
  return at(typed, file, 'ContentTransferEncoded', encoded);
}
