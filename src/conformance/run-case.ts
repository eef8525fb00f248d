/**
 * Runs one case: its steps in order, up to the first one with a difference.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import { type HttpAnswer, type NoAnswer, sendHttp } from '../soap/exchange.js';
import { type ReadAnswer, readAnswer } from './answer.js';
import { BrokenCase } from './broken-case.js';
import { judge, xpathValue } from './judge.js';
import { type SigningPair, type WrittenRequest, writeRequest } from './request.js';
import type { CaseResult, Difference, StepResult } from './run-result.js';
import type { Case, Need, Role, Step, Suite, Words } from './suite.js';
import { type Participant, Variables } from './variables.js';
import { answerMessage, blotted, requestMessage } from './wire.js';

/** An agency that steps are sent as. */
export interface Player extends Participant {
  /** Absent: its requests carry no sign-in. */
  readonly token?: string;
  readonly signing?: SigningPair;
}

export interface Target {
  /** SOAP endpoint of the gateway, `https://host/soap`. */
  readonly url: string;
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  /** For each step. */
  readonly timeoutMs: number;
}

/** What a recorder gets of every step that was answered. */
export interface Answered {
  readonly case: Case;
  readonly step: Step;
  readonly written: WrittenRequest;
  readonly answer: ReadAnswer;
  readonly variables: Variables;
}

export interface CaseContext {
  readonly suite: Suite;
  readonly target: Target;
  readonly players: Partial<Readonly<Record<Role, Player>>> & { readonly sender: Player };
  readonly clock: Clock;
  readonly unique: string;
  readonly signal?: AbortSignal;
  /** Called with every answer before it is judged. */
  readonly onAnswer?: (answered: Answered) => void;
  /** Called when the gateway could not be reached, or could. */
  readonly onReached?: (reached: NoAnswer | undefined) => void;
}

/** Longer answers are not read to their end. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export async function runCase(one: Case, context: CaseContext): Promise<CaseResult> {
  const { clock } = context;
  const start = clock.monotonic();
  const steps: StepResult[] = [];
  const base = { id: one.id, title: one.title, clause: one.clause };
  const ended = (verdict: CaseResult['verdict'], reason?: Words): CaseResult => ({
    ...base,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    steps,
    ms: Math.round(clock.monotonic() - start),
  });
  const missing = missingNeed(one, context);
  if (missing !== undefined) return ended('skipped', NEED_WORDS[missing]);
  const variables = variablesOf(context);
  try {
    for (const step of one.steps) {
      const result = await runStep(one, step, variables, context);
      steps.push(result);
      if (result.differences.length > 0) return ended('failed');
    }
    return ended('passed');
  } catch (error) {
    if (error instanceof BrokenCase) return ended('broken', error.reason);
    throw error;
  }
}

function variablesOf({ players, unique, target, clock }: CaseContext): Variables {
  const { sender, recipient, third } = players;
  return new Variables({
    sender,
    ...(recipient === undefined ? {} : { recipient }),
    ...(third === undefined ? {} : { third }),
    unique,
    path: new URL(target.url).pathname,
    now: clock.now(),
  });
}

// ---- needs --------------------------------------------------------------------------------------

const NEED_WORDS: Readonly<Record<Need, Words>> = {
  recipient: { en: 'needs a recipient: --peer', vi: 'cần bên nhận: --peer' },
  third: { en: 'needs a third agency: --third', vi: 'cần cơ quan thứ ba: --third' },
  signing: {
    en: 'needs a signing key: --signing-key and --certificate',
    vi: 'cần khóa ký: --signing-key và --certificate',
  },
  basic: { en: 'needs a token: --token-file', vi: 'cần mã truy cập: --token-file' },
};

/** Needs that a case names, and those that its steps cannot do without. */
function missingNeed(one: Case, { players, suite }: CaseContext): Need | undefined {
  const { sender, recipient, third } = players;
  const needs = new Set<Need>(one.needs ?? []);
  for (const { as, request } of one.steps) {
    if (as === 'recipient' || as === 'third') needs.add(as);
    if (request.kind === 'operation' && request.package?.signature === 'own') needs.add('signing');
  }
  const given: Readonly<Record<Need, boolean>> = {
    recipient: recipient !== undefined,
    third: third !== undefined,
    signing: sender.signing !== undefined,
    basic: sender.token !== undefined,
  };
  for (const role of ['recipient', 'third'] as const) {
    if (!given[role] && namesRole(one, suite, role)) needs.add(role);
  }
  return [...needs].find((need) => !given[need]);
}

