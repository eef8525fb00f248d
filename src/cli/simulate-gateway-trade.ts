/**
 * What faults that deal in packages share: results of one operation, items of a page, and how other
 * agencies are asked.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Filter, FrontSetting } from './simulate-gateway-fault.js';
import {
  type Asked,
  askedOf,
  callerOf,
  editAnswer,
  envelopeOf,
  type Forward,
  type FrontAnswer,
  type FrontRequest,
  isResultOf,
  mapElements,
  signedInAs,
  textOf,
} from './simulate-gateway-wire.js';

export function isSendResult(answer: FrontAnswer): boolean {
  return (
    /^Send/.test(/<(\w+)Response xmlns=/.exec(envelopeOf(answer))?.[1] ?? '') &&
    answer.status === 200
  );
}

/** Edits results of the three operations that send. */
export function editSend(answer: FrontAnswer, edit: (xml: string) => string): FrontAnswer {
  return isSendResult(answer) ? editAnswer(answer, edit) : answer;
}

export function editResult(
  answer: FrontAnswer,
  operation: string,
  edit: (xml: string) => string,
): FrontAnswer {
  return isResultOf(answer, operation) ? editAnswer(answer, edit) : answer;
}

/** One that looks at requests of one operation. */
export function onOperation(
  operation: string,
  handle: (asked: Asked, request: FrontRequest, next: Forward) => Promise<FrontAnswer>,
): Filter {
  return async (request, next) => {
    const asked = askedOf(request);
    return asked?.operation === operation ? handle(asked, request, next) : next(request);
  };
}

export function otherDigest(digest: string): string {
  return createHash('sha256').update(digest).digest('hex');
}

/** Takes items out of what a recipient is shown. */
export function hide(answer: FrontAnswer, hidden: (messageId: string) => boolean): FrontAnswer {
  return editResult(answer, 'ListPending', (xml) =>
    mapElements(xml, 'Item', (whole) => (hidden(textOf(whole, 'MessageId') ?? '') ? '' : whole)),
  );
}

/** Items put before those of the page. */
export function withMore(xml: string, items: readonly string[]): string {
  return xml
    .replace('<PendingPage/>', '<PendingPage></PendingPage>')
    .replace('<PendingPage>', () => `<PendingPage>${items.join('')}`);
}

/** Asks as each of the other agencies too. */
export async function asOthers(
  { tokens }: FrontSetting,
  request: FrontRequest,
  next: Forward,
): Promise<FrontAnswer[]> {
  const caller = callerOf(request);
  const answers: FrontAnswer[] = [];
  for (const [organId, token] of tokens) {
    if (organId !== caller) answers.push(await next(signedInAs(request, organId, token)));
  }
  return answers;
}
