import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { configurationDocument } from '../../../src/config/document.js';
import { readSecretFile, readSecretText } from '../../../src/config/secret-file.js';
import { ALL_SETTINGS } from '../../../src/config/settings.js';
import { readTrustFiles } from '../../../src/config/trust-files.js';
import { GatewayError } from '../../../src/model/issue.js';
import {
  createSampleAuthority,
  createSampleRevocationList,
} from '../../../src/xml/sample-authority.js';

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error);
  }
  return 'nothing was thrown';
}

describe('files of the configuration', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-files-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('reads a secret that only its owner may open', () => {
    const file = join(folder, 'token');
    writeFileSync(file, ' abc\n', { mode: 0o600 });
    expect(readSecretText(file)).to.equal('abc');
  });

  it('refuses a secret that others may open, is missing, a folder or huge', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'abc');
    for (const mode of [0o640, 0o604, 0o660, 0o644]) {
      chmodSync(file, mode);
      expect(
        codeOf(() => readSecretFile(file)),
        mode.toString(8),
      ).to.equal('file.wide');
    }
    expect(codeOf(() => readSecretFile(join(folder, 'none')))).to.equal('file.unreadable');
    expect(codeOf(() => readSecretFile(folder))).to.equal('file.unreadable');
    writeFileSync(file, Buffer.alloc(70_000));
    chmodSync(file, 0o600);
    expect(codeOf(() => readSecretFile(file))).to.equal('file.unreadable');
  });

  describe('trust files', () => {
    const times = { notBefore: Date.UTC(2026, 0, 1), notAfter: Date.UTC(2099, 0, 1) };
    const authority = createSampleAuthority(times);
    const crl = createSampleRevocationList(authority, [], { thisUpdate: times.notBefore });
    const keyPem = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });

    it('picks the blocks that were asked for out of one folder', () => {
      writeFileSync(join(folder, 'ca.pem'), authority.certificatePem);
      writeFileSync(join(folder, 'ca.der'), new X509Certificate(authority.certificatePem).raw);
      writeFileSync(join(folder, 'crl.pem'), crl);
      writeFileSync(join(folder, 'key.pem'), keyPem);
      writeFileSync(join(folder, 'README'), 'hello');
      mkdirSync(join(folder, 'more'));
      expect(readTrustFiles([folder], 'CERTIFICATE')).to.have.length(2);
      expect(readTrustFiles([folder], 'X509 CRL').map(String)).to.deep.equal([crl]);
    });

    it('refuses a path without any usable block, by its name', () => {
      const file = join(folder, 'key.pem');
      writeFileSync(file, keyPem);
      expect(codeOf(() => readTrustFiles([file], 'CERTIFICATE'))).to.equal('trust.empty');
      expect(codeOf(() => readTrustFiles([folder], 'X509 CRL'))).to.equal('trust.empty');
      expect(codeOf(() => readTrustFiles([join(folder, 'no')], 'CERTIFICATE'))).to.equal(
        'file.unreadable',
      );
      expect(readTrustFiles([], 'CERTIFICATE')).to.deep.equal([]);
    });
  });

  it('keeps docs/configuration.md equal to the table of settings', () => {
    const written = readFileSync(resolve('docs', 'configuration.md'), 'utf8');
    expect(written).to.equal(configurationDocument());
    for (const { key } of ALL_SETTINGS) expect(written).to.contain(`| \`${key}\` |`);
  });
});
