/**
 * README and docs name nothing that is not there: paths, npm scripts, commands, settings, error codes,
 * operations, links and their targets.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect } from 'chai';
import { COMMANDS } from '../../../src/cli/commands.js';
import { ALL_SETTINGS } from '../../../src/config/settings.js';
import { ERRORS } from '../../../src/model/error-table.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { OPERATIONS } from '../../../src/receive/operations.js';

interface Document {
  /** From the top of the package. */
  readonly name: string;
  readonly text: string;
  /** Texts in backquotes and lines of code blocks. */
  readonly code: readonly string[];
}

const TOP = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'wsdl/README.md', 'xsd/README.md'];

function readDocument(name: string): Document {
  const text = readFileSync(join(PACKAGE_ROOT, name), 'utf8');
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
  const spans = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)];
  return {
    name,
    text,
    code: [...spans.map(([, span = '']) => span), ...blocks.flatMap((one) => one.split('\n'))],
  };
}

const DOCS = readdirSync(join(PACKAGE_ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
const DOCUMENTS = [...TOP, ...DOCS].map(readDocument);

/** Files and folders at the top that a path in a text may begin with. */
const PATH = /^(?:src|test|docs|wsdl|xsd|fixtures|bench|\.ci)\/[\w./-]*$/;

function code(of: Document, pattern: RegExp): string[] {
  return of.code.flatMap((text) => [...text.matchAll(pattern)].map(([, found = '']) => found));
}

/** As the renderers of Markdown name a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

describe('README and docs', () => {
  it('are found', () => {
    expect(DOCUMENTS.length).to.be.greaterThan(12);
    expect(DOCUMENTS.flatMap((one) => one.code).length).to.be.greaterThan(300);
  });

  for (const document of DOCUMENTS) {
    describe(document.name, () => {
      it('names paths that exist', () => {
        const gone = document.code.filter(
          (text) => PATH.test(text) && !existsSync(join(PACKAGE_ROOT, text)),
        );
        expect(gone).to.deep.equal([]);
      });

      it('links to files and headings that exist', () => {
        const links = [...document.text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
        const broken = links
          .filter((to) => !/^[a-z]+:/.test(to))
          .filter((to) => {
            const [path = '', anchor] = to.split('#');
            const folder = dirname(join(PACKAGE_ROOT, document.name));
            const file = path === '' ? join(PACKAGE_ROOT, document.name) : resolve(folder, path);
            if (!existsSync(file) || relative(PACKAGE_ROOT, file).startsWith('..')) return true;
            if (anchor === undefined) return false;
            const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm);
            return ![...headings].some(([, heading = '']) => anchorOf(heading) === anchor);
          });
        expect(broken).to.deep.equal([]);
      });

      it('names npm scripts that exist', () => {
        const { scripts } = JSON.parse(
          readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'),
        ) as { scripts: Record<string, string> };
        const named = [
          ...code(document, /\bnpm run ([\w:-]+)/g),
          ...code(document, /\bnpm (start|test)\b/g),
        ];
        expect(named.filter((name) => !Object.hasOwn(scripts, name))).to.deep.equal([]);
      });

      it('names commands that exist', () => {
        const known = new Set(COMMANDS.map(({ name }) => name));
        const named = code(document, /^\s*(?:npx )?edxgate ([a-z]+)\b/g);
        expect(named.filter((name) => !known.has(name))).to.deep.equal([]);
      });

      it('names settings that exist', () => {
        const known = new Set<string>(ALL_SETTINGS.map(({ key }) => key));
        const groups = [...known].flatMap((key) => (key.includes('.') ? [key.split('.')[0]] : []));
        const setting = new RegExp(`^(${[...new Set(groups)].join('|')})\\.[a-z_.]+$`);
        const named = document.code
          .filter((text) => setting.test(text))
          .filter((text) => !Object.hasOwn(ERRORS, text) && !isReason(text) && !isFile(text));
        expect(named.filter((key) => !known.has(key))).to.deep.equal([]);
      });

      it('names error codes that exist', () => {
        const groups = new Set(Object.keys(ERRORS).map((one) => one.split('.')[0]));
        const settings = new Set<string>(ALL_SETTINGS.map(({ key }) => key));
        const named = document.code
          .filter((text) => /^[a-z]+\.[a-z-]+[a-z0-9-]*$/.test(text))
          .filter((text) => groups.has(text.split('.')[0]))
          .filter((text) => !settings.has(text) && !isReason(text) && !isFile(text));
        expect(named.filter((text) => !Object.hasOwn(ERRORS, text))).to.deep.equal([]);
      });
    });
  }

  it('the README has every operation in its table, once', () => {
    const readme = DOCUMENTS.find((one) => one.name === 'README.md');
    const rows = [...(readme?.text.matchAll(/^\| `([A-Z]\w+)` \|/gm) ?? [])].map(
      ([, name]) => name,
    );
    expect(rows.sort()).to.deep.equal([...OPERATIONS.keys()].sort());
  });

  it('docs/dialects.md has one row for each dialect code', () => {
    const text = DOCUMENTS.find((one) => one.name === 'docs/dialects.md')?.text ?? '';
    const rows = [...text.matchAll(/^\| `(dialect\.[a-z-]+)` \|/gm)].map(([, found]) => found);
    const codes = Object.keys(ERRORS).filter((one) => one.startsWith('dialect.'));
    expect(rows.sort()).to.deep.equal(codes.sort());
  });

  it('docs/signatures.md gives reasons that the verifier has', () => {
    const folder = join(PACKAGE_ROOT, 'src', 'xml');
    const source = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const reasons = [...REASONS].filter((one) => /^[a-z0-9-]+\.[A-Za-z0-9.-]+$/.test(one));
    expect(reasons.length).to.be.greaterThan(40);
    // The last word of some is filled in: structure.NAME, digest.mismatch.PART.
    const unknown = reasons.filter((one) => {
      const start = one.replace(/\.[A-Z]+$/, '.');
      return !source.includes(start === one ? `'${one}'` : `\`${start}$`);
    });
    expect(unknown).to.deep.equal([]);
  });

  it('docs/dialects.md names every other warning', () => {
    const { code: named = [] } = DOCUMENTS.find((one) => one.name === 'docs/dialects.md') ?? {};
    const warnings = Object.entries(ERRORS).filter(([, { side }]) => side === 'warning');
    const missing = warnings.map(([name]) => name).filter((name) => !named.includes(name));
    expect(missing).to.deep.equal([]);
  });
});

/** The reasons of a signature class look like error codes, but have a table of their own. */
function isReason(text: string): boolean {
  return REASONS.has(text);
}

const REASONS: ReadonlySet<string> = new Set(
  [...readFileSync(join(PACKAGE_ROOT, 'docs', 'signatures.md'), 'utf8').matchAll(/^\| (`.+?) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)])
    .map(([, reason = '']) => reason),
);

/** `document.edxml` in a command line. */
function isFile(text: string): boolean {
  return /\.(?:edxml|pem|crl|json|md|pml|ts|xml|yaml|zip)$/.test(text);
}
