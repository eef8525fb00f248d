/**
 * The story of a message as administrators read it: the answer first, then the four marks of each
 * recipient, then the course in time order. Vietnam time throughout.
 *
 * The four readings of "arrived" are never mixed: stored by us, taken by the recipient's system, status
 * notice 01, status notice 03.
 *
 * @module
 */
import { vietnamTime } from '../clock.js';
import { parseStatusCode, STATUS_CODES } from '../model/status-code.js';
import type { LaneView, MessageStory, StoryEvent } from '../operate/story.js';
import { courseLine } from './story-course.js';
import { bytesText, localTime, plain, table } from './table.js';

/** @param now milliseconds since 1970; how long something has waited is told from it. */
export function storyText(story: MessageStory, now: number): string {
  return [
    ...heading(story),
    '',
    answer(story, now),
    '',
    marks(story),
    ...certificates(story),
    '',
    'Course (Vietnam time)',
    table(course(story)),
  ].join('\n');
}

function heading(story: MessageStory): string[] {
  const { signature } = story;
  const covers =
    signature.signedParts.length > 0 ? `, covers ${signature.signedParts.join(', ')}` : '';
  const reasons = signature.reasons.length > 0 ? ` (${signature.reasons.join(', ')})` : '';
  const rows = [
    ['document id', plain(story.documentId) || '-'],
    ['code', plain(story.documentCode) || '-'],
    ...(story.subject === undefined ? [] : [['subject', plain(story.subject)]]),
    ['from', senderOf(story)],
    ['size', `${bytesText(story.sizeBytes)}, SHA-256 ${story.contentDigest}`],
    ['signature', `${story.signatureClass}${reasons}${covers}`],
    ...(signature.signer === undefined ? [] : [['signer', plain(signature.signer.subject)]]),
    ...(story.purgedAt === undefined
      ? []
      : [['purged', `content deleted ${localTime(story.purgedAt)}`]]),
  ];
  return [
    `Message ${story.messageId}: ${kindOf(story)}`,
    ...table(rows)
      .split('\n')
      .map((line) => `  ${line}`),
    ...story.warnings.map(({ code, text }) => `  warning  ${code}: ${plain(text)}`),
  ];
}

function kindOf({ kind, businessType, statusCode }: MessageStory): string {
  if (statusCode !== undefined) return `${kind} ${statusCode} (${meaningOf(statusCode)})`;
  return businessType === undefined ? kind : `${kind}, ${businessType}`;
}

function senderOf({ fromOrganId, callerOrganId }: MessageStory): string {
  return callerOrganId === fromOrganId ? fromOrganId : `${fromOrganId}, sent by ${callerOrganId}`;
}

export function meaningOf(code: string): string {
  const known = parseStatusCode(code);
  return known === undefined ? 'unknown' : STATUS_CODES[known].en;
}

// ---- the answer ----------------------------------------------------------------------------------

/** "Stored 2026/11/24 10:04:05. 1 of 2 recipients has taken it. T99.03 has not come for it, for 2 h." */
function answer(story: MessageStory, now: number): string {
  const { deliveries } = story;
  const taken = deliveries.filter(({ state }) => state === 'delivered').length;
  const sentences = [`Stored ${localTime(story.receivedAt)}.`];
  if (deliveries.length === 0) sentences.push('It has no recipient here.');
  else if (taken === deliveries.length) {
    sentences.push(
      taken === 1 ? 'Its recipient has taken it.' : `All ${taken} recipients have taken it.`,
    );
  } else {
    const have = taken === 1 ? 'has' : 'have';
    sentences.push(`${taken} of ${deliveries.length} recipients ${have} taken it.`);
  }
  const open = deliveries.filter(({ state }) => state !== 'delivered');
  for (const lane of open.slice(0, 3)) sentences.push(laneSentence(lane, story, now));
  if (open.length > 3) sentences.push(`${open.length - 3} more are open; see below.`);
  return sentences.join(' ');
}

