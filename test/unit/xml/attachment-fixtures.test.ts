/**
 * Files with signatures inside: each is judged as the name of its folder says.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ATTACHMENT_VERDICTS } from '../../../src/model/attachment-signature.js';
import type { BesideFile } from '../../../src/xml/attachment-signatures.js';
import { digestOf } from '../../../src/xml/stream-digest.js';
import { look } from './attachment-kit.js';

describe('attachment fixtures', () => {
  for (const verdict of ATTACHMENT_VERDICTS) {
    const folder = `fixtures/attachments/${verdict}`;
    const names = readdirSync(folder).sort();
    const files: readonly BesideFile[] = names.map((name) => ({
      name,
      digest: (hash) => digestOf([readFileSync(`${folder}/${name}`)], hash),
    }));

    it(`there are files that are ${verdict}`, () => {
      expect(names).not.to.have.length(0);
    });

    for (const name of names.filter((one) => !one.endsWith('.txt'))) {
      it(`${name} is ${verdict}`, async () => {
        const beside = files.filter((one) => one.name !== name);
        const found = await look(readFileSync(`${folder}/${name}`), name, { beside });
        expect(found).to.have.length(name.startsWith('two-') ? 2 : 1);
        for (const one of found) expect(one.verdict, one.reasons.join()).to.equal(verdict);
      });
    }
  }

  it('a text without signature has none', async () => {
    const name = 'phu-luc.txt';
    expect(await look(readFileSync(`fixtures/attachments/valid/${name}`), name)).to.deep.equal([]);
  });
});
