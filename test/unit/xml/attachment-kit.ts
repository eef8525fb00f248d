/**
 * Test help: files with signatures in them. PDFs are written here, CMS by openssl, so that what is judged
 * was made by another implementation; each attack is signed as it stands, and right in all but one respect.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttachmentSignature } from '../../../src/model/attachment-signature.js';
import {
  type AttachmentSignatureOptions,
  findAttachmentSignatures,
} from '../../../src/xml/attachment-signatures.js';
import { NOW, TRUST } from './signature-kit.js';

export const OPTIONS: AttachmentSignatureOptions = { trust: TRUST.store, at: NOW };

export function look(
  bytes: Uint8Array,
  name = 'cong-van.pdf',
  changes: Partial<AttachmentSignatureOptions> = {},
): Promise<readonly AttachmentSignature[]> {
  return findAttachmentSignatures(bytes, name, { ...OPTIONS, ...changes });
}

/** `invalid digest.mismatch`: each verdict with its reasons, for a table of expectations. */
export async function shortly(bytes: Uint8Array, name?: string): Promise<string[]> {
  const found = await look(bytes, name);
  return found.map((one) => [one.verdict, ...one.reasons].join(' '));
}

/** Runs a program of Debian. @throws Error with the line that installs it */
export function run(
  program: string,
  pack: string,
  args: readonly string[],
  input?: Buffer,
): Buffer {
  try {
    return execFileSync(program, args, {
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input === undefined ? {} : { input }),
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Error(`${program} is missing: apt-get install -y ${pack}`);
    }
    throw error;
  }
}

