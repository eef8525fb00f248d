/**
 * XML-DSig inside an XML attachment.
 */

import { expect } from 'chai';
import { TimeBox } from '../../../src/xml/attachment-limits.js';
import { look, shortly } from './attachment-kit.js';
import { DS, EXCLUSIVE, ecdsa, type Forgery, forge, hmac, MORE, x509 } from './signature-kit.js';

const BOOK = `<?xml version="1.0" encoding="UTF-8"?>
<BaoCao xmlns="urn:example:bao-cao"><NoiDung Id="data"><So>145</So></NoiDung><ChuKy/></BaoCao>`;

/** Beside the data, not around it. */
function signed(forgery: Forgery = {}): string {
  return forge({
    unsigned: BOOK,
    insert: (unsigned, signature) => unsigned.replace('<ChuKy/>', `<ChuKy>${signature}</ChuKy>`),
    ...forgery,
  });
}

const judged = (text: string): Promise<string[]> => shortly(Buffer.from(text), 'bao-cao.xml');
const PART: Forgery = { references: [{ uri: '#data', target: 'data' }] };
const TIME =
  '<SignatureProperties><SignatureProperty Target="#s"><SigningTime xmlns="">2026-11-20T08:30:00</SigningTime></SignatureProperty></SignatureProperties>';

describe('signatures of an XML attachment', () => {
  it('enveloped, hold over the whole file', async () => {
    const [one, ...more] = await look(Buffer.from(signed()), 'bao-cao.xml');
    expect(more).to.deep.equal([]);
    expect([one?.format, one?.verdict, one?.covers]).to.deep.equal(['xml', 'valid', 'whole-file']);
    expect(one?.signer?.subject).to.contain('UID=T99.02');
  });

  it('detached in the same file, hold over a part', async () => {
    const [one] = await look(Buffer.from(signed(PART)), 'bao-cao.xml');
    expect([one?.verdict, one?.covers]).to.deep.equal(['valid', 'part']);
  });

  it('are found by what the file is, not by its name', async () => {
    expect(await shortly(Buffer.from(`\ufeff${signed()}`), 'bao-cao.bin')).to.deep.equal(['valid']);
  });

  it('say the time that is signed', async () => {
    const references = [
      { uri: '#data', target: 'data' },
      { uri: '#time', target: 'time' },
    ];
    const objects = `<Object Id="time">${TIME}</Object>`;
    // The digest of the Object is taken where it stands.
    const [one] = await look(Buffer.from(signed({ references, objects })), 'bao-cao.xml');
    expect([one?.verdict, one?.signingTime]).to.deep.equal(['valid', '2026-11-20T01:30:00.000Z']);
    const [other] = await look(Buffer.from(signed({ ...PART, objects })), 'bao-cao.xml');
    expect([other?.verdict, other?.signingTime]).to.deep.equal(['valid', undefined]);
  });

  it('give each of two signers a verdict', async () => {
    const second = forge({
      ...PART,
      unsigned: signed(PART),
      keyInfo: x509('stranger'),
      value: ecdsa('stranger'),
      insert: (unsigned, signature) => unsigned.replace('<ChuKy>', `<ChuKy>${signature}`),
    });
    expect((await judged(second)).sort()).to.deep.equal([
      'untrusted certificate.unknown-issuer',
      'valid',
    ]);
  });

  it('no longer hold over changed content', async () => {
    for (const text of [signed(), signed(PART)]) {
      expect(await judged(text.replace('145', '146'))).to.deep.equal(['invalid digest.mismatch']);
    }
  });

  const cases: readonly (readonly [string, Forgery, string])[] = [
    [
      'an expired signer',
      { keyInfo: x509('expired-ec'), value: ecdsa('expired-ec') },
      'untrusted certificate.expired',
    ],
    [
      'a revoked signer',
      { keyInfo: x509('revoked-ec'), value: ecdsa('revoked-ec') },
      'untrusted certificate.revoked',
    ],
    ['the certificate of another', { value: ecdsa('other-ec') }, 'invalid value.mismatch'],
    ['no certificate', { keyInfo: '<KeyName>T</KeyName>' }, 'unreadable key.none'],
    [
      'a keyed hash',
      { method: `${MORE}hmac-sha256`, value: hmac('T') },
      'unreadable algorithm.signature',
    ],
    ['SHA-1', { method: `${DS}rsa-sha1` }, 'invalid algorithm.sha1'],
    ['a file outside', { references: [{ uri: 'file:///etc/passwd' }] }, 'unreadable reference.uri'],
    [
      'an address outside',
      { references: [{ uri: 'http://t.example/a.xml' }] },
      'unreadable reference.uri',
    ],
    ['an XPointer', { references: [{ uri: '#xpointer(/)' }] }, 'unreadable reference.uri'],
    ['an Id that nobody has', { references: [{ uri: '#nobody' }] }, 'invalid reference.unknown-id'],
    [
      'the same part twice',
      {
        references: [
          { uri: '#data', target: 'data' },
          { uri: '#data', target: 'data' },
        ],
      },
      'invalid reference.repeated',
    ],
    [
      'nothing but itself',
      {
        references: [{ uri: '#time', target: 'time' }],
        objects: `<Object Id="time">${TIME}</Object>`,
      },
      'invalid reference.nothing',
    ],
    [
      'itself in the digest',
      { references: [{ uri: '', transforms: [EXCLUSIVE] }] },
      'invalid reference.enveloped',
    ],
    [
      'a transform by style sheet',
      { references: [{ uri: '', transforms: ['http://www.w3.org/TR/1999/REC-xslt-19991116'] }] },
      'unreadable algorithm.transform',
    ],
  ];
  for (const [name, forgery, expected] of cases) {
    it(`with ${name}: ${expected}`, async () => {
      expect(await judged(signed(forgery))).to.deep.equal([expected]);
    });
  }

  it('with the same Id at two places: invalid', async () => {
    const moved = signed(PART).replace(
      '<ChuKy>',
      '<NoiDung Id="data"><So>146</So></NoiDung><ChuKy>',
    );
    expect(await judged(moved)).to.deep.equal(['invalid id.repeated']);
  });

  it('in a text with a DOCTYPE or without end: not judged', async () => {
    const entity = signed().replace(
      '<BaoCao',
      '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><BaoCao',
    );
    expect(await judged(entity)).to.deep.equal(['unreadable xml.doctype']);
    expect(await judged(signed().slice(0, -5))).to.deep.equal(['unreadable xml.malformed']);
  });

  it('are none in an XML file that has none', async () => {
    expect(await judged(BOOK)).to.deep.equal([]);
    expect(await judged(`<a xmlns:ds="${DS}"/>`)).to.deep.equal([]);
  });

  it('sixteen are judged and no further counted', async () => {
    const flood = `<a>${`<Signature xmlns="${DS}"/>`.repeat(5000)}</a>`;
    const found = await judged(flood);
    expect(found).to.have.length(17);
    expect(found[0]).to.equal('unreadable placeholder.empty');
    expect(found[16]).to.equal('unreadable signatures.count');
  });

  it('are not judged when the time is over', async () => {
    const time = new TimeBox(0, { monotonic: () => 0 });
    const found = await look(Buffer.from(signed()), 'bao-cao.xml', { time });
    expect(found.map((one) => one.reasons)).to.deep.equal([['limits.time']]);
  });
});
