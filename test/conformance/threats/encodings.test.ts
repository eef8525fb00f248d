import { expect } from 'chai';
import { envelope, operation } from '../../support/soap.js';
import { bare, edited, sample, useRig } from './rig.js';

const SUBJECT = /<edXML:Subject>[^<]*<\/edXML:Subject>/;
const subject = (content: string) => `<edXML:Subject>${content}</edXML:Subject>`;

const FROM = '<edXML:From>\n          <edXML:OrganId>T99.01<';

/** The sample with these bytes as its subject. */
function withBytes(...bytes: readonly number[]): Buffer {
  const [head = '', tail = ''] = edited(SUBJECT, subject('|')).split('|');
  return Buffer.concat([Buffer.from(head), Buffer.from(bytes), Buffer.from(tail)]);
}

const declared = (encoding: string): string =>
  `<?xml version="1.0" encoding="${encoding}"?>${bare(sample())}`;

const REFUSED: readonly [what: string, code: string, bytes: () => Buffer | string][] = [
  ['UTF-16, little end first', 'xml.encoding', () => Buffer.from(`\ufeff${sample()}`, 'utf16le')],
  [
    'UTF-16, big end first',
    'xml.encoding',
    () => Buffer.from(`\ufeff${sample()}`, 'utf16le').swap16(),
  ],
  ['UTF-16 without a mark', 'xml.encoding', () => Buffer.from(declared('UTF-16'), 'utf16le')],
  ['an overlong "/"', 'xml.encoding', () => withBytes(0xc0, 0xaf)],
  ['an overlong "<" in three bytes', 'xml.encoding', () => withBytes(0xe0, 0x80, 0xbc)],
  ['an overlong NUL', 'xml.encoding', () => withBytes(0xc0, 0x80)],
  ['half a surrogate pair', 'xml.encoding', () => withBytes(0xed, 0xa0, 0x80)],
  [
    'a surrogate pair in six bytes',
    'xml.encoding',
    () => withBytes(0xed, 0xa0, 0xbd, 0xed, 0xb3, 0x84),
  ],
  ['a character beyond U+10FFFF', 'xml.encoding', () => withBytes(0xf4, 0x90, 0x80, 0x80)],
  ['a byte of windows-1258', 'xml.encoding', () => withBytes(0xfd)],
  ['a character cut short', 'xml.encoding', () => withBytes(0xe1, 0xba)],
  ...['UTF-16', 'UTF-7', 'windows-1258', 'ISO-8859-1', 'TCVN-5712', 'utf-8-sig', 'IBM037'].map(
    (name): [string, string, () => string] => [
      `${name} declared, UTF-8 sent`,
      'xml.encoding',
      () => declared(name),
    ],
  ),
  ['us-ascii declared, UTF-8 sent', 'xml.encoding', () => declared('us-ascii')],
  ['XML 1.1', 'xml.malformed', () => `<?xml version="1.1" encoding="UTF-8"?>${bare(sample())}`],
  ['two byte order marks', 'xml.malformed', () => `\ufeff\ufeff${sample()}`],
  [
    'a surrogate as a character reference',
    'xml.malformed',
    () => edited(SUBJECT, subject('&#xD83D;')),
  ],
  ['NUL as a character reference', 'xml.malformed', () => edited(SUBJECT, subject('&#0;'))],
  ['U+FFFF', 'xml.malformed', () => edited(SUBJECT, subject('\uffff'))],
  ['an escape character', 'xml.malformed', () => edited(SUBJECT, subject('\u001b[2J'))],
];

/** Looks like T99.01 to a reader, and is not. */
const LOOKALIKES: readonly [what: string, organId: string][] = [
  ['fullwidth digits', 'T９９.０１'],
  ['Arabic digits', 'T٩٩.٠١'],
  ['a Cyrillic letter', '\u042299.01'],
  ['a small letter', 't99.01'],
  ['a no-break space after it', 'T99.01\u00a0'],
  ['a space without width', 'T99\u200b.01'],
  ['a soft hyphen', 'T99.\u00ad01'],
  ['a mark of direction', '\u202eT99.01'],
  ['a combining mark', 'T99.01\u0301'],
  ['a line feed inside', 'T99.\n01'],
  ['more after a comma', 'T99.01,T99.03'],
  ['a fullwidth stop', 'T99．01'],
];

