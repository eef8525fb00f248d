import { expect } from 'chai';
import { nextBreaker } from '../../../src/deliver/breaker.js';
import type { PushOutcome } from '../../../src/deliver/push-outcome.js';
import type { Breaker } from '../../../src/model/breaker.js';
import { parseOrganId } from '../../../src/model/organ-id.js';

const NOW = 1_000_000;
const SETTINGS = { failures: 3, pauseMs: 1000, maxPauseMs: 10_000 };
const ORGAN = parseOrganId('T99.04');
if (ORGAN === undefined) throw new Error('no organ id');
const organId = ORGAN;
const DOWN: PushOutcome = { kind: 'unreachable', reason: 'ECONNREFUSED' };

function next(
  result: PushOutcome,
  before?: Breaker,
  more: { settings?: typeof SETTINGS; startedAt?: number } = {},
) {
  const { settings = SETTINGS, startedAt = NOW - 10 } = more;
  return nextBreaker({ organId, before, result, startedAt, now: NOW, settings });
}

function counted(failures: number): Breaker {
  return { organId, failures, lastCode: 'delivery.timeout' };
}

/** Open for `pause` until the attempt that ends now began. */
function halfOpen(pause: number): Breaker {
  return { ...counted(3), openedAt: NOW - 10 - pause, openUntil: NOW - 10 };
}

/** How long the next breaker is open from now on. */
function pauseOf(breaker: Breaker | 'closed' | undefined): number | undefined {
  if (breaker === undefined || breaker === 'closed') return undefined;
  return breaker.openUntil === undefined ? undefined : breaker.openUntil - NOW;
}

describe('the breaker of a recipient', () => {
  const failures: readonly PushOutcome[] = [
    DOWN,
    { kind: 'timeout' },
    { kind: 'cut', reason: 'ECONNRESET' },
    { kind: 'unreadable', reason: 'not XML' },
    { kind: 'http', status: 302 },
    { kind: 'http', status: 408 },
    { kind: 'http', status: 429 },
    { kind: 'http', status: 500 },
    { kind: 'http', status: 503 },
    { kind: 'fault', reason: 'Server: full' },
    { kind: 'fault', reason: 'x', gatewayCode: 'auth.failed', temporary: false },
    { kind: 'fault', reason: 'x', gatewayCode: 'server.store', temporary: true },
  ];
  for (const result of failures) {
    it(`counts ${JSON.stringify(result)}`, () => {
      expect(next(result)).to.deep.include({ organId, failures: 1 });
      expect(next(result, counted(1))).to.not.have.property('openUntil');
      expect(next(result, counted(2))).to.deep.include({
        failures: 3,
        openedAt: NOW,
        openUntil: NOW + 1000,
      });
    });
  }

  const working: readonly PushOutcome[] = [
    { kind: 'accepted' },
    { kind: 'refused', reason: 'sai thẩm quyền' },
    { kind: 'fault', reason: 'x', gatewayCode: 'schema.missing', temporary: false },
  ];
  for (const result of working) {
    it(`is closed by ${JSON.stringify(result)}`, () => {
      expect(next(result, counted(2))).to.equal('closed');
      expect(next(result, halfOpen(1000))).to.equal('closed');
      expect(next(result)).to.equal(undefined);
    });
  }

  const unknown: readonly PushOutcome[] = [
    { kind: 'no-route', reason: 'no address' },
    { kind: 'damaged' },
    { kind: 'purged' },
    { kind: 'http', status: 404 },
    { kind: 'http', status: 413 },
  ];
  for (const result of unknown) {
    it(`learns nothing from ${JSON.stringify(result)}`, () => {
      expect(next(result)).to.equal(undefined);
      expect(next(result, counted(2))).to.equal(undefined);
      expect(next(result, halfOpen(1000))).to.equal(undefined);
    });
  }

  it('doubles the pause with each failed probe, up to the longest', () => {
    expect(pauseOf(next(DOWN, halfOpen(1000)))).to.equal(2000);
    expect(pauseOf(next(DOWN, halfOpen(4000)))).to.equal(8000);
    expect(pauseOf(next(DOWN, halfOpen(8000)))).to.equal(10_000);
    expect(pauseOf(next(DOWN, halfOpen(10_000)))).to.equal(10_000);
  });

  it('does not take for a probe what began before it opened', () => {
    const open = { ...counted(3), openedAt: NOW - 1, openUntil: NOW + 999 };
    expect(next(DOWN, open)).to.deep.include({ failures: 4, openUntil: NOW + 999 });
    const over = { ...counted(3), openedAt: NOW - 2000, openUntil: NOW - 1000 };
    const late = next(DOWN, over, { startedAt: NOW - 5000 });
    expect(late).to.deep.include({ failures: 4, openUntil: NOW - 1000 });
  });

  for (const result of [
    { kind: 'http', status: 503, retryAfterMs: 4000 },
    { kind: 'http', status: 429, retryAfterMs: 4000 },
    { kind: 'fault', reason: 'busy', httpStatus: 503, retryAfterMs: 4000 },
    {
      kind: 'fault',
      reason: 'x',
      gatewayCode: 'server.store',
      temporary: true,
      retryAfterMs: 4000,
    },
  ] as const satisfies readonly PushOutcome[]) {
    it(`is open at once, as long as asked, after ${JSON.stringify(result)}`, () => {
      expect(next(result)).to.deep.include({ failures: 1, openUntil: NOW + 4000 });
      expect(pauseOf(next(result, halfOpen(1000)))).to.equal(4000);
      expect(pauseOf(next(result, halfOpen(3000)))).to.equal(6000);
    });
  }

  it('is never open longer than the longest pause, whatever is asked', () => {
    const asked = { kind: 'http', status: 503, retryAfterMs: 31_536_000_000 } as const;
    expect(pauseOf(next(asked))).to.equal(10_000);
    expect(pauseOf(next(asked, halfOpen(1000)))).to.equal(10_000);
    const open = { ...counted(3), openedAt: NOW - 1, openUntil: NOW + 999 };
    expect(pauseOf(next(asked, open))).to.equal(10_000);
  });

  it('is not shortened by what is asked while it is open', () => {
    const open = { ...counted(3), openedAt: NOW - 1, openUntil: NOW + 999 };
    expect(pauseOf(next({ kind: 'http', status: 503, retryAfterMs: 10 }, open))).to.equal(999);
  });

  it('takes no pause from Retry-After of other answers', () => {
    expect(pauseOf(next({ kind: 'http', status: 500, retryAfterMs: 4000 }))).to.equal(undefined);
  });

  it('never opens when it is switched off', () => {
    const settings = { ...SETTINGS, failures: 0 };
    expect(next(DOWN, undefined, { settings })).to.equal(undefined);
    const asked = { kind: 'http', status: 503, retryAfterMs: 4000 } as const;
    expect(next(asked, undefined, { settings })).to.equal(undefined);
    expect(next(DOWN, halfOpen(1000), { settings })).to.equal('closed');
  });
});
