import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { askPartner, readAnswer } from '../../../src/conformance/partner/ask.js';
import type {
  PartnerFacts,
  ReceivedFact,
  SentFact,
} from '../../../src/conformance/partner/facts.js';
import { judgePartner, shownOf, statesOfPass } from '../../../src/conformance/partner/judge.js';
import { LARGE_BYTES, REQUIREMENTS } from '../../../src/conformance/partner/requirements.js';
import { GatewayError } from '../../../src/model/issue.js';
import { type MessageId, newMessageId } from '../../../src/model/message-id.js';

const id = (serial: number): MessageId => newMessageId(serial, Buffer.alloc(10));

function sent(serial: number, over: Partial<SentFact> = {}): SentFact {
  return {
    messageId: id(serial),
    kind: 'document',
    receivedAt: serial,
    businessType: 'new',
    signatureClass: 'valid',
    sizeBytes: 10_000,
    recipients: 1,
    repeated: false,
    matched: true,
    ...over,
  };
}

function status(serial: number, statusCode: SentFact['statusCode'] & string, matched = true) {
  const { businessType: _, ...plain } = sent(serial, { kind: 'status', signatureClass: 'absent' });
  return { ...plain, statusCode, matched };
}

function received(serial: number, over: Partial<ReceivedFact> = {}): ReceivedFact {
  return { messageId: id(serial), state: 'delivered', how: 'collect', confirmed: 'done', ...over };
}

const NOTHING: PartnerFacts = { signatureRequired: true, sent: [], received: [], refused: [] };

function shown(requirementId: string, facts: Partial<PartnerFacts>): readonly MessageId[] {
  const state = judgePartner({ ...NOTHING, ...facts }).find((one) => one.id === requirementId);
  if (state === undefined) throw new Error(requirementId);
  expect(state.met).to.equal(state.messageIds.length > 0);
  expect(state.state.vi).to.equal(state.met ? 'đạt' : 'chưa đạt');
  return state.messageIds;
}

describe('the partner suite', () => {
  it('has unique ids, titles in both languages, and a clause for each requirement', () => {
    const ids = REQUIREMENTS.map((one) => one.id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const { id: name, title, clause } of REQUIREMENTS) {
      expect(name).to.match(/^[a-z0-9.-]+$/);
      for (const text of [title.en, title.vi, clause.document, clause.place]) {
        expect(text).to.not.equal('');
      }
      expect(title.en).to.not.equal(title.vi);
    }
  });

  it('meets nothing without facts', () => {
    expect(judgePartner(NOTHING).filter((one) => one.met)).to.deep.equal([]);
  });

  it('asks for a valid signature where the policy requires one, and only there', () => {
    const unsigned = sent(1, { signatureClass: 'absent' });
    const facts = { sent: [unsigned, sent(2)] };
    expect(shown('send.document', facts)).to.deep.equal([id(2)]);
    expect(shown('send.document', { ...facts, signatureRequired: false })).to.deep.equal([id(1)]);
    for (const signatureClass of ['invalid', 'untrusted'] as const) {
      const recorded = { sent: [sent(1, { signatureClass })], signatureRequired: false };
      expect(shown('send.document', recorded)).to.deep.equal([]);
    }
    expect(shown('send.document', { sent: [sent(1, { businessType: 'update' })] })).to.be.empty;
  });

  it('wants the same bytes sent again', () => {
    expect(shown('send.duplicate', { sent: [sent(1)] })).to.deep.equal([]);
    const again = { sent: [sent(1), sent(2, { repeated: true })] };
    expect(shown('send.duplicate', again)).to.deep.equal([id(2)]);
  });

  it('wants a package of 5 MB, and not a byte less', () => {
    const small = { sent: [sent(1, { sizeBytes: LARGE_BYTES - 1 })] };
    expect(shown('send.large', small)).to.deep.equal([]);
    expect(shown('send.large', { sent: [sent(1, { sizeBytes: LARGE_BYTES })] })).to.have.length(1);
  });

  it('wants several recipients', () => {
    expect(shown('send.recipients', { sent: [sent(1)] })).to.deep.equal([]);
    expect(shown('send.recipients', { sent: [sent(1, { recipients: 2 })] })).to.have.length(1);
  });

  it('wants a good document after a refusal, not before it', () => {
    const refused = [{ time: 5, code: 'recipient.unknown' }];
    expect(shown('send.after-refusal', { sent: [sent(4)], refused })).to.deep.equal([]);
    expect(shown('send.after-refusal', { sent: [status(6, '01')], refused })).to.deep.equal([]);
    expect(shown('send.after-refusal', { sent: [sent(4), sent(6)], refused })).to.deep.equal([
      id(6),
    ]);
    expect(shown('send.after-refusal', { sent: [sent(6)] })).to.deep.equal([]);
  });

  it('wants a document fetched and confirmed, or pushed', () => {
    const { confirmed: _, ...unconfirmed } = received(1, { state: 'pending' });
    expect(shown('receive.document', { received: [unconfirmed] })).to.deep.equal([]);
    const unseen = received(1, { how: 'not-yet' });
    expect(shown('receive.document', { received: [unseen] })).to.deep.equal([]);
    const failed = received(1, { state: 'dead', confirmed: 'fail' });
    expect(shown('receive.document', { received: [failed] })).to.deep.equal([]);
    expect(shown('receive.document', { received: [failed, received(2)] })).to.deep.equal([id(2)]);
    const { confirmed: __, ...pushed } = received(3, { how: 'push' });
    expect(shown('receive.document', { received: [pushed] })).to.deep.equal([id(3)]);
  });

  for (const [requirement, code] of [
    ['answer.arrived', '01'],
    ['answer.accepted', '03'],
    ['answer.refused', '02'],
  ] as const) {
    it(`${requirement}: status ${code} about a document that was exchanged`, () => {
      const facts = { sent: [status(1, code, false), status(2, '06')] };
      expect(shown(requirement, facts)).to.deep.equal([]);
      const good = { sent: [...facts.sent, status(3, code)] };
      expect(shown(requirement, good)).to.deep.equal([id(3)]);
    });
  }

  it('takes ConfirmReceived with fail as a refusal', () => {
    const failed = { received: [received(1), received(2, { state: 'dead', confirmed: 'fail' })] };
    expect(shown('answer.refused', failed)).to.deep.equal([id(2)]);
  });

  for (const type of ['revoke', 'update'] as const) {
    it(`wants a ${type} of a document that was sent`, () => {
      const stray = { sent: [sent(1), sent(2, { businessType: type, matched: false })] };
      expect(shown(`follow-up.${type}`, stray)).to.deep.equal([]);
      const good = { sent: [...stray.sent, sent(3, { businessType: type })] };
      expect(shown(`follow-up.${type}`, good)).to.deep.equal([id(3)]);
    });
  }

  it('reads the states back out of what a report tells', () => {
    const states = judgePartner({ ...NOTHING, sent: [sent(1)] });
    expect(statesOfPass(shownOf(states))).to.deep.equal(states);
  });
});

