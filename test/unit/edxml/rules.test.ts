import { expect } from 'chai';
import { MAX_ATTACHMENTS } from '../../../src/edxml/check-counts.js';
import { writeDocumentPackage } from '../../../src/edxml/write-document.js';
import type { EdxmlDocument, PeerProfile } from '../../../src/model/edxml.js';
import { FILES, NEW_DOCUMENT, REPLACE, REVOKE, UPDATE } from '../../tools/sample-packages.js';
import { documentText, inspect, replacing, statusText } from './inspect.js';

interface Case {
  readonly what: string;
  readonly text: string;
  readonly codes: readonly string[];
  /** Only where it is another than in profile field. */
  readonly strict?: readonly string[];
}

const document = (change: Partial<EdxmlDocument>) => documentText(change);
const hop = (organId: string, timestamp = '2026/11/20 09:15:00') =>
  document({ hops: [{ organId, timestamp }] });
const withoutReason = (one: EdxmlDocument) => {
  const { reason: _reason, ...business } = one.business;
  return document({ ...one, business });
};
const info = (receiversChanged: boolean) => ({
  ...UPDATE.business,
  info: { documentChanged: true, receiversChanged, receivers: [] },
});

const CASES: readonly Case[] = [
  // organ ids
  {
    what: 'an old organ id',
    text: document({ to: [{ organId: '000.00.12.T41', organName: 'A' }] }),
    codes: [],
  },
  {
    what: 'an id of lower case letters',
    text: document({ to: [{ organId: 'vxp.saas.03', organName: 'A' }] }),
    codes: [],
  },
  {
    what: 'an id that ends in a dot',
    text: document({ to: [{ organId: 'T98.', organName: 'A' }] }),
    codes: ['document.organ-id'],
  },
  {
    what: 'an id with a space',
    text: document({ to: [{ organId: 'T 98', organName: 'A' }] }),
    codes: ['document.organ-id'],
  },
  {
    what: 'an id of 36 characters',
    text: document({ to: [{ organId: 'T'.repeat(36), organName: 'A' }] }),
    codes: ['document.organ-id'],
  },
  {
    what: 'the sender null',
    text: document({ from: { organId: 'NULL', organName: 'A' } }),
    codes: ['document.organ-id'],
  },
  { what: 'a hop null', text: hop('null'), codes: ['dialect.missing'] },
  { what: 'a hop that is no id', text: hop('-W00-'), codes: ['document.organ-id'] },
  // days and times
  {
    what: 'an impossible day in the document id',
    text: document({ documentId: 'T99,2014/02/30,1/A' }),
    codes: [],
  },
  {
    what: 'an impossible day of promulgation',
    text: document({ promulgationDate: '2014/02/30' }),
    codes: ['document.date'],
  },
  {
    what: '29 February of a leap year',
    text: document({ promulgationDate: '2024/02/29' }),
    codes: [],
  },
  {
    what: 'an impossible day of a hop',
    text: hop('T99', '2026/04/31 00:00:00'),
    codes: ['document.date'],
  },
  { what: 'today', text: document({ promulgationDate: '2026/11/24' }), codes: [] },
  {
    what: 'tomorrow',
    text: document({ promulgationDate: '2026/11/25' }),
    codes: ['document.future'],
  },
  { what: 'a hop five minutes ahead', text: hop('T99', '2026/11/24 12:05:00'), codes: [] },
  {
    what: 'a hop an hour ahead',
    text: hop('T99', '2026/11/24 13:00:00'),
    codes: ['document.future'],
  },
  { what: 'a deadline in the future', text: document({ dueDate: '2030/01/01' }), codes: [] },
  // recipients
  {
    what: 'a recipient twice',
    text: document({
      to: [
        { organId: 'T98', organName: 'A' },
        { organId: 'T98', organName: 'B' },
      ],
    }),
    codes: ['recipient.repeated'],
  },
  // texts
  { what: 'a blank subject', text: document({ subject: ' ' }), codes: ['schema.value'] },
  { what: 'a blank number', text: document({ codeNumber: ' ' }), codes: ['schema.value'] },
  // business types
  {
    what: 'a new document without files',
    text: document({ attachments: [] }),
    codes: ['document.attachments'],
  },
  {
    what: 'no business block and no files',
    text: documentText({ attachments: [] }, (text) =>
      text.replace(/<edXML:Bussiness>[\s\S]*<\/edXML:Bussiness>/, ''),
    ),
    codes: ['document.attachments'],
  },
  { what: 'a revocation without files', text: document(REVOKE), codes: [] },
  {
    what: 'a revocation without reason',
    text: withoutReason(REVOKE),
    codes: ['dialect.missing'],
    strict: ['document.business-part'],
  },
  {
    what: 'an update without reason',
    text: withoutReason(UPDATE),
    codes: ['dialect.missing'],
    strict: ['document.business-part'],
  },
  { what: 'a new document without reason', text: withoutReason(NEW_DOCUMENT), codes: [] },
  {
    what: 'an update without its block',
    text: document({ ...UPDATE, business: { type: 'update', reason: 'x', replacements: [] } }),
    codes: ['document.business-part'],
  },
  {
    what: 'an update of recipients without a list',
    text: document({ ...UPDATE, business: info(true) }),
    codes: ['document.business-part'],
  },
  {
    what: 'an update of data only',
    text: document({ ...UPDATE, business: info(false) }),
    codes: [],
  },
  {
    what: 'a replacement without a list',
    text: document({ ...REPLACE, business: { ...REPLACE.business, replacements: [] } }),
    codes: ['document.business-part'],
  },
  // statuses
  { what: 'a status', text: statusText(), codes: [] },
  {
    what: 'a refusal with an empty reason',
    text: statusText((text) =>
      replacing(
        'StatusCode>03',
        'StatusCode>02',
      )(text).replace(/(<edXML:Description>)[^<]*/, '$1 '),
    ),
    codes: ['status.no-reason'],
  },
  {
    what: 'status 14',
    text: statusText(replacing('StatusCode>03', 'StatusCode>14')),
    codes: ['status.code'],
  },
  {
    what: 'status 3',
    text: statusText(replacing('StatusCode>03', 'StatusCode>3')),
    codes: ['dialect.value'],
    strict: ['status.code'],
  },
  {
    what: 'a status of tomorrow',
    text: statusText(replacing('2026/11/20 10:30:00', '2026/11/25 10:30:00')),
    codes: ['document.future'],
  },
  {
    what: 'a status on a document without code',
    text: statusText((text) => text.replace(/(<edXML:Code>)[^<]*/, '$1')),
    codes: ['schema.value'],
  },
];

