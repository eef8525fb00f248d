import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PACKAGE_ROOT } from '../../../src/package-root.js';

const css = readFileSync(join(PACKAGE_ROOT, 'src', 'console', 'assets', 'style.css'), 'utf8');

function tokens(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf('}', start));
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, n = '', v = '']) => [n, v]),
  );
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, two: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(two)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['bg', 'surface', 'raised'];
const STATES = [
  'queued',
  'active',
  'pending',
  'deferred',
  'held',
  'delivered',
  'dead',
  'cancelled',
];

describe('colours of the console', () => {
  for (const [theme, selector] of [
    ['light', ':root'],
    ['dark', ':root[data-theme="dark"]'],
    ['dark by device', ':root:not([data-theme="light"])'],
  ] as const) {
    it(`${theme}: text stands out by 4.5, borders of fields by 3`, () => {
      const all = tokens(selector);
      const of = (name: string): string => all.get(name) ?? expect.fail(`no --${name}`);
      const pairs: [string, string, number][] = [
        ...['text', 'text-2', 'link', 'danger'].flatMap((one) =>
          GROUNDS.map((ground): [string, string, number] => [one, ground, 4.5]),
        ),
        ...GROUNDS.map((ground): [string, string, number] => ['border-strong', ground, 3]),
        ['on-primary', 'primary', 4.5],
        ['on-danger', 'danger', 4.5],
        ...STATES.flatMap((state): [string, string, number][] => [
          [`st-${state}`, `st-${state}-tint`, 4.5],
          [`st-${state}`, 'surface', 4.5],
        ]),
      ];
      for (const [front, back, least] of pairs) {
        expect(contrast(of(front), of(back)), `${front} on ${back}`).to.be.at.least(least);
      }
    });
  }
});
