/**
 * The look of the HTML reports: light and dark as the reader's system has it, from 320 pixels up, and on
 * paper. Every text has a contrast of 4.5 or more on what lies behind it, and no meaning is in colour
 * alone.
 *
 * @module
 */
import { createHash } from 'node:crypto';

const LIGHT = `--page:#fff;--soft:#f5f7f9;--text:#1b1f24;--muted:#57606a;--line:#d3d9df;--link:#0757b5;
--passed:#17702f;--failed:#b42318;--broken:#855300;--skipped:#57606a;--good:#dcf5e3;--bad:#fde4e1;`;

const DARK = `--page:#0e1318;--soft:#171d24;--text:#e6edf3;--muted:#a1abb6;--line:#36404a;--link:#79b8ff;
--passed:#56cc78;--failed:#ff8d83;--broken:#e3b341;--skipped:#a1abb6;--good:#12391f;--bad:#4c1b18;`;

/** Levels of the broken lines of report-markup.ts. */
const LEVELS = Array.from({ length: 13 }, (_, i) => `.i${i}{padding-left:${i}em}`).join('');

export const STYLE = `:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.55 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
.wide{max-width:66rem;margin:0 auto;padding:0 1rem}
header{border-bottom:1px solid var(--line);background:var(--soft)}
header .wide{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:baseline;justify-content:space-between;padding-block:1.25rem}
h1,h2,h3,h4,h5{line-height:1.3;margin:0;text-wrap:balance}
h1{font-size:1.6rem}
h2{font-size:1.25rem;margin:2.25rem 0 .75rem}
h3{font-size:1.1rem;margin:1.75rem 0 .25rem}
h4,h5{font-size:1rem;font-weight:600}
h6{font-size:.875rem;line-height:1.3;margin:.7rem 0 .2rem}
p{margin:.5rem 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:.25rem}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:.5rem;padding:.5rem 1rem;background:var(--page);z-index:1}
footer .wide{padding-block:1rem 2rem}
.muted,.meta,small{color:var(--muted)}
.meta,small{font-size:.875rem}
code,pre{font-family:ui-monospace,"Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.8125rem}
.outcome{margin:1.5rem 0;padding:.85rem 1.1rem;border:1px solid var(--line);border-left:.4rem solid;border-radius:.5rem;font-size:1.1rem;font-weight:600}
.outcome span{color:var(--text)}
.passed{color:var(--passed)}.failed{color:var(--failed)}.broken{color:var(--broken)}.skipped{color:var(--skipped)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.75rem 1.5rem;margin:0}
dt{color:var(--muted);font-size:.875rem}
dd{margin:0}
dd code{font-size:.9rem}
.filter ul{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.6rem;list-style:none;margin:0;padding:0}
.filter a,.filter li p{display:block;margin:0;padding:.6rem .9rem;border:1px solid var(--line);border-radius:.5rem;background:var(--soft);color:inherit;text-decoration:none}
.filter li p{color:var(--muted)}
.filter a:hover{border-color:currentcolor}
.filter span{display:block}
.filter a span{text-decoration:underline;text-underline-offset:.2em}
.filter b{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}
.bar{display:block;width:100%;height:.6rem;margin:.9rem 0 .4rem;border-radius:.3rem}
.bar .passed{fill:var(--passed)}.bar .failed{fill:var(--failed)}.bar .broken{fill:var(--broken)}.bar .skipped{fill:var(--skipped)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
th{font-weight:600}
.counts td,.counts thead th+th{text-align:right;font-variant-numeric:tabular-nums}
.counts tbody th{font-weight:400}
.counts thead th{font-size:.875rem;vertical-align:bottom;overflow-wrap:normal}
.groups{margin-top:-.5rem}
.groups:has(>.group:target)>.group:not(:target){display:none}
.case{border:1px solid var(--line);border-radius:.5rem;margin:.6rem 0}
.case[open]{border-color:var(--muted)}
.case>summary{display:grid;grid-template-columns:auto 1fr auto;gap:.1rem .75rem;padding:.65rem .9rem;cursor:pointer;align-items:baseline;list-style:none}
.case>summary::-webkit-details-marker{display:none}
.case>summary .badge::before{content:"▸";display:inline-block;width:1.1em;color:var(--muted)}
.case[open]>summary .badge::before{content:"▾"}
.badge{font-size:.875rem;font-weight:600;white-space:nowrap;min-width:6.9rem}
.case>summary .about{grid-column:2/-1;color:var(--muted);font-size:.875rem}
.time{color:var(--muted);font-size:.875rem;white-space:nowrap;font-variant-numeric:tabular-nums}
.inside{padding:.1rem .9rem .9rem;border-top:1px solid var(--line);scroll-margin-top:4rem}
.step{margin-top:1rem}
.step+.step{border-top:1px dashed var(--line);padding-top:.9rem}
.diff{margin:.6rem 0 .9rem;table-layout:fixed;border:1px solid var(--line)}
.diff caption{text-align:left;padding:.3rem 0;font-weight:600}
.diff caption code{font-weight:400;color:var(--muted)}
.diff th{width:7rem;background:var(--soft);font-size:.875rem}
.diff pre{margin:0;white-space:pre-wrap}
mark{color:inherit;border-radius:.15rem;padding:0 .1em;font-weight:600;text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:.2em}
.expected mark{background:var(--good);text-decoration-color:var(--passed)}
.actual mark{background:var(--bad);text-decoration-color:var(--failed)}
.u{color:var(--failed);font-weight:600;font-size:.75em;border:1px solid;border-radius:.2rem;padding:0 .2em;white-space:nowrap}
.message{margin:.4rem 0;border-left:.2rem solid var(--line);padding-left:.7rem}
.message>summary{cursor:pointer;padding:.2rem 0;min-height:1.6rem}
.headers th,.headers td{padding:.15rem .6rem .15rem 0;font-size:.8125rem}
.headers th{width:11rem;font-weight:400;color:var(--muted)}
.headers{table-layout:fixed}
.lines{margin:.2rem 0;padding:.5rem 0;background:var(--soft);border:1px solid var(--line);border-radius:.35rem;white-space:pre-wrap;counter-reset:line;line-height:1.45}
.l{display:block;position:relative;padding:0 .6rem 0 3.6rem;counter-increment:line}
.l::before{content:counter(line);position:absolute;left:0;width:2.9rem;text-align:right;color:var(--muted)}
.l>span{display:block}
${LEVELS}
footer{border-top:1px solid var(--line);margin-top:3rem;color:var(--muted);font-size:.875rem}
@media (max-width:40rem){
h1{font-size:1.35rem}
.case>summary{grid-template-columns:1fr auto}
.case>summary h4,.case>summary .about{grid-column:1/-1}
.case>summary .time{grid-row:1;grid-column:2}
.filter ul{grid-template-columns:repeat(2,1fr)}
.filter b{display:inline;font-size:1.2rem;margin-right:.3rem}
.filter span{display:inline}
.filter a,.filter li p{min-height:2.75rem}
.diff tr,.diff th,.diff td,.headers tr,.headers th,.headers td{display:block;width:auto}
.diff th{border-bottom:0}
.headers th{border:0;padding-bottom:0}
.l{padding-left:2.4rem}.l::before{width:1.9rem}
.counts th,.counts td{padding:.4rem .3rem}
.counts thead th{font-size:.75rem}
}
@media print{
:root{color-scheme:light;${LIGHT}}
body{font-size:10pt}
.filter .meta,.skip,.other{display:none}
.filter ul{grid-template-columns:repeat(5,1fr)}
.wide{max-width:none;padding:0}
.diff,.outcome,summary,h2,h3,h4,h5{break-inside:avoid}
h2,h3,h4,h5,summary{break-after:avoid}
.case>summary .badge::before,.case[open]>summary .badge::before{content:none}
a{color:inherit;text-decoration:none}
}
`;

/** Nothing may be loaded, run or sent; the one style sheet is named by its digest. */
export const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256')
  .update(STYLE)
  .digest('base64')}'; base-uri 'none'; form-action 'none'`;