describe('edxml: rules', () => {
  for (const { what, text, codes, strict } of CASES) {
    const profiles: [PeerProfile, readonly string[]][] = [
      ['field', codes],
      ['qcvn-strict', strict ?? codes],
    ];
    for (const [profile, expected] of profiles) {
      it(`says ${expected.join(', ') || 'nothing'} to ${what}, profile ${profile}`, () => {
        expect(inspect(text, profile).codes).to.deep.equal(expected);
      });
    }
  }
});

describe('edxml: manifest and attachments', () => {
  const many = (count: number) => {
    const attachments = Array.from({ length: count }, (_, i) => ({
      contentId: `f${i}`,
      name: `${i}.txt`,
      contentType: 'text/plain',
      sizeBytes: 1,
    }));
    const files = attachments.map((one) => ({ contentId: one.contentId, bytes: Buffer.from('x') }));
    return writeDocumentPackage({ ...NEW_DOCUMENT, attachments }, files);
  };

  it(`takes ${MAX_ATTACHMENTS} attachments`, () => {
    expect(inspect(many(MAX_ATTACHMENTS)).issues).to.deep.equal([]);
  });

  it('refuses one more, once', () => {
    const outcome = inspect(many(MAX_ATTACHMENTS + 1));
    expect(outcome.issues.map((one) => one.code)).to.deep.equal(['attachment.too-many']);
  });

  const edits: [string, (text: string) => string, readonly string[]][] = [
    ['cid: in the reference only', replacing('<ContentId>cid:', '<ContentId>'), ['dialect.cid']],
    ['no cid: at all', replacing('cid:', ''), ['dialect.cid']],
    ['cid: three times', replacing('>cid:f1', '>cid:cid:CID:f1'), ['dialect.cid']],
    ['an empty content id', replacing('>cid:f1<', '>cid:<'), ['schema.missing']],
    [
      'another case of the id',
      replacing('<ContentId>cid:f1', '<ContentId>cid:F1'),
      ['manifest.missing', 'manifest.unmatched'],
    ],
    ['white space around the id', replacing('>cid:f1<', '>\n cid:f1 <'), []],
    ['base64 in lines', (text) => text.replace('JVBERi0x', 'JVBE\r\n Ri0x'), []],
    [
      'base64 with a foreign character',
      (text) => text.replace('JVBERi0x', 'JVBE-Ri0x'),
      ['attachment.base64'],
    ],
  ];
  for (const [what, edit, codes] of edits) {
    it(`says ${codes.join(', ') || 'nothing'} to ${what}`, () => {
      expect(inspect(documentText({}, edit)).codes).to.deep.equal(codes);
    });
  }

  it('counts a redacted file as empty', () => {
    const text = documentText({}, (whole) =>
      whole.replace(/(<edXML:ContentTransferEncoded[^>]*>)[^<]*/, '$1 [REDACTED payload] '),
    );
    const read = inspect(text).package as EdxmlDocument;
    expect(read.attachments.map((one) => one.sizeBytes)).to.deep.equal([0, FILES[1]?.bytes.length]);
  });

  it('does not overlook a fault behind many redacted files', () => {
    const text = many(200)
      .toString()
      .replaceAll('>eA==<', '>[REDACTED: x]<')
      .replace('<AttachmentName>199.txt', `<AttachmentName>${'x'.repeat(6000)}`);
    expect(inspect(text).errors).to.deep.equal(['schema.value']);
  });

  it('takes no text for a redaction mark that only begins with one', () => {
    const text = documentText({}, (whole) =>
      whole.replace(/(<edXML:ContentTransferEncoded[^>]*>)[^<]*/, '$1[REDACTED] QUJD'),
    );
    expect(inspect(text).errors).to.deep.equal(['attachment.base64']);
  });
});
