import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { parseContentType } from '../../../src/soap/content-type.js';
import { MultipartStream } from '../../../src/soap/multipart-stream.js';
import {
  cutAt,
  MemoryStore,
  readStreamed,
  readWhole,
  SHAPES,
  streamed,
} from '../../support/multipart-corpus.js';
import { seeded } from './soap-support.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A body with these contents, the first as root. */
function bodyOf(contents: readonly (string | Buffer)[], eol = '\r\n', headers = ''): Buffer {
  const pieces = contents.flatMap((content, i) => [
    Buffer.from(`--b${eol}Content-ID: <p${i}>${eol}${i === 0 ? '' : headers}${eol}`),
    Buffer.from(content),
    Buffer.from(eol),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--b--${eol}`)]);
}

const TYPE = 'multipart/related; boundary=b';

function* pieces(body: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

describe('the streaming multipart reader', () => {
  for (const shape of SHAPES) {
    it(`reads as the whole reader does, cut anywhere: ${shape.name}`, async () => {
      const content = Buffer.from('\r\n--uuid\r\n\n--\u0000gói tin--MIME_boundary \r\n--');
      const { contentType, body } = shape.write('<x/>', content);
      const whole = readWhole(contentType, body);
      expect(whole).to.have.property('parts');
      for (let at = 0; at <= body.length; at++) {
        expect(await readStreamed(contentType, cutAt(body, [at])), `cut at ${at}`).to.deep.equal(
          whole,
        );
      }
      expect(await readStreamed(contentType, pieces(body, 1))).to.deep.equal(whole);
    });

    it(`refuses what is cut off as the whole reader does: ${shape.name}`, async () => {
      const { contentType, body } = shape.write('<x/>', Buffer.from('gói'));
      for (let end = 0; end < body.length; end++) {
        const cut = body.subarray(0, end);
        const whole = readWhole(contentType, cut);
        expect(await readStreamed(contentType, pieces(cut, 7)), `${end} bytes`).to.deep.equal(
          whole,
        );
      }
    });
  }

  it('agrees on bodies that are refused, word by word', async () => {
    const many = bodyOf(Array.from({ length: 101 }, () => 'x'));
    const cases: readonly [contentType: string, body: string | Buffer][] = [
      [TYPE, ''],
      [TYPE, 'no boundary at all'],
      [TYPE, '--b--\r\n'],
      [TYPE, '--b\r\n\r\nx'],
      [TYPE, '--b\r\n\r\nx\r\n--b-'],
      [TYPE, '--b\r\nno empty line\r\n--b--'],
      [TYPE, '--b\r\n--b--'],
      [TYPE, '--b \r\n--b--'],
      [TYPE, '--b\r\n folded\r\n\r\nx\r\n--b--'],
      [TYPE, '--b\r\nno colon\r\n\r\nx\r\n--b--'],
      [TYPE, '--b\r\nContent-ID: a\r\nContent-ID: b\r\n\r\nx\r\n--b--'],
      [TYPE, '--b\r\nContent-Transfer-Encoding: uuencode\r\n\r\nx\r\n--b--'],
      [TYPE, '--b\r\nContent-Transfer-Encoding: base64\r\n\r\n?\r\n--b--'],
      [TYPE, `--b\r\nX: ${'y'.repeat(16 * KIB)}\r\n\r\nx\r\n--b--`],
      [TYPE, `--b\r\nX: ${'y'.repeat(20 * KIB)}`],
      [TYPE, `--b\r\n\r\n${'\r\n--bx'.repeat(1001)}\r\n--b--`],
      [TYPE, `${'--bx'.repeat(1001)}\r\n--b\r\n\r\nx\r\n--b--`],
      [TYPE, `--b${' '.repeat(2000)}\r\n\r\nx\r\n--b--`],
      [TYPE, many],
      [TYPE, bodyOf(['1', '2', '3']).toString().replace('<p2>', '<p1>')],
      ['multipart/related', '--b\r\n\r\nx\r\n--b--'],
      [`multipart/related; boundary="${'x'.repeat(201)}"`, 'x'],
      ['multipart/related; boundary=b; boundary=c', '--b\r\n\r\nx\r\n--b--'],
      [`${TYPE}; start=nobody`, bodyOf(['1'])],
      [`${TYPE}; start=p0; start=p1`, bodyOf(['1', '2'])],
      // The first fault in the order of the parts, not in the order in which it can be seen.
      [
        TYPE,
        '--b\r\nContent-Transfer-Encoding: base64\r\n\r\n?\r\n--b\r\nno colon\r\n\r\n\r\n--b--',
      ],
      [TYPE, '--b\r\nno colon\r\n\r\nx\r\n--b\r\n\r\ncut'],
    ];
    for (const [contentType, text] of cases) {
      const body = Buffer.from(text);
      const whole = readWhole(contentType, body);
      expect(whole, body.toString().slice(0, 80)).to.have.property('refused');
      for (const size of [1, 3, 64, 16 * KIB, body.length + 1]) {
        const read = await readStreamed(contentType, pieces(body, size));
        expect(read, `${body.toString().slice(0, 80)}, ${size}`).to.deep.equal(whole);
      }
    }
  });

  it('agrees on 400 random bodies of pieces that look like boundaries, in pieces of any size', async () => {
    const random = seeded(31);
    const below = (limit: number): number => Math.floor(random() * limit);
    const words = ['\r\n', '\n', '\r', '--', 'b', '--b', '\r\n--b', '--b--', ' ', '\t', 'x', '-'];
    let accepted = 0;
    for (let round = 0; round < 400; round++) {
      let body = random() < 0.7 ? '--b\r\n\r\n' : '';
      for (let left = below(30); left > 0; left--) body += words[below(words.length)] ?? '';
      if (random() < 0.6) body += random() < 0.5 ? '\r\n--b--' : '\n--b--\n';
      const bytes = Buffer.from(body);
      const whole = readWhole(TYPE, bytes);
      if ('parts' in whole) accepted++;
      for (let times = 0; times < 4; times++) {
        const places: number[] = [];
        for (let at = below(8); at < bytes.length; at += below(9)) places.push(at);
        const read = await readStreamed(TYPE, cutAt(bytes, places));
        expect(read, `${JSON.stringify(body)} at ${places}`).to.deep.equal(whole);
      }
    }
    expect(accepted).to.be.within(50, 350);
  });

  describe('large parts', () => {
    const large = Buffer.alloc(3 * MIB, 'gói tin\r\n--');

    it('go to the file, and memory stays small whatever the pieces are', async () => {
      const body = bodyOf(['<x/>', large, large]);
      const whole = readWhole(TYPE, body);
      for (const size of [1000, 64 * KIB]) {
        const store = new MemoryStore();
        expect(await readStreamed(TYPE, pieces(body, size), store)).to.deep.equal(whole);
        expect(store.appended).to.equal(2 * large.length);
        expect(store.peak).to.be.below(MIB);
      }
    });

    it('stay there until they are asked for', async () => {
      const store = new MemoryStore();
      const { root, parts } = await streamed(
        TYPE,
        pieces(bodyOf(['<x/>', large]), 64 * KIB),
        store,
      );
      expect(root.content.toString()).to.equal('<x/>');
      const part = parts.get('p1');
      if (part === undefined || part.content !== undefined) throw new Error('it is in memory');
      expect(part.size).to.equal(large.length);
      expect((await part.load()).equals(large)).to.equal(true);
    });

    it('small parts stay in memory, and many of them go to the file as well', async () => {
      const small = Buffer.alloc(100 * KIB, 'x');
      const store = new MemoryStore();
      await streamed(TYPE, pieces(bodyOf(['<x/>', small]), 64 * KIB), store);
      expect(store.appended).to.equal(0);
      const contents = ['<x/>', ...Array.from({ length: 90 }, () => small)];
      const body = bodyOf(contents);
      expect(await readStreamed(TYPE, pieces(body, 64 * KIB), store)).to.deep.equal(
        readWhole(TYPE, body),
      );
      expect(store.peak).to.be.below(2 * MIB);
      expect(store.appended).to.be.greaterThan(7 * MIB);
    });

    it('are decoded, and refused when they cannot be', async () => {
      const text = Buffer.alloc(MIB, 'QUJD');
      for (const [encoding, content] of [
        ['base64', text],
        ['base64', Buffer.concat([text, Buffer.from('?')])],
        ['quoted-printable', Buffer.alloc(MIB, 'a=3D')],
        ['quoted-printable', Buffer.alloc(MIB, 'a=xy')],
        ['unknown', text],
      ] as const) {
        const body = bodyOf(
          ['<x/>', content],
          '\r\n',
          `Content-Transfer-Encoding: ${encoding}\r\n`,
        );
        const whole = readWhole(TYPE, body);
        expect(await readStreamed(TYPE, pieces(body, 64 * KIB)), encoding).to.deep.equal(whole);
      }
    });

    it('may be the root', async () => {
      const body = bodyOf([large, 'x']);
      expect(await readStreamed(TYPE, pieces(body, 64 * KIB))).to.deep.equal(readWhole(TYPE, body));
    });

    it('are not kept any more once the body is refused', async () => {
      const store = new MemoryStore();
      const body = Buffer.concat([
        Buffer.from(`--b\r\n\r\n${'\r\n--bx'.repeat(1001)}`),
        Buffer.alloc(8 * MIB),
      ]);
      expect(await readStreamed(TYPE, pieces(body, 64 * KIB), store)).to.have.property('refused');
      expect(store.appended).to.be.below(MIB);
      expect(store.peak).to.be.below(MIB);
    });
  });

  it('lets what its store throws through at once', async () => {
    class Full extends MemoryStore {
      override async append(): Promise<void> {
        throw new Error('full');
      }
    }
    const stream = new MultipartStream(parseContentType(TYPE), new Full());
    const [first] = pieces(bodyOf(['<x/>', Buffer.alloc(MIB)]), MIB);
    let thrown: unknown;
    await stream.write(first ?? Buffer.alloc(0)).catch((error: unknown) => {
      thrown = error;
    });
    expect(thrown).to.be.instanceOf(Error).and.not.instanceOf(GatewayError);
  });

  it('does work in proportion to what comes, byte by byte, padding and look-alikes and all', async () => {
    // Each of these would be copied again for every byte that comes if it were kept back whole.
    const bodyWith = (count: number): Buffer => {
      const lines = `\r\n--b${' '.repeat(1000)}x`.repeat(count);
      return Buffer.from(`${lines}\r\n--b\r\n\r\n${lines}\r\n--b--`);
    };
    const { concat } = Buffer;
    const copiedFor = async (count: number): Promise<number> => {
      let copied = 0;
      Buffer.concat = (list, length) => {
        const joined = concat(list, length);
        copied += joined.length;
        return joined;
      };
      try {
        await streamed(TYPE, pieces(bodyWith(count), 1));
      } finally {
        Buffer.concat = concat;
      }
      return copied;
    };
    const once = await copiedFor(5);
    expect(once).to.be.greaterThan(0);
    expect(await copiedFor(20)).to.be.below(4.5 * once);
  });
});
