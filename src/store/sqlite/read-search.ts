/**
 * Searching: from what a person types to a query of the index of words, and the same rule as a plain
 * function for rows that are at hand anyway. Everything typed is text, never query language: words are
 * taken apart here and only letters and digits go on, in quotes.
 *
 * @module
 */
import { foldSearchText } from '../../model/search-text.js';

/** More words than this are not looked for. */
const MAX_WORDS = 16;

/** A word as its parts: `07/tb-vp` has three. The last one may be the beginning of a word. */
export type SearchWord = readonly string[];

/** Like the tokenizer of the index: letters, digits and private use; all else parts words. */
const BETWEEN = /[^\p{L}\p{N}\p{Co}]+/u;

function partsOf(text: string): string[] {
  return text.split(BETWEEN).filter((part) => part !== '');
}

/** @returns undefined when nothing is asked for; an empty list finds nothing. */
export function searchWords(search: string | undefined): SearchWord[] | undefined {
  const folded = foldSearchText(search);
  if (folded === '') return undefined;
  return folded
    .split(' ')
    .map(partsOf)
    .filter((parts) => parts.length > 0)
    .slice(0, MAX_WORDS);
}

/** What the index holds beside the words; see migration 4. */
export interface SearchFacts {
  readonly fromOrganId?: string | undefined;
  readonly kind?: string | undefined;
}

/** @returns the text for MATCH: words and facts that must all hold. */
export function matchText(words: readonly SearchWord[], facts: SearchFacts): string {
  const { fromOrganId, kind } = facts;
  const all = words.map((parts) => `words : "${parts.join(' ')}" *`);
  if (fromOrganId !== undefined) {
    all.push(`facts : "f${Buffer.from(fromOrganId).toString('hex')}"`);
  }
  if (kind !== undefined) all.push(`facts : "k${partsOf(kind).join(' ')}"`);
  return all.join(' AND ');
}

function standsAt(parts: readonly string[], word: SearchWord, at: number): boolean {
  const last = word.length - 1;
  return word.every((part, i) => {
    const found = parts[at + i] ?? '';
    return i === last ? found.startsWith(part) : found === part;
  });
}

/** The rule of `matchText` for one search text. */
export function matchesWords(searchText: string, words: readonly SearchWord[]): boolean {
  const parts = partsOf(searchText);
  return words.every((word) => parts.some((_, at) => standsAt(parts, word, at)));
}
