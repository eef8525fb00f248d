import { expect } from 'chai';
import fc from 'fast-check';
import {
  bytesKinds,
  decodeBase64Strict,
  decodeHead,
  inspectBase64,
  KIND,
} from '../../../src/xml/base64.js';

const decode = (text: string): string | undefined =>
  decodeBase64Strict(Buffer.from(text, 'latin1'))?.toString('latin1');

describe('strict base64', () => {
  it('decodes what Buffer encodes, in lines or not, at any offset in its block', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(3),
        fc.constantFrom('', '\n', '\r\n', '\t', ' '),
        fc.integer({ min: 1, max: 80 }),
        (content, offset, separator, width) => {
          const plain = Buffer.from(content).toString('base64');
          const lines = plain.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
          const text = Buffer.from(' '.repeat(offset) + lines.join(separator), 'latin1');
          const decoded = decodeBase64Strict(text.subarray(offset));
          expect(decoded?.equals(Buffer.from(content))).to.equal(true);
        },
      ),
    );
  });

  it('agrees with a plain reading of RFC 4648 on any short text of likely characters', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const reference = (text: string): boolean => {
      const packed = [...text].filter((char) => !' \t\r\n'.includes(char)).join('');
      if (packed.length % 4 !== 0) return false;
      const symbols = packed.endsWith('==') ? packed.slice(0, -2) : packed.replace(/=$/, '');
      if (![...symbols].every((char) => alphabet.includes(char))) return false;
      const pads = packed.length - symbols.length;
      const last = alphabet.indexOf(symbols.at(-1) ?? 'A');
      return pads === 0 || (symbols !== '' && last % (pads === 1 ? 4 : 16) === 0);
    };
    const char = fc.constantFrom(...'AQgwBZaz09+/====- _.\n\r\t\u00a0\u0000é');
    fc.assert(
      fc.property(fc.array(char, { maxLength: 12 }), (chars) => {
        const text = chars.join('');
        const bytes = Buffer.from(text, 'latin1');
        expect(inspectBase64(bytes, 0, bytes.length).valid, text).to.equal(reference(text));
        expect(decodeBase64Strict(bytes) !== undefined, text).to.equal(reference(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes the empty text and white space alone as no bytes', () => {
    expect(decode('')).to.equal('');
    expect(decode(' \r\n\t')).to.equal('');
  });

  for (const [name, text] of [
    ['padding is missing', 'QQ'],
    ['there is too much padding', 'QQ==='],
    ['padding stands alone', '===='],
    ['padding stands inside', 'QQ==QQ=='],
    ['the bits under the padding are not zero', 'QR=='],
    ['the bits under one padding character are not zero', 'QUF='],
    ['the URL alphabet is used', '-_-_'],
    ['there is a no-break space', 'QUFB\u00a0'],
    ['there is a NUL', 'QUFB\u0000'],
  ] as const) {
    it(`refuses the text when ${name}`, () => {
      expect(decode(text)).to.equal(undefined);
    });
  }

  it('decodes the start of a text to what all of it starts with', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('', '\n', '\r\n', ' '),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(210),
        fc.constantFrom('', '=', 'A'),
        (content, separator, width, most, damage) => {
          const plain = Buffer.from(content).toString('base64') + damage;
          const lines = plain.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
          const text = Buffer.from(lines.join(separator), 'latin1');
          const whole = decodeBase64Strict(text);
          const found = decodeHead(text, inspectBase64(text, 0, text.length), most);
          expect(found?.size).to.equal(whole?.length);
          expect(found?.head).to.deep.equal(whole?.subarray(0, most));
        },
      ),
    );
  });

  it('joins pieces of a long wrapped text without a gap', () => {
    const content = Buffer.alloc(2_500_001, 'Trục liên thông ');
    const text = content.toString('base64').replace(/.{77}/g, '$&\r\n ');
    const decoded = decodeBase64Strict(Buffer.from(text, 'latin1'));
    expect(decoded?.equals(content)).to.equal(true);
  });

  it('counts line feeds and the size of the content without decoding', () => {
    const text = Buffer.from('  QUFB\nQUFB\r\n\nQQ==\n', 'latin1');
    const run = inspectBase64(text, 2, text.length);
    expect(run).to.deep.include({ valid: true, lines: 4, size: 7 });
    expect(run.kinds).to.equal(KIND.space | KIND.carriageReturn | KIND.pad);
  });

  it('sees a forbidden control character at every position of a run', () => {
    for (const length of [1, 2, 31, 32, 33, 64, 65]) {
      for (let at = 0; at < length; at++) {
        const bytes = Buffer.alloc(length + 2, 'A').fill(1, at + 1, at + 2);
        expect(bytesKinds(bytes, 1, length + 1), `${at} of ${length}`).to.equal(KIND.control);
        expect(bytesKinds(bytes, 0, at + 1)).to.equal(0);
      }
    }
  });
});
