import { expect } from 'chai';
import { systemClock } from '../../../src/clock.js';
import { CheckList } from '../../../src/model/check.js';
import { type InspectOptions, inspectBytes } from '../../../src/receive/inspect.js';
import { TrustStore } from '../../../src/xml/trust.js';
import { samplePackage } from '../../support/sample-document.js';

const options = (over: Partial<InspectOptions> = {}): InspectOptions => ({
  profile: 'field',
  checks: new CheckList(systemClock),
  now: Date.UTC(2026, 10, 24),
  trustFor: (from) => ({ store: TrustStore.empty, from, registered: [], at: 0, allowSha1: false }),
  ...over,
});

describe('inspecting the bytes of a package', () => {
  it('runs every check in order and reads the package', async () => {
    const asked = options();
    const found = await inspectBytes(samplePackage(), asked);
    expect(found.kind).to.equal('document');
    expect(found.signature?.class).to.equal('absent');
    expect(asked.checks.checks.map((one) => one.name)).to.deep.equal([
      'scan',
      'parse',
      'dialect',
      'schema',
      'manifest',
      'rules',
      'signature',
    ]);
  });

  it('judges the signature for the agency in From also when the package has faults', async () => {
    let from = '';
    const text = samplePackage()
      .toString('utf8')
      .replace(/<edXML:Subject>.*?<\/edXML:Subject>/s, '');
    const found = await inspectBytes(
      Buffer.from(text),
      options({
        trustFor: (one) => {
          from = one;
          return { store: TrustStore.empty, from: one, registered: [], at: 0, allowSha1: false };
        },
      }),
    );
    expect([found.read, from]).to.deep.equal([undefined, 'T99.01']);
    expect(found.issues.map((one) => one.code)).to.include('schema.missing');
  });

  it('notes where a second engine disagrees, and goes by its own verdict', async () => {
    const asked = options({ compare: () => ({ agrees: false, reason: 'x' }) });
    const found = await inspectBytes(samplePackage(), asked);
    expect(found.signature?.class).to.equal('absent');
    const check = asked.checks.checks.find((one) => one.name === 'signature');
    expect(check?.detail).to.equal('class absent; the second engine disagrees');
  });

  it('stops at bytes that cannot be parsed, with the digest of all of them', async () => {
    const found = await inspectBytes(Buffer.from('abc'), options());
    expect(found.issues.map((one) => one.code)).to.deep.equal(['xml.malformed']);
    expect(found.digest).to.match(/^ba7816bf8f01cfea/);
  });
});
