/**
 * The fixtures of documents, statuses and dialects: which file holds what. Shapes follow what systems
 * in the field write; all data is made up.
 *
 * A folder below `refused` or `dialects` is named by the code that each of its files must bring.
 *
 * @module
 */
import { writeDocumentPackage } from '../../src/edxml/write-document.js';
import { writeStatusPackage } from '../../src/edxml/write-status.js';
import type { EdxmlDocument, StatusNotice } from '../../src/model/edxml.js';
import type { StatusCode } from '../../src/model/status-code.js';
import { FILES, NEW_DOCUMENT, REPLACE, REVOKE, STATUS, UPDATE } from './sample-packages.js';

/** What is there, and what is to stand there instead, at all places where it is. */
type Edit = readonly [from: string, to: string];

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((now, [from, to]) => {
    if (!now.includes(from)) throw new Error(`nothing to edit: ${from}`);
    return now.replaceAll(from, () => to);
  }, text);
}

const documentText = (document: EdxmlDocument, ...edits: Edit[]): string =>
  edited(writeDocumentPackage(document, FILES).toString('utf8'), edits);
const statusText = (notice: Partial<StatusNotice>, ...edits: Edit[]): string =>
  edited(writeStatusPackage({ ...STATUS, ...notice }).toString('utf8'), edits);
const fresh = (...edits: Edit[]): string => documentText(NEW_DOCUMENT, ...edits);

/** `<edXML:name>…</edXML:name>`, the first of that name. */
function block(name: string, text = fresh()): string {
  const close = `</edXML:${name}>`;
  const start = text.indexOf(`<edXML:${name}>`);
  const end = text.indexOf(close, start);
  if (start < 0 || end < 0) throw new Error(`no ${name}`);
  return text.slice(start, end + close.length);
}

const drop = (name: string, text?: string): Edit => [block(name, text), ''];

// ---- shapes of other writers -------------------------------------------------------------------

const QCVN = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';
const CONTENT_1 = /(<edXML:ContentTransferEncoded[^>]*>)[^<]*/;

/** Copied boilerplate of the SDK: a signature outside the ds namespace. */
const SDK_SIGNATURE = `<Signature>
        <SignedInfo>
          <CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>
          <SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/>
          <Reference URI="">
            <DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/>
            <DigestValue>AAAAAAAAAAAAAAAAAAAAAAAAAAA=</DigestValue>
          </Reference>
        </SignedInfo>
        <SignatureValue>AAAA</SignatureValue>
        <KeyInfo><X509Data><X509SubjectName>CN=user00</X509SubjectName></X509Data></KeyInfo>
      </Signature>
    </edXML:edXMLHeader>`;

const EMPTY_RESPONSE =
  '<edXML:ResponseFor><edXML:OrganId></edXML:OrganId><edXML:Code></edXML:Code>' +
  '<edXML:PromulgationDate></edXML:PromulgationDate><edXML:DocumentId/></edXML:ResponseFor>';

/** The order of the text of QCVN 102, which .NET writers follow: DocumentId last, ToPlaces earlier. */
function inQcvnOrder(): string {
  const [id, places, other] = [block('DocumentId'), block('ToPlaces'), block('OtherInfo')];
  return fresh(
    [id, ''],
    [places, ''],
    [other, `${places}${other}`],
    ['</edXML:MessageHeader>', `${id}</edXML:MessageHeader>`],
  );
}

/** The attachments with the prefix too, as a sample written by hand has it. */
function withPrefixedAttachments(): string {
  const [head = '', tail = ''] = fresh().split('<AttachmentEncoded>');
  const prefixed = `<AttachmentEncoded>${tail}`.replace(/<(\/?)([A-Z])/g, '<$1edXML:$2');
  return head + prefixed.replace('<edXML:AttachmentEncoded', `$& xmlns:edXML="${QCVN}"`);
}

