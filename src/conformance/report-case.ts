/**
 * One case in the HTML report: its steps, what differs in them, and what went over the wire.
 *
 * @module
 */
import { compareTexts, type Piece } from './report-diff.js';
import { cutText, html, innerTexts, numberedLines } from './report-markup.js';
import {
  durationText,
  fill,
  type Language,
  numberText,
  TEXTS,
  type Texts,
} from './report-texts.js';
import type { CaseResult, Difference, StepResult, Verdict, WireMessage } from './run-result.js';

/** Characters of a body that are shown; those of steps without a difference are seldom looked at. */
const MAX_BODY = { differs: 64 * 1024, same: 8 * 1024 } as const;
const MAX_VALUE = 4000;
const MAX_DIFFERENCES = 50;
const MAX_HEADERS = 60;
const MAX_HEADER = 1000;

export const SIGNS: Readonly<Record<Verdict, string>> = {
  passed: '✓',
  failed: '✕',
  broken: '!',
  skipped: '–',
};

/** What is left of the characters that one page may have. */
export class Room {
  #left: number;

  constructor(characters: number) {
    this.#left = characters;
  }

  /** False, and nothing taken, when there is not so much left. */
  take(characters: number): boolean {
    if (characters > this.#left) return false;
    this.#left -= characters;
    return true;
  }
}

export interface Page {
  readonly language: Language;
  readonly texts: Texts;
  readonly room: Room;
}

export function newPage(language: Language, characters: number): Page {
  return { language, texts: TEXTS[language], room: new Room(characters) };
}

export function caseHtml(page: Page, one: CaseResult): string {
  const { texts, language } = page;
  const isOpen = one.verdict === 'failed' || one.verdict === 'broken';
  const clause = html(`${one.clause.document}, ${one.clause.place}`);
  const id = html(one.id);
  return `<details class="case"${isOpen ? ' open' : ''}>
<summary><span class="badge ${one.verdict}"><span aria-hidden="true">${SIGNS[one.verdict]}</span> ${texts.verdicts[one.verdict]}</span>
<h4>${html(one.title[language])}</h4> <span class="time">${durationText(language, one.ms)}</span>
<span class="about"><code>${id}</code> · ${texts.clause}: ${clause}</span>${one.verdict === 'skipped' ? ` <span class="about">${why(page, one)}</span>` : ''}</summary>
<div class="inside" id="case-${anchorOf(one.id)}">
${reason(page, one)}${one.steps.map((step, i) => stepHtml(page, step, i, one)).join('\n')}
</div>
</details>`;
}

/** Ids of cases hold nothing to be encoded; what comes from elsewhere may. */
function anchorOf(id: string): string {
  return id.replace(/[^a-zA-Z0-9.-]/g, '_').slice(0, 200);
}

/** Where the case is closed it stands in the summary. */
function reason(page: Page, one: CaseResult): string {
  const text = one.verdict === 'skipped' ? '' : why(page, one);
  const said = text === '' ? '' : `<p>${text}</p>\n`;
  return one.steps.length === 0 ? `${said}<p class="muted">${page.texts.noSteps}</p>\n` : said;
}

function why({ texts, language }: Page, { reason: words }: CaseResult): string {
  if (words === undefined) return '';
  return `${texts.reason}: ${html(cutText(words[language], MAX_VALUE).text)}`;
}

function stepHtml(page: Page, step: StepResult, index: number, one: CaseResult): string {
  const { texts, language } = page;
  const number = `${index + 1}/${one.steps.length}`;
  const by = step.as === undefined ? texts.sentByNobody : `${texts.sentAs} ${html(step.as)}`;
  const line = html(cutText(step.request.startLine, MAX_HEADER).text);
  const status = step.answer === undefined ? '' : ` → ${html(step.answer.startLine.slice(0, 200))}`;
  const room = step.differences.length > 0 ? MAX_BODY.differs : MAX_BODY.same;
  const name = html(cutText(step.name, 200).text);
  return `<section class="step">
<h5>${texts.step} ${number}: ${name}</h5>
<p class="meta"><code>${line}</code>${status} · ${by} · ${durationText(language, step.ms)}</p>
${differences(page, step, one.verdict)}
${message(page, texts.request, step.request, room)}
${step.answer === undefined ? `<p class="muted">${texts.noAnswer}</p>` : message(page, texts.answer, step.answer, room)}
</section>`;
}

function differences(page: Page, step: StepResult, verdict: Verdict): string {
  const { texts } = page;
  const all = step.differences;
  if (all.length === 0) {
    return verdict === 'broken' ? '' : `<p class="muted">${texts.noDifference}</p>`;
  }
  const shown = all.slice(0, MAX_DIFFERENCES).map((one) => difference(page, one));
  const more = all.length - shown.length;
  if (more > 0) {
    shown.push(`<p class="muted">${fill(texts.differencesCut, { count: String(more) })}</p>`);
  }
  return shown.join('\n');
}

function difference(page: Page, one: Difference): string {
  const { texts } = page;
  const expected = cutText(one.expected, MAX_VALUE);
  const actual = cutText(one.actual, MAX_VALUE);
  const compared = compareTexts(expected.text, actual.text);
  const values = { expected: pieces(compared.expected), actual: pieces(compared.actual) };
  if (!page.room.take(values.expected.length + values.actual.length)) return full(page);
  const place =
    one.place === undefined ? '' : ` <code>${html(cutText(one.place, MAX_HEADER).text)}</code>`;
  const row = (kind: 'expected' | 'actual', cut: number): string => {
    const note =
      cut === 0
        ? ''
        : `<small>${fill(texts.textCut, { count: numberText(page.language, cut) })}</small>`;
    const value = values[kind] || `<em>${texts.nothing}</em>`;
    return `<tr class="${kind}"><th scope="row">${texts[kind]}</th><td><pre>${value}</pre>${note}</td></tr>`;
  };
  return `<table class="diff"><caption>${texts.what[one.what]}${place}</caption><tbody>
${row('expected', expected.cut)}
${row('actual', actual.cut)}
</tbody></table>`;
}

function pieces(all: readonly Piece[]): string {
  return all
    .map(({ text, differs }) => (differs ? `<mark>${html(text)}</mark>` : html(text)))
    .join('');
}

function message(page: Page, title: string, one: WireMessage, maxBody: number): string {
  const { texts, language } = page;
  const size = fill(texts.bytes, { size: numberText(language, one.bodyBytes) });
  const line = html(cutText(one.startLine, MAX_HEADER).text);
  return `<details class="message"><summary>${title} <span class="muted">(${size})</span></summary>
<p><code>${line}</code></p>
${headers(page, one)}
${body(page, one, maxBody)}
</details>`;
}

function headers(page: Page, one: WireMessage): string {
  const { texts } = page;
  if (one.headers.length === 0) return '';
  const shown = one.headers.slice(0, MAX_HEADERS).map(([name, value]) => {
    const content = html(cutText(value, MAX_HEADER).text);
    return `<tr><th scope="row">${html(cutText(name, 200).text)}</th><td><code>${content}</code></td></tr>`;
  });
  const more = one.headers.length - shown.length;
  const note =
    more > 0 ? `<p class="muted">${fill(texts.headersCut, { count: String(more) })}</p>` : '';
  return `<h6>${texts.headers}</h6><table class="headers"><tbody>${shown.join('\n')}</tbody></table>${note}`;
}

function body(page: Page, one: WireMessage, max: number): string {
  const { texts, language } = page;
  if (one.body === '') return `<p class="muted">${texts.noBody}</p>`;
  const { text, cut } = cutText(one.body, max);
  const lines = numberedLines(text);
  if (!page.room.take(lines.length)) return full(page);
  const note =
    cut === 0 && !one.shortened
      ? ''
      : `<p class="muted">${fill(texts.bodyCut, {
          shown: numberText(language, Buffer.byteLength(text)),
          all: numberText(language, one.bodyBytes),
        })}</p>`;
  return `<h6>${texts.body}</h6>${lines}${note}${decoded(page, text)}`;
}

/** The lines that issues speak of are those of the package. */
function decoded(page: Page, text: string): string {
  return innerTexts(text)
    .map((inner) => {
      const lines = numberedLines(inner.text);
      if (!page.room.take(lines.length)) return full(page);
      const title = `<code>${html(inner.name)}</code> ${page.texts.decoded}`;
      return `<details class="message"><summary>${title}</summary>${lines}</details>`;
    })
    .join('\n');
}

function full({ texts }: Page): string {
  return `<p class="muted">${texts.pageFull}</p>`;
}
