import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { storyText } from '../../../src/cli/story-text.js';
import { addAgency } from '../../../src/operate/agencies.js';
import { messageStory } from '../../../src/operate/story.js';
import {
  type Fixture,
  failAttempt,
  NOON,
  openFixture,
  organ,
  storeDocument,
} from '../operate/fixture.js';

describe('the story of a message for people', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await openFixture();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) {
      await addAgency(fixture, { organId, organName: organId });
    }
  });

  afterEach(() => fixture.close());

  async function tell(messageId: Awaited<ReturnType<typeof storeDocument>>): Promise<string> {
    return storyText(await messageStory(fixture.store, messageId), fixture.clock.now());
  }

  it('answers first: stored when, who has taken it, what happens next', async () => {
    const messageId = await storeDocument(fixture);
    await failAttempt(fixture, 3_600_000);
    fixture.pass(26 * 3_600_000 + 12 * 60_000);
    const text = await tell(messageId);
    expect(text).to.contain(
      'Stored 2026/11/24 12:00:00. 0 of 2 recipients have taken it. ' +
        'T99.02 has not taken it, for 26 h 12 min, 1 attempt; last: delivery.unreachable "ECONNREFUSED"; ' +
        'next attempt 2026/11/24 13:00:00. ' +
        'T99.03 collects and has not confirmed it, for 26 h 12 min; it has not asked yet.',
    );
  });

  it('shows the four marks side by side and never mixes them', async () => {
    const messageId = await storeDocument(fixture);
    fixture.pass(60_000);
    const confirmedAt = fixture.clock.now();
    await fixture.store.confirm(
      messageId,
      organ('T99.03'),
      { messageId, outcome: 'done', confirmedAt },
      undefined,
    );
    const lines = (await tell(messageId)).split('\n');
    const head = lines.findIndex((line) => line.startsWith('RECIPIENT'));
    expect(lines[head]?.split(/ {2,}/)).to.deep.equal([
      'RECIPIENT',
      'STATE',
      'ATTEMPTS',
      'STORED',
      'TAKEN',
      '01 ARRIVED',
      '03 ACCEPTED',
    ]);
    expect(lines[head + 1]?.split(/ {2,}/)).to.deep.equal([
      'T99.02',
      'queued',
      '0',
      '2026/11/24 12:00:00',
      '-',
      '-',
      '-',
    ]);
    expect(lines[head + 2]?.split(/ {2,}/)).to.deep.equal([
      'T99.03',
      'delivered',
      '0',
      '2026/11/24 12:00:00',
      '2026/11/24 12:01:00',
      '-',
      '-',
    ]);
  });

  it('names the delivery certificates, and nothing of them where there are none', async () => {
    const messageId = await storeDocument(fixture);
    expect(await tell(messageId)).to.not.contain('certificate');
    const certificate = Buffer.from('<DeliveryCertificate/>');
    const confirmedAt = fixture.clock.now();
    await fixture.store.confirm(
      messageId,
      organ('T99.03'),
      { messageId, outcome: 'done', confirmedAt },
      undefined,
      certificate,
    );
    const digest = createHash('sha256').update(certificate).digest('hex');
    expect(await tell(messageId)).to.contain(
      `Delivery certificates\n  T99.03  2026/11/24 12:00:00  SHA-256 ${digest}\n`,
    );
  });

  it('tells the course with checks, verdicts and times in Vietnam time', async () => {
    const messageId = await storeDocument(fixture);
    await failAttempt(fixture, 60_000);
    const text = await tell(messageId);
    expect(text).to.match(
      /2026\/11\/24 12:00:00\.000 +received +from T99\.01 {2}by SendPackage {2}SOAP 1\.1 {2}mtom/,
    );
    expect(text).to.match(/check schema +warning {2}1\.3 ms {2}dialect\.order/);
    expect(text).to.match(
      /T99\.02 +attempt 1 +deferred {2}delivery\.unreachable {2}20 ms {2}"ECONNREFUSED" {2}next 2026\/11\/24 12:01:00/,
    );
  });

  it('lets no text of others drive the terminal', async () => {
    const messageId = await storeDocument(fixture, 'a\u001b[2Jb\u202ec');
    await fixture.store.appendEvents(messageId, [
      { time: NOON + 5, event: 'later-event', detail: { note: 'x\u0007y', n: 1 } },
    ]);
    const text = await tell(messageId);
    expect(text).not.to.match(/[\u001b\u0007\u202e]/);
    expect(text).to.match(/later-event +note=x\ufffdy {2}n=1/);
  });
});
