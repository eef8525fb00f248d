/**
 * What was fetched of revocation, on disk: so that a restart, or an authority that is out of reach,
 * does not make everything unknown. What is read again is verified again.
 *
 * ```text
 * FOLDER/trust-cache/list-HASH.crl      the bytes as they came, by address
 * FOLDER/trust-cache/answer-HASH.json   an OCSP answer with its certificate and issuer
 * ```
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Certificate, readCertificate } from '../xml/certificates.js';
import { readBlocks } from '../xml/pem.js';
import { ParsedRevocationList } from '../xml/revocation.js';
import type { Issued, ListOutcome, RevocationCache } from '../xml/revocation-cache.js';
import type { TrustStore } from '../xml/trust.js';

/** The largest lists of national authorities have a few megabytes. */
export const MAX_LIST_BYTES = 16 * 1024 * 1024;
/** An answer and two certificates in base64. */
const MAX_ANSWER_FILE_BYTES = 256 * 1024;
const MAX_ANSWER_FILES = 2000;
const ANSWER_NAME = /^answer-[0-9a-f]{40}\.json$/;

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}

export class RevocationFiles {
  readonly #folder: string;

  /** @param storeFolder folder of the store */
  constructor(storeFolder: string) {
    this.#folder = join(storeFolder, 'trust-cache');
  }

  async saveList(url: string, bytes: Uint8Array): Promise<void> {
    await this.#save(`list-${hashOf(url)}.crl`, bytes);
  }

  async saveAnswer({ certificate, issuer }: Issued, response: Buffer): Promise<void> {
    const name = `answer-${hashOf(`${certificate.fingerprint} ${issuer.fingerprint}`)}.json`;
    const text = (bytes: Buffer): string => bytes.toString('base64');
    const content = {
      certificate: text(certificate.x509.raw),
      issuer: text(issuer.x509.raw),
      response: text(response),
    };
    await this.#save(name, JSON.stringify(content));
  }

  async #save(name: string, content: Uint8Array | string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = join(this.#folder, name);
    await writeFile(`${file}.new`, content, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  /**
   * Puts everything into the cache that still verifies; answers that do not are deleted when `clean`.
   *
   * @param urls addresses that are configured
   * @param at milliseconds since 1970
   */
  async load(
    cache: RevocationCache,
    trust: TrustStore,
    urls: readonly string[],
    at: number,
    clean = false,
  ): Promise<void> {
    for (const name of await this.#answerNames()) {
      const file = join(this.#folder, name);
      const isTaken = await this.#loadAnswer(file, cache, trust, at);
      if (!isTaken && clean) await unlink(file).catch(() => undefined);
    }
    for (const url of urls) {
      const bytes = await readBounded(
        join(this.#folder, `list-${hashOf(url)}.crl`),
        MAX_LIST_BYTES,
      );
      if (bytes !== undefined) await offerLists(cache, trust, url, bytes, at);
    }
  }

  async #answerNames(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => ANSWER_NAME.test(name)).slice(0, MAX_ANSWER_FILES);
  }

  async #loadAnswer(
    file: string,
    cache: RevocationCache,
    trust: TrustStore,
    at: number,
  ): Promise<boolean> {
    const bytes = await readBounded(file, MAX_ANSWER_FILE_BYTES);
    const content = bytes === undefined ? undefined : readAnswerFile(bytes);
    if (content === undefined) return false;
    const { certificate, issuer, response } = content;
    if (!isOnPath(cache, trust, { certificate, issuer }, at)) return false;
    return cache.offerAnswer(response, { certificate, issuer }, at) === 'taken';
  }
}

/** The issuer is an anchor or stands on a path to one; then the cache has seen the two together. */
function isOnPath(cache: RevocationCache, trust: TrustStore, one: Issued, at: number): boolean {
  const views = [trust, ...[...trust.agencyAnchors.keys()].map((id) => trust.forAgency(id))];
  return views.some((view) => {
    const anchor = view.issuerOf(one.certificate);
    if (anchor !== undefined) cache.note([one.certificate, anchor]);
    else view.check(one.certificate.x509, [one.issuer.x509], at);
    return cache.hasSeen(one);
  });
}

function readAnswerFile(bytes: Buffer): (Issued & { readonly response: Buffer }) | undefined {
  let content: unknown;
  try {
    content = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  const part = (name: string): Buffer => {
    const value =
      typeof content === 'object' && content !== null && Object.hasOwn(content, name)
        ? (content as Readonly<Record<string, unknown>>)[name]
        : undefined;
    return Buffer.from(typeof value === 'string' ? value : '', 'base64');
  };
  const certificate: Certificate | undefined = readCertificate(part('certificate'));
  const issuer = readCertificate(part('issuer'));
  if (certificate === undefined || issuer === undefined) return undefined;
  return { certificate, issuer, response: part('response') };
}

async function readBounded(file: string, maxBytes: number): Promise<Buffer | undefined> {
  try {
    return (await stat(file)).size > maxBytes ? undefined : await readFile(file);
  } catch {
    // There is none yet, or it cannot be read: it will be fetched.
    return undefined;
  }
}

/**
 * @param bytes PEM (X509 CRL blocks) or DER
 * @returns the worst outcome of the lists in it, `unreadable` when there is none or one is broken
 */
export async function offerLists(
  cache: RevocationCache,
  trust: TrustStore,
  url: string,
  bytes: Buffer,
  at: number,
): Promise<ListOutcome | 'unreadable'> {
  const blocks = readBlocks(bytes, 'X509 CRL');
  const outcomes: ListOutcome[] = [];
  for (const block of blocks) {
    let list: ParsedRevocationList;
    try {
      list = await ParsedRevocationList.readInSteps(block);
    } catch {
      return 'unreadable';
    }
    outcomes.push(cache.offerList(url, list, trust.issuers, at));
  }
  return outcomes.find((one) => one !== 'taken') ?? outcomes[0] ?? 'unreadable';
}
