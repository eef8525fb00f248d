import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type LoadedConfig, loadConfig } from '../../../src/config/load.js';
import { describeProblem } from '../../../src/config/problem.js';

describe('loadConfig', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-config-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function load(yaml: string, env: Record<string, string> = {}): LoadedConfig {
    const file = join(folder, 'edxgate.yaml');
    writeFileSync(file, yaml);
    return loadConfig({ file, env });
  }

  function problems(yaml: string, env: Record<string, string> = {}): string[] {
    return load(yaml, env).errors.map((one) => describeProblem(one));
  }

  it('fills in every default of the contract', () => {
    const { config, errors } = load('organ_id: 000.00.01.T99\n');
    expect(errors).to.deep.equal([]);
    expect(config).to.deep.include({
      organId: '000.00.01.T99',
      exchange: { host: '127.0.0.1', port: 8080 },
      admin: { host: '127.0.0.1', port: 8081, metrics: 'open' },
      store: { folder: join(folder, 'store') },
      trust: { anchors: [], crls: [] },
      keys: {},
      signature: { policy: 'verify', engine: 'native' },
      limits: { requestBytes: 96 * 1_048_576, attachments: 500, diskFreeBytes: 268_435_456 },
      retention: {
        contentMs: {},
        refusals: { keepMs: 14 * 86_400_000, maxBytes: 1_073_741_824 },
      },
      log: { level: 'info', format: 'json' },
      insecureHttp: false,
    });
    expect(config?.delivery).to.deep.include({
      attemptTimeoutMs: 60_000,
      leaseMs: 90_000,
      perRecipient: 2,
    });
    expect(config?.delivery.retryMs).to.have.length(29);
  });

  it('keeps an organ id that looks like a number as it is written', () => {
    expect(load('organ_id: 28.20\n').config?.organId).to.equal('28.20');
  });

  it('demands an organ id', () => {
    expect(problems('store: here\n')).to.deep.equal(['organ_id: is required (organ id)']);
  });

  it('tells all problems at once with their lines', () => {
    const yaml = [
      'organ_id: "not an id!"',
      'limits:',
      '  request: 64MBit',
      'delivery:',
      '  retry: whenever',
      '  atempt_timeout: 60s',
      'colour: blue',
      'log: loud',
    ].join('\n');
    expect(problems(yaml)).to.deep.equal([
      'line 1  organ_id: "not an id!" is not an organ id; write one such as 000.00.00.H41 or H41.02',
      'line 3  limits.request: "64MBit" is not a size; write 64MiB',
      'line 5  delivery.retry: "whenever" is not a retry schedule; write "1m, 5m, 15m, 1h*6, 6h*20"',
      'line 6  delivery.atempt_timeout: unknown key; did you mean delivery.attempt_timeout?',
      'line 7  colour: unknown key',
      'line 8  log: holds keys, not a value',
    ]);
  });

  it('tells problems in Vietnamese too', () => {
    const [problem] = load('organ_id: T99\nlimits: {request: 64MB}\n').errors;
    expect(problem && describeProblem(problem, 'vi')).to.equal(
      'dòng 2  limits.request: "64MB" không phải dung lượng; ghi 64MiB',
    );
  });

  it('tells broken YAML and repeated keys with their lines', () => {
    expect(problems('organ_id: T99\norgan_id: T98\n')).to.include('line 2  the key stands twice');
    expect(problems('organ_id: T99\nstore: [\n').join()).to.match(/line \d {2}Flow sequence/);
  });

  it('tells a file that cannot be read or holds no keys', () => {
    const missing = loadConfig({ file: join(folder, 'none.yaml'), env: {} });
    expect(missing.errors[0]?.text).to.contain('ENOENT');
    expect(problems('- a\n- b\n').join()).to.contain('must hold keys and values');
  });

  it('tells keys without a value', () => {
    expect(problems('organ_id: T99\nstore:\n').join()).to.contain('line 2  store: has no value');
  });

  it('stops at a password in a database address without repeating it', () => {
    const all = problems('organ_id: T99\nstore: postgres://edx:hunter2@db.example/edx\n').join();
    expect(all).to.contain('a password must not stand here');
    expect(all).not.to.contain('hunter2');
  });

  it('says which values come with a later version', () => {
    const yaml = [
      'organ_id: T99',
      'store: postgres://db.example/edx',
      'content: s3://bucket',
      'store_password_file: secret',
      'profiles: {edoc: {}}',
    ].join('\n');
    const all = problems(yaml);
    expect(all).to.have.length(4);
    for (const one of all) expect(one).to.contain('not available in this version');
  });

  it('takes a second engine for signatures, but no unknown one', () => {
    const { config } = load('organ_id: T99\nsignature: {engine: both}\n');
    expect(config?.signature.engine).to.equal('both');
    const all = problems('organ_id: T99\nsignature: {engine: xml-crypto}\n').join();
    expect(all).to.contain('write native or both');
  });

  it('lets the environment override single keys and remembers where values come from', () => {
    const env = {
      EDXGATE_EXCHANGE_LISTEN: '127.0.0.1:9080',
      EDXGATE_LIMITS_REQUEST: '1MiB',
      EDXGATE_TRUST_ANCHORS: '',
    };
    const { config, sources } = load('organ_id: T99\nlimits: {request: 2MiB}\n', env);
    expect(config?.exchange.port).to.equal(9080);
    expect(config?.limits.requestBytes).to.equal(1_048_576);
    expect(sources.get('exchange.listen')).to.equal('environment');
    expect(sources.get('organ_id')).to.equal('file');
    expect(sources.get('trust.anchors')).to.equal('default');
  });

  it('names the variable of a value that cannot be used', () => {
    expect(problems('organ_id: T99\n', { EDXGATE_LOG_LEVEL: 'loud' })).to.deep.equal([
      'EDXGATE_LOG_LEVEL  log.level: "loud" is not known; write debug or info or warn or error',
    ]);
  });

  it('warns of variables that look like settings, without stopping', () => {
    const { config, warnings } = load('organ_id: T99\n', {
      EDXGATE_EXCHNAGE_LISTEN: 'x',
      EDXGATE_CONFIG: 'y',
    });
    expect(config).not.to.equal(undefined);
    expect(warnings.map((one) => describeProblem(one))).to.deep.equal([
      'EDXGATE_EXCHNAGE_LISTEN  is not a setting and was not read; did you mean EDXGATE_EXCHANGE_LISTEN?',
    ]);
  });

  describe('listeners', () => {
    it('refuses to leave loopback without TLS', () => {
      const yaml = 'organ_id: T99\nexchange: {listen: "0.0.0.0:8080"}\n';
      expect(problems(yaml).join()).to.contain('line 2  exchange.listen: 0.0.0.0 can be reached');
      const { config } = load(`${yaml}insecure_http: true\n`);
      expect(config?.exchange.host).to.equal('0.0.0.0');
    });

    it('counts all of 127.0.0.0/8, ::1 and localhost as loopback, and no name that looks like it', () => {
      for (const host of ['127.1.2.3', '[::1]', 'localhost']) {
        expect(problems(`organ_id: T99\nadmin: {listen: "${host}:1"}\n`), host).to.deep.equal([]);
      }
      for (const host of ['127.example', '[::]', '10.0.0.1']) {
        expect(problems(`organ_id: T99\nadmin: {listen: "${host}:1"}\n`), host).not.to.deep.equal(
          [],
        );
      }
    });

    it('refuses one port for both, but takes any free ports', () => {
      expect(problems('organ_id: T99\nadmin: {listen: "127.0.0.1:8080"}\n').join()).to.contain(
        'never share a port',
      );
      const free =
        'organ_id: T99\nexchange: {listen: "127.0.0.1:0"}\nadmin: {listen: "127.0.0.1:0"}\n';
      expect(problems(free)).to.deep.equal([]);
    });

    it('refuses ports and addresses that do not exist', () => {
      for (const listen of ['127.0.0.1', ':8080', '127.0.0.1:65536', '[1::2::3]:80', 'a b:80']) {
        expect(problems(`organ_id: T99\nexchange: {listen: "${listen}"}\n`), listen).to.have.length(
          1,
        );
      }
    });

    it('protects metrics beyond loopback', () => {
      const yaml = 'organ_id: T99\ninsecure_http: true\nadmin:\n  listen: 10.0.0.1:8081\n';
      expect(load(yaml).config?.admin.metrics).to.equal('token');
      expect(problems(`${yaml}  metrics: open\n`).join()).to.contain('only for a loopback address');
    });

    it('wants certificate and key together, and the key closed to others', () => {
      const yaml = 'organ_id: T99\nexchange:\n  tls:\n    cert: tls.pem\n';
      expect(problems(yaml)).to.deep.equal([
        'line 4  exchange.tls.cert: needs exchange.tls.key too',
      ]);
      writeFileSync(join(folder, 'tls.pem'), '');
      writeFileSync(join(folder, 'tls.key'), '');
      chmodSync(join(folder, 'tls.key'), 0o640);
      expect(problems(`${yaml}    key: tls.key\n`).join()).to.contain(
        'line 5  exchange.tls.key: others may read',
      );
      chmodSync(join(folder, 'tls.key'), 0o600);
      expect(load(`${yaml}    key: tls.key\n`).config?.exchange.tls).to.deep.equal({
        cert: join(folder, 'tls.pem'),
        key: join(folder, 'tls.key'),
      });
    });
  });

  describe('sign-in at the exchange listener', () => {
    const yaml = (more: string): string =>
      `organ_id: T99\nexchange:\n  tls:\n    cert: tls.pem\n    key: tls.key\n${more}`;
    beforeEach(() => {
      for (const name of ['tls.pem', 'tls.key', 'ca.pem']) {
        writeFileSync(join(folder, name), '', { mode: 0o600 });
      }
    });

    it('asks for client certificates only with authorities, a mode and TLS', () => {
      const ca = '    client_ca: ca.pem\n';
      const mode = '    client_auth: require\n';
      expect(load(yaml(ca + mode)).config?.exchange.clientAuth).to.deep.equal({
        ca: [join(folder, 'ca.pem')],
        mode: 'require',
      });
      expect(problems(yaml(ca)).join()).to.contain('client_ca: needs exchange.tls.client_auth');
      expect(problems(yaml(mode)).join()).to.contain('client_auth: needs exchange.tls.client_ca');
      const bare = `organ_id: T99\nexchange:\n  tls:\n${ca}${mode}`;
      expect(problems(bare).join()).to.contain('client_auth: needs exchange.tls.cert');
    });

    it('takes WS-Security by default, and digests only when told to', () => {
      expect(load(yaml('')).config?.exchange).not.to.have.any.keys('wsSecurity', 'wsDigest');
      expect(load(yaml('  ws_security: off\n')).config?.exchange.wsSecurity).to.equal('off');
      expect(load(yaml('  ws_digest: on\n')).config?.exchange.wsDigest).to.equal('on');
      const both = problems(yaml('  ws_security: off\n  ws_digest: on\n'));
      expect(both.join()).to.contain('ws_digest: needs exchange.ws_security: on');
    });
  });

  it('refuses the content of a key where its file is meant', () => {
    const yaml = 'organ_id: T99\nkeys:\n  receipt: "-----BEGIN PRIVATE KEY-----"\n';
    expect(problems(yaml)).to.deep.equal([
      'line 3  keys.receipt: the name of a file is expected, never its content',
    ]);
  });

  it('refuses files that are not there', () => {
    const all = problems('organ_id: T99\ntrust:\n  anchors: [a.pem, b]\nkeys: {receipt: k.pem}\n');
    expect(all.filter((one) => one.includes('there is no'))).to.have.length(3);
  });

  it('wants a lease that outlives an attempt', () => {
    expect(problems('organ_id: T99\ndelivery: {lease: 30s}\n').join()).to.contain(
      'must be longer than delivery.attempt_timeout',
    );
  });

  it('reads forever as no end', () => {
    const yaml = 'organ_id: T99\nretention: {content: 90d, log: forever}\n';
    const { config } = load(yaml);
    const ms = 90 * 86_400_000;
    expect(config?.retention.contentMs).to.deep.equal({ delivered: ms, dead: ms, cancelled: ms });
    expect(config?.retention).not.to.have.any.keys('logMs', 'keysMs');
  });
});
