/**
 * Document id: `DocumentId` as the sender wrote it.
 *
 * Opaque: it may hold `/`, `,` and Vietnamese letters, so it is never a file name or a part of a URL.
 * Two ids are the same when their NFC forms are equal (QĐ 28/2018 art. 10.2.b, observed practice).
 *
 * @module
 */

declare const brand: unique symbol;
/** A document id in NFC, the only form that is compared or indexed. */
export type DocumentKey = string & { readonly [brand]: 'DocumentKey' };

export function documentKey(documentId: string): DocumentKey {
  return documentId.normalize('NFC') as DocumentKey;
}
