/**
 * A mutant: one constraint or rule of the product, changed; switched on and off in the process.
 *
 * @module
 */
export interface Mutant {
  /** `xsd document edXML/…/Subject: maxLength 501` */
  readonly id: string;
  readonly kind: 'document' | 'status' | 'gateway';
  /** Of the element that it is about, with the root. */
  readonly path: readonly string[];
  on(): void;
  off(): void;
}