export function inTemporaryFile<T>(bytes: Uint8Array, use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-attachment-'));
  try {
    const path = join(folder, 'file');
    writeFileSync(path, bytes);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param key name of a key of fixtures/keys
 * @param more further arguments of `openssl cms -sign`
 * @returns DER, detached, SHA-256, unless told otherwise
 */
export function cms(content: Buffer, key = 'sender-ec', more: readonly string[] = []): Buffer {
  const pem = `fixtures/keys/${key}`;
  const who = ['-signer', `${pem}.pem`, '-inkey', `${pem}.key.pem`];
  const digest = more.includes('-md') ? [] : ['-md', 'sha256'];
  const args = ['cms', '-sign', '-binary', '-outform', 'DER', ...digest, ...who, ...more];
  return run('openssl', 'openssl', args, content);
}

export interface PdfRequest {
  readonly key?: string;
  readonly openssl?: readonly string[];
  /** Makes the CMS of the bytes that the ranges name. */
  readonly sign?: (content: Buffer) => Buffer;
  /** Entries of the signature dictionary besides the usual. */
  readonly entries?: string;
  readonly subFilter?: string;
  /** Entries of the dictionary before ByteRange and Contents are written after one another. */
  readonly contentsFirst?: boolean;
  /** Changes the four numbers before anything is signed. */
  readonly range?: (range: readonly number[], length: number) => readonly number[];
  /** What is written in brackets, instead of the numbers. */
  readonly rangeText?: (range: readonly number[]) => string;
  /** Applied to the revision before it is signed; must keep the placeholders. */
  readonly edit?: (text: string) => string;
  readonly contentsBytes?: number;
}

const RANGE_WIDTH = 48;
const RANGE_MARK = '*'.repeat(RANGE_WIDTH);
const CONTENTS_MARK = /<0+>/;

/** A file with one page, a signature field and the signature. */
export function signedPdf(request: PdfRequest = {}): Buffer {
  const objects = new Map([
    [1, catalog([5])],
    [2, '<< /Type /Pages /Kids [3 0 R] /Count 1 >>'],
    [3, page([5])],
    [4, '<< /Length 31 >>\nstream\nBT /F1 12 Tf (Cong van T) Tj ET\nendstream'],
    [5, field(6)],
    [6, signatureDictionary(request)],
  ]);
  const head = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  return sign(Buffer.alloc(0), revision(head, objects, { size: 7, before: 0 }), request);
}

/** Appends a revision with a further signature, in objects 8 and 9. */
export function signedAgain(pdf: Buffer, request: PdfRequest = {}): Buffer {
  const objects = new Map([
    [1, catalog([5, 8])],
    [3, page([5, 8])],
    [8, field(9)],
    [9, signatureDictionary(request)],
  ]);
  const text = revision('', objects, { size: 10, before: pdf.length, previous: startXref(pdf) });
  return sign(pdf, text, request);
}

/** Appends a revision that changes the page, and signs nothing. */
export function changedLater(pdf: Buffer): Buffer {
  const objects = new Map([
    [4, '<< /Length 33 >>\nstream\nBT /F1 12 Tf (Another page) Tj ET\nendstream'],
  ]);
  const place = { size: 10, before: pdf.length, previous: startXref(pdf) };
  return Buffer.concat([pdf, Buffer.from(revision('', objects, place), 'latin1')]);
}

function catalog(fields: readonly number[]): string {
  const list = fields.map((one) => `${one} 0 R`).join(' ');
  return `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [${list}] /SigFlags 3 >> >>`;
}

function page(fields: readonly number[]): string {
  const list = fields.map((one) => `${one} 0 R`).join(' ');
  return `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [${list}] >>`;
}

function field(signature: number): string {
  return `<< /Type /Annot /Subtype /Widget /FT /Sig /Rect [0 0 0 0] /T (sig${signature}) /V ${signature} 0 R /P 3 0 R /F 132 >>`;
}

function signatureDictionary(request: PdfRequest): string {
  const { entries = '', subFilter = 'adbe.pkcs7.detached', contentsFirst = false } = request;
  const contents = `/Contents <${'00'.repeat(request.contentsBytes ?? 6000)}>`;
  const range = `/ByteRange ${RANGE_MARK}`;
  const both = contentsFirst ? [contents, range] : [range, contents];
  const reason = '/Reason (Ban hanh \\(obj\\) << theo \\051 object)';
  return `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /${subFilter} ${reason} ${both.join(' ')} ${entries} >>`;
}

interface Place {
  readonly size: number;
  /** Bytes before this revision. */
  readonly before: number;
  readonly previous?: number;
}

function revision(head: string, objects: ReadonlyMap<number, string>, place: Place): string {
  let text = head;
  const lines: string[] = place.previous === undefined ? ['0 1', '0000000000 65535 f '] : [];
  for (const [number, body] of objects) {
    const offset = String(place.before + text.length).padStart(10, '0');
    lines.push(`${number} 1`, `${offset} 00000 n `);
    text += `${number} 0 obj\n${body}\nendobj\n`;
  }
  const xref = place.before + text.length;
  const previous = place.previous === undefined ? '' : ` /Prev ${place.previous}`;
  const trailer = `trailer\n<< /Size ${place.size} /Root 1 0 R${previous} >>`;
  return `${text}xref\n${lines.join('\n')}\n${trailer}\nstartxref\n${xref}\n%%EOF\n`;
}

function startXref(pdf: Buffer): number {
  const text = pdf.toString('latin1');
  return Number(
    text
      .slice(text.lastIndexOf('startxref') + 9)
      .trim()
      .split('\n')[0],
  );
}

function sign(before: Buffer, written: string, request: PdfRequest): Buffer {
  const text = request.edit?.(written) ?? written;
  const match = CONTENTS_MARK.exec(text);
  if (match === null) throw new Error('no room for the signature');
  const start = before.length + match.index;
  const end = start + match[0].length;
  const total = before.length + text.length;
  const right = [0, start, end, total - end];
  const range = request.range?.(right, total) ?? right;
  const inside = request.rangeText?.(range) ?? `[${range.join(' ')}]`;
  const filled = text.replace(RANGE_MARK, inside.padEnd(RANGE_WIDTH));
  const file = Buffer.concat([before, Buffer.from(filled, 'latin1')]);
  const [a = 0, b = 0, c = 0, d = 0] = range;
  const content = Buffer.concat([file.subarray(a, a + b), file.subarray(c, c + d)]);
  const value = request.sign?.(content) ?? cms(content, request.key, request.openssl);
  file.write(value.toString('hex'), start + 1, 'latin1');
  return file;
}