describe('O: encodings and Unicode', () => {
  const rig = useRig();

  for (const [what, code, bytes] of REFUSED) {
    it(`${what}: ${code}`, () => rig.refuse(bytes(), code));
  }

  it('a byte order mark: accepted', async () => {
    await rig.accept(`\ufeff${sample()}`);
  });

  for (const charset of ['utf-16', 'iso-8859-1', 'windows-1258', 'utf-7', 'x"; charset="utf-8']) {
    it(`the charset ${charset} of HTTP, whatever the XML says: 415`, async () => {
      const headers = { 'content-type': `text/xml; charset=${charset}` };
      const answer = await rig.post(envelope(operation('Ping')), { ...rig.as(), headers });
      expect([answer.status, answer.code]).to.deep.equal([415, 'http.charset']);
    });
  }

  it('two charsets in one content type: 415', async () => {
    const headers = { 'content-type': 'text/xml; charset=utf-8; charset=utf-16' };
    const answer = await rig.post(envelope(operation('Ping')), { ...rig.as(), headers });
    expect([answer.status, answer.code]).to.deep.equal([415, 'http.charset']);
  });

  it('UTF-8 in HTTP, another encoding in the XML declaration: refused', async () => {
    const text = envelope(operation('Ping')).replace('UTF-8', 'windows-1258');
    expect((await rig.post(text)).code).to.equal('xml.encoding');
  });

  describe('an organ id is compared as it is written', () => {
    for (const [what, organId] of LOOKALIKES) {
      it(`From with ${what} is nobody`, async () => {
        const before = await rig.messages();
        const answer = await rig.send(
          edited(
            FROM,
            FROM.replace('T99.01', () => organId),
          ),
        );
        expect(answer.code).to.be.oneOf(['auth.from', 'document.organ-id', 'sender.unknown']);
        expect(await rig.messages()).to.equal(before);
      });
    }

    // Each failure to sign in makes the next one wait: a few must do.
    for (const organId of ['T99.01 ', 't99.01', 'T９９.０１', '\u042299.01', 'T99.01\u200b']) {
      it(`a caller ${JSON.stringify(organId)} is nobody`, async () => {
        const token = rig.gateway.tokenOf('T99.01');
        const answer = await rig.call(operation('Ping'), { ...rig.as(), organId, token });
        expect([answer.status, answer.code]).to.deep.equal([401, 'auth.failed']);
      });
    }

    // The schema says xs:token: what stands around the value is layout, not part of it.
    for (const organId of ['T99.01 ', ' T99.01', '\n\tT99.01\n']) {
      it(`From ${JSON.stringify(organId)} is stored under the exact id of the directory`, async () => {
        const bytes = edited(
          FROM,
          FROM.replace('T99.01', () => organId),
        );
        const messageId = (await rig.accept(bytes)).get('MessageId');
        const { items } = await rig.gateway.store.listMessages({}, { limit: 1 });
        expect(items[0]?.messageId).to.equal(messageId);
        expect(items[0]?.fromOrganId).to.equal('T99.01');
        expect((await rig.collect(messageId)).toString('utf8')).to.equal(bytes);
      });
    }
  });

  for (const form of ['NFC', 'NFD'] as const) {
    it(`${form} is delivered as it was sent, byte by byte`, async () => {
      const bytes = Buffer.from(edited(SUBJECT, subject('Trục liên thông'.normalize(form))));
      const sent = await rig.accept(bytes);
      const got = await rig.collect(sent.get('MessageId'));
      expect(got.equals(bytes)).to.equal(true);
    });
  }

  it('one document id in NFC and in NFD is one: the second is a conflict', async () => {
    const documentId = 'T99.01,2026/11/20,9/Sở-VP';
    await rig.accept(sample({ documentId: documentId.normalize('NFC') }));
    await rig.refuse(sample({ documentId: documentId.normalize('NFD') }), 'duplicate.conflict');
  });
});
