/**
 * The text of the smallest document, with one thing of it changed.
 *
 * @module
 */
import { writeXml } from '../../xml/write.js';
import { refused } from './draft.js';
import { NEW_DOCUMENT } from './parts.js';

export const TEXT = writeXml(NEW_DOCUMENT);

export const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

const SUBJECT = 'Về việc kiểm tra hợp chuẩn';

export function edited(from: string, to: string): string {
  if (!TEXT.includes(from)) throw new Error(`no ${from}`);
  return TEXT.replace(from, () => to);
}

export const declared = (text: string) => edited(DECLARATION, text);

export const subject = (text: string) => edited(SUBJECT, text);

export const bytes = (...start: number[]) => Buffer.concat([Buffer.from(start), Buffer.from(TEXT)]);

export const malformed = refused('xml.malformed');

export const encoding = refused('xml.encoding');

export const compressed = refused('package.compressed');

export const limits = refused('xml.limits');
