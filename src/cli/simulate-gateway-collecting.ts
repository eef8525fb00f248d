/**
 * Faults in collecting: the bytes of packages, pages, confirmations.
 *
 * @module
 */

import { utc } from '../clock.js';
import { escapeText } from '../soap/xml-text.js';
import { changes, contract, type Fault, words } from './simulate-gateway-fault.js';
import { editResult, hide, onOperation, otherDigest, withMore } from './simulate-gateway-trade.js';
import {
  askedOf,
  callerOf,
  drop,
  editAnswer,
  editPackage,
  editRequest,
  elementsOf,
  isResultOf,
  mapElements,
  mapText,
  textOf,
} from './simulate-gateway-wire.js';

const COLLECTION = 'docs/semantics.md, Collection';
const PAGES = 'ListPending: MaxItems, After, Next';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

function withoutBom(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(BOM) ? bytes.subarray(3) : bytes;
}

/** What reading and writing with a library makes of the head of a package. */
function rewritten(bytes: Buffer): Buffer {
  const text = bytes.toString('utf8').replace(/^\s*<\?xml[^>]*\?>\s*/, '');
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${text}`, 'utf8');
}

/** Requests of ListPending as though some children had not been written. */
function ignoring(name: string, children: readonly string[], ...does: [string, string]): Fault {
  return {
    name,
    does: words(...does),
    breaks: contract(PAGES),
    start: () =>
      onOperation('ListPending', (_, request, next) =>
        next(
          editRequest(request, (xml) =>
            children.reduce(
              (text, child) =>
                text.replace(new RegExp(`<((?:\\w+:)?)${child}>[^<]*</\\1${child}>`), ''),
              xml,
            ),
          ),
        ),
      ),
  };
}

/** Lists what an agency confirmed again, as though nothing had been confirmed. */
const confirmedRepeated: Fault = {
  name: 'list-repeats-confirmed',
  does: words('lists confirmed packages again', 'liệt kê lại gói tin đã xác nhận'),
  breaks: contract(`${COLLECTION}: a confirmation ends the delivery`),
  start: () => {
    const items = new Map<string, string>();
    const confirmed = new Map<string, string[]>();
    return async (request, next) => {
      const asked = askedOf(request);
      const caller = callerOf(request) ?? '';
      const answer = await next(request);
      if (isResultOf(answer, 'ConfirmReceived')) {
        const item = items.get(`${caller} ${asked?.fields.get('MessageId')}`);
        if (item !== undefined) confirmed.set(caller, [...(confirmed.get(caller) ?? []), item]);
      }
      return editResult(answer, 'ListPending', (xml) => {
        for (const one of elementsOf(xml, 'Item')) {
          items.set(`${caller} ${textOf(one, 'MessageId')}`, one);
        }
        return withMore(xml, confirmed.get(caller) ?? []);
      });
    };
  },
};

const confirmForgotten: Fault = {
  name: 'confirm-forgotten',
  does: words('answers a confirmation and forgets it', 'trả lời xác nhận rồi bỏ qua'),
  breaks: contract(`${COLLECTION}: a confirmation ends the delivery`),
  start: ({ now }) =>
    onOperation('ConfirmReceived', async (asked, request, next) => {
      // Asked for only to learn whether the caller may confirm it, and for the form of an answer.
      const probe = await next(
        editRequest(request, (xml) =>
          xml
            .replace(/ConfirmReceived/g, 'GetPackage')
            .replace(/<((?:\w+:)?)(Outcome|Reason)>[^<]*<\/\1\2>/g, ''),
        ),
      );
      if (!isResultOf(probe, 'GetPackage')) return next(request);
      const { fields } = asked;
      const result =
        `<MessageId>${escapeText(fields.get('MessageId') ?? '')}</MessageId>` +
        `<Outcome>${escapeText(fields.get('Outcome') ?? '')}</Outcome>` +
        `<ConfirmedAt>${utc(now())}</ConfirmedAt>`;
      return editAnswer(probe, (xml) =>
        xml
          .replace(/GetPackageResponse/g, 'ConfirmReceivedResponse')
          .replace(
            /<PackageContent>[\s\S]*<\/PackageContent>/,
            () => `<Confirmation>${result}</Confirmation>`,
          ),
      );
    }),
};

const confirmLast: Fault = {
  name: 'confirm-last-stands',
  does: words('lets the last confirmation stand', 'lấy lần xác nhận cuối cùng'),
  breaks: contract(`${COLLECTION}: the first confirmation stands`),
  start: () =>
    onOperation('ConfirmReceived', async ({ fields }, request, next) =>
      editResult(await next(request), 'ConfirmReceived', (xml) =>
        mapText(xml, 'Outcome', (first) => escapeText(fields.get('Outcome') ?? first)),
      ),
    ),
};

const getConfirms: Fault = {
  name: 'get-confirms',
  does: words('takes a package that was fetched as confirmed', 'coi gói tin đã lấy là đã xác nhận'),
  breaks: contract(`${COLLECTION}: what was fetched and not confirmed is listed again`),
  start: () => {
    const fetched = new Set<string>();
    return async (request, next) => {
      const asked = askedOf(request);
      const caller = callerOf(request) ?? '';
      const answer = await next(request);
      if (asked?.operation === 'GetPackage' && answer.status === 200) {
        fetched.add(`${caller} ${asked.fields.get('MessageId')}`);
      }
      return hide(answer, (id) => fetched.has(`${caller} ${id}`));
    };
  },
};

function packages(name: string, edit: (bytes: Buffer) => Buffer, ...does: [string, string]): Fault {
  return changes(
    name,
    words(...does),
    contract(`${COLLECTION}: the exact bytes`),
    (answer, request) =>
      askedOf(request)?.operation === 'GetPackage' ? editPackage(answer, edit) : answer,
  );
}

export const COLLECTING_FAULTS: readonly Fault[] = [
  packages('package-bom-dropped', withoutBom, 'drops the byte order mark', 'bỏ BOM của gói tin'),
  packages(
    'package-line-ends',
    (bytes) => Buffer.from(bytes.toString('latin1').replace(/\r\n/g, '\n'), 'latin1'),
    'turns CRLF into LF in packages',
    'đổi CRLF thành LF trong gói tin',
  ),
  packages(
    'package-rewritten',
    rewritten,
    'writes packages anew instead of forwarding the bytes',
    'ghi lại gói tin thay vì chuyển nguyên byte',
  ),
  packages(
    'package-cut',
    (bytes) => bytes.subarray(0, bytes.length - 1),
    'loses the last byte of packages',
    'mất byte cuối của gói tin',
  ),
  changes(
    'digest-of-copy',
    words('gives another digest in GetPackage', 'GetPackage mang mã băm khác'),
    contract('PackageContent/ContentDigest: that of SendResult'),
    (answer) =>
      editResult(answer, 'GetPackage', (xml) => mapText(xml, 'ContentDigest', otherDigest)),
  ),
  ignoring('list-max-ignored', ['MaxItems'], 'ignores MaxItems', 'bỏ qua MaxItems'),
  ignoring('list-after-ignored', ['After'], 'ignores After', 'bỏ qua After'),
  ignoring('list-kind-ignored', ['Kind'], 'ignores Kind', 'bỏ qua Kind'),
  changes(
    'list-next-lost',
    words('leaves Next out of pages', 'bỏ Next của các trang'),
    contract(PAGES),
    (answer) => editResult(answer, 'ListPending', (xml) => drop(xml, 'Next')),
  ),
  changes(
    'list-newest-first',
    words('lists the newest first', 'liệt kê mới nhất trước'),
    contract(`${COLLECTION}: oldest first`),
    (answer) =>
      editResult(answer, 'ListPending', (xml) => {
        const items = elementsOf(xml, 'Item');
        return mapElements(xml, 'Item', (whole) => items.pop() ?? whole);
      }),
  ),
  confirmedRepeated,
  confirmForgotten,
  confirmLast,
  getConfirms,
];
