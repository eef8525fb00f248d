import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { createLogger } from '../../../src/log.js';
import { resultOf } from '../../support/answers.js';
import { mtomRequest, readParts, sendPackageRequest } from '../../support/mime.js';
import { basic, operation, sendPackage } from '../../support/soap.js';
import { edited, expectNoInternals, sample, useRig } from './rig.js';

/** As written in XML. */
const FILE_NAMES: readonly [what: string, written: string][] = [
  ['a way up', '../../../../etc/cron.d/x'],
  ['a way up of Windows', '..\\..\\windows\\system32\\x.dll'],
  ['an absolute path', '/etc/passwd'],
  ['a drive', 'C:\\boot.ini'],
  ['an escaped way up', '%2e%2e%2fx'],
  ['line ends', 'a&#13;&#10;Set-Cookie: x=1&#13;&#10;&#13;&#10;b.pdf'],
  ['the end of a part', 'a&#13;&#10;--b--&#13;&#10;.pdf'],
  ['a right-to-left mark', 'cong-van\u202efdp.exe'],
  ['markup', '&lt;script&gt;alert(1)&lt;/script&gt;.pdf'],
  ['quotes', 'a&quot;; filename=&quot;b.exe'],
  ['a device', 'CON.pdf'],
  ['a stream', 'a.pdf:evil.exe'],
  ['300 letters', `${'n'.repeat(300)}.pdf`],
  ['a dot', '.'],
  ['an escape character of terminals', 'a&#x9b;31m.pdf'],
];

/** A stored zip entry with the name `../../evil`, enough of it for programs that unpack. */
function slippery(): Buffer {
  const name = Buffer.from('../../evil.sh');
  const data = Buffer.from('echo');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt32LE(data.length, 18);
  local.writeUInt32LE(data.length, 22);
  local.writeUInt16LE(name.length, 26);
  return Buffer.concat([local, name, data]);
}

describe('R: names and contents of attachments are data', () => {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'debug',
    format: 'json',
    stream: { write: (line: string) => void lines.push(line) },
  });
  const rig = useRig({ logger });
  const files = () => readdirSync(rig.gateway.folder, { recursive: true }).map(String);
  afterEach(() => {
    for (const line of lines.splice(0)) {
      expect(line.trimEnd(), 'one event is one line').not.to.contain('\n');
      expect(JSON.parse(line)).to.be.an('object');
    }
    for (const path of files()) expect(path).to.match(/^store(?:\/[\w.-]+)*$/);
  });

  for (const [what, written] of FILE_NAMES) {
    const text = () => sample().replaceAll('cong-van.pdf', () => written);

    it(`${what}: comes back as it was sent, and stands in no header`, async () => {
      const bytes = Buffer.from(text());
      const answer = await rig.send(bytes);
      const messageId = resultOf(answer).get('MessageId');
      expect((await rig.collect(messageId)).equals(bytes)).to.equal(true);

      const asked = operation('GetPackage', `<MessageId>${messageId}</MessageId>`);
      const { contentType, body } = mtomRequest(asked, '1.1');
      const { organId = '', token = '' } = rig.as('T99.02');
      const response = await fetch(rig.gateway.soapUrl, {
        method: 'POST',
        body,
        headers: { 'content-type': contentType, authorization: basic(organId, token) },
      });
      const type = response.headers.get('content-type') ?? '';
      const parts = readParts(type, Buffer.from(await response.arrayBuffer()));
      expect(parts).to.have.length(2);
      expect(parts[1]?.content.equals(bytes)).to.equal(true);
      const headers = [...response.headers, ...parts.flatMap((one) => [...one.headers])].flat();
      for (const one of headers)
        expect(one).not.to.match(/evil|cookie|passwd|script|cron|nnnn|\.pdf/i);
      expect(response.headers.get('x-content-type-options')).to.equal('nosniff');
    });

    it(`${what}, in a package that is refused: escaped in the fault`, async () => {
      const bytes = edited('cid:1<', 'cid:2<', text());
      const answer = await rig.refuse(bytes, 'manifest.missing');
      const fault = answer.bytes.toString('utf8');
      expect(fault).not.to.match(/<script|\r|\u009b/);
      expect(answer.headers.has('set-cookie')).to.equal(false);
    });
  }

  for (const written of ['a&#0;.pdf', 'a\u0000.pdf', 'a&#x1b;.pdf', 'a&#xFFFE;.pdf']) {
    it(`${JSON.stringify(written)} cannot be written in XML: refused`, () =>
      rig.refuse(
        sample().replaceAll('cong-van.pdf', () => written),
        'xml.malformed',
      ));
  }

  it('line ends in ids stay out of headers and lines of the log', async () => {
    const evil = 'T99.77&#13;&#10;Set-Cookie: x=1';
    const answer = await rig.send(sample().replaceAll('T99.02', () => evil));
    expect(answer.status).to.equal(500);
    expect(answer.headers.has('set-cookie')).to.equal(false);
    expect(lines).not.to.have.length(0);
  });

  for (const [what, content] of [
    ['an archive that leaves its folder', slippery()],
    ['a page with a script', Buffer.from('<html><script>alert(1)</script></html>')],
    ['XML with a DOCTYPE', Buffer.from('<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>')],
    ['the beginning of a program', Buffer.from('MZ\u0000\u0000')],
  ] as const) {
    it(`${what} is stored and delivered as bytes, and not opened`, async () => {
      const bytes = Buffer.from(
        edited(/(?<=xmlns:edXML="[^"]*">)JVBER[^<]*/, content.toString('base64')),
      );
      const before = files().length;
      const answer = await sendPackage(rig.gateway.soapUrl, bytes, rig.as());
      const messageId = resultOf(answer).get('MessageId');
      expect((await rig.collect(messageId)).equals(bytes)).to.equal(true);
      expect(files().filter((path) => /evil/.test(path))).to.deep.equal([]);
      expect(files().length - before).to.be.lessThan(3);
    });
  }
});

