import { expect } from 'chai';
import { decide } from '../../../src/deliver/outcome.js';
import type { PushOutcome } from '../../../src/deliver/push-outcome.js';

const NOW = 1_000_000;
const of = (result: PushOutcome, attemptsMade = 1) =>
  decide({ result, attemptsMade, schedule: [1000, 2000], now: NOW, random: () => 1 });

describe('what an attempt means', () => {
  it('is delivered only on the word of the recipient', () => {
    expect(of({ kind: 'accepted' })).to.deep.equal({ state: 'delivered' });
  });

  const final: readonly PushOutcome[] = [
    { kind: 'refused', reason: 'không đúng thẩm quyền' },
    {
      kind: 'fault',
      reason: 'Client: duplicate.conflict',
      gatewayCode: 'duplicate.conflict',
      temporary: false,
    },
    {
      kind: 'fault',
      reason: 'Client: schema.missing',
      gatewayCode: 'schema.missing',
      temporary: false,
    },
  ];
  for (const result of final) {
    it(`ends at once on ${JSON.stringify(result)}`, () => {
      expect(of(result)).to.include({ state: 'dead', code: 'delivery.refused' });
    });
  }

  const again: readonly (readonly [PushOutcome, string])[] = [
    [{ kind: 'unreachable', reason: 'ECONNREFUSED' }, 'delivery.unreachable'],
    [{ kind: 'cut', reason: 'ECONNRESET' }, 'delivery.cut'],
    [{ kind: 'timeout' }, 'delivery.timeout'],
    [{ kind: 'http', status: 500 }, 'delivery.http'],
    [{ kind: 'http', status: 401 }, 'delivery.http'],
    [{ kind: 'http', status: 302 }, 'delivery.redirect'],
    [{ kind: 'unreadable', reason: 'not XML' }, 'delivery.answer'],
    [{ kind: 'no-route', reason: 'no address' }, 'delivery.route'],
    [{ kind: 'fault', reason: 'Client: no idea' }, 'delivery.fault'],
    [
      { kind: 'fault', reason: 'x', gatewayCode: 'server.store', temporary: true },
      'delivery.fault',
    ],
    // Our token is wrong there: an operator mends that, the document is not to blame.
    [
      { kind: 'fault', reason: 'x', gatewayCode: 'auth.failed', temporary: false },
      'delivery.fault',
    ],
  ];
  for (const [result, code] of again) {
    it(`tries again on ${JSON.stringify(result)}`, () => {
      expect(of(result)).to.include({ state: 'deferred', code, dueAt: NOW + 1000 });
    });
  }

  it('heeds Retry-After', () => {
    expect(of({ kind: 'http', status: 503, retryAfterMs: 1800 })).to.include({ dueAt: NOW + 1800 });
  });

  it('ends as dead letter after the last attempt, with the last reason', () => {
    const decision = of({ kind: 'timeout' }, 3);
    expect(decision).to.include({ state: 'dead', code: 'delivery.exhausted' });
    expect(decision.state === 'dead' && decision.reason).to.match(/did not answer in time/);
  });

  it('ends when the next attempt would come after its lifetime, with the last reason', () => {
    const input = { result: { kind: 'timeout' }, attemptsMade: 1, schedule: [1000] } as const;
    const at = (expiresAt: number) => decide({ ...input, now: NOW, random: () => 1, expiresAt });
    expect(at(NOW + 1000)).to.include({ state: 'deferred', dueAt: NOW + 1000 });
    const decision = at(NOW + 999);
    expect(decision).to.include({ state: 'dead', code: 'delivery.expired' });
    expect(decision.state === 'dead' && decision.reason).to.match(/did not answer in time/);
  });

  it('holds what we have only a damaged copy of, and ends what retention deleted', () => {
    expect(of({ kind: 'damaged' }, 99)).to.include({ state: 'held', code: 'store.damaged' });
    expect(of({ kind: 'purged' })).to.include({ state: 'dead', code: 'delivery.purged' });
  });
});