/** Whether a text or a file of the case has `{{role}}` or `{{roleName}}`. */
function namesRole(one: Case, suite: Suite, role: 'recipient' | 'third'): boolean {
  const variable = new RegExp(`\\{\\{\\s*${role}(?:Name)?\\s*\\}\\}`);
  return one.steps.some((step) => {
    const { request } = step;
    const name = request.kind === 'http' ? request.body : request.package?.file;
    const bytes = name === undefined ? undefined : suite.file(name);
    const texts = JSON.stringify(step);
    return variable.test(texts) || (bytes !== undefined && variable.test(bytes.toString('latin1')));
  });
}

// ---- one step -----------------------------------------------------------------------------------

async function runStep(
  one: Case,
  step: Step,
  variables: Variables,
  context: CaseContext,
): Promise<StepResult> {
  const { suite, target, players, clock, signal } = context;
  const player = step.as === 'nobody' ? undefined : players[step.as];
  const signing = (player ?? players.sender).signing;
  const written = writeRequest(step.request, {
    suite,
    variables,
    target: target.url,
    ...(signing === undefined ? {} : { signing }),
  });
  const headers = signedIn(written, player);
  const secrets = secretsOf(players);
  const start = clock.monotonic();
  const http = await sendHttp({
    url: written.url,
    method: written.method,
    headers,
    ...(written.body === undefined ? {} : { body: written.body }),
    timeoutMs: target.timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    ...(target.ca === undefined ? {} : { ca: target.ca }),
    ...(signal === undefined ? {} : { signal }),
  });
  const base = {
    name: step.name,
    ...(player === undefined ? {} : { as: player.organId }),
    request: requestMessage(written, headers, secrets),
    ms: Math.round(clock.monotonic() - start),
  };
  if (http.kind !== 'answer') return { ...base, differences: [noAnswer(http, context)] };
  context.onReached?.(undefined);
  const answer = readAnswer(http);
  try {
    context.onAnswer?.({ case: one, step, written, answer, variables });
    const differences = judge({ step, written, answer, suite, variables });
    if (differences.length === 0) differences.push(...saved(step, answer, variables));
    const shown = differences.map((one) => withoutSecrets(one, secrets));
    return { ...base, answer: answerMessage(http, secrets), differences: shown };
  } finally {
    answer.dispose();
  }
}

/** The HTTP client would not send what the step asks for. */
const NO_REQUEST = 'UND_ERR_INVALID_ARG';

/** @throws BrokenCase when nothing was sent: that says nothing about the gateway's answers */
function noAnswer(http: Exclude<HttpAnswer, { kind: 'answer' }>, context: CaseContext): Difference {
  if (http.phase === 'connect') {
    if (http.reason !== NO_REQUEST) context.onReached?.(http);
    throw new BrokenCase(
      `no connection: ${http.kind}, ${http.reason}`,
      `không kết nối được: ${http.kind}, ${http.reason}`,
    );
  }
  if (http.kind === 'aborted') throw new BrokenCase('the run was stopped', 'đã dừng chạy');
  return { what: 'http', expected: 'an answer', actual: `none: ${http.kind}, ${http.reason}` };
}

function pairOf({ organId, token }: Player): string {
  return Buffer.from(`${organId}:${token}`, 'utf8').toString('base64');
}

/** HTTP Basic, unless the step has an Authorization of its own. */
function signedIn(
  { headers }: WrittenRequest,
  player: Player | undefined,
): Readonly<Record<string, string>> {
  if (player?.token === undefined || headers['authorization'] !== undefined) return headers;
  return { ...headers, authorization: `Basic ${pairOf(player)}` };
}

/** What must never be shown: of all agencies, since an answer to one may hold what another had sent. */
function secretsOf(players: CaseContext['players']): string[] {
  return Object.values(players).flatMap((one) =>
    one.token === undefined ? [] : [one.token, pairOf(one)],
  );
}

function withoutSecrets(one: Difference, secrets: readonly string[]): Difference {
  const { place, expected, actual } = one;
  return {
    ...one,
    ...(place === undefined ? {} : { place: blotted(place, secrets) }),
    expected: blotted(expected, secrets),
    actual: blotted(actual, secrets),
  };
}

function saved(step: Step, answer: ReadAnswer, variables: Variables): Difference[] {
  return Object.entries(step.save ?? {}).flatMap(([name, xpath]): Difference[] => {
    const place = variables.fillXPath(xpath);
    const value = xpathValue(place, answer);
    if (value !== undefined) {
      variables.save(name, value.trim());
      return [];
    }
    return [
      { what: 'assertion', place, expected: `a value for {{${name}}}`, actual: '(no such node)' },
    ];
  });
}
