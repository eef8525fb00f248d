import { expect } from 'chai';
import { issue } from '../../../src/model/issue.js';
import { binaryContent } from '../../../src/soap/binary.js';
import type { SoapVersion } from '../../../src/soap/content-type.js';
import {
  answerContentType,
  mtomAnswer,
  writeEnvelope,
  writeEnvelopeAround,
} from '../../../src/soap/envelope-writer.js';
import {
  confirmation,
  organizationPage,
  packageContent,
  packageContentAround,
  pendingPage,
  pong,
  type SendResult,
  sendResult,
  tracePage,
} from '../../../src/soap/results.js';
import { escapeText } from '../../../src/soap/xml-text.js';
import { childOf } from '../../../src/xml/tree.js';
import { parseText, read, schemaFaults } from './soap-support.js';

const DIGEST = 'a'.repeat(64);
const TIME = '2026-11-24T03:04:05.678Z';
/** Everything that needs care in XML, and what no XML can hold. */
const HOSTILE = `]]><x a="1">&amp;'\u0000\u0008\uFFFE\uD800 \r\n\tCông văn \u{1F600}`;
const CLEAN = `]]><x a="1">&amp;'\uFFFD\uFFFD\uFFFD\uFFFD \r\n\tCông văn \u{1F600}`;

const SENT: SendResult = {
  messageId: 'm',
  documentId: HOSTILE,
  receivedAt: TIME,
  duplicate: false,
  contentDigest: DIGEST,
  signatureClass: 'wrong-namespace',
  deliveries: [
    { organId: 'T99.02', state: 'queued' },
    { organId: '000.00.01.T99', state: 'pending' },
  ],
  warnings: [issue('dialect.bom', {}, { path: '', line: 1 })],
  receipt: Buffer.from('<Receipt/>'),
};

describe('results', () => {
  it('writes a valid SendResult for each of the three sending operations', () => {
    for (const operation of ['SendDocument', 'SendPackage', 'SendStatus'] as const) {
      const xml = sendResult(operation, SENT);
      expect(xml).to.match(new RegExp(`^<${operation}Response xmlns="urn:edxgate:gateway:1">`));
      expect(schemaFaults(xml)).to.deep.equal([]);
    }
    expect(
      schemaFaults(sendResult('SendStatus', { ...SENT, deliveries: [], warnings: [] })),
    ).to.deep.equal([]);
  });

  it('writes values so that a reader gets them back, illegal characters as U+FFFD', () => {
    const document = parseText(sendResult('SendPackage', SENT));
    const result = childOf(document.root, 'SendResult');
    expect(childOf(result, 'DocumentId')?.text).to.equal(CLEAN);
    document.dispose();
  });

  it('writes a valid page of pending items, whole and bare', () => {
    const bare = {
      messageId: 'm',
      kind: 'status',
      documentId: 'd',
      fromOrganId: 'T99.02',
      receivedAt: TIME,
      sizeBytes: 5_000_000_000,
      contentDigest: DIGEST,
    } as const;
    const whole = {
      ...bare,
      kind: 'document',
      subject: HOSTILE,
      bussinessDocType: '0',
      priority: 4,
    } as const;
    expect(schemaFaults(pendingPage({ items: [bare, whole], next: 'n' }))).to.deep.equal([]);
    expect(schemaFaults(pendingPage({ items: [] }))).to.deep.equal([]);
    expect(pendingPage({ items: [] })).not.to.include('Next');
  });

  it('writes a valid PackageContent', () => {
    const content = {
      messageId: 'm',
      kind: 'document',
      contentDigest: DIGEST,
      signatureClass: 'valid',
      package: Buffer.from([0, 255, 1]),
    } as const;
    expect(schemaFaults(packageContent(content))).to.deep.equal([]);
    expect(packageContent(content)).to.include('<Package>AP8B</Package>');
    const { before, after } = packageContentAround({ ...content, messageId: '<Package>' });
    expect(before).to.match(/<Package>$/);
    expect(`${before}AP8B${after}`).to.equal(
      packageContent({ ...content, messageId: '<Package>' }),
    );
  });

  it('writes a valid Confirmation and Pong', () => {
    const confirmed = { messageId: 'm', outcome: 'fail', confirmedAt: TIME } as const;
    expect(schemaFaults(confirmation(confirmed))).to.deep.equal([]);
    const answer = { time: TIME, version: '1.2.3', organId: 'T99.02' };
    expect(schemaFaults(pong(answer))).to.deep.equal([]);
    expect(schemaFaults(pong({ ...answer, echo: HOSTILE }))).to.deep.equal([]);
  });

  it('writes a valid page of traces, whole and bare', () => {
    const bare = {
      messageId: 'm',
      documentId: 'd',
      toOrganId: 'T99.02',
      state: 'deferred',
      attempts: 3,
      updatedAt: TIME,
      statuses: [],
    } as const;
    const status = { statusCode: '03', fromOrganId: 'T99.02', timestamp: TIME } as const;
    const whole = {
      ...bare,
      lastCode: 'delivery.timeout',
      statuses: [status, { ...status, description: HOSTILE }],
    };
    expect(schemaFaults(tracePage({ traces: [bare, whole], next: 'n' }))).to.deep.equal([]);
    expect(schemaFaults(tracePage({ traces: [] }))).to.deep.equal([]);
  });

  it('writes a valid page of organizations, whole and bare', () => {
    const bare = { organId: 'T99.02', organName: HOSTILE, active: false, changedAt: TIME };
    const whole = {
      ...bare,
      oldOrganId: '000.00.02.T99',
      organizationInCharge: 'x',
      email: 'vanthu@t99.example',
    };
    const page = { organizations: [bare, whole], next: 'n' };
    expect(schemaFaults(organizationPage(page))).to.deep.equal([]);
    expect(schemaFaults(organizationPage({ organizations: [] }))).to.deep.equal([]);
  });
});

