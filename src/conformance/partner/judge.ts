/**
 * Judges facts by the requirements of the partner suite. Pure: the same facts, the same states.
 *
 * @module
 */
import type { MessageId } from '../../model/message-id.js';
import type { Shown } from '../../model/partner-pass.js';
import type { Clause, Words } from '../suite.js';
import type { PartnerFacts } from './facts.js';
import { REQUIREMENTS, type Requirement } from './requirements.js';

/** One requirement as the agency sees it. */
export interface RequirementState {
  readonly id: string;
  readonly title: Words;
  readonly clause: Clause;
  readonly met: boolean;
  /** `met` for people. */
  readonly state: Words;
  /** What showed it. */
  readonly messageIds: readonly MessageId[];
}

const MET: Words = { en: 'met', vi: 'đạt' };
const NOT_YET: Words = { en: 'not yet', vi: 'chưa đạt' };

function stateOf(
  { id, title, clause }: Requirement,
  messageIds: readonly MessageId[],
): RequirementState {
  const met = messageIds.length > 0;
  return { id, title, clause, met, state: met ? MET : NOT_YET, messageIds };
}

export function judgePartner(facts: PartnerFacts): RequirementState[] {
  return REQUIREMENTS.map((one) => stateOf(one, one.shownBy(facts)));
}

/** The states that a pass report tells of. */
export function statesOfPass(shown: readonly Shown[]): RequirementState[] {
  const byId = new Map(shown.map(({ requirementId, messageIds }) => [requirementId, messageIds]));
  return REQUIREMENTS.map((one) => stateOf(one, byId.get(one.id) ?? []));
}

export function shownOf(states: readonly RequirementState[]): Shown[] {
  return states.map(({ id, messageIds }) => ({ requirementId: id, messageIds }));
}
