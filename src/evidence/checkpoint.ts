/**
 * Checkpoints: our signed "the log stood so at that time". Schema: xsd/receipt/1/checkpoint.xsd. Each
 * names the digest of the one before it, so that the last one vouches for all.
 *
 * Like a receipt the text is written in exclusive canonical form from the start; it is read back by its
 * exact form only.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto';
import { sha256Text } from '../model/log-entry.js';
import { receiptSignature, verifyReceiptSignature } from '../xml/sign.js';
import type { ReceiptKey } from './receipt-keys.js';
import { element, optionalElement, RECEIPT_NAMESPACE } from './signed-text.js';

/** The part of one chain that a checkpoint adds; nothing when `from` is `to` + 1. */
export interface ChainPart {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Hash of the entry `to`. */
  readonly head: string;
}

export interface CheckpointContent {
  /** From 1, without gaps. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly gateway: string;
  /** SHA-256 of the bytes of the checkpoint before; absent in the first. */
  readonly previousDigest?: string;
  /** Every chain that has entries, always in the same order. */
  readonly chains: readonly ChainPart[];
  /** How many entries it adds: the leaves of the Merkle tree. */
  readonly entries: number;
  readonly merkleRoot: string;
}

function chainText({ name, from, to, head }: ChainPart): string {
  return `<Chain>${element('Name', name)}${element('From', from)}${element('To', to)}${element('Head', head)}</Chain>`;
}

/** The checkpoint without its signature, in exclusive canonical form. */
export function checkpointText(content: CheckpointContent): string {
  const { number, time, gateway, previousDigest, chains, entries, merkleRoot } = content;
  return (
    `<Checkpoint xmlns="${RECEIPT_NAMESPACE}" Id="checkpoint-${number}">` +
    element('CheckpointVersion', 1) +
    element('Gateway', gateway) +
    element('Number', number) +
    element('Time', time) +
    optionalElement('PreviousDigest', previousDigest) +
    chains.map(chainText).join('') +
    element('Entries', entries) +
    element('MerkleRoot', merkleRoot) +
    '</Checkpoint>'
  );
}

export function makeCheckpoint(content: CheckpointContent, key: ReceiptKey): string {
  return receiptSignature(checkpointText(content), key);
}

/** What is named in the next checkpoint, and written on paper. */
export function checkpointDigest(text: string): string {
  return sha256Text(text);
}

/** Short form of the digest for paper: 16 hex digits in groups of four. */
export function fingerprint(text: string): string {
  return (checkpointDigest(text).slice(0, 16).match(/.{4}/g) ?? []).join(' ');
}

// ---- reading -------------------------------------------------------------------------------------

function unescaped(text: string): string {
  return text
    .replaceAll('&#xD;', '\r')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
}

const CHAIN =
  /<Chain><Name>([^<]*)<\/Name><From>(\d{1,15})<\/From><To>(\d{1,15})<\/To><Head>([0-9a-f]{64})<\/Head><\/Chain>/g;

function textOf(xml: string, name: string): string {
  return unescaped(new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '');
}

/** @returns undefined when that is no text of `checkpointText`. */
function readText(text: string): CheckpointContent | undefined {
  const previousDigest = textOf(text, 'PreviousDigest');
  const content: CheckpointContent = {
    number: Number(textOf(text, 'Number')),
    time: textOf(text, 'Time'),
    gateway: textOf(text, 'Gateway'),
    ...(previousDigest === '' ? {} : { previousDigest }),
    chains: [...text.matchAll(CHAIN)].map(([, name = '', from, to, head = '']) => {
      return { name: unescaped(name), from: Number(from), to: Number(to), head };
    }),
    entries: Number(textOf(text, 'Entries')),
    merkleRoot: textOf(text, 'MerkleRoot'),
  };
  return checkpointText(content) === text ? content : undefined;
}

export type ReadCheckpoint =
  | { readonly kind: 'holds'; readonly content: CheckpointContent; readonly keyId: string }
  | { readonly kind: 'unknown-key'; readonly content: CheckpointContent; readonly keyId: string }
  | { readonly kind: 'broken' };

/** @param keyOf the public key of that id */
export function readCheckpoint(
  xml: string,
  keyOf: (id: string) => KeyObject | undefined,
): ReadCheckpoint {
  const signed = verifyReceiptSignature(xml, keyOf);
  if (signed.kind === 'broken') return signed;
  const content = readText(signed.text);
  return content === undefined
    ? { kind: 'broken' }
    : { kind: signed.kind, content, keyId: signed.keyId };
}

/** Our own last checkpoint, to go on from; its signature is not looked at. */
export function continueFrom(xml: string): CheckpointContent | undefined {
  const read = readCheckpoint(xml, () => undefined);
  return read.kind === 'broken' ? undefined : read.content;
}