describe('writeEnvelope', () => {
  for (const version of ['1.1', '1.2'] as const) {
    it(`is read back, SOAP ${version}`, () => {
      const body = pong({ time: TIME, version: '1', organId: 'T99.02' });
      const request = read(writeEnvelope(version, body), answerContentType(version));
      expect([request.version, request.body.name]).to.deep.equal([version, 'PingResponse']);
      request.dispose();
    });
  }

  it('writes base64 of any length into the middle', () => {
    for (const length of [0, 1, 2, 3, 4, 786_431, 786_432, 786_433, 1_600_000]) {
      const content = Buffer.alloc(length, 'edxgate');
      const whole = writeEnvelopeAround('1.1', '<a><b>', content, '</b></a>');
      const request = read(whole);
      const [element] = request.body.children;
      if (element === undefined) throw new Error('the element is missing');
      expect(binaryContent(request, element).equals(content), String(length)).to.equal(true);
      request.dispose();
    }
  });
});

describe('mtomAnswer', () => {
  const bytes = Buffer.from('\r\n--edxgate\r\n\u0000 bytes \r\n');
  const body = packageContent({
    messageId: 'm',
    kind: 'document',
    contentDigest: DIGEST,
    signatureClass: 'valid',
    package: { contentId: 'part@edxgate' },
  });

  for (const version of ['1.1', '1.2'] as const) {
    it(`is read back as MTOM with the exact bytes, SOAP ${version}`, () => {
      const part = { contentId: 'part@edxgate', content: bytes };
      const answer = mtomAnswer(version, body, part);
      const request = read(answer.body, answer.contentType);
      expect([request.version, request.carrier]).to.deep.equal([version as SoapVersion, 'mtom']);
      const element = childOf(childOf(request.body, 'PackageContent'), 'Package');
      if (element === undefined) throw new Error('Package is missing');
      expect(binaryContent(request, element).equals(bytes)).to.equal(true);
      request.dispose();
    });
  }
});

describe('escapeText', () => {
  it('leaves ordinary text alone', () => {
    expect(escapeText('Công văn số 1/TEST\n')).to.equal('Công văn số 1/TEST\n');
    expect(escapeText('\u{1F600}')).to.equal('\u{1F600}');
  });

  it('escapes markup and carriage returns', () => {
    expect(escapeText('<&>"\r')).to.equal('&lt;&amp;&gt;&quot;&#xD;');
  });

  it('replaces what is no XML character, lone surrogates included', () => {
    expect(escapeText('a\u0000b\u001fc\uFFFFd\uDC00e\uD83D')).to.equal(
      'a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFD',
    );
  });
});
