import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { parseContentType } from '../../../src/soap/content-type.js';
import { MULTIPART_LIMITS, type Multipart, readMultipart } from '../../../src/soap/multipart.js';
import { refusal, seeded } from './soap-support.js';

interface Part {
  readonly headers?: string;
  readonly content: string | Buffer;
}

function write(boundary: string, parts: readonly Part[], eol = '\r\n'): Buffer {
  const pieces: Buffer[] = [];
  for (const { headers, content } of parts) {
    const head = headers === undefined ? '' : `${headers}${eol}`;
    pieces.push(Buffer.from(`--${boundary}${eol}${head}${eol}`), Buffer.from(content));
    pieces.push(Buffer.from(eol));
  }
  pieces.push(Buffer.from(`--${boundary}--${eol}`));
  return Buffer.concat(pieces);
}

function readParts(body: Buffer | string, parameters = 'boundary=b'): Multipart {
  return readMultipart(Buffer.from(body), parseContentType(`multipart/related; ${parameters}`));
}

function texts({ root, attachments }: Multipart): string[] {
  return [root, ...attachments].map((one) => one.content.toString());
}

describe('readMultipart', () => {
  it('splits a body into root and parts by Content-ID', () => {
    const read = readParts(
      write('b', [
        { headers: 'Content-Type: text/xml', content: '<x/>' },
        { headers: 'Content-ID: <a@example>\r\nContent-Type: application/pdf', content: 'pdf' },
      ]),
    );
    expect(read.root.content.toString()).to.equal('<x/>');
    expect([...read.parts.keys()]).to.deep.equal(['a@example']);
    expect(read.parts.get('a@example')?.contentType.type).to.equal('application/pdf');
    expect(read.parts.get('a@example')?.content.toString()).to.equal('pdf');
  });

  it('hands out views on the body, not copies', () => {
    const body = write('b', [{ content: 'root' }, { headers: 'Content-ID: a', content: 'part' }]);
    const { parts } = readMultipart(body, parseContentType('multipart/related; boundary=b'));
    body.write('PART', body.indexOf('part'));
    expect(parts.get('a')?.content.toString()).to.equal('PART');
  });

  it('keeps the bytes of a part exactly: line breaks at its ends, NUL, boundary look-alikes', () => {
    const contents = [
      '\r\n\r\nx\r\n\r\n',
      '\u0000\r\n--',
      '\n--b\n',
      ' --b',
      '\r\n--bb\r\nContent-ID: no\r\n\r\nx',
      '\r\n--b-\r\n',
      '',
      '\r',
      '\n',
      'x\r',
    ];
    const parts = contents.map((content) => ({ content }));
    expect(texts(readParts(write('b', parts)))).to.deep.equal(contents);
  });

  it('lets the first boundary line say how lines end', () => {
    const content = 'a\r\n--b\r\nb';
    expect(texts(readParts(write('b', [{ content: 'x\r' }], '\n')))).to.deep.equal(['x\r']);
    expect(texts(readParts(write('c', [{ content }], '\n'), 'boundary=c'))).to.deep.equal([
      content,
    ]);
  });

  it('takes a preamble, padding after the boundary and an epilogue', () => {
    const body = 'Date: today\r\n\r\n--b  \t\r\n\r\nx\r\n--b-- \r\n\r\nepilogue --b';
    expect(texts(readParts(body))).to.deep.equal(['x']);
  });

  it('takes a closing boundary without a line break after it', () => {
    expect(texts(readParts('--b\r\n\r\nx\r\n--b--'))).to.deep.equal(['x']);
  });

  it('finds the root by start, with or without angle brackets', () => {
    const body = write('b', [
      { headers: 'Content-ID: <one>', content: '1' },
      { headers: 'content-id: <two>', content: '2' },
    ]);
    expect(readParts(body, 'boundary=b; start="<two>"').root.content.toString()).to.equal('2');
    expect(readParts(body, 'boundary=b; start=two').root.content.toString()).to.equal('2');
    expect(readParts(body).root.content.toString()).to.equal('1');
    expect([...readParts(body, 'boundary=b; start=two').parts.keys()]).to.deep.equal(['one']);
  });

  it('unfolds the headers of a part', () => {
    const headers = 'Content-Type: application/octet-stream;\r\n\tname="a b"\r\nContent-ID: <x>';
    const { root } = readParts(write('b', [{ headers, content: '' }]));
    expect(root.contentType.parameters.get('name')).to.equal('a b');
    expect(root.contentId).to.equal('x');
  });

  it('undoes base64 and quoted-printable', () => {
    const decoded = (encoding: string, content: string) =>
      readParts(
        write('b', [{ headers: `Content-Transfer-Encoding: ${encoding}`, content }]),
      ).root.content.toString();
    expect(decoded('BASE64', 'eGlu\r\nIGNow6Bv\r\n')).to.equal('xin chào');
    expect(decoded('quoted-printable', 'xin=20ch=C3=A0o = \r\nx  \r\ny=3D')).to.equal(
      'xin chào x\r\ny=',
    );
    expect(decoded('8bit', 'chào')).to.equal('chào');
  });

  it('counts parts and header bytes up to its limits', () => {
    const parts = Array.from({ length: 5 }, () => ({ content: 'x' }));
    const type = parseContentType('multipart/related; boundary=b');
    const limited = (limit: number) => () =>
      readMultipart(write('b', parts), type, { ...MULTIPART_LIMITS, parts: limit });
    expect(limited(5)).not.to.throw();
    expect(refusal(limited(4)).code).to.equal('soap.multipart');
    const headed = (bytes: number) => () =>
      readMultipart(write('b', [{ headers: `X: ${'y'.repeat(bytes - 3)}`, content: '' }]), type);
    expect(headed(MULTIPART_LIMITS.headerBytes)).not.to.throw();
    expect(refusal(headed(MULTIPART_LIMITS.headerBytes + 1)).code).to.equal('soap.multipart');
  });

  it('refuses a boundary that is chosen to occur everywhere', () => {
    const body = `--b\r\n\r\n${'\r\n--bx'.repeat(100_000)}\r\n--b--`;
    expect(refusal(() => readParts(body)).message).to.include('occurs inside the parts');
  });

  it('refuses boundaries that are empty, endless or hold control characters', () => {
    const bad = ['boundary=""', `boundary=${'x'.repeat(201)}`, 'boundary="a\r\nb"', 'boundary="é"'];
    for (const parameter of bad) {
      expect(refusal(() => readParts('--b\r\n\r\nx\r\n--b--', parameter)).code).to.equal(
        'soap.multipart',
      );
    }
  });

  it('reads back what was written, for 300 random messages', () => {
    const random = seeded(11);
    const pieces = ['\r\n', '\n', '\r', '--', 'b0', '--b0', '\r\n--b', ' ', 'x', '\u0000', '-'];
    for (let round = 0; round < 300; round++) {
      const contents = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
        let text = '';
        const length = Math.floor(random() * 12);
        for (let i = 0; i < length; i++) text += pieces[Math.floor(random() * pieces.length)] ?? '';
        return text;
      });
      // What holds a whole boundary line is no content for this boundary.
      if (contents.some((one) => /\r\n--b0(?:--)?[ \t]*\r?\n|\r\n--b0--$/.test(`\r\n${one}\r\n`))) {
        continue;
      }
      const parts = contents.map((content) => ({ content }));
      const read = readParts(write('b0', parts), 'boundary=b0');
      expect(texts(read), JSON.stringify(contents)).to.deep.equal(contents);
    }
  });

  it('answers 5000 damaged messages with a result or a refusal, never with another error', () => {
    const random = seeded(23);
    const whole = write('b', [
      { headers: 'Content-Type: text/xml\r\nContent-ID: <r>', content: '<x/>' },
      { headers: 'Content-ID: <a>\r\nContent-Transfer-Encoding: base64', content: 'QUJD' },
      {
        headers: 'Content-ID: <c>\r\nContent-Transfer-Encoding: quoted-printable',
        content: 'a=3D',
      },
    ]);
    const alphabet = Buffer.from('\r\n-b:<>= \t\u0000Q');
    let refused = 0;
    for (let round = 0; round < 5000; round++) {
      const damaged = Buffer.from(whole);
      for (let hits = 1 + Math.floor(random() * 3); hits > 0; hits--) {
        const byte = alphabet[Math.floor(random() * alphabet.length)] ?? 0;
        damaged[Math.floor(random() * damaged.length)] = byte;
      }
      const cut = random() < 0.2 ? Math.floor(random() * damaged.length) : damaged.length;
      try {
        readParts(damaged.subarray(0, cut), random() < 0.5 ? 'boundary=b' : 'boundary=b; start=r');
      } catch (error) {
        expect(error).to.be.instanceOf(GatewayError);
        expect((error as GatewayError).code).to.equal('soap.multipart');
        refused++;
      }
    }
    expect(refused).to.be.greaterThan(500);
  });
});
