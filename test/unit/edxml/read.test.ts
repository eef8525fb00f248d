import { expect } from 'chai';
import { documentRecipients, statusRecipient } from '../../../src/edxml/recipients.js';
import { writeDocumentPackage } from '../../../src/edxml/write-document.js';
import { writeStatusPackage } from '../../../src/edxml/write-status.js';
import { type EdxmlDocument, PEER_PROFILES, type StatusNotice } from '../../../src/model/edxml.js';
import {
  FILES,
  NEW_DOCUMENT,
  OTHER_RECIPIENT,
  RECIPIENT,
  REPLACE,
  REVOKE,
  STATUS,
  UPDATE,
} from '../../tools/sample-packages.js';
import { documentText, inspect, replacing } from './inspect.js';

describe('edxml: written and read again', () => {
  const documents: [string, EdxmlDocument][] = [
    ['a new document', NEW_DOCUMENT],
    ['a revocation', REVOKE],
    ['an update', UPDATE],
    ['a replacement', REPLACE],
    [
      'odd texts',
      {
        ...NEW_DOCUMENT,
        subject: 'A & B < C > "D" \' ]]> \u{1f4c4}\tE',
        documentId: 'T99/2026/11, số «145»',
        signer: { fullName: 'Trần\nThị Mẫu' },
      },
    ],
  ];
  for (const profile of PEER_PROFILES) {
    for (const [what, document] of documents) {
      it(`gives ${what} back, profile ${profile}`, () => {
        const outcome = inspect(writeDocumentPackage(document, FILES), profile);
        expect(outcome.issues).to.deep.equal([]);
        expect(outcome.package).to.deep.equal(document);
      });
    }
    it(`gives a status back, profile ${profile}`, () => {
      const outcome = inspect(writeStatusPackage(STATUS), profile);
      expect(outcome.issues).to.deep.equal([]);
      expect(outcome.package).to.deep.equal(STATUS);
    });
  }

  it('gives a status without optional parts back', () => {
    const bare: StatusNotice = {
      kind: 'status',
      from: { organId: 'T98.02', organName: 'Văn phòng Mẫu B' },
      responseFor: { organId: 'T99', code: '1/X', promulgationDate: '2026/11/20' },
      statusCode: '01',
      timestamp: '2026/11/20 10:00:00',
    };
    expect(inspect(writeStatusPackage(bare), 'qcvn-strict').package).to.deep.equal(bare);
  });

  it('reads what the field leaves out as absent, not as its stand-in', () => {
    const text = documentText({}, (whole) =>
      whole
        .replaceAll(/<edXML:OrganName>[^<]*<\/edXML:OrganName>/g, '')
        .replace(/<edXML:TypeName>[^<]*<\/edXML:TypeName>/, '')
        .replace(
          /<edXML:TraceHeader>\s*<edXML:OrganId>[^<]*<\/edXML:OrganId>/,
          '<edXML:TraceHeader>',
        ),
    );
    const read = inspect(text).package as EdxmlDocument;
    expect(read.from).to.not.have.property('organName');
    expect(read).to.not.have.property('typeName');
    expect(read.hops).to.deep.equal([{ timestamp: '2026/11/20 09:15:00' }]);
  });

  it('reads a text that is too long in full', () => {
    const subject = 'Trích yếu dài '.repeat(50).trim();
    const read = inspect(documentText({ subject })).package as EdxmlDocument;
    expect(read.subject).to.equal(subject);
  });

  it('reads normalised values', () => {
    const text = documentText({}, (whole) =>
      replacing(
        'PromulgationDate>2026/11/20',
        'PromulgationDate>20/11/2026',
      )(replacing('Priority>1<', 'Priority>5<')(whole)),
    );
    const read = inspect(text).package as EdxmlDocument;
    expect(read.promulgationDate).to.equal('2026/11/20');
    expect(read.priority).to.equal(0);
  });

  it('reads a hop of the text null as one without organ id', () => {
    const hops = [{ organId: 'null', timestamp: '2026/11/20 09:15:00' }];
    const read = inspect(documentText({ hops })).package as EdxmlDocument;
    expect(read.hops).to.deep.equal([{ timestamp: '2026/11/20 09:15:00' }]);
  });

  it('takes nothing of an attachment from its reference, which a signature may not cover', () => {
    const text = documentText({}, (whole) =>
      whole
        .replace('<AttachmentName>cong-van-145.pdf</AttachmentName>', '')
        .replace('<ContentType>application/pdf</ContentType>', '')
        .replace('<Description>Công văn</Description>', ''),
    );
    const { package: read, codes } = inspect(text);
    expect(codes).to.deep.equal(['dialect.missing']);
    const [first] = (read as EdxmlDocument).attachments;
    expect(first).to.include({ name: '', contentType: 'application/octet-stream' });
    expect(first).not.to.have.property('description');
  });

  it('keeps a document id as it was written, decomposed letters too', () => {
    const documentId = '145/SMA-TTĐT/Tổ'.normalize('NFD');
    const read = inspect(documentText({ documentId })).package as EdxmlDocument;
    expect(read.documentId).to.equal(documentId);
  });
});

describe('edxml/recipients', () => {
  it('names each agency in To once, in order', () => {
    const to = [RECIPIENT, OTHER_RECIPIENT, { ...RECIPIENT, organName: 'Tên khác' }];
    expect(documentRecipients({ ...NEW_DOCUMENT, to })).to.deep.equal(['T98.02', '000.00.00.T97']);
  });

  it('tells ids apart by every letter', () => {
    const to = [{ organId: 'T98' }, { organId: 't98' }];
    expect(documentRecipients({ ...NEW_DOCUMENT, to })).to.deep.equal(['T98', 't98']);
  });

  it('sends a status to the agency in ResponseFor', () => {
    expect(statusRecipient(STATUS)).to.equal('000.00.01.T99');
  });
});

describe('edxml: bytes that are written', () => {
  it('have the prefixes that receivers match literally', () => {
    const text = documentText();
    expect(text).to.match(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<edXML xmlns="http:\/\/www\.mic\.gov\.vn\/TBT\/QCVN_102_2016">\n {2}<edXML:edXMLEnvelope xmlns:edXML="http:\/\/www\.mic\.gov\.vn\/TBT\/QCVN_102_2016">\n {4}<edXML:edXMLHeader>\n {6}<edXML:MessageHeader>\n/,
    );
    expect(text).to.match(/\n {2}<AttachmentEncoded>\n {4}<Attachment>\n {6}<ContentId>cid:f1</);
    expect(text).to.match(/\n {6}<edXML:ContentTransferEncoded xmlns:edXML="http:[^"]*">JVBERi0/);
    expect(text).to.include('<edXML:edXMLManifest version="1.0">');
  });

  it('hold an Id on the parts that a signature names only when asked', () => {
    expect(documentText()).to.not.include(' Id=');
    const text = writeDocumentPackage(NEW_DOCUMENT, FILES, { ids: true }).toString();
    for (const name of ['MessageHeader', 'Bussiness', 'edXMLManifest', 'AttachmentEncoded']) {
      expect(text).to.match(new RegExp(`<(?:edXML:)?${name} (?:version="1\\.0" )?Id="${name}">`));
    }
  });

  it('leave out elements without a value', () => {
    expect(documentText({ content: '' })).to.not.include('edXML:Content>');
  });
});
