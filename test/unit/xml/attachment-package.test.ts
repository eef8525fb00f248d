/**
 * Signatures in the attachments of a whole package, and in files that are wrapped.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { ATTACHMENT_LIMITS, TimeBox } from '../../../src/xml/attachment-limits.js';
import { attachmentSignaturesOf } from '../../../src/xml/package-attachments.js';
import { cms, look, OPTIONS, shortly, signedPdf } from './attachment-kit.js';

const NAME = '6f1d1a52-0000-4000-8000-00000000a001.pdf';

interface ZipRequest {
  readonly name?: string;
  readonly stored?: boolean;
  /** Sizes and check sum behind the content instead of before it. */
  readonly descriptor?: boolean;
  readonly entries?: number;
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly comment?: string;
  /** Added to the offset of the local header. */
  readonly shift?: number;
}

function numbers(...pairs: readonly (readonly [2 | 4, number])[]): Buffer {
  return Buffer.concat(
    pairs.map(([width, value]) => {
      const bytes = Buffer.alloc(width);
      bytes.writeUIntLE(value, 0, width);
      return bytes;
    }),
  );
}

function zip(content: Buffer, request: ZipRequest = {}): Buffer {
  const { stored = false, descriptor = false, entries = 1, shift = 0, comment = '' } = request;
  const name = Buffer.from(request.name ?? NAME);
  const packed = stored ? content : deflateRawSync(content);
  const method = request.method ?? (stored ? 0 : 8);
  const flags = (request.flags ?? 0) | (descriptor ? 8 : 0);
  const size = request.size ?? content.length;
  const sums = numbers([4, request.crc ?? crc32(content)], [4, packed.length], [4, size]);
  const version = numbers([2, 20], [2, flags], [2, method], [4, 0]);
  const lengths = numbers([2, name.length], [2, 0]);
  const local = [
    numbers([4, 0x04034b50]),
    version,
    descriptor ? Buffer.alloc(12) : sums,
    lengths,
    name,
  ];
  const tail = descriptor ? [numbers([4, 0x08074b50]), sums] : [];
  const before = Buffer.concat([...local, packed, ...tail]);
  const central = Buffer.concat([
    numbers([4, 0x02014b50], [2, 20]),
    version,
    sums,
    lengths,
    numbers([2, 0], [2, 0], [2, 0], [4, 0], [4, shift]),
    name,
  ]);
  const end = numbers(
    [4, 0x06054b50],
    [4, 0],
    [2, entries],
    [2, entries],
    [4, central.length],
    [4, before.length],
    [2, comment.length],
  );
  return Buffer.concat([before, central, end, Buffer.from(comment)]);
}

describe('a wrapped attachment', () => {
  const pdf = signedPdf();

  const opened: readonly (readonly [string, ZipRequest])[] = [
    ['deflated', {}],
    ['stored', { stored: true }],
    ['with a data descriptor', { descriptor: true }],
    ['with a comment that looks like an end', { comment: 'PK\u0005\u0006 T' }],
    ['with a path as name', { name: '../../etc/passwd.pdf' }],
  ];
  for (const [name, request] of opened) {
    it(`${name}: its signatures are judged`, async () => {
      expect(await shortly(zip(pdf, request), 'goi.zip')).to.deep.equal(['valid']);
    });
  }

  const refused: readonly (readonly [string, ZipRequest, string])[] = [
    ['a wrong check sum', { crc: 1 }, 'zip.damaged'],
    ['a smaller size than it has', { size: pdf.length - 1 }, 'zip.damaged'],
    ['a larger size than it has', { size: pdf.length + 1 }, 'zip.damaged'],
    ['a size beyond the bound', { size: ATTACHMENT_LIMITS.fileBytes + 1 }, 'zip.size'],
    ['encryption', { flags: 1 }, 'zip.method'],
    ['another method', { method: 12 }, 'zip.method'],
    ['a local header that is none', { shift: 1 }, 'zip.damaged'],
    ['a local header out of the file', { shift: 0xfffffff0 }, 'zip.damaged'],
    ['stored bytes that go beyond the archive', { method: 0, size: 99 }, 'zip.damaged'],
  ];
  for (const [name, request, reason] of refused) {
    it(`with ${name}: not judged`, async () => {
      expect(await shortly(zip(pdf, request), 'goi.zip')).to.deep.equal([`unreadable ${reason}`]);
    });
  }

  it('that is a bomb is not expanded', async () => {
    const bomb = zip(Buffer.alloc(8 * 1024 * 1024));
    expect(await shortly(bomb, 'goi.zip')).to.deep.equal(['unreadable zip.ratio']);
    const lying = zip(Buffer.alloc(8 * 1024 * 1024), { size: 1000 });
    expect(await shortly(lying, 'goi.zip')).to.deep.equal(['unreadable zip.damaged']);
  });

  it('of more than one file is left alone', async () => {
    expect(await look(zip(pdf, { entries: 2 }), 'goi.zip')).to.deep.equal([]);
  });

  it('inside of another is left alone', async () => {
    const inner = zip(pdf);
    expect(await look(zip(inner, { name: 'goi.zip', stored: true }), 'goi.zip')).to.deep.equal([]);
  });

  it('survives every cut of the file', async () => {
    const whole = zip(pdf);
    for (let end = 0; end < whole.length; end += 61) {
      const found = await look(whole.subarray(0, end), 'goi.zip');
      expect(found.filter((one) => one.verdict === 'valid')).to.deep.equal([]);
    }
  });
});

