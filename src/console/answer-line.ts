/**
 * The sentence at the head of a story: where the document is and what happens next, made from the same
 * facts as the tables below it.
 *
 * @module
 */
import type { LaneView, MessageStory } from '../operate/story.js';
import type { Texts } from './text.js';

function waiting(lane: LaneView, since: string, now: number, texts: Texts): string {
  const { t, time, duration } = texts;
  const agency = lane.organId;
  const reason = lane.lastReason ?? texts.word('state', lane.state);
  switch (lane.state) {
    case 'dead':
      return t('story.answer.dead', { agency, reason });
    case 'cancelled':
      return t('story.answer.cancelled', { agency });
    case 'held':
      return t('story.answer.held', { agency });
    default: {
      const after = duration(now - Date.parse(since));
      const told = t('story.answer.waiting', { agency, duration: after, reason });
      const next = lane.nextAttemptAt;
      return next === undefined || lane.attempts === 0
        ? told
        : `${told}; ${t('story.answer.next', { time: time(next) })}`;
    }
  }
}

/** Most recipients told one by one. */
const TOLD = 3;

export function answerLine(story: MessageStory, now: number, texts: Texts): string {
  const { t, time } = texts;
  const lanes = story.deliveries;
  const taken = lanes.filter(({ state }) => state === 'delivered').length;
  const open = lanes.filter(({ state }) => state !== 'delivered');
  const sentences = [t('story.answer.stored', { time: time(story.receivedAt) })];
  if (lanes.length > 0) {
    sentences.push(
      open.length === 0
        ? t('story.answer.allTaken', { n: lanes.length })
        : t('mark.summary', { n: taken, total: lanes.length }),
    );
  }
  for (const lane of open.slice(0, TOLD)) {
    sentences.push(waiting(lane, story.receivedAt, now, texts));
  }
  if (open.length > TOLD) sentences.push(t('messages.moreRecipients', { n: open.length - TOLD }));
  return sentences.map((one) => (one.endsWith('.') ? one : `${one}.`)).join(' ');
}
