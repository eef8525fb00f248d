/** The state table: whole, free of contradictions, and the same on the page for people. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { stateTable } from '../../../src/model/delivery-document.js';
import {
  CAUSES,
  type Cause,
  causeEntry,
  DELIVERY_STATES,
  type DeliveryState,
  isFinal,
  isNoted,
  movesOf,
  statesOf,
} from '../../../src/model/delivery-state.js';

const ALL = Object.keys(CAUSES) as Cause[];

/** States that a delivery can get to from these, by any cause. */
function reachable(from: readonly DeliveryState[]): Set<DeliveryState> {
  const found = new Set(from);
  for (const state of found) {
    for (const cause of ALL) for (const to of movesOf(cause, state)) found.add(to);
  }
  return found;
}

describe('delivery states', () => {
  it('lead to every state from the two beginnings', () => {
    expect([...reachable(['queued', 'pending'])]).to.have.members([...DELIVERY_STATES]);
  });

  it('can all come to an end', () => {
    for (const state of DELIVERY_STATES) {
      expect([...reachable([state])].some(isFinal), state).to.equal(true);
    }
  });

  it('leave a final state only by an operator', () => {
    for (const cause of ALL) {
      const fromFinal = statesOf(cause).filter(isFinal);
      if (fromFinal.length > 0) expect(causeEntry(cause).by, cause).to.equal('operator');
    }
  });

  it('are never changed by an operator or a sender in the middle of an attempt', () => {
    for (const cause of ALL) {
      const { by } = causeEntry(cause);
      if (by !== 'operator' && by !== 'sender') continue;
      const moves = movesOf(cause, 'active').length > 0;
      expect(isNoted(cause, 'active'), cause).to.equal(moves);
    }
  });

  it('become active by a lease only', () => {
    const causes = ALL.filter((cause) =>
      DELIVERY_STATES.some((state) => movesOf(cause, state).includes('active')),
    );
    expect(causes).to.deep.equal(['lease']);
  });

  it('become delivered only by the word of the recipient', () => {
    for (const cause of ALL) {
      if (DELIVERY_STATES.some((state) => movesOf(cause, state).includes('delivered'))) {
        expect(causeEntry(cause).by, cause).to.equal('recipient');
      }
    }
  });

  it('stand in docs/delivery.md as in the code', () => {
    expect(readFileSync('docs/delivery.md', 'utf8')).to.include(stateTable());
  });
});