function laneSentence(lane: LaneView, story: MessageStory, now: number): string {
  const { organId, state, attempts } = lane;
  const since = waited(now - Date.parse(story.receivedAt));
  const last =
    lane.lastCode === undefined
      ? ''
      : `; last: ${lane.lastCode}${lane.lastReason === undefined ? '' : ` "${plain(lane.lastReason)}"`}`;
  const next =
    lane.nextAttemptAt === undefined ? '' : `; next attempt ${localTime(lane.nextAttemptAt)}`;
  switch (state) {
    case 'pending':
      return `${organId} collects and has not confirmed it, for ${since}${collected(organId, story)}.`;
    case 'active':
      return `${organId} is being sent it now.`;
    case 'held':
      return `${organId}: held by an operator.`;
    case 'dead':
      return `${organId} will not get it: it is a dead letter after ${times(attempts)}${last}.`;
    case 'cancelled':
      return `${organId}: cancelled.`;
    default:
      return `${organId} has not taken it, for ${since}, ${times(attempts)}${last}${next}.`;
  }
}

function collected(organId: string, { events }: MessageStory): string {
  const last = (name: string): StoryEvent | undefined =>
    events.filter((one) => one.event === name && one.organId === organId).at(-1);
  const fetched = last('fetched');
  if (fetched !== undefined) return `; it fetched it ${localTime(fetched.time)}`;
  const listed = last('listed');
  return listed === undefined
    ? '; it has not asked yet'
    : `; it saw it listed ${localTime(listed.time)}`;
}

function times(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}

/** `40 s`, `12 min`, `26 h 12 min`, `3 d 4 h` */
function waited(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit));
  if (days !== undefined && days >= 2)
    return `${days} d ${Math.floor((seconds % 86_400) / 3600)} h`;
  if (hours !== undefined && hours >= 1)
    return `${hours} h ${Math.floor((seconds % 3600) / 60)} min`;
  return minutes !== undefined && minutes >= 1 ? `${minutes} min` : `${seconds} s`;
}

// ---- the four marks ------------------------------------------------------------------------------

function marks(story: MessageStory): string {
  const head = ['RECIPIENT', 'STATE', 'ATTEMPTS', 'STORED', 'TAKEN', '01 ARRIVED', '03 ACCEPTED'];
  const rows = story.deliveries.map((lane) => [
    lane.organId,
    lane.state,
    String(lane.attempts),
    localTime(story.receivedAt),
    lane.state === 'delivered' && lane.finishedAt !== undefined ? localTime(lane.finishedAt) : '-',
    noticeTime(story, lane.organId, '01'),
    noticeTime(story, lane.organId, '03'),
  ]);
  return table([head, ...rows]);
}

function noticeTime({ events }: MessageStory, organId: string, code: string): string {
  const notice = events.find(
    (one) => one.event === 'status' && one.organId === organId && one.detail['code'] === code,
  );
  return notice === undefined ? '-' : localTime(notice.time);
}

/** The signed proof of TAKEN. */
function certificates({ deliveries }: MessageStory): string[] {
  const rows = deliveries.flatMap(({ organId, certificates: own = [] }) =>
    own.map(({ madeAt, digest }) => [`  ${organId}`, localTime(madeAt), `SHA-256 ${digest}`]),
  );
  return rows.length === 0 ? [] : ['', 'Delivery certificates', table(rows)];
}

// ---- the course ----------------------------------------------------------------------------------

/** The day is written where it changes; milliseconds are, since much happens within one second. */
function course({ events }: MessageStory): string[][] {
  let day = '';
  return events.map((one) => {
    const ms = Date.parse(one.time);
    const [date = '', time = ''] = vietnamTime(ms).split(' ');
    const shown = date === day ? ' '.repeat(date.length) : date;
    day = date;
    const fraction = String(ms % 1000).padStart(3, '0');
    return [`  ${shown} ${time}.${fraction}`, one.organId ?? '', ...courseLine(one)];
  });
}
