/**
 * What a stranger needs to judge the signature of a package: the certificates in it, those registered
 * for its sender, the anchors they lead to, and what is at hand of revocation.
 *
 * The store keeps the verdict and the facts of revocation as they were at the receipt, not the lists:
 * the files are those at hand when the evidence is exported.
 *
 * @module
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TrustConfig } from '../config/config.js';
import { findTrustFiles, readAgencyTrustFiles } from '../config/trust-files.js';
import { GatewayError } from '../model/issue.js';
import { type Certificate, loadRegistered, readCertificate } from '../xml/certificates.js';
import { parseXml } from '../xml/parse.js';
import { readBlocks, writeBlock } from '../xml/pem.js';
import { ParsedRevocationList } from '../xml/revocation.js';
import { scanXml } from '../xml/scan.js';
import { findSignatures } from '../xml/signature-search.js';
import { readShape } from '../xml/signature-shape.js';
import type { XmlDocument } from '../xml/tree.js';
import type { Member } from './zip-format.js';

export const FOLDER = 'signature';
/** Of one kind in one file. */
export const MAX_FILES = 32;
/** Bounds the search for issuers. */
const MAX_CHAIN = 8;
const MAX_ANSWER_FILE_BYTES = 256 * 1024;
const ANSWER_FILE = /^answer-[0-9a-f]{40}\.json$/;

export interface TrustSource {
  readonly trust: TrustConfig;
  readonly storeFolder: string;
  /** Of the sender, in PEM. */
  readonly registered: readonly string[];
  readonly fromOrganId: string;
}

export function withDocument<T>(
  bytes: Uint8Array,
  work: (document: XmlDocument) => T,
): T | undefined {
  try {
    const document = parseXml(scanXml(bytes));
    try {
      return work(document);
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** Certificates in the KeyInfo of the one signature of a package. */
function certificatesIn(content: Uint8Array): readonly Certificate[] {
  return (
    withDocument(content, (document) => {
      const [signature] = findSignatures(document.root).real;
      const read = signature === undefined ? undefined : readShape(document, signature);
      return read?.ok === true ? read.shape.certificates : [];
    }) ?? []
  );
}

export function parsed(blocks: readonly Buffer[]): Certificate[] {
  return blocks.flatMap((block) => readCertificate(block) ?? []);
}

/** Names are enough here: what really signed what is asked by the reader. */
function issuersOf(
  certificates: readonly Certificate[],
  anchors: readonly Certificate[],
): Certificate[] {
  const found = new Map<string, Certificate>();
  let open = [...certificates];
  for (let depth = 0; open.length > 0 && depth < MAX_CHAIN; depth++) {
    const wanted = new Set(open.map(({ issuerKey }) => issuerKey));
    open = anchors.filter((one) => wanted.has(one.subjectKey) && !found.has(one.fingerprint));
    for (const one of open) found.set(one.fingerprint, one);
  }
  return [...found.values()];
}

interface Anchors {
  readonly anchors: readonly Certificate[];
  readonly lists: readonly Buffer[];
}

/** Of the configuration of today. */
function configured({ trust, fromOrganId }: TrustSource): Anchors {
  const agencies =
    trust.agencyAnchors === undefined ? undefined : readAgencyTrustFiles(trust.agencyAnchors);
  const own = [...(agencies ?? [])].find(([organId]) => organId === fromOrganId)?.[1];
  const anchorFiles = [...findTrustFiles(trust.anchors, 'CERTIFICATE'), ...(own?.anchors ?? [])];
  const listFiles = [...findTrustFiles(trust.crls, 'X509 CRL'), ...(own?.crls ?? [])];
  return {
    anchors: anchorFiles.flatMap(({ bytes }) => parsed(readBlocks(bytes, 'CERTIFICATE'))),
    lists: listFiles.flatMap(({ bytes }) => readBlocks(bytes, 'X509 CRL')),
  };
}

interface Fetched {
  readonly lists: readonly Buffer[];
  /** By fingerprint of the certificate. */
  readonly answers: readonly { readonly about: string; readonly response: Buffer }[];
}

/** What was fetched while the gateway ran (FOLDER/trust-cache). */
function fetched(storeFolder: string): Fetched {
  const folder = join(storeFolder, 'trust-cache');
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    // Nothing was ever fetched.
    return { lists: [], answers: [] };
  }
  const lists = names
    .filter((name) => name.endsWith('.crl'))
    .flatMap((name) => readBlocks(readFileSync(join(folder, name)), 'X509 CRL'));
  const answers = names
    .filter((name) => ANSWER_FILE.test(name))
    .flatMap((name) => readAnswer(join(folder, name)) ?? []);
  return { lists, answers };
}

function readAnswer(file: string): Fetched['answers'][number] | undefined {
  if (statSync(file).size > MAX_ANSWER_FILE_BYTES) return undefined;
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
    const part = (name: string): Buffer => Buffer.from(String(content[name] ?? ''), 'base64');
    const certificate = readCertificate(part('certificate'));
    return certificate && { about: certificate.fingerprint, response: part('response') };
  } catch {
    return undefined;
  }
}

function issuerOfList(bytes: Buffer): string | undefined {
  try {
    return ParsedRevocationList.read(bytes).issuerKey;
  } catch {
    return undefined;
  }
}

function files(folder: string, ending: string, contents: readonly Uint8Array[]): Member[] {
  const unique = new Map(contents.map((one) => [Buffer.from(one).toString('base64'), one]));
  return [...unique.values()].slice(0, MAX_FILES).map((bytes, at) => ({
    name: `${FOLDER}/${folder}-${at + 1}.${ending}`,
    bytes,
  }));
}

function pemFiles(folder: string, certificates: readonly Certificate[]): Member[] {
  const texts = certificates.map(({ x509 }) => Buffer.from(writeBlock(x509.raw, 'CERTIFICATE')));
  return files(folder, 'pem', texts);
}

/** @returns the files, none when nothing was signed */
export function trustMembers(content: Uint8Array | undefined, source: TrustSource): Member[] {
  const inside = content === undefined ? [] : certificatesIn(content);
  const registered = loadRegistered(source.registered).flatMap(
    (one) => readCertificate(one.raw) ?? [],
  );
  const signers = [...inside, ...registered];
  const { anchors, lists } = configured(source);
  const issuers = issuersOf(signers, anchors);
  const asked = [...signers, ...issuers];
  const cache = fetched(source.storeFolder);
  const issuerKeys = new Set(asked.map(({ issuerKey }) => issuerKey));
  const about = new Set(asked.map(({ fingerprint }) => fingerprint));
  const ownLists = [...lists, ...cache.lists].filter((one) => {
    const issuer = issuerOfList(one);
    return issuer !== undefined && issuerKeys.has(issuer);
  });
  const ownAnswers = cache.answers.filter((one) => about.has(one.about));
  return [
    ...pemFiles('package', inside),
    ...pemFiles('registered', registered),
    ...pemFiles('anchor', issuers),
    ...files('list', 'crl', ownLists),
    ...files(
      'answer',
      'ocsp',
      ownAnswers.map(({ response }) => response),
    ),
  ];
}
