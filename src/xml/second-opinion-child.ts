/**
 * The child process of second-opinion.ts: reads one XML text from standard input, validates it with
 * libxmljs2 against the schema file named on the command line, prints one JSON line.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Problem {
  readonly message: string;
  readonly line?: number;
}

interface LibXmlDocument {
  readonly errors: readonly Problem[];
  readonly validationErrors: readonly Problem[];
  validate(schema: LibXmlDocument): boolean;
}

interface LibXml {
  parseXml(text: string, options: { baseUrl?: string; nonet: true }): LibXmlDocument;
}

/** See UNAVAILABLE_STATUS in second-opinion.ts; not imported, since this process is to hold nothing else. */
const UNAVAILABLE = 86;

function load(): LibXml {
  try {
    return createRequire(import.meta.url)('libxmljs2') as LibXml;
  } catch {
    process.exit(UNAVAILABLE);
  }
}

function opinion(lib: LibXml, schemaFile: string, text: string) {
  const schema = lib.parseXml(readFileSync(schemaFile, 'utf8'), {
    baseUrl: schemaFile,
    nonet: true,
  });
  let document: LibXmlDocument;
  try {
    document = lib.parseXml(text, { nonet: true });
  } catch (error) {
    return { valid: false, errors: [problem(error as Problem)] };
  }
  // Namespace errors are only noted by this library; for us they are fatal.
  if (document.errors.length > 0) return { valid: false, errors: document.errors.map(problem) };
  const valid = document.validate(schema);
  return { valid, errors: valid ? [] : document.validationErrors.map(problem) };
}

function problem({ message, line = 0 }: Problem): { line: number; text: string } {
  return { line, text: message.trim().slice(0, 500) };
}

const [, , schemaFile = ''] = process.argv;
const lib = load();
const text = readFileSync(0, 'utf8').replace(/^\ufeff/, '');
process.stdout.write(`${JSON.stringify(opinion(lib, schemaFile, text))}\n`);
