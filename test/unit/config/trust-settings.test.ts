import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { TrustConfig } from '../../../src/config/config.js';
import { loadConfig } from '../../../src/config/load.js';
import { describeProblem } from '../../../src/config/problem.js';

describe('settings of trust', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function load(trust: string): { trust: TrustConfig | undefined; problems: string[] } {
    const file = join(folder, 'edxgate.yaml');
    writeFileSync(file, `organ_id: T99\ntrust: {${trust}}\n`);
    const { config, errors } = loadConfig({ file, env: {} });
    return { trust: config?.trust, problems: errors.map((one) => describeProblem(one)) };
  }

  it('fetch nothing and refuse nothing unless they say so', () => {
    expect(load('').trust).to.deep.equal({ anchors: [], crls: [] });
    expect(load('ocsp_hosts: ocsp.example').trust).not.to.have.property('fetch');
  });

  it('name what is fetched, how often and from where', () => {
    mkdirSync(join(folder, 'agencies'));
    const { trust } = load(
      'agency_anchors: agencies, revocation: hard, ocsp: hard, crl_refresh: 30m, ' +
        'crl_urls: ["http://crl.example/a.crl", "https://crl.example:8443/b"], ' +
        'ocsp_hosts: ["OCSP.example", "ocsp.example:8080", "a.example:80", "b.example:443", "[::1]:99"]',
    );
    expect(trust).to.deep.include({
      agencyAnchors: join(folder, 'agencies'),
      revocation: 'hard',
      fetch: {
        crlUrls: ['http://crl.example/a.crl', 'https://crl.example:8443/b'],
        crlRefreshMs: 1_800_000,
        ocsp: 'hard',
        ocspHosts: ['ocsp.example', 'ocsp.example:8080', 'a.example', 'b.example', '[::1]:99'],
      },
    });
    const off = load('crl_urls: http://crl.example/a.crl, crl_refresh: off').trust?.fetch;
    expect(off?.crlRefreshMs).to.equal(Number.POSITIVE_INFINITY);
  });

  it('refuse what could lead elsewhere', () => {
    for (const url of [
      'file:///etc/passwd',
      'ldap://crl.example/',
      'crl.example',
      'http://a:b@c',
    ]) {
      expect(load(`crl_urls: ["${url}"]`).problems.join(), url).to.contain('is not an address');
    }
    for (const host of ['http://ocsp.example', 'ocsp.example/x', 'a@b.example', '*', 'a:b']) {
      expect(load(`ocsp_hosts: ["${host}"]`).problems.join(), host).to.contain('is not a host');
    }
  });

  it('tell what is missing', () => {
    expect(load('ocsp: soft').problems.join()).to.contain('needs trust.ocsp_hosts');
    expect(load('agency_anchors: nowhere').problems.join()).to.contain('there is no');
    expect(load('crl_refresh: 1s').problems.join()).to.contain('out of range');
    expect(load('revocation: maybe').problems.join()).to.contain('write soft or hard');
  });
});