describe('a file beyond the bound', () => {
  it('is not judged, and only said to be signed when it is', async () => {
    const big = Buffer.concat([signedPdf(), Buffer.alloc(ATTACHMENT_LIMITS.fileBytes, 0x20)]);
    expect(await shortly(big)).to.deep.equal(['unreadable limits.size']);
    big.write('/ByteRanze', big.indexOf('/ByteRange'), 'latin1');
    expect(await look(big)).to.deep.equal([]);
  });
});

const DOCX = Buffer.from('Nội dung T');

function packageOf(files: readonly (readonly [string, string, Buffer])[]): Buffer {
  const references = files.map(
    ([id, name]) =>
      `<Reference><ContentId>cid:${id}</ContentId><AttachmentName>${name}</AttachmentName></Reference>`,
  );
  const attachments = files.map(
    ([id, , bytes]) =>
      `<Attachment><ContentId>cid:${id}</ContentId><ContentTransferEncoded>${bytes.toString('base64')}</ContentTransferEncoded></Attachment>`,
  );
  return Buffer.from(
    `<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXMLEnvelope><edXMLHeader/><edXMLBody><edXMLManifest>${references.join('')}</edXMLManifest></edXMLBody></edXMLEnvelope>` +
      `<AttachmentEncoded>${attachments.join('')}</AttachmentEncoded></edXML>`,
  );
}

describe('the attachments of a package', () => {
  it('are looked at one by one, with the name of the manifest', async () => {
    const found = await attachmentSignaturesOf(
      packageOf([
        ['a1', 'cong-van.pdf', signedPdf()],
        ['a2', 'phu-luc.docx', DOCX],
        ['a3', 'phu-luc.docx.p7s', cms(DOCX, 'sender-rsa')],
      ]),
      OPTIONS,
    );
    expect(found.map(({ contentId, name }) => [contentId, name])).to.deep.equal([
      ['a1', 'cong-van.pdf'],
      ['a2', 'phu-luc.docx'],
      ['a3', 'phu-luc.docx.p7s'],
    ]);
    const verdicts = found.map(({ signatures }) => signatures.map((one) => one.verdict));
    expect(verdicts).to.deep.equal([['valid'], [], ['valid']]);
    expect(found[2]?.signatures[0]?.over).to.equal('phu-luc.docx');
  });

  it('are the same to every way of writing a fixture', async () => {
    for (const file of ['new.edxml', 'new-prefixed-attachments.edxml', 'new.crlf.edxml']) {
      const bytes = readFileSync(`fixtures/documents/valid/${file}`);
      const found = await attachmentSignaturesOf(bytes, OPTIONS);
      expect(found, file).not.to.have.length(0);
      for (const { contentId, name } of found) {
        expect(contentId).to.match(/^(?!cid:)./);
        expect(name).to.match(/\.[a-z]+$/);
      }
    }
  });

  it('are none in a status package', async () => {
    const [file = ''] = readdirSync('fixtures/statuses/valid');
    const bytes = readFileSync(`fixtures/statuses/valid/${file}`);
    expect(await attachmentSignaturesOf(bytes, OPTIONS)).to.deep.equal([]);
  });

  it('that cannot be decoded are passed over', async () => {
    const broken = packageOf([['a1', 'a.pdf', signedPdf().subarray(0, 600)]]);
    const text = broken
      .toString('utf8')
      .replace('<ContentTransferEncoded>J', '<ContentTransferEncoded>$');
    const found = await attachmentSignaturesOf(Buffer.from(text), OPTIONS);
    expect(found).to.deep.equal([{ contentId: 'a1', name: 'a.pdf', signatures: [] }]);
  });

  it('are marked when the time is over, or when there are too many', async () => {
    const two = packageOf([
      ['a1', 'a.pdf', signedPdf()],
      ['a2', 'b.pdf', signedPdf()],
    ]);
    let now = 0;
    const time = new TimeBox(4, { monotonic: () => now++ });
    const found = await attachmentSignaturesOf(two, { ...OPTIONS, time });
    expect(found.map((one) => one.skipped)).to.deep.equal([undefined, 'time']);

    const flood = Array.from({ length: 502 }, (_, i) => [`a${i}`, 'a.txt', DOCX] as const);
    const many = await attachmentSignaturesOf(packageOf(flood), OPTIONS);
    expect(many.filter((one) => one.skipped === 'count')).to.have.length(2);
  });

  it('of bytes that are no package are an error', async () => {
    const failure = await attachmentSignaturesOf(Buffer.from('<a'), OPTIONS).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(GatewayError);
  });
});
