/**
 * One Chromium for tests of pages: opens them, notes what they should not do, judges and photographs
 * them. Nothing is downloaded: it is Debian's `chromium`, or the one named by `EDXGATE_CHROMIUM`.
 *
 * @module
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = [process.env['EDXGATE_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];
/** For a start, and for each thing that is asked of a page. */
const LIMIT_MS = 15_000;

export function chromiumPath(): string | undefined {
  return PLACES.find((one) => one !== undefined && one !== '' && existsSync(one));
}

export interface PageOptions {
  readonly width: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  /** Default true. */
  readonly javaScript?: boolean;
  readonly locale?: string;
}

export interface OpenPage {
  readonly page: Page;
  /** Warnings and errors of the console, errors of scripts, and violations of the page's own policy. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for, the page's own among them. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export interface TestBrowser {
  open(url: string, options: PageOptions): Promise<OpenPage>;
  close(): Promise<void>;
}

/** Starts Chromium; the caller closes it. A sandbox of its own needs another user than root. */
export async function openBrowser(): Promise<TestBrowser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('chromium is needed: apt-get install chromium');
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-dev-shm-usage',
      '--disable-gpu',
    ],
    timeout: LIMIT_MS,
  });
  return {
    open: (url, options) => openPage(browser, url, options),
    close: () => browser.close(),
  };
}

async function openPage(browser: Browser, url: string, options: PageOptions): Promise<OpenPage> {
  const { width, height = 900, scheme = 'light', javaScript = true, locale = 'vi-VN' } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    javaScriptEnabled: javaScript,
    locale,
    timezoneId: 'Asia/Ho_Chi_Minh',
    // Animations would make photographs differ.
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(LIMIT_MS);
  const complaints: string[] = [];
  const requests: string[] = [];
  const page = await context.newPage();
  page.on('console', (one) => {
    if (['error', 'warning'].includes(one.type())) complaints.push(one.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  try {
    await page.goto(url);
  } catch (error) {
    await context.close();
    throw error;
  }
  return { page, complaints, requests, close: () => context.close() };
}

/** By how many pixels a page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** WCAG 2.2, levels A and AA, as far as axe-core can tell; and its rules of good practice. */
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe-core objects to, one line each with the element; [] when nothing. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const source = readFileSync(
    createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
    'utf8',
  );
  // As a whole script through the debugger: the page's policy, which allows none, stays as it is.
  await page.evaluate(source);
  const options = JSON.stringify({ runOnly: { type: 'tag', values: AXE_TAGS } });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 5).map((node) => `${id}: ${help}: ${node.html.slice(0, 200)}`),
  );
}

/**
 * Where photographs go: `EDXGATE_SCREENSHOTS`, to be looked at; else a temporary folder.
 *
 * @returns remove takes only what is temporary
 */
export function screenshotFolder(): { readonly folder: string; remove(): void } {
  const wanted = process.env['EDXGATE_SCREENSHOTS'];
  if (wanted !== undefined && wanted !== '') {
    mkdirSync(wanted, { recursive: true });
    return { folder: wanted, remove: () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-screenshots-'));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
