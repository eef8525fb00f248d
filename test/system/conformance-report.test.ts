/**
 * The HTML reports in a browser: in both languages, light and dark, on a telephone and on a desk.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { writeReports } from '../../src/conformance/report.js';
import {
  accessibilityFaults,
  openBrowser,
  overflow,
  screenshotFolder,
  type TestBrowser,
} from '../support/browser.js';
import { sampleResult, step, wireAnswer } from '../unit/conformance/sample-result.js';

describe('the HTML report in a browser', () => {
  let browser: TestBrowser;
  let folder: string;
  let url: string;
  const photographs = screenshotFolder();
  const address = (name: string): string => pathToFileURL(join(folder, name)).href;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-report-'));
    await writeReports(sampleResult(), folder);
    url = address('report.vi.html');
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
    photographs.remove();
  });

  for (const language of ['vi', 'en'] as const) {
    for (const scheme of ['light', 'dark'] as const) {
      for (const width of [390, 1280]) {
        it(`is sound in ${language}, ${scheme}, ${width} pixels wide`, async () => {
          const at = address(`report.${language}.html`);
          const { page, complaints, requests, close } = await browser.open(at, { width, scheme });
          try {
            const file = `conformance-${language}-${scheme}-${width}.png`;
            await page.screenshot({ path: join(photographs.folder, file), fullPage: true });
            expect(await overflow(page)).to.equal(0);
            // Everything open, since what is closed is not judged.
            await page.evaluate(
              'document.querySelectorAll("details").forEach((d) => (d.open = true))',
            );
            expect(await overflow(page), 'with all open').to.equal(0);
            // Each language, scheme and width is judged, if not with each other.
            if ((scheme === 'dark') === (width === 390)) {
              expect(await accessibilityFaults(page)).to.deep.equal([]);
            }
            expect(complaints).to.deep.equal([]);
            expect(requests).to.deep.equal([at]);
            expect(readdirSync(photographs.folder)).to.include(file);
          } finally {
            await close();
          }
        });
      }
    }
  }

  it('holds 320 pixels, the narrowest that must do', async () => {
    const { page, close } = await browser.open(url, { width: 320 });
    await page.evaluate('document.querySelectorAll("details").forEach((d) => (d.open = true))');
    expect(await overflow(page)).to.equal(0);
    await close();
  });

  it('filters and opens without JavaScript', async () => {
    const { page, close } = await browser.open(url, { width: 1280, javaScript: false });
    const group = (verdict: string) => page.locator(`section#${verdict}`);
    expect(await group('passed').isVisible()).to.equal(true);
    await page.click('.filter a[href="#failed"]');
    expect(await group('failed').isVisible()).to.equal(true);
    for (const other of ['passed', 'broken', 'skipped']) {
      expect(await group(other).isVisible(), other).to.equal(false);
    }
    await page.click('.filter a[href="#cases"]');
    expect(await group('passed').isVisible()).to.equal(true);
    const first = group('passed').locator('details.case').first();
    expect(await first.locator('h5').isVisible()).to.equal(false);
    await first.locator('summary').first().click();
    expect(await first.locator('h5').isVisible()).to.equal(true);
    await close();
  });

  it('leads to the other language', async () => {
    const { page, close } = await browser.open(url, { width: 1280 });
    await page.click('.other');
    await page.waitForURL(address('report.en.html'));
    expect(await page.getAttribute('html', 'lang')).to.equal('en');
    await close();
  });

  it('runs nothing of what a hostile gateway answered', async () => {
    const hostile = `"'><img src=http://127.0.0.1:9/x onerror="document.title='run'"><script>document.title='run'</script></span></pre></details><style>*{display:none}</style>`;
    const folderOfIt = mkdtempSync(join(folder, 'hostile-'));
    const { cases } = sampleResult();
    const [first] = cases;
    if (first === undefined) throw new Error('the sample holds no case');
    await writeReports(
      sampleResult([
        {
          ...first,
          steps: [
            step(hostile, {
              answer: {
                ...wireAnswer(200, hostile),
                startLine: hostile,
                headers: [[hostile, hostile]],
              },
              differences: [{ what: 'golden', place: hostile, expected: '', actual: hostile }],
            }),
          ],
        },
      ]),
      folderOfIt,
    );
    const at = pathToFileURL(join(folderOfIt, 'report.vi.html')).href;
    const { page, complaints, requests, close } = await browser.open(at, { width: 390 });
    expect(await page.title()).to.match(/^Báo cáo/);
    expect(await page.locator('img, script').count()).to.equal(0);
    expect(await page.locator('style').count()).to.equal(1);
    expect(complaints).to.deep.equal([]);
    expect(requests).to.deep.equal([at]);
    expect(await overflow(page)).to.equal(0);
    await close();
  });
});
