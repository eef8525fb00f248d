/**
 * Why a value or a structure is not allowed, said shortly in English and Vietnamese, from libxml2's
 * codes and messages. Namespace URIs and the names of facets are left out.
 *
 * @module
 */
import type { LibError } from './libxml2.js';

export interface Reason {
  readonly en: string;
  readonly vi: string;
}

/** `xmlParserErrors`, the part of the schema validator. */
export const CODE = {
  noDeclaration: 1845,
  attributeNotAllowed: 1866,
  attributeMissing: 1868,
  elementsInSimple: 1828,
  elementsInSimpleContent: 1842,
  notEmpty: 1841,
  textBetween: 1843,
  notNillable: 1847,
} as const;

/** Codes of the facets. */
const FACET = {
  length: 1830,
  minLength: 1831,
  maxLength: 1832,
  minInclusive: 1833,
  maxInclusive: 1834,
  pattern: 1839,
  enumeration: 1840,
} as const;

/** Characters of a value that are quoted. */
export const QUOTED_CHARS = 40;

/** `{urn:x}a` → `a` */
export function localName(name: string): string {
  return name.slice(name.lastIndexOf('}') + 1);
}

/** The last text between two marks; '' when they are not there. */
export function between(message: string, before: string, after: string): string {
  const from = message.lastIndexOf(before);
  const to = message.lastIndexOf(after);
  return from === -1 || to < from ? '' : message.slice(from + before.length, to);
}

/** @param text the value, or its start when it is long */
export function valueReason(error: LibError, text: string): Reason {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  const value = trimmed.length > QUOTED_CHARS ? `${trimmed.slice(0, QUOTED_CHARS)}…` : trimmed;
  const bound = boundIn(error);
  // libxml2 cuts its messages: after a very long value they lack their end.
  if (bound === '') {
    return {
      en: `"${value}" is no value of its type`,
      vi: `"${value}" không đúng kiểu dữ liệu`,
    };
  }
  switch (error.code) {
    case FACET.length:
      return { en: `it must have ${bound} characters`, vi: `phải có ${bound} ký tự` };
    case FACET.minLength:
      return { en: `it is shorter than ${bound} characters`, vi: `ngắn hơn ${bound} ký tự` };
    case FACET.maxLength:
      return { en: `it is longer than ${bound} characters`, vi: `dài hơn ${bound} ký tự` };
    case FACET.minInclusive:
      return { en: `"${value}" is less than ${bound}`, vi: `"${value}" nhỏ hơn ${bound}` };
    case FACET.maxInclusive:
      return { en: `"${value}" is greater than ${bound}`, vi: `"${value}" lớn hơn ${bound}` };
    case FACET.pattern:
      return { en: `"${value}" does not match ${bound}`, vi: `"${value}" không khớp mẫu ${bound}` };
    case FACET.enumeration:
      return {
        en: `"${value}" is none of: ${bound}`,
        vi: `"${value}" không thuộc các giá trị: ${bound}`,
      };
    default:
      return { en: `"${value}" is no ${bound}`, vi: `"${value}" không đúng kiểu ${bound}` };
  }
}

/** What a value was held against: the end of the message says it. */
function boundIn({ code, message }: LibError): string {
  switch (code) {
    case FACET.length:
    case FACET.minLength:
    case FACET.maxLength:
      return between(message, "length of '", "'.");
    case FACET.minInclusive:
    case FACET.maxInclusive:
      return between(message, "('", "').");
    case FACET.pattern:
      return between(message, "by the pattern '", "'.");
    case FACET.enumeration:
      return between(message, 'of the set {', '}.').replaceAll("'", '');
    default:
      return localName(between(message, "type '", "'.")).replace(/^xs:/, '');
  }
}

/** @param element local name of the element, or `@` and that of an attribute */
export function structureReason(error: LibError, element: string): Reason {
  switch (error.code) {
    case CODE.noDeclaration:
      return {
        en: `it has no element ${element} at this place`,
        vi: `không có phần tử ${element} ở vị trí này`,
      };
    case CODE.elementsInSimple:
    case CODE.elementsInSimpleContent:
      return {
        en: `${element} holds elements, but only text is allowed`,
        vi: `${element} chứa phần tử con nhưng chỉ được chứa văn bản`,
      };
    case CODE.textBetween:
      return {
        en: `${element} holds text between its elements`,
        vi: `${element} chứa văn bản xen giữa các phần tử`,
      };
    case CODE.notEmpty:
      return { en: `${element} must be empty`, vi: `${element} phải rỗng` };
    case CODE.notNillable:
      return { en: `${element} may not be nil`, vi: `${element} không được là nil` };
    default: {
      const said = error.message.slice(error.message.indexOf("': ") + 3);
      const plain = `${element}: ${said.replace(/\{[^{}]{0,200}\}/g, '')}`;
      return { en: plain, vi: plain };
    }
  }
}
