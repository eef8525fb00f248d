/**
 * A run as one HTML page in one language: it loads nothing, needs no script, and can be sent by mail or
 * printed. Cases that did not pass come first and are open.
 *
 * @module
 */
import { caseHtml, newPage, type Page, SIGNS } from './report-case.js';
import { html, plain } from './report-markup.js';
import { POLICY, STYLE } from './report-style.js';
import {
  durationText,
  fill,
  LANGUAGES,
  type Language,
  numberText,
  timeText,
} from './report-texts.js';
import type { CaseResult, RunResult, Verdict } from './run-result.js';

/** First what somebody has to look at. */
const ORDER = ['failed', 'broken', 'skipped', 'passed'] as const satisfies readonly Verdict[];

/** Characters that bodies and values may take in one page, marked up: browsers must still open it. */
const MAX_PAGE = 24 * 1024 * 1024;

export function reportFile(language: Language): string {
  return `report.${language}.html`;
}

/** @param room characters of bodies and values in the page */
export function reportHtml(result: RunResult, language: Language, room = MAX_PAGE): string {
  const page = newPage(language, room);
  const { texts } = page;
  const other = LANGUAGES.find((one) => one !== language) ?? language;
  const title = result.suite.title[language];
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${texts.title}: ${plain(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#cases">${texts.skipLink}</a>
<header><div class="wide"><h1>${texts.title}</h1>
<a class="other" href="${reportFile(other)}" lang="${other}" hreflang="${other}">${texts.otherLanguage}</a></div></header>
<main class="wide">
${outcome(page, result)}
${facts(page, result)}
${totals(page, result)}
${byDocument(page, result)}
<h2 id="cases">${texts.cases}</h2>
<div class="groups">
${groups(page, result)}
</div>
</main>
<footer><div class="wide">${texts.timesNote} ${texts.masked}</div></footer>
</body>
</html>
`;
}

function outcome({ texts, language }: Page, { totals: counts }: RunResult): string {
  const { passed, failed, broken } = counts;
  const line = (verdict: Verdict, text: string): string =>
    `<p class="outcome ${verdict}"><span aria-hidden="true">${SIGNS[verdict]}</span> <span>${text}</span></p>`;
  if (failed + broken > 0) {
    const values = { failed: numberText(language, failed), broken: numberText(language, broken) };
    return line(failed > 0 ? 'failed' : 'broken', fill(texts.notPassed, values));
  }
  return passed > 0 ? line('passed', texts.allPassed) : line('skipped', texts.nothingRun);
}

function facts({ texts, language }: Page, result: RunResult): string {
  const time = (iso: string): string =>
    `<time datetime="${plain(iso)}">${html(timeText(language, iso))}</time>`;
  const ms = Date.parse(result.finishedAt) - Date.parse(result.startedAt);
  const rows: readonly (readonly [string, string])[] = [
    [texts.suite, `${html(result.suite.title[language])} <code>${html(result.suite.id)}</code>`],
    [texts.target, `<code>${html(result.target)}</code>`],
    [texts.as, `<code>${html(result.as)}</code>`],
    [texts.started, time(result.startedAt)],
    [texts.finished, time(result.finishedAt)],
    [texts.duration, Number.isNaN(ms) ? '–' : durationText(language, ms)],
    [texts.tool, `edxgate ${html(result.version)}`],
  ];
  return `<dl>
${rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('\n')}
</dl>`;
}

function totals({ texts, language }: Page, { totals: counts, cases }: RunResult): string {
  const link = (id: string, kind: string, count: number, text: string): string => {
    const content = `<b>${numberText(language, count)}</b> <span>${text}</span>`;
    // Without cases there is no group to go to.
    const entry = count === 0 ? `<p>${content}</p>` : `<a href="#${id}">${content}</a>`;
    return `<li class="${kind}">${entry}</li>`;
  };
  const verdicts = ORDER.map((one) => link(one, one, counts[one], texts.verdicts[one]));
  return `<h2>${texts.totals}</h2>
${bar(counts)}
<nav class="filter" aria-label="${texts.filter}">
<p class="meta">${texts.filterHint}</p>
<ul>${link('cases', 'all', cases.length, texts.showAll)}
${verdicts.join('\n')}</ul>
</nav>`;
}

/** The shares of the verdicts; what it says stands in the numbers below it. */
function bar(counts: RunResult['totals']): string {
  const all = ORDER.reduce((sum, one) => sum + counts[one], 0);
  if (all === 0) return '';
  let x = 0;
  const parts = ORDER.map((one) => {
    const width = (counts[one] / all) * 1000;
    const part = `<rect class="${one}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="10"/>`;
    x += width;
    return part;
  });
  return `<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${parts.join('')}</svg>`;
}

function byDocument({ texts, language }: Page, { cases }: RunResult): string {
  if (cases.length === 0) return '';
  const byName = new Map<string, CaseResult[]>();
  for (const one of cases) {
    const known = byName.get(one.clause.document);
    if (known === undefined) byName.set(one.clause.document, [one]);
    else known.push(one);
  }
  const heads = ORDER.map((one) => `<th scope="col">${texts.verdicts[one]}</th>`);
  const rows = [...byName].map(([name, found]) => {
    const cells = ORDER.map((verdict) => {
      const count = found.filter((one) => one.verdict === verdict).length;
      return `<td>${count === 0 ? '–' : numberText(language, count)}</td>`;
    });
    return `<tr><th scope="row">${html(name)}</th>${cells.join('')}</tr>`;
  });
  return `<h2>${texts.byDocument}</h2>
<table class="counts"><thead><tr><th scope="col">${texts.document}</th>${heads.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`;
}

/** A group for each verdict that the filter can show alone, also when it is empty. */
function groups(page: Page, { cases }: RunResult): string {
  const { texts } = page;
  if (cases.length === 0) return `<p>${texts.noCases}</p>`;
  return ORDER.map((verdict) => {
    const found = cases.filter((one) => one.verdict === verdict);
    if (found.length === 0) return '';
    return `<section class="group" id="${verdict}" aria-labelledby="${verdict}-title">
<h3 class="${verdict}" id="${verdict}-title">${texts.groups[verdict]} (${numberText(page.language, found.length)})</h3>
<p class="meta">${texts.groupHints[verdict]}</p>
${found.map((one) => caseHtml(page, one)).join('\n')}
</section>`;
  })
    .filter((group) => group !== '')
    .join('\n');
}
