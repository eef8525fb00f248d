import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { GatewayError, issue, refuse } from '../../../src/model/issue.js';
import type { Refusal } from '../../../src/model/message.js';
import { listActs } from '../../../src/operate/acts.js';
import { addAgency } from '../../../src/operate/agencies.js';
import {
  exportQuarantined,
  listDamaged,
  listQuarantine,
  type Resubmission,
  requeueQuarantined,
  showQuarantined,
} from '../../../src/operate/quarantine.js';
import {
  all,
  codeOf,
  endAttempt,
  type Fixture,
  NOON,
  openFixture,
  organ,
  storeDocument,
} from './fixture.js';

const BYTES = Buffer.from('<edXML>kept</edXML>');

describe('quarantine', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await openFixture();
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) {
      await addAgency(fixture, { organId, organName: organId });
    }
  });
  afterEach(() => fixture.close());

  const refused = async (correlationId: string, over: Partial<Refusal> = {}): Promise<void> => {
    await fixture.store.addRefusal({
      correlationId,
      time: fixture.clock.now(),
      callerOrganId: organ('T99.01'),
      operation: 'SendPackage',
      code: 'signature.untrusted',
      issues: [issue('signature.untrusted'), issue('recipient.unknown', { value: 'T99.88' })],
      checks: [{ name: 'parts', verdict: 'pass', ms: 1, codes: [] }],
      sizeBytes: BYTES.byteLength,
      contentDigest: createHash('sha256').update(BYTES).digest('hex'),
      content: BYTES,
      ...over,
    });
  };
  const ids = async (query: Parameters<typeof listQuarantine>[1] = {}) =>
    (await all(listQuarantine(fixture.store, query))).map(({ correlationId }) => correlationId);

  it('lists what was kept, newest first, and whether it is whole', async () => {
    await refused('a');
    fixture.pass(1000);
    await refused('b', { code: 'xml.parse', sizeBytes: 5_000_000, callerOrganId: organ('T99.02') });
    expect(await ids()).to.deep.equal(['b', 'a']);
    expect(await ids({ limit: 1 })).to.deep.equal(['b']);
    expect(await ids({ since: NOON + 1 })).to.deep.equal(['b']);
    expect(await ids({ code: 'signature.untrusted' })).to.deep.equal(['a']);
    expect(await ids({ callerOrganId: 'T99.02' })).to.deep.equal(['b']);
    const [cut, whole] = await all(listQuarantine(fixture.store));
    expect(cut).to.deep.include({
      whole: false,
      keptBytes: BYTES.byteLength,
      sizeBytes: 5_000_000,
    });
    expect(whole).to.deep.include({ whole: true, holds: 'package', callerOrganId: 'T99.01' });
  });

  it('leaves out what strangers sent: its bytes are not kept', async () => {
    await fixture.store.addRefusal({
      correlationId: 'stranger',
      time: NOON,
      code: 'auth.failed',
      issues: [],
      checks: [],
      sizeBytes: BYTES.byteLength,
      content: BYTES,
    });
    expect(await ids()).to.deep.equal([]);
    expect(await codeOf(showQuarantined(fixture.store, 'stranger'))).to.equal('quarantine.unknown');
  });

  it('shows every issue and check, and hands out the bytes', async () => {
    await refused('a');
    const story = await showQuarantined(fixture.store, 'a');
    expect(story.issues.map(({ code }) => code)).to.deep.equal([
      'signature.untrusted',
      'recipient.unknown',
    ]);
    expect(story.checks.map(({ name }) => name)).to.deep.equal(['parts']);
    const { content } = await exportQuarantined(fixture, 'a');
    expect(Buffer.from(content).equals(BYTES)).to.equal(true);
    expect(fixture.logged.at(-1)?.event).to.equal('quarantine.exported');
    const [exported] = await all(listActs(fixture.store, { subject: 'a' }));
    expect(exported).to.deep.include({ act: 'quarantine.export', actor: 'cli:test' });
    expect(exported?.detail['keptBytes']).to.equal(BYTES.byteLength);
    expect(await codeOf(exportQuarantined(fixture, 'b'))).to.equal('quarantine.unknown');
  });

  describe('requeue', () => {
    it('hands the same bytes in as the same caller, and keeps who and why with the message', async () => {
      await refused('a', { operation: 'SendDocument' });
      const messageId = await storeDocument(fixture);
      const asked: Resubmission[] = [];
      const resubmit = async (again: Resubmission) => {
        asked.push(again);
        return { messageId, duplicate: false };
      };
      const done = await requeueQuarantined({ ...fixture, resubmit }, 'a', 'anchor added');
      expect(done).to.deep.equal({ correlationId: 'a', result: 'stored', messageId });
      expect(asked).to.deep.equal([
        {
          operation: 'SendDocument',
          callerOrganId: 'T99.01',
          content: BYTES,
          correlationId: 'a',
        },
      ]);
      const events = await fixture.store.listEvents(messageId);
      expect(events.at(-1)?.detail).to.deep.include({
        act: 'quarantine.requeue',
        actor: 'cli:test',
        reason: 'anchor added',
        correlationId: 'a',
      });
      const [noted] = await all(listActs(fixture.store, { subject: 'a' }));
      expect(noted).to.deep.include({
        act: 'quarantine.requeue',
        reason: 'anchor added',
        detail: { reason: 'anchor added', result: 'stored', messageId },
      });
    });

    it('answers the issues when it is refused again', async () => {
      await refused('a');
      const resubmit = async () => {
        throw new GatewayError([issue('signature.untrusted'), issue('package.empty')]);
      };
      const done = await requeueQuarantined({ ...fixture, resubmit }, 'a', 'try');
      expect([done.result, done.code, done.issues?.length]).to.deep.equal([
        'refused',
        'signature.untrusted',
        2,
      ]);
      const [noted] = await all(listActs(fixture.store, { subject: 'a' }));
      expect(noted?.detail).to.deep.equal({
        reason: 'try',
        result: 'refused',
        code: 'signature.untrusted',
      });
    });

    it('does not take a fault of ours for a verdict', async () => {
      await refused('a');
      const resubmit = async () => {
        throw refuse('server.store');
      };
      const work = requeueQuarantined({ ...fixture, resubmit }, 'a', 'try');
      expect(await codeOf(work)).to.equal('server.store');
      expect(await all(listActs(fixture.store, { subject: 'a' }))).to.deep.equal([]);
    });

    it('refuses what is cut, what is no package, what is not there, and to act without a reason', async () => {
      const resubmit = async (): Promise<never> => {
        throw new Error('never asked');
      };
      const code = (id: string, reason = 'try') =>
        codeOf(requeueQuarantined({ ...fixture, resubmit }, id, reason));
      await refused('cut', { sizeBytes: 5_000_000 });
      await refused('changed', { contentDigest: '0'.repeat(64) });
      await refused('request', { checks: [] });
      await refused('broken', { checks: [{ name: 'parts', verdict: 'fail', ms: 1, codes: [] }] });
      await refused('status', { operation: 'SendStatus' });
      await refused('empty', { code: 'package.empty' });
      expect(await code('cut')).to.equal('quarantine.cut');
      expect(await code('changed')).to.equal('quarantine.cut');
      for (const id of ['request', 'broken', 'status', 'empty']) {
        expect(await code(id), id).to.equal('quarantine.request');
      }
      expect(await code('other')).to.equal('quarantine.unknown');
      expect(await code('cut', ' ')).to.equal('queue.reason');
    });
  });

  it('lists deliveries that are held because our own copy is damaged', async () => {
    await storeDocument(fixture, 'broken');
    await endAttempt(fixture, 'held', 'store.damaged');
    await storeDocument(fixture, 'sound');
    const damaged = await all(listDamaged(fixture.store));
    expect(damaged.map(({ documentId, organId }) => [documentId, organId])).to.deep.equal([
      ['broken', 'T99.02'],
    ]);
  });
});