describe('S: replay, doubled ids and other people’s messages', () => {
  const rig = useRig();

  const pending = async (organId = 'T99.02'): Promise<string[]> => {
    const answer = await rig.call(operation('ListPending'), rig.as(organId));
    return resultOf(answer)
      .all('Item')
      .map((one) => one.get('MessageId'));
  };

  it('the same package ten times at once: one message, one delivery, one answer', async () => {
    const bytes = sample();
    const before = await rig.messages();
    const results = await Promise.all(Array.from({ length: 10 }, () => rig.accept(bytes)));
    expect(new Set(results.map((one) => one.get('MessageId'))).size).to.equal(1);
    expect(results.filter((one) => one.get('Duplicate') === 'false')).to.have.length(1);
    expect(await rig.messages()).to.equal(before + 1);
    const id = results[0]?.get('MessageId') ?? '';
    expect((await pending()).filter((one) => one === id)).to.have.length(1);
  });

  it('the same package by another carrier is the same', async () => {
    const bytes = Buffer.from(sample());
    const first = await rig.accept(bytes);
    for (const reference of ['xop', 'text', 'href', 'none'] as const) {
      const { contentType, body } = sendPackageRequest(bytes, reference, '1.2');
      const headers = { 'content-type': contentType };
      const again = resultOf(await rig.post(body, { ...rig.as(), headers }));
      expect(again.get('Duplicate'), reference).to.equal('true');
      expect(again.get('MessageId')).to.equal(first.get('MessageId'));
    }
  });

  it('a package that was collected does not come again', async () => {
    const bytes = sample();
    const messageId = (await rig.accept(bytes)).get('MessageId');
    const done = `<MessageId>${messageId}</MessageId><Outcome>done</Outcome>`;
    resultOf(await rig.call(operation('ConfirmReceived', done), rig.as('T99.02')));
    expect((await rig.accept(bytes)).get('Duplicate')).to.equal('true');
    expect(await pending()).not.to.include(messageId);
  });

  it('the same id with other content is a conflict, and the first stays', async () => {
    const bytes = Buffer.from(sample());
    const messageId = (await rig.accept(bytes)).get('MessageId');
    const text = bytes.toString('utf8');
    await rig.refuse(edited('văn bản mẫu', 'văn bản khác', text), 'duplicate.conflict');
    await rig.refuse(edited('>T99.02<', '>T99.03<', text), 'duplicate.conflict');
    await rig.refuse(`${text}\n`, 'duplicate.conflict');
    expect((await rig.collect(messageId)).equals(bytes)).to.equal(true);
  });

  it('two contents under one id at once: one is stored', async () => {
    const text = sample();
    const before = await rig.messages();
    const other = edited('văn bản mẫu', 'văn bản khác', text);
    const answers = await Promise.all([text, other, text, other].map((one) => rig.send(one)));
    expect(await rig.messages()).to.equal(before + 1);
    expect(answers.filter(({ code }) => code === 'duplicate.conflict')).to.have.length(2);
  });

  it('an id is that of its sender: another agency may use the same', async () => {
    const documentId = 'chung,2026/11/20,1/X';
    const first = await rig.accept(sample({ documentId, codeNumber: '1' }));
    const from = { organId: 'T99.03', organName: 'Sở Mẫu C' };
    const second = await rig.accept(sample({ documentId, codeNumber: '1', from }), 'T99.03');
    expect(second.get('Duplicate')).to.equal('false');
    expect(second.get('MessageId')).not.to.equal(first.get('MessageId'));
  });

  it('a package heard on the way cannot be sent by somebody else', async () => {
    const bytes = sample();
    await rig.accept(bytes);
    const before = await rig.messages();
    const answer = await rig.send(bytes, 'T99.03');
    expect(answer.code).to.equal('auth.from');
    expect(await rig.messages()).to.equal(before);
  });

  it('nobody collects, confirms or refuses what is for another', async () => {
    const messageId = (await rig.accept(sample())).get('MessageId');
    const id = `<MessageId>${messageId}</MessageId>`;
    for (const [name, more] of [
      ['GetPackage', ''],
      ['ConfirmReceived', '<Outcome>done</Outcome>'],
      ['ConfirmReceived', '<Outcome>fail</Outcome><Reason>T</Reason>'],
      ['GetTraces', ''],
    ] as const) {
      const answer = await rig.call(operation(name, id + more), rig.as('T99.03'));
      expect(answer.code, name).to.equal('message.unknown');
      expectNoInternals(answer.bytes.toString('utf8'));
    }
    expect(await pending()).to.include(messageId);
    expect(await pending('T99.03')).not.to.include(messageId);
  });
});
