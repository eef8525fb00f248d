import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { GatewayError } from '../../src/model/issue.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { parseXml } from '../../src/xml/parse.js';
import { scanXml } from '../../src/xml/scan.js';
import { secondOpinion } from '../../src/xml/second-opinion.js';
import type { SchemaName } from '../../src/xml/tree.js';

/** Two builds of libxml2, six years apart, must agree on what our schemas say. */
describe('the schema verdict, against libxmljs2', () => {
  const ours = (bytes: Buffer, schema: SchemaName): boolean => {
    const document = parseXml(scanXml(bytes));
    try {
      return document.validate(schema).length === 0;
    } finally {
      document.dispose();
    }
  };

  const folders: readonly [folder: string, schema: SchemaName][] = [
    ['documents/valid', 'document'],
    ['statuses/valid', 'status'],
    ...readdirSync(join(PACKAGE_ROOT, 'fixtures/documents/refused'))
      .filter((code) => code.startsWith('schema.') || code.startsWith('document.'))
      .map((code): [string, SchemaName] => [`documents/refused/${code}`, 'document']),
  ];
  for (const [folder, schema] of folders) {
    for (const name of readdirSync(join(PACKAGE_ROOT, 'fixtures', folder))) {
      if (!name.endsWith('.edxml')) continue;
      it(`agrees on ${folder}/${name}`, async () => {
        const bytes = readFileSync(join(PACKAGE_ROOT, 'fixtures', folder, name));
        const other = await secondOpinion(bytes, schema);
        expect(other.kind, 'libxmljs2 is installed by npm test').to.equal('opinion');
        expect(other.kind === 'opinion' && other.valid).to.equal(ours(bytes, schema));
      });
    }
  }

  it('names what it found, with the line', async () => {
    const text = readFileSync(join(PACKAGE_ROOT, 'fixtures/documents/valid/new.edxml'), 'utf8');
    const other = await secondOpinion(
      Buffer.from(text.replace(/<edXML:Subject>[\s\S]*?<\/edXML:Subject>/, '')),
      'document',
    );
    expect(other).to.include({ kind: 'opinion', valid: false });
    expect(other.kind === 'opinion' && other.errors[0]?.text).to.match(/Subject/);
    expect(other.kind === 'opinion' && other.errors[0]?.line).to.be.greaterThan(1);
  });

  it('is never shown what our scan refuses', async () => {
    const error = await secondOpinion(Buffer.from('<!DOCTYPE a><a/>'), 'document').catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(GatewayError).with.property('code', 'xml.doctype');
  });
});
