/** Folders of foreign clients are complete, and their pages show the code that runs. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { foreignClients } from '../../interop-runner/clients.js';
import { PAGES, pageFiles, samplesOf, sourceOf } from '../../interop-runner/pages.js';

const CLIENTS = foreignClients();

describe('foreign clients', () => {
  it('are described, can be run, and have ways to run', () => {
    expect(CLIENTS.length).to.be.at.least(5);
    for (const { id, folder, builds, variants } of CLIENTS) {
      expect(variants, id).to.have.length.of.at.least(1);
      accessSync(join(folder, 'run.sh'), constants.X_OK);
      if (builds) accessSync(join(folder, 'build.sh'), constants.X_OK);
    }
  });

  it('declare own faults only for ways that they have', () => {
    for (const { id, folder, variants } of CLIENTS) {
      const text = readFileSync(join(folder, 'client.json'), 'utf8');
      const { own = {} } = JSON.parse(text) as { own?: Record<string, unknown> };
      const ways = variants.map(({ soap, carrier }) => `${soap}/${carrier}`);
      expect([...ways, '*'], id).to.include.members(Object.keys(own));
    }
  });

  for (const { id, name } of CLIENTS) {
    it(`${name} has a page, in the index, with a sample of its own source`, () => {
      const page = join(PAGES, `${id}.md`);
      expect(existsSync(page), page).to.equal(true);
      expect(readFileSync(join(PAGES, 'README.md'), 'utf8')).to.include(`(${id}.md)`);
      const sources = samplesOf(readFileSync(page, 'utf8')).map(({ source }) => source);
      expect(sources.filter((one) => one.startsWith(`clients/${id}/`))).to.have.length.of.at.least(
        1,
      );
    });
  }

  for (const path of pageFiles()) {
    it(`${relative(PACKAGE_ROOT, path)}: samples are what runs`, () => {
      // `npm run interop -- --pages` copies them.
      for (const { source, shown, wanted } of samplesOf(readFileSync(path, 'utf8'))) {
        expect(shown, source).to.equal(wanted);
      }
    });
  }

  it('a sample of a region that is not there is no sample', () => {
    expect(() => sourceOf('clients/node-soap/client.mjs', 'none')).to.throw('has no region none');
    const region = sourceOf('clients/node-soap/client.mjs', 'mtom');
    expect(region)
      .to.match(/^const contentId/)
      .and.not.include('sample:');
  });
});