const ANSWER = {
  organId: 'T99.05',
  gateway: 'T99.00',
  lane: 'sandbox',
  suite: 'edxgate-partner',
  suiteVersion: 1,
  passed: false,
  requirements: judgePartner(NOTHING),
  publicKey: 'PEM',
};

describe('the answer of a gateway about the partner suite', () => {
  it('is read, with members that are not known left out', () => {
    expect(readAnswer({ ...ANSWER, more: 1 })).to.deep.equal(ANSWER);
    const passed = { ...ANSWER, issuedAt: '2026-11-24T03:04:05.678Z', report: 'eA==', since: 'x' };
    expect(readAnswer(passed)).to.deep.equal(passed);
  });

  it('is nothing when a member is missing or of another kind', () => {
    for (const name of Object.keys(ANSWER)) {
      for (const value of [undefined, null, {}, name === 'suiteVersion' ? 'x' : 7]) {
        expect(readAnswer({ ...ANSWER, [name]: value }), name).to.equal(undefined);
      }
    }
    const [one] = ANSWER.requirements;
    for (const requirement of [undefined, 7, { ...one, title: 'x' }, { ...one, messageIds: [7] }]) {
      expect(readAnswer({ ...ANSWER, requirements: [requirement] })).to.equal(undefined);
    }
    for (const value of [undefined, null, 'x', [], 7])
      expect(readAnswer(value)).to.equal(undefined);
  });

  it('is asked beside the SOAP endpoint; what is none, or none of ours, is told', async () => {
    const paths: (string | undefined)[] = [];
    let body = JSON.stringify(ANSWER);
    let status = 200;
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = async (target = `http://127.0.0.1:${port}/exchange/soap`) => {
      try {
        return await askPartner({ target, organId: 'T99.05', token: 'x', timeoutMs: 5000 });
      } catch (error) {
        if (error instanceof GatewayError) return `${error.code} ${error.message}`;
        throw error;
      }
    };
    try {
      expect(await ask()).to.deep.equal(ANSWER);
      expect(paths).to.deep.equal(['/exchange/conformance']);
      [status, body] = [401, '{"error":{"code":"auth.failed","text":"No."}}'];
      expect(await ask()).to.match(/^cli\.failed .*auth\.failed: No\./);
      [status, body] = [404, '<html>'];
      expect(await ask()).to.match(/^cli\.failed .*HTTP status 404/);
      expect(await ask('ftp://gateway.example/soap')).to.match(/^cli\.usage /);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    expect(await ask()).to.match(/^peer\.unreachable /);
  });
});