/** References with attributes of XLink, one of them without a child ContentId. */
function withXlinkReferences(): string {
  return fresh(
    [' xmlns:edXML="', ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:edXML="'],
    [
      '<edXML:Reference>\n          <edXML:ContentId>cid:f1</edXML:ContentId>',
      '<edXML:Reference xlink:type="simple" xlink:role="XLinkRole" xlink:href="cid:f1">',
    ],
  );
}

const asProvincial = (text: string): string =>
  text.replaceAll('edXML:MessageHeader', 'edXML:Status');

const withBusiness = (document: EdxmlDocument, change: Partial<EdxmlDocument['business']>) =>
  documentText({ ...document, business: { ...document.business, ...change } });

/** A header element more, after Subject. */
const extra = (xml: string): Edit => ['</edXML:Subject>', `</edXML:Subject>${xml}`];
const inOtherInfo = (xml: string): Edit => ['</edXML:Priority>', `</edXML:Priority>${xml}`];

// ---- the files ---------------------------------------------------------------------------------

const VALID_DOCUMENTS = {
  'new.edxml': fresh(),
  'new.crlf.edxml': fresh(['\n', '\r\n']),
  'new.nfd.edxml': fresh().normalize('NFD'),
  'new-one-line.edxml': fresh().replace(/\n */g, ''),
  'new-with-ids.edxml': writeDocumentPackage(NEW_DOCUMENT, FILES, { ids: true }).toString('utf8'),
  'new-sdk-signature.edxml': fresh(['</edXML:edXMLHeader>', SDK_SIGNATURE]),
  'new-digital-signature.edxml': fresh([
    '</edXML:edXMLHeader>',
    '<edXML:DigitalSignature/></edXML:edXMLHeader>',
  ]),
  'new-without-business.edxml': fresh(drop('Bussiness')),
  'new-trace-attributes.edxml': fresh([
    '<edXML:TraceHeaderList>',
    '<edXML:TraceHeaderList id="t1" version="1.0" mustUnderstand="1" actor="next">',
  ]),
  'new-prefixed-attachments.edxml': withPrefixedAttachments(),
  'revoke.edxml': documentText(REVOKE),
  'update.edxml': documentText(UPDATE),
  'replace.edxml': documentText(REPLACE),
};

const CODES: readonly StatusCode[] = ['01', '02', '03', '04', '05', '06', '13', '15', '16'];
const VALID_STATUSES = {
  ...Object.fromEntries(
    CODES.map((code) => [
      `status-${code}.edxml`,
      statusText({ statusCode: code, description: `Trạng thái ${code}: lý do mẫu` }),
    ]),
  ),
  'status-03.crlf.edxml': statusText({}, ['\n', '\r\n']),
  'status-any-order.edxml': statusText(
    {},
    ['<edXML:StatusCode>03</edXML:StatusCode>', ''],
    ['</edXML:Timestamp>', '</edXML:Timestamp><edXML:StatusCode>03</edXML:StatusCode>'],
  ),
};

const REFUSED = {
  'package.root': {
    'soap-envelope.edxml':
      '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>\n',
    'go-vn-root.edxml': '<EdXMLEnvelope xmlns="http://www.go.vn/eDoc"/>\n',
    'edxml-in-another-namespace.edxml': fresh([`<edXML xmlns="${QCVN}"`, '<edXML xmlns="urn:x"']),
  },
  'package.kind': {
    'empty-root.edxml': `<edXML xmlns="${QCVN}"/>\n`,
    'neither.edxml': fresh(['edXML:Subject>', 'edXML:Title>'], ['edXML:To>', 'edXML:Recipient>']),
  },
  'schema.missing': {
    'no-from.edxml': fresh(drop('From')),
    'no-to.edxml': fresh(drop('To'), [block('To', fresh(drop('To'))), '']),
    'no-organ-id.edxml': fresh(drop('OrganId')),
    'no-document-id.edxml': fresh(drop('DocumentId')),
    'no-code.edxml': fresh(drop('Code')),
    'no-subject.edxml': fresh(drop('Subject')),
    'no-promulgation-date.edxml': fresh(drop('PromulgationDate')),
    'no-content.edxml': fresh().replace(/ *<edXML:ContentTransferEncoded.*\n/, ''),
    'four-at-once.edxml': fresh(
      drop('From'),
      drop('DocumentId'),
      drop('Subject'),
      drop('PromulgationDate'),
    ),
    'status-without-timestamp.edxml': statusText({}, drop('Timestamp', statusText({}))),
    'status-without-response-for.edxml': statusText({}, drop('ResponseFor', statusText({}))),
  },
  'schema.unexpected': {
    'two-message-headers.edxml': fresh([
      '</edXML:MessageHeader>',
      `</edXML:MessageHeader>${block('MessageHeader')}`,
    ]),
    'two-subjects.edxml': fresh(extra('<edXML:Subject>Khác</edXML:Subject>')),
    'empty-and-full-business.edxml': fresh([
      '<edXML:TraceHeaderList>',
      '<edXML:TraceHeaderList><edXML:Bussiness/>',
    ]),
    'two-attachment-blocks.edxml': fresh(['</edXML>', '<AttachmentEncoded/></edXML>']),
  },
  'schema.value': {
    'month-13.edxml': fresh(['PromulgationDate>2026/11/20', 'PromulgationDate>2026/13/20']),
    'empty-subject.edxml': fresh([block('Subject'), '<edXML:Subject> </edXML:Subject>']),
    'empty-code-number.edxml': fresh([block('CodeNumber'), '<edXML:CodeNumber/>']),
    'business-type-7.edxml': fresh(['BussinessDocType>0<', 'BussinessDocType>7<']),
    'long-document-id.edxml': documentText({ ...NEW_DOCUMENT, documentId: 'A1'.repeat(101) }),
  },
  'document.secrecy': {
    'secret-element.edxml': fresh(inOtherInfo('<edXML:Secret>1</edXML:Secret>')),
    'secret-text.edxml': fresh(inOtherInfo('<edXML:SecretLevel>Mật</edXML:SecretLevel>')),
    'do-mat.edxml': fresh(extra('<edXML:Độ_mật>2</edXML:Độ_mật>')),
    'secret-attribute.edxml': fresh(['<edXML:OtherInfo>', '<edXML:OtherInfo secrecy="2">']),
    'other-info-level.edxml': fresh(
      inOtherInfo('<edXML:SphereOfPromulgation> TỐI MẬT </edXML:SphereOfPromulgation>'),
    ),
    'other-info-level.nfd.edxml': fresh(
      inOtherInfo('<edXML:SphereOfPromulgation>Tuyệt mật</edXML:SphereOfPromulgation>'),
    ).normalize('NFD'),
    'foreign-namespace.edxml': fresh(extra('<x:Secrecy xmlns:x="urn:example:x">3</x:Secrecy>')),
  },
  'document.organ-id': {
    'slash.edxml': fresh(['T98.02', 'T98/02']),
    'dot-first.edxml': fresh(['T98.02', '.T98.02']),
    'null-recipient.edxml': fresh(['T98.02', 'null']),
  },
  'document.date': {
    'february-30.edxml': fresh(['PromulgationDate>2026/11/20', 'PromulgationDate>2026/02/30']),
    'due-date.edxml': fresh(['DueDate>2026/12/05', 'DueDate>2026/11/31']),
    'status-time.edxml': statusText({ timestamp: '2025/02/29 10:00:00' }),
  },
  'document.business-part': {
    'update-without-info.edxml': documentText(
      UPDATE,
      drop('BussinessDocumentInfo', documentText(UPDATE)),
    ),
    'update-without-receivers.edxml': documentText(
      UPDATE,
      drop('ReceiverList', documentText(UPDATE)),
    ),
    'replace-without-list.edxml': withBusiness(REPLACE, { replacements: [] }),
  },
  'document.attachments': {
    'new-without-files.edxml': documentText({ ...NEW_DOCUMENT, attachments: [] }),
  },
  'manifest.missing': {
    'no-reference.edxml': fresh(drop('Reference')),
    'no-body.edxml': fresh(drop('edXMLBody')),
  },
  'manifest.unmatched': {
    'other-content-id.edxml': fresh(['<ContentId>cid:f1', '<ContentId>cid:f9']),
    'no-attachments.edxml': fresh().replace(
      / *<AttachmentEncoded>[\s\S]*<\/AttachmentEncoded>\n/,
      '',
    ),
  },
  'manifest.repeated': {
    'same-content-id.edxml': fresh(['cid:f2', 'cid:f1']),
    'same-but-for-cid.edxml': fresh(['>cid:f2<', '>cid:cid:f1<']),
  },
  'attachment.base64': {
    'no-padding.edxml': fresh().replace(CONTENT_1, '$1QUJD\nREU'),
    'dollar.edxml': fresh().replace(CONTENT_1, '$1$$FILE'),
  },
  'attachment.empty': {
    'empty.edxml': fresh().replace(CONTENT_1, '$1'),
  },
  'status.code': {
    'status-07.edxml': statusText({}, ['StatusCode>03', 'StatusCode>07']),
    'status-999.edxml': statusText({}, ['StatusCode>03', 'StatusCode>999']),
  },
};

const LONG = 'Trích yếu rất dài. '.repeat(30).trim();

const DIALECTS = {
  'dialect.namespace': {
    'edoc-namespace.edxml': fresh([QCVN, 'http://www.e-doc.vn/Schema/']),
    'no-namespace.edxml': fresh(
      [` xmlns:edXML="${QCVN}"`, ''],
      [` xmlns="${QCVN}"`, ''],
      ['edXML:', ''],
    ),
  },
  'dialect.spelling': {
    'business.edxml': fresh(['Bussiness', 'Business']),
    'other-case.edxml': fresh(
      ['edXML:OrganId', 'edXML:OrganID'],
      ['edXML:Timestamp', 'edXML:TimeStamp'],
    ),
    'root-case.edxml': fresh(['<edXML xmlns', '<EdXML xmlns'], ['</edXML>', '</EdXML>']),
    'xlink-reference.edxml': withXlinkReferences(),
  },
  'dialect.order': {
    'qcvn-order.edxml': inQcvnOrder(),
    'new-business-first.edxml': fresh(drop('Bussiness'), [
      '<edXML:TraceHeaderList>',
      `<edXML:TraceHeaderList>${block('Bussiness')}`,
    ]),
    'business-between-hops.edxml': fresh([
      '</edXML:Bussiness>',
      `</edXML:Bussiness>${block('TraceHeader')}`,
    ]),
  },
  'dialect.empty': {
    'due-date.edxml': fresh([block('DueDate'), '<edXML:DueDate></edXML:DueDate>']),
    'response-for.edxml': fresh(['</edXML:OtherInfo>', '</edXML:OtherInfo><edXML:ResponseFor />']),
    'response-for-children.edxml': fresh([
      '</edXML:OtherInfo>',
      `</edXML:OtherInfo>${EMPTY_RESPONSE}`,
    ]),
    'attachment-block.edxml': documentText(REVOKE, ['</edXML>', '<AttachmentEncoded/></edXML>']),
  },
  'dialect.date-order': {
    'day-first.edxml': fresh(
      ['PromulgationDate>2026/11/20', 'PromulgationDate>20/11/2026'],
      ['DueDate>2026/12/05', 'DueDate>05/12/2026'],
      ['Timestamp>2026/11/20 09:15:00', 'Timestamp>20/11/2026 09:15:00'],
    ),
    'iso.edxml': fresh(
      ['PromulgationDate>2026/11/20', 'PromulgationDate>2026-11-20'],
      ['Timestamp>2026/11/20 09:15:00', 'Timestamp>2026-11-20T02:15:00Z'],
    ),
    'status-iso.edxml': statusText({}, ['2026/11/20 10:30:00', '2026-11-20T10:30:00+07:00']),
  },
  'dialect.value': {
    'priority-5.edxml': fresh(['Priority>1<', 'Priority>5<']),
    'type-as-text.edxml': fresh(['edXML:Type>2<', 'edXML:Type>CV<']),
    'status-1.edxml': statusText({ statusCode: '01' }, ['StatusCode>01', 'StatusCode>1']),
  },
  'dialect.missing': {
    'hop-without-organ-id.edxml': fresh([
      '</edXML:TraceHeader>',
      '</edXML:TraceHeader><edXML:TraceHeader><edXML:Timestamp>2026/11/20 09:16:00</edXML:Timestamp></edXML:TraceHeader>',
    ]),
    'hop-null.edxml': fresh([
      block('TraceHeader'),
      block('TraceHeader').replace('000.00.01.T99', 'null'),
    ]),
    'no-organ-name.edxml': fresh(drop('OrganName')),
    'no-trace-header-list.edxml': fresh(drop('TraceHeaderList')),
    'only-business.edxml': fresh(drop('TraceHeader')),
    'no-type-name.edxml': fresh(drop('TypeName')),
    'no-signer.edxml': fresh(drop('SignerInfo')),
    'revoke-without-reason.edxml': documentText(
      REVOKE,
      drop('BussinessDocReason', documentText(REVOKE)),
    ),
  },
  'dialect.length': {
    'code-number.edxml': documentText({ ...NEW_DOCUMENT, codeNumber: '145/2026/SMA-1' }),
    'subject.edxml': documentText({ ...NEW_DOCUMENT, subject: LONG }),
  },
  'dialect.unknown': {
    'header-element.edxml': fresh(extra('<edXML:Feedback>x</edXML:Feedback>')),
    'foreign-element.edxml': fresh(extra('<x:Note xmlns:x="urn:example:x">x</x:Note>')),
    'attribute.edxml': fresh(['<edXML:Subject>', '<edXML:Subject xml:lang="vi">']),
  },
  'dialect.cid': {
    'twice.edxml': fresh(['<ContentId>cid:f1', '<ContentId>cid:cid:f1']),
    'only-in-reference.edxml': fresh(['<ContentId>cid:', '<ContentId>']),
  },
  'dialect.bom': { 'new.bom.edxml': `\ufeff${fresh()}` },
  'dialect.status-form': { 'provincial.edxml': asProvincial(statusText({})) },
  'attachment.redacted': {
    'marker.edxml': fresh().replace(CONTENT_1, '$1[REDACTED base64 payload: 376060 chars]'),
  },
  'attachment.type': {
    'zip-as-pdf.edxml': fresh(['<ContentType>application/zip', '<ContentType>application/pdf']),
    'no-pdf.edxml': fresh().replace(CONTENT_1, '$1UGh1IGx1YyBtYXUK'),
  },
  'recipient.repeated': { 'same-twice.edxml': fresh(['000.00.00.T97', 'T98.02']) },
  'document.future': {
    'date.edxml': fresh(['PromulgationDate>2026/11/20', 'PromulgationDate>2999/01/01']),
  },
  'status.no-reason': {
    'refused-without-reason.edxml': statusText(
      { statusCode: '02' },
      drop('Description', statusText({})),
    ),
  },
};

/** Path below fixtures/ → exact text. */
export function fixtureFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const add = (folder: string, set: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(set)) files.set(`${folder}/${name}`, text);
  };
  add('documents/valid', VALID_DOCUMENTS);
  add('statuses/valid', VALID_STATUSES);
  for (const [code, set] of Object.entries(REFUSED)) add(`documents/refused/${code}`, set);
  for (const [code, set] of Object.entries(DIALECTS)) add(`dialects/${code}`, set);
  return files;
}
