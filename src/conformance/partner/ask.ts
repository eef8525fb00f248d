/**
 * Asks a gateway where an agency stands in its partner suite: `GET /conformance`, beside its `/soap`.
 *
 * Errors: `cli.usage` (the address), `cli.failed` (what came back), `peer.unreachable`.
 *
 * @module
 */
import { refuse } from '../../model/issue.js';
import { getBytes } from '../../soap/exchange.js';
import type { Clause, Words } from '../suite.js';

export interface PartnerQuestion {
  /** The SOAP endpoint. */
  readonly target: string;
  readonly organId: string;
  readonly token: string;
  readonly timeoutMs: number;
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
}

const MAX_ANSWER_BYTES = 1024 * 1024;
/** The state, and the PEM key with which the gateway signs. Members that we do not know are left out. */
export interface PartnerAnswer {
  readonly organId: string;
  readonly gateway: string;
  readonly lane: string;
  readonly since?: string;
  readonly suite: string;
  readonly suiteVersion: number;
  readonly passed: boolean;
  readonly requirements: readonly AnsweredRequirement[];
  readonly issuedAt?: string;
  readonly report?: string;
  readonly publicKey: string;
}

export interface AnsweredRequirement {
  readonly id: string;
  readonly title: Words;
  readonly clause: Clause;
  readonly met: boolean;
  readonly state: Words;
  readonly messageIds: readonly string[];
}

export async function askPartner(question: PartnerQuestion): Promise<PartnerAnswer> {
  const { target, organId, token, timeoutMs, ca } = question;
  const address = URL.canParse(target) ? new URL('conformance', target) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    throw refuse('cli.usage', {
      reason: `--target ${target} is no address such as https://host/soap`,
    });
  }
  const pair = Buffer.from(`${organId}:${token}`, 'utf8').toString('base64');
  const answer = await getBytes({
    url: address.href,
    headers: { authorization: `Basic ${pair}`, accept: 'application/json' },
    timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    ...(ca === undefined ? {} : { ca }),
  });
  if (answer.kind !== 'answer') {
    throw refuse('peer.unreachable', { url: address.href, reason: answer.reason });
  }
  const body = jsonOf(answer.body);
  const read = answer.status === 200 ? readAnswer(body) : undefined;
  if (read !== undefined) return read;
  const error = member(body, 'error');
  const [code, text] = [member(error, 'code'), member(error, 'text')];
  throw refuse('cli.failed', {
    reason:
      typeof code === 'string' && typeof text === 'string'
        ? `${code}: ${text}`
        : `the gateway answered with HTTP status ${answer.status}, and nothing of a partner suite`,
  });
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Something in the answer is not what it must be. */
class Unreadable extends Error {}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function textOf(value: unknown, name: string): string {
  const text = member(value, name);
  if (typeof text !== 'string') throw new Unreadable(name);
  return text;
}

function optionalText<K extends string>(value: unknown, name: K): { [key in K]?: string } {
  if (member(value, name) === undefined) return {};
  return { [name]: textOf(value, name) } as { [key in K]: string };
}

function flagOf(value: unknown, name: string): boolean {
  const flag = member(value, name);
  if (typeof flag !== 'boolean') throw new Unreadable(name);
  return flag;
}

function listOf(value: unknown, name: string): readonly unknown[] {
  const list = member(value, name);
  if (!Array.isArray(list)) throw new Unreadable(name);
  return list;
}

function wordsOf(value: unknown, name: string): Words {
  const words = member(value, name);
  return { en: textOf(words, 'en'), vi: textOf(words, 'vi') };
}

function requirementOf(value: unknown): AnsweredRequirement {
  const clause = member(value, 'clause');
  const messageIds = listOf(value, 'messageIds');
  if (!messageIds.every((one) => typeof one === 'string')) throw new Unreadable('messageIds');
  return {
    id: textOf(value, 'id'),
    title: wordsOf(value, 'title'),
    clause: { document: textOf(clause, 'document'), place: textOf(clause, 'place') },
    met: flagOf(value, 'met'),
    state: wordsOf(value, 'state'),
    messageIds,
  };
}

/** @returns undefined for what is no answer of a partner suite */
export function readAnswer(value: unknown): PartnerAnswer | undefined {
  try {
    const suiteVersion = member(value, 'suiteVersion');
    if (typeof suiteVersion !== 'number') throw new Unreadable('suiteVersion');
    return {
      organId: textOf(value, 'organId'),
      gateway: textOf(value, 'gateway'),
      lane: textOf(value, 'lane'),
      ...optionalText(value, 'since'),
      suite: textOf(value, 'suite'),
      suiteVersion,
      passed: flagOf(value, 'passed'),
      requirements: listOf(value, 'requirements').map(requirementOf),
      ...optionalText(value, 'issuedAt'),
      ...optionalText(value, 'report'),
      publicKey: textOf(value, 'publicKey'),
    };
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}
