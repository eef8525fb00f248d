import { expect } from 'chai';
import type { Delivery } from '../../../src/model/message.js';
import { newMessageId } from '../../../src/model/message-id.js';
import { forecastRetries } from '../../../src/model/retry-forecast.js';
import { organ } from '../store/samples.js';

const NOW = 1_000_000;
const SCHEDULE = [100, 200, 400];

function delivery(over: Partial<Delivery> = {}): Delivery {
  return {
    id: 1,
    messageId: newMessageId(NOW),
    kind: 'document',
    fromOrganId: organ('T99.01'),
    toOrganId: organ('T99.02'),
    documentId: 'VB-1',
    contentDigest: '',
    sizeBytes: 1,
    priority: 0,
    state: 'queued',
    attempts: 0,
    dueAt: NOW,
    createdAt: NOW,
    updatedAt: NOW,
    earlierAttempts: 0,
    restarts: 0,
    ...over,
  };
}
const forecast = (over: Partial<Delivery> = {}) => forecastRetries(delivery(over), SCHEDULE, NOW);

describe('forecast of retries', () => {
  it('of a new delivery: one attempt more than waits, ending with the last', () => {
    expect(forecast()).to.deep.equal({
      attempts: [NOW, NOW + 100, NOW + 300, NOW + 700],
      endsAt: NOW + 700,
      end: 'exhausted',
    });
  });

  it('goes on from its due time and the attempts made', () => {
    expect(forecast({ state: 'deferred', attempts: 2, dueAt: NOW + 150 }).attempts).to.deep.equal([
      NOW + 150,
      NOW + 550,
    ]);
  });

  it('what is overdue is tried now', () => {
    expect(forecast({ attempts: 3, dueAt: NOW - 5000 })).to.deep.equal({
      attempts: [NOW],
      endsAt: NOW,
      end: 'exhausted',
    });
  });

  it('does not count attempts of earlier runs of the schedule', () => {
    const again = forecast({ attempts: 9, earlierAttempts: 9 });
    expect(again.attempts).to.have.length(4);
  });

  it('is cut short by its lifetime', () => {
    expect(forecast({ expiresAt: NOW + 350 })).to.deep.equal({
      attempts: [NOW, NOW + 100, NOW + 300],
      endsAt: NOW + 350,
      end: 'expired',
    });
  });

  it('of what is collected: its lifetime, if it has one', () => {
    expect(forecast({ state: 'pending', expiresAt: NOW + 350 })).to.deep.equal({
      attempts: [],
      endsAt: NOW + 350,
      end: 'expired',
    });
    expect(forecast({ state: 'pending' })).to.deep.equal({ attempts: [] });
  });

  for (const state of ['held', 'delivered', 'dead', 'cancelled'] as const) {
    it(`of what is ${state}: nothing happens by itself`, () => {
      expect(forecast({ state, expiresAt: NOW + 350 })).to.deep.equal({ attempts: [] });
    });
  }
});
