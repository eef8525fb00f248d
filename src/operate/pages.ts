/**
 * Walks the pages of a list of the store, so that a caller sees one stream.
 *
 * @module
 */
import type { Page, PageRequest } from '../store/store.js';

const PAGE_SIZE = 200;

/** @param limit stop after so many; undefined = all. */
export async function* walk<T>(
  ask: (page: PageRequest) => Promise<Page<T>>,
  limit: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<T> {
  let left = limit;
  let after: string | undefined;
  do {
    const page = await ask({ after, limit: Math.min(PAGE_SIZE, left) });
    yield* page.items;
    left -= page.items.length;
    after = page.next;
  } while (after !== undefined && left > 0);
}
