/**
 * One event of a message as a line for people: what happened, and the facts that explain it.
 *
 * @module
 */
import { parseStatusCode, STATUS_CODES } from '../model/status-code.js';
import type { StoryEvent } from '../operate/story.js';
import { bytesText, localTime, plain } from './table.js';

/** @returns what happened, and its facts in one text. */
export function courseLine(event: StoryEvent): [string, string] {
  const detail = new Map(Object.entries(event.detail));
  const facts = FACTS.get(event.event)?.(detail) ?? others(detail);
  const what = WHAT.get(event.event)?.(detail) ?? event.event;
  return [plain(what), plain(facts.filter((fact) => fact !== '').join('  '))];
}

type Detail = ReadonlyMap<string, unknown>;

function text(detail: Detail, name: string): string {
  const value = detail.get(name);
  return value === undefined || value === null ? '' : String(value);
}

function prefixed(prefix: string, value: string, suffix = ''): string {
  return value === '' ? '' : `${prefix}${value}${suffix}`;
}

function quoted(value: string): string {
  return value === '' ? '' : `"${value}"`;
}

function milliseconds(detail: Detail, name: string): string {
  const value = detail.get(name);
  return typeof value === 'number' ? `${value < 10 ? value.toFixed(1) : Math.round(value)} ms` : '';
}

const WHAT: ReadonlyMap<string, (detail: Detail) => string> = new Map([
  ['checked', (detail: Detail) => `check ${text(detail, 'name')}`],
  ['attempt', (detail: Detail) => `attempt ${text(detail, 'number')}`],
  ['repeated', () => 'sent again'],
  ['dead', () => 'dead letter'],
  ['notice', () => 'sender told'],
  ['status', (detail: Detail) => `status ${text(detail, 'code')}`],
  ['attachment-signature', (detail: Detail) => `attachment ${text(detail, 'contentId')}`],
  ['attachments-checked', () => 'attachments checked'],
]);

const FACTS: ReadonlyMap<string, (detail: Detail) => string[]> = new Map([
  [
    'received',
    (detail: Detail) => [
      `from ${text(detail, 'caller')}`,
      prefixed('by ', text(detail, 'operation')),
      prefixed('SOAP ', text(detail, 'soapVersion')),
      text(detail, 'carrier'),
      prefixed('signed in with ', text(detail, 'proof')),
      prefixed('at ', text(detail, 'remoteAddress')),
      prefixed('request ', text(detail, 'correlationId')),
    ],
  ],
  [
    'checked',
    (detail: Detail) => {
      const codes = detail.get('codes');
      return [
        text(detail, 'verdict'),
        milliseconds(detail, 'ms'),
        text(detail, 'detail'),
        Array.isArray(codes) ? codes.join(', ') : '',
      ];
    },
  ],
  [
    'stored',
    (detail: Detail) => {
      const size = detail.get('sizeBytes');
      return [typeof size === 'number' ? bytesText(size) : '', 'the receipt was made'];
    },
  ],
  [
    'repeated',
    (detail: Detail) => [
      prefixed('by ', text(detail, 'caller')),
      prefixed('at ', text(detail, 'remoteAddress')),
      'answered with the first receipt',
    ],
  ],
  [
    'attempt',
    (detail: Detail) => [
      text(detail, 'outcome'),
      text(detail, 'code'),
      prefixed('HTTP ', text(detail, 'httpStatus')),
      milliseconds(detail, 'totalMs'),
      quoted(text(detail, 'reason')),
      detail.has('nextAttemptAt') ? `next ${localTime(text(detail, 'nextAttemptAt'))}` : '',
      prefixed('to ', text(detail, 'endpoint')),
    ],
  ],
  ['listed', () => ['seen by the recipient in ListPending']],
  [
    'fetched',
    (detail: Detail) => {
      const fetches = text(detail, 'fetches');
      return [
        'taken by the recipient with GetPackage',
        fetches === '' || fetches === '1' ? '' : `${fetches} times so far`,
      ];
    },
  ],
  ['confirmed', (detail: Detail) => [text(detail, 'outcome'), quoted(text(detail, 'reason'))]],
  ['dead', (detail: Detail) => [text(detail, 'code'), quoted(text(detail, 'reason'))]],
  [
    'notice',
    (detail: Detail) => [
      prefixed('status ', text(detail, 'code')),
      prefixed('in message ', text(detail, 'messageId')),
    ],
  ],
  [
    'status',
    (detail: Detail) => {
      const code = parseStatusCode(text(detail, 'code'));
      return [
        code === undefined ? '' : STATUS_CODES[code].en,
        prefixed('from ', text(detail, 'from')),
        quoted(text(detail, 'description')),
        prefixed('in message ', text(detail, 'messageId')),
      ];
    },
  ],
  [
    'attachment-signature',
    (detail: Detail) => {
      const reasons = detail.get('reasons');
      return [
        `${text(detail, 'format')} signature ${text(detail, 'verdict')}`,
        Array.isArray(reasons) ? reasons.join(', ') : '',
        prefixed('by ', text(detail, 'signer')),
        prefixed('covers ', text(detail, 'covers')),
        detail.has('signingTime') ? `claimed ${localTime(text(detail, 'signingTime'))}` : '',
      ];
    },
  ],
  [
    'attachments-checked',
    (detail: Detail) => [
      `${text(detail, 'files')} attachments, ${text(detail, 'signatures')} signatures inside`,
      prefixed('', text(detail, 'skipped'), ' not looked at'),
    ],
  ],
  [
    'operator',
    (detail: Detail) => [
      text(detail, 'act'),
      prefixed('by ', text(detail, 'actor')),
      quoted(text(detail, 'reason')),
    ],
  ],
]);

/** An event that a later version writes is still shown. */
function others(detail: Detail): string[] {
  return [...detail].map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
}
