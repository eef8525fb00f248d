import { expect } from 'chai';
import type { EvidenceFacts } from '../../../src/evidence/evidence-facts.js';
import { evidencePage, html } from '../../../src/evidence/evidence-page.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';

const EVIL = `"><script>alert('x')</script><img src=//t99.example onerror=x>&\u202ecod\u0000\ud800`;

/** Every text that comes from outside is hostile. */
function hostile(): EvidenceFacts {
  const time = '2026-11-24T01:02:03.004Z';
  return {
    format: 'edxgate-evidence-1',
    exportedAt: time,
    gateway: 'T99.00',
    version: EVIL,
    messageId: '01JD8Z6T4B6X3WQ2N5R7V9K1MC',
    kind: EVIL,
    documentId: EVIL,
    documentCode: EVIL,
    subject: EVIL,
    fromOrganId: EVIL,
    fromName: EVIL,
    callerOrganId: EVIL,
    submission: { operation: EVIL, proof: EVIL, correlationId: EVIL },
    receivedAt: time,
    sizeBytes: 1,
    contentDigest: EVIL,
    signatureClass: EVIL,
    signature: {
      class: 'invalid',
      signedParts: [],
      reasons: [EVIL],
      present: true,
      signer: {
        subject: EVIL,
        issuer: EVIL,
        serial: EVIL,
        notBefore: time,
        notAfter: time,
        fingerprint: EVIL,
      },
    },
    deliveries: [
      {
        id: 1,
        organId: EVIL,
        organName: EVIL,
        state: EVIL,
        createdAt: time,
        finishedAt: time,
        lastCode: EVIL,
        lastReason: EVIL,
        attempts: [
          {
            number: 1,
            startedAt: time,
            finishedAt: time,
            outcome: EVIL,
            code: EVIL,
            reason: EVIL,
            endpoint: EVIL,
            httpStatus: 500,
            answer: EVIL,
          },
        ],
        certificates: [{ number: 1, madeAt: time, file: EVIL }],
        collection: {
          firstListedAt: time,
          fetches: 1,
          confirmation: { outcome: EVIL, reason: EVIL, confirmedAt: time },
        },
      },
    ],
    statuses: [
      {
        messageId: EVIL,
        fromOrganId: EVIL,
        statusCode: EVIL,
        timestamp: EVIL,
        description: EVIL,
        receivedAt: time,
        contentDigest: EVIL,
        package: EVIL,
        receipt: EVIL,
      },
    ],
    log: { entries: 1, covered: 1, checkpoints: [1] },
    keys: [{ name: EVIL, file: EVIL, fingerprint: EVIL }],
    missing: [{ what: EVIL, text: EVIL, textVi: EVIL }],
  };
}

describe('the page of an evidence file', () => {
  it('escapes what is hostile, and shows what would turn the direction', () => {
    expect(html(`<&>"'`)).to.equal('&lt;&amp;&gt;&quot;&#39;');
    expect(html('a\u202eb')).to.equal('a<b class="u">U+202E</b>b');
    expect(html('\ud800')).to.include('U+D800');
    expect(html('Sở Tài chính – Hà Nội 😀')).to.equal('Sở Tài chính – Hà Nội 😀');
  });

  it('has no element but its own, no script, and names nothing outside, whatever the facts say', () => {
    const page = evidencePage(hostile());
    expect(page).to.not.match(/<(?:script|img|iframe|link|object|form|base)\b/i);
    expect(page).to.not.match(/[\u0000-\u0008\u202a-\u202e]/);
    expect(page).to.not.match(/<[^>]*\son[a-z]+=/i);
    expect(page).to.include('<a href="receipt.xml">');
    for (const [, target = ''] of page.matchAll(/<a href="([^"]*)"/g)) {
      expect(target).to.not.match(/^(?:[a-z]+:|\/)/i);
    }
    expect(page).to.include(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('is well-formed inside of its body', () => {
    const body = /<body>[\s\S]*<\/body>/.exec(evidencePage(hostile()))?.[0] ?? '';
    const xml = body.replaceAll('<br>', '<br/>');
    const document = parseXml(scanXml(Buffer.from(xml)));
    expect(document.root.name).to.equal('body');
    document.dispose();
  });

  it('tells Vietnam time first, and UTC', () => {
    expect(evidencePage(hostile())).to.include(
      '08:02:03 24/11/2026 (+07:00) <small>2026-11-24T01:02:03.004Z</small>',
    );
  });
});
