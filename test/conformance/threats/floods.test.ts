import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { envelope, operation } from '../../support/soap.js';
import { edited, LIMIT_MS, sample, useRig } from './rig.js';

const MIB = 1024 * 1024;
const SUBJECT = /<edXML:Subject>[^<]*<\/edXML:Subject>/;

const nested = (depth: number): string => '<d>'.repeat(depth) + '</d>'.repeat(depth);
const numbered = (count: number, one: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => one(i)).join('');
/** The strings of two letters `Ez` and `FY` collide in the hash of Java and DJBX31A. */
const colliding = (i: number): string =>
  Array.from({ length: 12 }, (_, bit) => ((i >> bit) & 1 ? 'Ez' : 'FY')).join('');

/** Put in place of the subject of a package, and into a request. */
const FLOODS: readonly [what: string, code: string, content: () => string][] = [
  ['depth 1,000', 'xml.limits', () => nested(1000)],
  ['depth 200,000', 'xml.limits', () => nested(200_000)],
  ['300,000 start tags that are never closed', 'xml.limits', () => '<d>'.repeat(300_000)],
  ['100,000 elements', 'xml.limits', () => '<d/>'.repeat(100_000)],
  ['1,000 attributes', 'xml.limits', () => `<d ${numbered(1000, (i) => `a${i}="" `)}/>`],
  ['500 namespaces', 'xml.limits', () => `<d ${numbered(500, (i) => `xmlns:a${i}="u" `)}/>`],
  [
    'namespaces in scope that multiply',
    'xml.limits',
    () => {
      const tag = `<d ${numbered(60, (i) => `xmlns:a${i}="u" `)}>`;
      return tag.repeat(90) + '<d/>'.repeat(5000) + '</d>'.repeat(90);
    },
  ],
  [
    '300 attributes with colliding names',
    'xml.limits',
    () => {
      return `<d ${numbered(300, (i) => `${colliding(i)}="" `)}/>`;
    },
  ],
  ['a name of 100,000 letters', 'xml.limits', () => `<${'n'.repeat(100_000)}/>`],
  ['an attribute of 100,000 letters', 'xml.limits', () => `<d a="${'n'.repeat(100_000)}"/>`],
  ['20,000 comments', 'xml.limits', () => '<!---->'.repeat(20_000)],
  ['20,000 CDATA sections', 'xml.limits', () => '<![CDATA[]]>'.repeat(20_000)],
  ['100,000 unknown entities', 'xml.malformed', () => '&lol;'.repeat(100_000)],
  ['an ampersand without end', 'xml.malformed', () => `&${'a'.repeat(500_000)}`],
  ['a comment without end', 'xml.malformed', () => `<!--${'-'.repeat(500_000)}`],
  ['9 MiB of text', 'xml.limits', () => 'x'.repeat(9 * MIB)],
];

describe('L: resource exhaustion is refused, and others are served', () => {
  const rig = useRig({ limits: { requestBytes: 16 * MIB } });

  /** Another agency calls before, while and after the work is done. */
  async function servedMeanwhile<T>(work: () => Promise<T>): Promise<T> {
    const ping = () => rig.call(operation('Ping'), rig.as('T99.02'));
    const pings = [ping()];
    const done = work();
    pings.push(ping());
    const result = await done;
    pings.push(ping());
    for (const { status } of await Promise.all(pings)) expect(status).to.equal(200);
    return result;
  }

  for (const [what, code, content] of FLOODS) {
    it(`${what} in a package: ${code}`, async () => {
      const bytes = edited(SUBJECT, content());
      await servedMeanwhile(() => rig.refuse(bytes, code));
    });

    const ours = code === 'xml.malformed' ? 'soap.not-xml' : code;
    it(`${what} in a request: ${ours}`, async () => {
      const text = envelope(operation('Ping', content()));
      const answer = await servedMeanwhile(() => rig.post(text));
      expect([answer.status, answer.code]).to.deep.equal([500, ours]);
    });
  }

  it('4,096 elements with colliding names: refused by the schema', async () => {
    const flood = numbered(4096, (i) => `<${colliding(i)}/>`);
    const answer = await servedMeanwhile(() => rig.post(envelope(operation('Ping', flood))));
    expect(answer.code).to.equal('soap.request');
    expect(answer.codes.length).to.be.lessThan(201);
  });

  it('entities that multiply: refused by their DOCTYPE', async () => {
    const list = numbered(30, (i) => `<!ENTITY e${i + 1} "&e${i};&e${i};">`);
    const bytes = edited('<edXML ', `<!DOCTYPE x [<!ENTITY e0 "ha">${list}]><edXML `);
    await servedMeanwhile(() => rig.refuse(edited(SUBJECT, '&e30;', bytes), 'xml.doctype'));
  });

  it('501 attachments: attachment.too-many', async () => {
    const text = sample();
    const one = /<edXML:Reference>[\s\S]*<\/edXML:Reference>/.exec(text)?.[0] ?? '';
    const file = /<Attachment>[\s\S]*<\/Attachment>/.exec(text)?.[0] ?? '';
    const many = (part: string) => numbered(501, (i) => part.replace('cid:1', `cid:${i}`));
    const bytes = edited(file, many(file), edited(one, many(one), text));
    await servedMeanwhile(() => rig.refuse(bytes, 'attachment.too-many'));
  });

  for (const [what, bytes] of [
    ['zeros', () => Buffer.alloc(200 * MIB)],
    ['a request padded with spaces', () => Buffer.from(envelope(' '.repeat(60 * MIB)))],
  ] as const) {
    it(`a gzip bomb, ${what}: 413`, async () => {
      const bomb = gzipSync(bytes(), { level: 1 });
      expect(bomb.length, 'it is small').to.be.lessThan(MIB);
      const headers = { 'content-encoding': 'gzip' };
      const answer = await servedMeanwhile(() => rig.post(bomb, { ...rig.as(), headers }));
      expect([answer.status, answer.code]).to.deep.equal([413, 'http.too-large']);
    });
  }

  it('gzip in gzip is unpacked once: not XML', async () => {
    const twice = gzipSync(gzipSync(envelope(operation('Ping'))));
    const headers = { 'content-encoding': 'gzip' };
    const answer = await rig.post(twice, { ...rig.as(), headers });
    expect([answer.status, answer.code]).to.deep.equal([500, 'soap.not-xml']);
  });

  it('100,000 MIME parts: soap.multipart', async () => {
    const root = `--b\r\nContent-Type: text/xml\r\n\r\n${envelope(operation('Ping'))}\r\n`;
    const body = `${root}${'--b\r\n\r\n\r\n'.repeat(100_000)}--b--\r\n`;
    const headers = { 'content-type': 'multipart/related; type="text/xml"; boundary="b"' };
    const answer = await servedMeanwhile(() => rig.post(body, { ...rig.as(), headers }));
    expect([answer.status, answer.code]).to.deep.equal([500, 'soap.multipart']);
  });

  it('20 floods at once, each answered, and the gateway goes on', async () => {
    const bytes = edited(SUBJECT, '<d/>'.repeat(100_000));
    const all = Promise.all(Array.from({ length: 20 }, () => rig.send(bytes)));
    for (const { code } of await servedMeanwhile(() => all)) expect(code).to.equal('xml.limits');
    expect((await rig.accept(sample())).get('MessageId')).not.to.equal('');
  }).timeout(2 * LIMIT_MS);
});
