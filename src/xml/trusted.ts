/**
 * Our own XML files as a tree that can be changed and written again: the WSDL and schema sources that
 * the package ships.
 *
 * For trusted files only, never for input: nothing bounds this parser. What comes from outside goes
 * through scan.ts and parse.ts.
 *
 * @module
 */
import { create } from 'xmlbuilder2';

/** The part of a DOM element that is used. */
export interface TrustedElement {
  /** `null` when in no namespace. */
  readonly namespaceURI: string | null;
  readonly localName: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly parentNode: { remove(): void } | null;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
}

export class TrustedXml {
  readonly #source: ReturnType<typeof create>;

  /**
   * @param text of a file of our own package
   * @throws Error when it is not well-formed
   */
  constructor(text: string) {
    this.#source = create(text);
  }

  /** All elements of that name, the root among them, in document order. */
  elements(namespace: string, localName: string): TrustedElement[] {
    const found: TrustedElement[] = [];
    this.#source.root().each(
      ({ node }) => {
        const element = node as unknown as TrustedElement;
        if (element.namespaceURI === namespace && element.localName === localName) {
          found.push(element);
        }
      },
      true,
      true,
    );
    return found;
  }

  /** The text as it is now, with an XML declaration, one element a line. */
  write(): string {
    return `${this.#source.end({ prettyPrint: true })}\n`;
  }
}
