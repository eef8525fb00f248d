/**
 * The requests of one size: SendPackage over SOAP 1.1, each with its own DocumentId and its own
 * signature. Only what differs is kept per request (some 500 bytes); the attachment, and with it nearly
 * all of a large request, is the same bytes in memory for all.
 *
 * @module
 */
import { createCipheriv, randomBytes } from 'node:crypto';
import type { SignedSerial, Template } from './template.js';

const START = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header/>' +
    '<soapenv:Body><g:SendPackage xmlns:g="urn:edxgate:gateway:1"><g:Package>',
);
const END = '</g:Package></g:SendPackage></soapenv:Body></soapenv:Envelope>';

/** So many signatures at a time keep the threads of node:crypto busy. */
const SIGNING_AT_ONCE = 16;
/** Up to this size a request is sent as one piece. */
const ONE_PIECE_BYTES = 65_536;
const SMALLEST_ATTACHMENT = 96;

export interface PreparedRequest {
  readonly template: Template;
  readonly number: number;
  readonly signed: SignedSerial;
}

export interface RequestBody {
  readonly pieces: readonly Buffer[];
  readonly byteLength: number;
}

export class Corpus {
  readonly #templates: readonly Template[];
  readonly #attachment: Buffer;
  /** Base64 of attachment and tail, and the end of the envelope. */
  readonly #rest: Buffer;
  #made = 0;
  /** Bytes of the package; a few more or less by agency. */
  readonly packageBytes: number;

  /**
   * @param packageBytes wanted size of each package
   * @throws Error when header and signature alone are larger
   */
  constructor(templates: readonly Template[], packageBytes: number) {
    const [first] = templates;
    if (first === undefined) throw new Error('no template');
    const overhead = first.headBytes + Buffer.byteLength(first.tail);
    const room = packageBytes - overhead;
    if (room < SMALLEST_ATTACHMENT) {
      throw new Error(`the smallest package is ${overhead + SMALLEST_ATTACHMENT} bytes`);
    }
    this.#templates = templates;
    this.#attachment = Buffer.from(pdfLike(Math.floor(room / 4) * 3).toString('base64'), 'latin1');
    const rest = Buffer.concat([this.#attachment, Buffer.from(first.tail)]);
    this.#rest = Buffer.from(rest.toString('base64') + END, 'latin1');
    this.packageBytes = overhead + this.#attachment.length;
  }

  /** Signs that many further requests, the agencies in turn. */
  async prepare(count: number): Promise<PreparedRequest[]> {
    const prepared: PreparedRequest[] = [];
    while (prepared.length < count) {
      const batch = Math.min(SIGNING_AT_ONCE, count - prepared.length);
      prepared.push(...(await Promise.all(Array.from({ length: batch }, () => this.#next()))));
    }
    return prepared;
  }

  async #next(): Promise<PreparedRequest> {
    const number = this.#made++;
    const template = this.#templates[number % this.#templates.length];
    if (template === undefined) throw new Error('no template');
    return { template, number, signed: await template.sign(number, this.#attachment) };
  }

  body({ template, signed }: PreparedRequest): RequestBody {
    // The head is a multiple of three bytes long: its base64 ends without padding.
    const head = Buffer.from(Buffer.from(template.head(signed)).toString('base64'), 'latin1');
    const pieces = [START, head, this.#rest];
    const byteLength = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return byteLength <= ONE_PIECE_BYTES
      ? { pieces: [Buffer.concat(pieces, byteLength)], byteLength }
      : { pieces: [Buffer.concat([START, head]), this.#rest], byteLength };
  }

  /** The exact bytes of the package in a request. */
  packageOf({ template, signed }: PreparedRequest): Buffer {
    return Buffer.concat([
      Buffer.from(template.head(signed)),
      this.#attachment,
      Buffer.from(template.tail),
    ]);
  }
}

/** Noise that cannot be compressed, between the first and the last bytes of a PDF. */
function pdfLike(length: number): Buffer {
  const bytes = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16)).update(
    Buffer.alloc(length),
  );
  bytes.write('%PDF-1.7\n', 0, 'latin1');
  bytes.write('\n%%EOF\n', length - 7, 'latin1');
  return bytes;
}
