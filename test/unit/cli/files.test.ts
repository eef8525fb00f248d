import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { sampleDocument } from '../../../src/cli/sample-document.js';
import { COLLECTING, PUSHED, SENDER } from '../../../src/cli/sample-set.js';
import {
  createSampleAuthority,
  createSampleRevocationList,
  issueSampleCertificate,
} from '../../../src/xml/sample-authority.js';
import { openShell, type Shell } from './terminal.js';

const NOW = Date.UTC(2026, 10, 24);
const TIMES = { notBefore: Date.UTC(2026, 0, 1), notAfter: Date.UTC(2099, 0, 1) };

describe('validate and verify', () => {
  const authority = createSampleAuthority(TIMES);
  const signer = issueSampleCertificate(authority, {
    organId: SENDER.organId,
    name: SENDER.organName,
    keyType: 'ec',
  });
  const bytes = sampleDocument(
    { from: SENDER, to: [PUSHED, COLLECTING], number: 7, now: NOW },
    signer,
  );
  let shell: Shell;

  beforeEach(() => {
    shell = openShell();
    shell.write('good.edxml', bytes);
    shell.write('bad.edxml', bytes.toString().replaceAll('DocumentId>', 'DocumentIdx>'));
    shell.write('ca.pem', authority.certificatePem);
  });

  afterEach(() => shell.remove());

  it('finds the sample document valid under both profiles', async () => {
    for (const profile of ['field', 'qcvn-strict']) {
      const [result] = await shell.json(['validate', 'good.edxml', '--profile', profile]);
      expect(result).to.deep.equal({
        file: 'good.edxml',
        kind: 'document',
        valid: true,
        issues: [],
      });
    }
  });

  it('names faults in both languages with code, path and line, and ends with 3', async () => {
    const { status, out } = await shell.run(['validate', 'good.edxml', 'bad.edxml', '--json']);
    expect(status).to.equal(3);
    const results = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { valid: boolean; issues: object[] });
    expect(results.map(({ valid }) => valid)).to.deep.equal([true, false]);
    expect(results[1]?.issues[0]).to.include.all.keys(
      'code',
      'path',
      'line',
      'text',
      'textVi',
      'hint',
      'severity',
    );
    const people = await shell.run(['validate', 'bad.edxml']);
    expect(people.out).to.match(/^bad\.edxml: document NOT valid, \d+ error/);
    expect(people.out).to.contain('schema.missing');
  });

  it('reads standard input', async () => {
    const { status, out } = await shell.run(['validate', '-', '--json'], 'not xml');
    expect(status).to.equal(3);
    expect(JSON.parse(out)).to.deep.include({ file: '-', kind: null, valid: false });
  });

  it('goes on after a file that cannot be read, and ends with 1', async () => {
    const { status, out, err } = await shell.run([
      'validate',
      'none.edxml',
      'good.edxml',
      '--json',
    ]);
    expect(status).to.equal(1);
    expect(err).to.contain('file.unreadable');
    expect(out).to.contain('"valid":true');
    expect((await shell.run(['validate', '.'])).err).to.contain('it is a folder');
  });

  it('asks libxmljs2 about the schema when told to, and says what it says', async () => {
    const asked = ['validate', '--second-opinion', 'good.edxml'];
    const [agreed] = await shell.json(asked);
    expect(agreed).to.deep.include({ valid: true, secondOpinion: { valid: true, errors: [] } });
    const { out } = await shell.run(['validate', '--second-opinion', 'bad.edxml']);
    expect(out).to.match(/libxmljs2: does NOT follow the schema\n {4}line \d+: /);
    const [plain] = await shell.json(['validate', 'good.edxml']);
    expect(plain).to.not.have.property('secondOpinion');
  });

  it('verifies who signed what', async () => {
    const [result] = await shell.json(['verify', 'good.edxml', '--trust', 'ca.pem']);
    expect(result).to.deep.include({
      file: 'good.edxml',
      class: 'valid',
      reasons: [],
      signedParts: ['MessageHeader', 'Bussiness', 'edXMLManifest', 'AttachmentEncoded'],
      digest: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(result?.['signer']).to.include.all.keys('subject', 'issuer', 'serial', 'fingerprint');
  });

  it('trusts nobody without an anchor, and nobody too late', async () => {
    const none = await shell.run(['verify', 'good.edxml', '--json']);
    expect(none.status).to.equal(3);
    expect(JSON.parse(none.out)).to.include({ class: 'untrusted' });
    const late = await shell.run([
      'verify',
      'good.edxml',
      '--trust',
      'ca.pem',
      '--at',
      '2100-01-01',
      '--json',
    ]);
    expect(JSON.parse(late.out)).to.deep.include({
      class: 'untrusted',
      reasons: ['certificate.expired'],
    });
  });

  it('takes no other signer than the agency in From, unless any will do', async () => {
    const other = issueSampleCertificate(authority, {
      organId: 'T99.55',
      name: 'x',
      keyType: 'ec',
    });
    shell.write(
      'other.edxml',
      sampleDocument({ from: SENDER, to: [PUSHED], number: 8, now: NOW }, other),
    );
    const args = ['verify', 'other.edxml', '--trust', 'ca.pem'];
    expect((await shell.run(args)).status).to.equal(3);
    expect((await shell.run([...args, '--any-signer'])).status).to.equal(0);
  });

  it('reads revocation lists', async () => {
    const list = createSampleRevocationList(authority, [signer.certificatePem], {
      thisUpdate: TIMES.notBefore,
      nextUpdate: TIMES.notAfter,
    });
    shell.write('crl.pem', list);
    const { status, out } = await shell.run([
      'verify',
      'good.edxml',
      '--trust',
      'ca.pem',
      '--crl',
      'crl.pem',
      '--json',
    ]);
    expect(status).to.equal(3);
    expect(JSON.parse(out)).to.deep.include({
      class: 'untrusted',
      reasons: ['certificate.revoked'],
    });
  });

  it('says which trust file holds nothing usable', async () => {
    shell.write('junk.pem', 'hello');
    const { status, err } = await shell.run(['verify', 'good.edxml', '--trust', 'junk.pem']);
    expect(status).to.equal(1);
    expect(err).to.contain('junk.pem holds no usable CERTIFICATE block');
  });

  it('calls bytes that are no package invalid, with the codes why', async () => {
    const { status, out } = await shell.run(['verify', '-', '--json'], '<!DOCTYPE x><x/>');
    expect(status).to.equal(3);
    expect(JSON.parse(out)).to.deep.include({
      class: 'invalid',
      reasons: ['xml.doctype'],
      signer: null,
    });
  });
});
