/**
 * Holds the house of docs/architecture.md: imports point down the layers only, and what touches the
 * world outside (environment, clock, network, database, XML libraries) stands in one place each.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect } from 'chai';
import { LAYERS } from './layer-table.js';

/** Neighbours that need each other on the ground floor: the log takes the time, checks take a clock. */
const SAME_FLOOR: ReadonlySet<string> = new Set(LAYERS[0]);

/** `store` and `config` stand beside `edxml` and `soap`, but know no XML. */
const WITHOUT_XML: ReadonlySet<string> = new Set(['store', 'config']);

/** Packages, and the only places in src/ that may import them. */
const PACKAGES: readonly { readonly only: string; readonly packages: readonly string[] }[] = [
  {
    only: 'xml/',
    packages: [
      'libxml2-wasm',
      'libxmljs2',
      'xml-crypto',
      'xmlbuilder2',
      'pkijs',
      'asn1js',
      '@peculiar/x509',
      '@xmldom/xmldom',
    ],
  },
  { only: 'store/', packages: ['better-sqlite3', 'pg'] },
  { only: 'soap/', packages: ['soap'] },
  { only: 'soap/exchange.ts', packages: ['undici'] },
  { only: 'config/', packages: ['zod', 'yaml'] },
  { only: 'cli/', packages: ['commander'] },
  { only: 'server/', packages: ['express'] },
  { only: 'console/', packages: ['eta'] },
  { only: 'log.ts', packages: ['pino'] },
  { only: 'metrics.ts', packages: ['prom-client'] },
];

/** Texts that may occur only in one place; comments and strings do not count. */
const WORDS: readonly { readonly only: string; readonly word: RegExp; readonly why: string }[] = [
  { only: 'config/', word: /\bprocess\.env\b/, why: 'the environment' },
  { only: 'clock.ts', word: /\bDate\.now\b|\bnew Date\(\)/, why: 'the time' },
  {
    only: 'soap/exchange.ts',
    word: /\bfetch\(|\bhttps?\.(?:request|get)\(|\bnet\.connect\(|\btls\.connect\(/,
    why: 'outgoing connections',
  },
];

/** mocha runs in the folder of the package. */
const SRC = resolve('src');

interface Source {
  /** `soap/exchange.ts` */
  readonly name: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function readSources(): Source[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const text = readFileSync(join(SRC, name), 'utf8');
      const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g);
      return {
        name: name.split(sep).join('/'),
        text,
        imports: [...found].map(([, to = '']) => to),
      };
    });
}

/** `xml` for src/xml/tree.ts, `clock` for src/clock.ts. */
function partOf(name: string): string {
  return (name.split('/')[0] ?? '').replace(/\.(?:ts|js)$/, '');
}

function layerOf(part: string): number {
  return LAYERS.findIndex((layer) => layer.includes(part));
}

function mayImport(from: string, to: string): boolean {
  if (from === to || (SAME_FLOOR.has(from) && SAME_FLOOR.has(to))) return true;
  if (WITHOUT_XML.has(from) && to === 'xml') return false;
  return layerOf(to) >= 0 && layerOf(to) < layerOf(from);
}

/** Without comments and strings: a docstring may name what the code may not use. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/'[^'\n]*'/g, "''");
}

function allowedIn(only: string, name: string): boolean {
  return only.endsWith('/') ? name.startsWith(only) : name === only;
}

describe('layers', () => {
  const sources = readSources();

  it('reads the sources', () => {
    expect(sources.length).to.be.greaterThan(50);
    expect(sources.flatMap(({ imports }) => imports).length).to.be.greaterThan(200);
  });

  it('gives every part of src/ a place', () => {
    const parts = new Set(sources.map(({ name }) => partOf(name)));
    expect([...parts].filter((part) => layerOf(part) < 0)).to.deep.equal([]);
  });

  it('lets imports point down only', () => {
    const wrong = sources.flatMap(({ name, imports }) =>
      imports
        .filter((to) => to.startsWith('.'))
        .map((to) =>
          relative(SRC, resolve(SRC, dirname(name), to))
            .split(sep)
            .join('/'),
        )
        .filter((to) => !mayImport(partOf(name), partOf(to)))
        .map((to) => `${name} imports ${to}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  for (const { only, packages } of PACKAGES) {
    it(`imports ${packages.join(', ')} only in ${only}`, () => {
      const wrong = sources.flatMap(({ name, imports }) =>
        imports
          .filter((to) => packages.some((one) => to === one || to.startsWith(`${one}/`)))
          .filter(() => !allowedIn(only, name))
          .map((to) => `${name} imports ${to}`),
      );
      expect(wrong).to.deep.equal([]);
    });
  }

  for (const { only, word, why } of WORDS) {
    it(`touches ${why} only in ${only}`, () => {
      const wrong = sources.filter(
        ({ name, text }) => !allowedIn(only, name) && word.test(codeOf(text)),
      );
      expect(wrong.map(({ name }) => name)).to.deep.equal([]);
    });
  }
});
