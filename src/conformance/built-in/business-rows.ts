/**
 * What each business type of a document needs, and which roots and kinds there are.
 *
 * @module
 */
import { writeXml } from '../../xml/write.js';
import { refused, taken } from './draft.js';
import { group, NEW_DOCUMENT, type Part, part, without } from './parts.js';
import { MESSAGE, type Row, withBusiness, withoutFiles } from './rule-kit.js';

export const reason = part('BussinessDocReason', 'Lý do');

const old = part('DocumentId', 'T99.01,2025/01/10,144/SMA-VP');

const type = (code: string) => part('BussinessDocType', code);

const info = (changed: string, receivers: string, ...more: Part[]) =>
  group(
    'BussinessDocumentInfo',
    part('DocumentInfo', changed),
    part('DocumentReceiver', receivers),
    ...more,
  );

const receivers = group(
  'ReceiverList',
  group('Receiver', part('OrganId', 'T99.H1'), part('ReceiverType', '1')),
);

const replaced = group(
  'ReplacementInfoList',
  group('ReplacementInfo', old, group('OrganIdList', part('OrganId', 'T99.H1'))),
);

const needsPart = refused('document.business-part');

const onUnknown = taken('document.unmatched');

export const BUSINESS: readonly Row[] = [
  [
    'document.type-0.business',
    'A new document may say that it is one',
    'Văn bản mới ghi rõ loại 0',
    withBusiness(type('0')),
    taken(),
  ],
  [
    'document.type-0.without-files',
    'A new document without files is refused',
    'Từ chối văn bản mới không có tệp',
    withoutFiles(NEW_DOCUMENT),
    refused('document.attachments'),
  ],
  [
    'document.type-1',
    'A revoke of an unknown document is taken and marked',
    'Nhận và đánh dấu thu hồi văn bản không rõ',
    withBusiness(old, type('1'), reason),
    onUnknown,
  ],
  [
    'document.type-1.without-files',
    'A revoke needs no files',
    'Thu hồi không cần tệp',
    withoutFiles(withBusiness(old, type('1'), reason)),
    onUnknown,
  ],
  [
    'document.type-1.without-reason',
    'A revoke without a reason is marked',
    'Đánh dấu thu hồi thiếu lý do',
    withBusiness(old, type('1')),
    taken('document.unmatched', 'dialect.missing'),
  ],
  [
    'document.type-1.without-id',
    'A revoke without Bussiness/DocumentId is about its own',
    'Thu hồi thiếu DocumentId riêng',
    withBusiness(type('1'), reason),
    onUnknown,
  ],
  [
    'document.type-2',
    'An update with its parts is taken',
    'Nhận cập nhật đủ thành phần',
    withBusiness(old, type('2'), reason, info('1', '1', receivers)),
    onUnknown,
  ],
  [
    'document.type-2.without-info',
    'An update without BussinessDocumentInfo is refused',
    'Từ chối cập nhật thiếu BussinessDocumentInfo',
    withBusiness(old, type('2'), reason),
    needsPart,
  ],
  [
    'document.type-2.without-receivers',
    'An update of recipients without ReceiverList is refused',
    'Từ chối cập nhật nơi nhận thiếu ReceiverList',
    withBusiness(old, type('2'), reason, info('0', '1')),
    needsPart,
  ],
  [
    'document.type-2.same-receivers',
    'An update of data alone needs no ReceiverList',
    'Cập nhật dữ liệu không cần ReceiverList',
    withBusiness(old, type('2'), reason, info('1', '0')),
    onUnknown,
  ],
  [
    'document.type-3',
    'A replacement with its list is taken',
    'Nhận thay thế có danh sách',
    withBusiness(type('3'), reason, replaced),
    onUnknown,
  ],
  [
    'document.type-3.without-list',
    'A replacement without ReplacementInfoList is refused',
    'Từ chối thay thế thiếu ReplacementInfoList',
    withBusiness(type('3'), reason),
    needsPart,
  ],
  [
    'document.type-4',
    'There is no business type 4',
    'Không có loại nghiệp vụ 4',
    withBusiness(type('4'), reason),
    refused('schema.value'),
  ],
];

const root = (name: string, namespace: string): string =>
  writeXml(NEW_DOCUMENT)
    .replace(/<edXML xmlns="[^"]*">/, `<${name}${namespace === '' ? '' : ` xmlns="${namespace}"`}>`)
    .replace('</edXML>', `</${name}>`);

const QCVN_NS = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';

export const ROOTS: readonly Row[] = [
  [
    'document.root.edoc',
    'The namespace of eDoc is read as that of QCVN 102',
    'Không gian tên eDoc được hiểu là QCVN 102',
    root('edXML', 'http://www.e-doc.vn/Schema/'),
    taken('dialect.namespace'),
  ],
  [
    'document.root.edoc-bare',
    'The same without its last slash',
    'Cũng vậy khi thiếu dấu gạch chéo cuối',
    root('edXML', 'http://www.e-doc.vn/Schema'),
    taken('dialect.namespace'),
  ],
  [
    'document.root.no-namespace',
    'No namespace is read as that of QCVN 102',
    'Không có không gian tên được hiểu là QCVN 102',
    root('edXML', ''),
    taken('dialect.namespace'),
  ],
  [
    'document.root.other-namespace',
    'Another namespace is refused',
    'Từ chối không gian tên khác',
    root('edXML', 'urn:example:other'),
    refused('package.root'),
  ],
  [
    'document.root.lower-case',
    'The root in lower case is marked',
    'Đánh dấu phần tử gốc viết thường',
    root('edxml', QCVN_NS),
    taken('dialect.spelling'),
  ],
  [
    'document.root.other-name',
    'Another root is refused',
    'Từ chối phần tử gốc khác',
    root('Document', QCVN_NS),
    refused('package.root'),
  ],
  [
    'document.kind.to',
    'With To alone it is a document',
    'Chỉ có To thì là văn bản',
    without(NEW_DOCUMENT, [...MESSAGE, 'Subject']),
    refused('schema.missing'),
  ],
  [
    'document.kind.neither',
    'Neither To nor Subject nor StatusCode',
    'Không có To, Subject hay StatusCode',
    without(without(NEW_DOCUMENT, [...MESSAGE, 'Subject']), [...MESSAGE, 'To']),
    refused('package.kind'),
  ],
];
