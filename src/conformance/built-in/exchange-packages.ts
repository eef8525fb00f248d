/**
 * The packages of the cases of several steps, by the name that steps give them.
 *
 * @module
 */
import { writeXml } from '../../xml/write.js';
import { change, group, NEW_DOCUMENT, type Part, part, STATUS, withText } from './parts.js';
import { append, HEADER, MESSAGE, statusOf, TRACES } from './rule-kit.js';

/** The packages of these cases, by the name that steps give them. */
export const PACKAGES: ReadonlyMap<string, Part | string> = packages();

function packages(): Map<string, Part | string> {
  const id = (doc: Part, text: string) => withText(doc, [...MESSAGE, 'DocumentId'], text);
  const from = (doc: Part, who: string) =>
    withText(doc, [...MESSAGE, 'From', 'OrganId'], `{{${who}}}`);
  const respond = (doc: Part, who: string) =>
    withText(doc, [...MESSAGE, 'ResponseFor', 'OrganId'], `{{${who}}}`);
  const other = (doc: Part) => withText(doc, [...MESSAGE, 'From', 'OrganName'], 'Sở Mẫu A (sửa)');
  const business = (doc: Part, ...children: Part[]) =>
    append(doc, TRACES, group('Bussiness', ...children));
  const why = part('BussinessDocReason', 'Lý do');
  const its = part('DocumentId', '{{unique}}');
  const type = (code: string) => part('BussinessDocType', code);
  const revoke = business(NEW_DOCUMENT, its, type('1'), why);
  const third = group('To', part('OrganId', '{{third}}'), part('OrganName', 'Sở Mẫu C'));
  const info = group(
    'BussinessDocumentInfo',
    part('DocumentInfo', '1'),
    part('DocumentReceiver', '0'),
  );
  const replaced = group(
    'ReplacementInfoList',
    group('ReplacementInfo', its, group('OrganIdList', part('OrganId', '{{recipient}}'))),
  );
  const back = from(respond(statusOf('03'), 'sender'), 'recipient');
  const coded = withText(
    change(back, [...MESSAGE, 'ResponseFor', 'DocumentId'], () => []),
    [...MESSAGE, 'ResponseFor', 'Code'],
    '{{unique}}/SMA-VP',
  );
  const why13 = part('Description', 'Lý do');
  const own = '<Signature>x</Signature>';
  const ds = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>';
  return new Map<string, Part | string>([
    ['new', NEW_DOCUMENT],
    ['new-other', other(NEW_DOCUMENT)],
    ['new-nfc', id(NEW_DOCUMENT, '{{unique}}/QĐ-\u1EEF')],
    ['new-nfd', id(NEW_DOCUMENT, '{{unique}}/QĐ-u\u031B\u0303')],
    ['new-small', id(NEW_DOCUMENT, '{{unique}}/a')],
    ['new-large', id(NEW_DOCUMENT, '{{unique}}/A')],
    ['new-two', change(NEW_DOCUMENT, [...MESSAGE, 'To'], (to) => [to, third])],
    ['new-coded', withText(NEW_DOCUMENT, [...MESSAGE, 'Code', 'CodeNumber'], '{{unique}}')],
    ['revoke', revoke],
    ['revoke-other', other(revoke)],
    ['revoke-third', from(revoke, 'third')],
    ['update', business(NEW_DOCUMENT, its, type('2'), why, info)],
    ['replace', id(business(NEW_DOCUMENT, type('3'), why, replaced), '{{unique}}-2')],
    ['status-any', STATUS],
    ['status-any-other', other(STATUS)],
    ['status-back', back],
    ['status-third', from(respond(statusOf('03'), 'sender'), 'third')],
    ['status-coded', coded],
    ['status-13', statusOf('13', why13)],
    ['status-13-back', from(respond(statusOf('13', why13), 'sender'), 'recipient')],
    ['signature-absent', NEW_DOCUMENT],
    ['signature-wrong-namespace', signed(own)],
    ['signature-placeholder', signed(ds)],
    ['signature-two', signed(own + ds)],
  ]);
}

function signed(signature: string): string {
  const end = `</${HEADER.at(-1) ?? ''}>`;
  return writeXml(NEW_DOCUMENT).replace(end, `${signature}${end}`);
}
