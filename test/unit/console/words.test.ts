import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { LABELS_EN } from '../../../src/console/labels.en.js';
import { LABELS_VI } from '../../../src/console/labels.vi.js';
import { TEXTS } from '../../../src/console/text.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';

const FOLDER = join(PACKAGE_ROOT, 'src', 'console');
const VIEWS = readdirSync(join(FOLDER, 'views')).map((name) => ({
  name,
  text: readFileSync(join(FOLDER, 'views', name), 'utf8'),
}));
const SOURCES = [
  ...readdirSync(FOLDER)
    .filter((name) => name.endsWith('.ts') && !name.startsWith('labels.'))
    .map((name) => readFileSync(join(FOLDER, name), 'utf8')),
  ...VIEWS.map(({ text }) => text),
].join('\n');

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(String).sort();

describe('words of the console', () => {
  it('are there in both languages, with the same places for values', () => {
    const vi: Readonly<Record<string, string>> = LABELS_VI;
    const en: Readonly<Record<string, string>> = LABELS_EN;
    expect(Object.keys(vi)).to.deep.equal(Object.keys(en));
    for (const [key, text] of Object.entries(vi)) {
      expect(text.trim(), key).not.to.equal('');
      expect(text.normalize('NFC'), key).to.equal(text);
      if (key.endsWith('.one')) continue;
      expect(placeholders(en[key] ?? ''), key).to.deep.equal(placeholders(text));
    }
  });

  it('are all used, and none is missing', () => {
    const prefixes = [...SOURCES.matchAll(/\bword\(\s*'([^']+)'/g)].map(([, one = '']) => one);
    const unused = Object.keys(LABELS_VI).filter((key) => {
      const bare = key.replace(/\.one$/, '');
      const isWord = prefixes.some((one) => bare.startsWith(`${one}.`));
      return !isWord && !SOURCES.includes(`'${bare}'`);
    });
    expect(unused).to.deep.equal([]);
    const asked = [...SOURCES.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, one = '']) => one);
    expect(asked.filter((key) => !(key in LABELS_VI))).to.deep.equal([]);
  });

  it('stand in no template themselves', () => {
    for (const { name, text } of VIEWS) {
      const shown = text
        .replace(/<%[\s\S]*?%>/g, ' ')
        .replace(/<[^>]*>/g, ' ')
        .replace(/&\w+;|edxgate|[✕·–:]/g, ' ');
      expect(shown.trim(), name).to.equal('');
    }
  });

  it('are escaped: a template writes raw only what another template made', () => {
    for (const { name, text } of VIEWS) {
      const raw = [...text.matchAll(/<%~([\s\S]*?)%>/g)].map(([, code = '']) => code.trim());
      const other = raw.filter((code) => !/^(?:include\('\/|it\.body$)/.test(code));
      expect(other, name).to.deep.equal([]);
    }
  });

  it('come without scripts, handlers and styles in the page', () => {
    for (const { name, text } of VIEWS) {
      expect(text, name).not.to.match(/\son\w+=|\sstyle=|<style|<script(?! src=)|javascript:/i);
    }
  });

  it('write numbers, times and spans as people do', () => {
    const { vi, en } = TEXTS;
    expect(vi.number(1234567)).to.equal('1.234.567');
    expect(en.number(1234567)).to.equal('1,234,567');
    expect(vi.time('2026-11-22T01:02:11.000Z')).to.equal('22/11/2026 08:02:11');
    expect(en.time('2026-11-22T17:02:11.000Z')).to.equal('2026-11-23 00:02:11');
    expect(vi.duration(94_320_000)).to.equal('1 ngày 2 giờ');
    expect(en.duration(61_500)).to.equal('1 min 1 s');
    expect(en.duration(1_999)).to.equal('1 s');
    expect(en.duration(250)).to.equal('250 ms');
    expect(vi.bytes(5_812)).to.equal('5,8 kB');
  });
});
