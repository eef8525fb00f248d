/**
 * Packages as trees of plain values: the smallest ones that are taken, and what changes one place of
 * them.
 *
 * @module
 */
import type { XmlOutput } from '../../xml/write.js';
import type { ElementSpec } from './schema-walk.js';

export const QCVN = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';

export interface Part extends XmlOutput {
  readonly children?: readonly Part[];
}

/** Names below the root. */
export type Path = readonly string[];

export const part = (name: string, text: string): Part => ({ name, text });
export const group = (name: string, ...children: Part[]): Part => ({ name, children });

/** `%PDF-1.4`: the smallest thing that is taken for a PDF. */
export const PDF_TEXT = 'JVBERi0xLjQ=';
/** Long past on every clock. */
export const DAY = '2025/01/15';

export const NEW_DOCUMENT: Part = {
  name: 'edXML',
  attributes: { xmlns: QCVN },
  children: [
    group(
      'edXMLEnvelope',
      group(
        'edXMLHeader',
        group(
          'MessageHeader',
          group('From', part('OrganId', '{{sender}}'), part('OrganName', 'Sở Mẫu A')),
          group('To', part('OrganId', '{{recipient}}'), part('OrganName', 'Sở Mẫu B')),
          part('DocumentId', '{{unique}}'),
          group('Code', part('CodeNumber', '145'), part('CodeNotation', 'SMA-VP')),
          group('PromulgationInfo', part('Place', 'Mẫu'), part('PromulgationDate', DAY)),
          group('DocumentType', part('Type', '2'), part('TypeName', 'Công văn')),
          part('Subject', 'Về việc kiểm tra hợp chuẩn'),
          group('SignerInfo', part('FullName', 'Trần Thị Mẫu')),
        ),
        group(
          'TraceHeaderList',
          group('TraceHeader', part('OrganId', 'T99.H1'), part('Timestamp', `${DAY} 08:00:00`)),
        ),
      ),
      group(
        'edXMLBody',
        group(
          'edXMLManifest',
          group(
            'Reference',
            part('ContentId', 'cid:f1'),
            part('ContentType', 'application/pdf'),
            part('AttachmentName', 'van-ban.pdf'),
          ),
        ),
      ),
    ),
    group(
      'AttachmentEncoded',
      group(
        'Attachment',
        part('ContentId', 'cid:f1'),
        part('AttachmentName', 'van-ban.pdf'),
        part('ContentType', 'application/pdf'),
        part('ContentTransferEncoded', PDF_TEXT),
      ),
    ),
  ],
};

export const STATUS: Part = {
  name: 'edXML',
  attributes: { xmlns: QCVN },
  children: [
    group(
      'edXMLEnvelope',
      group(
        'edXMLHeader',
        group(
          'MessageHeader',
          group('From', part('OrganId', '{{sender}}'), part('OrganName', 'Sở Mẫu A')),
          group(
            'ResponseFor',
            part('OrganId', '{{recipient}}'),
            part('Code', '145/SMA-VP'),
            part('DocumentId', '{{unique}}'),
            part('PromulgationDate', DAY),
          ),
          part('StatusCode', '01'),
          part('Timestamp', `${DAY} 08:00:00`),
        ),
      ),
    ),
  ],
};

/** Below the path, which must be there, the first of each name. */
export function partAt(root: Part, path: Path): Part | undefined {
  let at: Part | undefined = root;
  for (const name of path) at = at?.children?.find((one) => one.name === name);
  return at;
}

/** The same with the part at the path made another one, or several, or none. */
export function change(root: Part, path: Path, make: (old: Part) => readonly Part[]): Part {
  const [name, ...rest] = path;
  if (name === undefined) return make(root)[0] ?? root;
  const children = [...(root.children ?? [])];
  const at = children.findIndex((one) => one.name === name);
  const old = children[at];
  if (old === undefined) throw new Error(`no ${path.join('/')} in ${root.name}`);
  children.splice(at, 1, ...(rest.length === 0 ? make(old) : [change(old, rest, make)]));
  return { ...root, children };
}

export function withText(root: Part, path: Path, text: string): Part {
  return change(root, path, (old) => [{ name: old.name, text }]);
}

export function without(root: Part, path: Path): Part {
  return change(root, path, () => []);
}

/** The same with an element at the path: the smallest that the schema takes, in its place. */
export function withElement(root: Part, spec: ElementSpec, path: Path): Part {
  const [name, ...rest] = path;
  if (name === undefined) return root;
  const child = spec.children.find((one) => one.name === name);
  if (child === undefined) throw new Error(`the schema has no ${name} in ${spec.name}`);
  const present = root.children?.some((one) => one.name === name) ?? false;
  const whole = present ? root : insert(root, spec, smallest(child));
  return change(whole, [name], (old) => [withElement(old, child, rest)]);
}

/** Puts the part behind all that the schema has before it. */
export function insert(root: Part, spec: ElementSpec, fresh: Part): Part {
  const order = spec.children.map((one) => one.name);
  const place = order.indexOf(fresh.name);
  const children = [...(root.children ?? [])];
  const at = children.findIndex((one) => order.indexOf(one.name) > place);
  children.splice(at < 0 ? children.length : at, 0, fresh);
  return { ...root, children };
}

/** Texts where the type alone does not say what makes sense. */
const SAMPLES: Readonly<Record<string, string>> = {
  OrganId: 'T99.H1',
  DocumentId: 'T99.01,2025/01/15,144/SMA-VP',
  EdxmlDate: DAY,
  EdxmlDateTime: `${DAY} 08:00:00`,
  base64Binary: PDF_TEXT,
  boolean: 'false',
};

export function sampleOf(spec: ElementSpec): string {
  const { value } = spec;
  if (value === undefined) return '';
  const known = SAMPLES[value.type];
  if (known !== undefined) return known;
  if (value.values !== undefined) return value.values[0] ?? '';
  return value.base === 'int' ? '1' : 'a';
}

function smallest(spec: ElementSpec): Part {
  if (spec.value !== undefined) return part(spec.name, sampleOf(spec));
  const children = spec.children.filter((one) => one.min > 0).map(smallest);
  return { name: spec.name, children };
}
