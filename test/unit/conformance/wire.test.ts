import { expect } from 'chai';
import { answerMessage, MAX_WIRE_CHARS, requestMessage } from '../../../src/conformance/wire.js';

const TOKEN = 'a-token-that-nobody-may-see';

function answer(body: Buffer | string, contentType = 'text/xml') {
  return answerMessage(
    {
      kind: 'answer',
      status: 500,
      headers: new Map([
        ['content-type', contentType],
        ['x-echo', TOKEN],
      ]),
      body: Buffer.from(body),
      truncated: false,
      totalMs: 1,
    },
    [TOKEN],
  );
}

describe('conformance/wire', () => {
  it('blots out credentials in requests and in answers that echo them', () => {
    const sent = requestMessage(
      {
        method: 'POST',
        url: 'http://gateway.example/soap?a=b',
        headers: {},
        body: Buffer.from(`x ${TOKEN}`),
        filled: false,
      },
      { authorization: `Bearer ${TOKEN}` },
      [TOKEN],
    );
    expect(sent.startLine).to.equal('POST /soap?a=b HTTP/1.1');
    expect(sent.headers).to.deep.equal([['authorization', 'Bearer ***']]);
    expect(sent.body).to.equal('x ***');
    const got = answer(`<a>${TOKEN}</a>`);
    expect(JSON.stringify(got)).to.not.include(TOKEN);
    expect(got.startLine).to.equal('HTTP/1.1 500 Internal Server Error');
  });

  it('shows text, and tells other parts by their length', () => {
    const binary = Buffer.from([0xff, 0xfe, 0, 1]);
    expect(answer(binary, 'image/png').body).to.equal('[4 bytes]');
    const multipart = Buffer.concat([
      Buffer.from(
        '--b\r\nContent-Type: text/xml\r\n\r\n<a>chào</a>\r\n--b\r\nContent-ID: <p>\r\n\r\n',
      ),
      binary,
      Buffer.from('\r\n--b--\r\n'),
    ]);
    const { body, bodyBytes } = answer(multipart, 'multipart/related; boundary="b"');
    expect(body).to.include('<a>chào</a>').and.include('Content-ID: <p>\r\n\r\n[6 bytes]');
    expect(bodyBytes).to.equal(multipart.length);
  });

  it('does not cut a body into any number of pieces', () => {
    const body = Buffer.from(`\u0000${'--a'.repeat(5000)}`);
    const got = answer(body, 'multipart/related; boundary=a');
    expect(got.body).to.equal(`[${body.length} bytes]`);
  });

  it('cuts long bodies and says so', () => {
    const { body, bodyBytes, shortened } = answer('x'.repeat(MAX_WIRE_CHARS + 5));
    expect([body.length, bodyBytes, shortened]).to.deep.equal([
      MAX_WIRE_CHARS,
      MAX_WIRE_CHARS + 5,
      true,
    ]);
    expect(answer('x').shortened).to.equal(false);
  });
});
