import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { COMMANDS } from '../../../src/cli/commands.js';
import { commandLineDocument } from '../../../src/cli/document.js';
import {
  createSampleAuthority,
  issueSampleCertificate,
} from '../../../src/xml/sample-authority.js';
import { openShell, type Shell } from './terminal.js';

interface ErrorLine {
  readonly error: {
    code: string;
    text: string;
    textVi: string;
    issues?: { path: string; line: number }[];
  };
}

function errorOf(err: string): ErrorLine['error'] {
  return (JSON.parse(err) as ErrorLine).error;
}

describe('the command line', () => {
  let shell: Shell;

  beforeEach(() => {
    shell = openShell();
    shell.write('edxgate.yaml', 'organ_id: 000.00.01.T99\nlog: {format: text}\n');
  });

  afterEach(() => shell.remove());

  it('shows a page for itself and for every command, with status 0', async () => {
    for (const name of ['', ...COMMANDS.map((one) => one.name)]) {
      const { status, out, err } = await shell.run([...(name === '' ? [] : [name]), '--help']);
      expect(status, name).to.equal(0);
      expect(out, name).to.contain(`Usage: edxgate ${name}`.trim());
      expect(err).to.equal('');
    }
    expect((await shell.run(['help', 'send'])).out).to.contain('--token-file');
    expect((await shell.run(['--version'])).out).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it('answers a wrong command line with status 2 and does nothing', async () => {
    const cases: [string[], string][] = [
      [['sevre'], 'serve'],
      [['validate'], 'missing required argument'],
      [['log', 'list', '--sicne', '1d'], '--since'],
      [['log', 'list', '--since', 'yesterday'], '2026-11-24'],
      [['agency', 'add', 'T99.01'], '--name'],
      [['agency', 'add', 'T99.01', '--name', 'A', '--push-ca', 'x'], 'needs --push'],
      [['agency', 'set', 'T99.01', '--push-carrier', 'mtom'], 'needs --push'],
      [
        [
          ...['agency', 'add', 'T99.01', '--name', 'A', '--push', 'http://b.example'],
          ...['--push-kind', 'edxgate', '--push-carrier', 'swa'],
        ],
        '--push-kind receiver',
      ],
      [
        ['agency', 'add', 'T99.01', '--name', 'A', '--push', 'http://b.example', '--collect'],
        'not both',
      ],
      [['agency', 'add', 'not/ok', '--name', 'A'], 'organ id'],
      [['agency', 'set', 'T99.01', '--active', '--inactive'], 'not both'],
      [['queue', 'retry'], 'give an ID'],
      [['queue', 'retry', '1', '--to', 'T99.01'], 'not both'],
      [['agency', 'token', 'T99.01', '--expires', 'soon'], '90d'],
    ];
    for (const [args, text] of cases) {
      const { status, out, err } = await shell.run(args);
      expect(status, args.join(' ')).to.equal(2);
      expect(out).to.equal('');
      expect(err, args.join(' ')).to.contain(text);
    }
    expect((await shell.run([])).status, 'no command').to.equal(2);
    expect((await shell.run(['agency'])).status, 'no subcommand').to.equal(2);
  });

  it('says which profiles and push kinds are not available yet', async () => {
    for (const args of [
      ['validate', 'x', '--profile', 'edoc'],
      ['agency', 'add', 'T99.01', '--name', 'A', '--profile', 'vxp'],
      [
        'agency',
        'add',
        'T99.01',
        '--name',
        'A',
        '--push',
        'http://b.example',
        '--push-kind',
        'edoc',
      ],
    ]) {
      const { status, err } = await shell.run(args);
      expect(status).to.equal(2);
      expect(err).to.contain('not available in this version');
    }
  });

  it('writes errors as one JSON object with --json', async () => {
    const usage = errorOf((await shell.run(['log', 'list', '--json', '--nope'])).err);
    expect(usage.code).to.equal('cli.usage');
    expect(usage.textVi).to.contain('Dòng lệnh sai');
    const unknown = await shell.run(['agency', 'set', 'T99.77', '--json']);
    expect(unknown.status).to.equal(4);
    expect(errorOf(unknown.err)).to.have.all.keys('code', 'text', 'textVi');
  });

  describe('configuration', () => {
    it('is found by -c, then EDXGATE_CONFIG, then the usual places', async () => {
      const named = shell.write('other.yaml', 'organ_id: T99.55\n');
      const value = async (one: Shell, ...args: string[]) =>
        (await one.json(['config', 'show', ...args])).find(({ key }) => key === 'organ_id')?.[
          'value'
        ];
      expect(await value(shell)).to.equal('000.00.01.T99');
      expect(await value(shell, '-c', named)).to.equal('T99.55');
      const other = openShell({ EDXGATE_CONFIG: named });
      expect(await value(other)).to.equal('T99.55');
      other.remove();
      const none = openShell();
      const missing = await none.run(['config', 'check', '--json']);
      none.remove();
      expect(missing.status).to.equal(1);
      expect(errorOf(missing.err).code).to.equal('config.missing');
    });

    it('tells every problem, for people and for scripts', async () => {
      const file = shell.write(
        'bad.yaml',
        'organ_id: T99\nlimits: {request: 64MBit}\ncolour: blue\n',
      );
      const people = await shell.run(['config', 'check', '-c', file]);
      expect(people.status).to.equal(1);
      expect(people.err).to.contain('line 2  limits.request: "64MBit" is not a size; write 64MiB');
      expect(people.err).to.contain('line 3  colour: unknown key');
      const { code, issues } = errorOf(
        (await shell.run(['config', 'check', '-c', file, '--json'])).err,
      );
      expect(code).to.equal('config.invalid');
      expect(issues?.map(({ path, line }) => [path, line])).to.deep.equal([
        ['limits.request', 2],
        ['colour', 3],
      ]);
    });

    it('shows where each value comes from', async () => {
      const other = openShell({ EDXGATE_LOG_LEVEL: 'debug' });
      other.write('edxgate.yaml', 'organ_id: T99\n');
      const rows = await other.json(['config', 'show']);
      other.remove();
      const source = (key: string) => rows.find((row) => row['key'] === key)?.['source'];
      expect(['organ_id', 'log.level', 'store'].map(source)).to.deep.equal([
        'file',
        'environment',
        'default',
      ]);
    });
  });

  describe('agencies', () => {
    it('go from add to show with every option', async () => {
      const token = shell.write('push.token', 'secret');
      const ca = shell.write('ca.pem', 'x', 0o644);
      const [added] = await shell.json([
        'agency',
        'add',
        'T99.02',
        '--name',
        'Sở Mẫu B',
        '--push',
        'https://b.example/receive',
        '--push-kind',
        'edxgate',
        '--push-token-file',
        'push.token',
        '--push-ca',
        'ca.pem',
        '--profile',
        'qcvn-strict',
        '--signature',
        'record',
        '--allow-sha1',
        '--may-act-for',
        'T99.03',
        '--may-act-for',
        'T99.04',
        '--old-organ-id',
        '000.00.02.T99',
        '--in-charge',
        'UBND Mẫu',
        '--email',
        'b@somau.example',
        '--inactive',
      ]);
      expect(added).to.deep.include({
        organId: 'T99.02',
        organName: 'Sở Mẫu B',
        oldOrganId: '000.00.02.T99',
        organizationInCharge: 'UBND Mẫu',
        email: 'b@somau.example',
        active: false,
        route: {
          kind: 'push',
          pushKind: 'edxgate',
          url: 'https://b.example/receive',
          tokenFile: token,
          caFile: ca,
        },
        profile: 'qcvn-strict',
        signaturePolicy: 'record',
        allowSha1: true,
        mayActFor: ['T99.03', 'T99.04'],
      });
      const changed = await shell.json([
        'agency',
        'set',
        'T99.02',
        '--collect',
        '--active',
        '--no-allow-sha1',
      ]);
      expect(changed[0]).to.deep.include({
        route: { kind: 'collect' },
        active: true,
        allowSha1: false,
      });
      const [shown] = await shell.json(['agency', 'show', '000.00.02.T99']);
      expect(shown).to.deep.include({ organId: 'T99.02', tokens: [], certificates: [] });
      expect((await shell.run(['agency', 'list'])).out).to.contain('Sở Mẫu B');
    });

    it('take a carrier for pushes, and forget it with the next route', async () => {
      const url = 'http://b.example/receive';
      const add = ['agency', 'add', 'T99.02', '--name', 'B', '--push', url];
      const route = { kind: 'push', pushKind: 'receiver', url };
      const [added] = await shell.json([...add, '--push-carrier', 'mtom']);
      expect(added?.['route']).to.deep.equal({ ...route, carrier: 'mtom' });
      const { out } = await shell.run(['agency', 'show', 'T99.02']);
      expect(out).to.contain(`receiver ${url} by mtom`);
      const set = ['agency', 'set', 'T99.02', '--push', url];
      const [inline] = await shell.json([...set, '--push-carrier', 'inline']);
      expect(inline?.['route']).to.deep.equal(route);
    });

    it('refuses a push token file that others can open', async () => {
      shell.write('push.token', 'secret', 0o644);
      const { status, err } = await shell.run([
        'agency',
        'add',
        'T99.02',
        '--name',
        'B',
        '--push',
        'https://b.example',
        '--push-token-file',
        'push.token',
      ]);
      expect(status).to.equal(1);
      expect(err).to.contain('0644').and.to.contain('chmod 600');
    });

    it('adds with --if-missing as often as one likes', async () => {
      const args = ['agency', 'add', 'T99.01', '--name', 'Sở Mẫu A', '--if-missing'];
      expect((await shell.run(args)).status).to.equal(0);
      expect((await shell.run(args)).out).to.contain('there already');
      expect((await shell.run(args.slice(0, -1))).status).to.equal(1);
    });

    it('hands out a token in the shape that scripts rely on, and revokes it', async () => {
      await shell.run(['agency', 'add', 'T99.01', '--name', 'A']);
      const [made] = await shell.json(['agency', 'token', 'T99.01', '--expires', '90d']);
      expect(made).to.have.all.keys('organId', 'token', 'id', 'expiresAt');
      const [revoked] = await shell.json([
        'agency',
        'token',
        'T99.01',
        '--revoke',
        String(made?.['id']),
      ]);
      expect(revoked).to.deep.include({ id: made?.['id'], live: false });
      expect((await shell.run(['agency', 'token', 'T99.01', '--revoke', 'none'])).status).to.equal(
        4,
      );
      expect((await shell.run(['agency', 'token', 'T99.88'])).status).to.equal(4);
    });

    it('hands out a secret for password digests, which is no token', async () => {
      await shell.run(['agency', 'add', 'T99.01', '--name', 'A']);
      const make = ['agency', 'token', 'T99.01', '--digest-secret'];
      const [made] = await shell.json(make);
      expect(made).to.have.all.keys('organId', 'digestSecret');
      const [again] = await shell.json(make);
      expect(again?.['digestSecret']).not.to.equal(made?.['digestSecret']);
      expect((await shell.run(['agency', 'token', 'T99.88', '--digest-secret'])).status).to.equal(
        4,
      );
    });

    it('registers, lists and expires a certificate', async () => {
      await shell.run(['agency', 'add', 'T99.01', '--name', 'A']);
      const now = Date.now();
      const authority = createSampleAuthority({
        notBefore: now - 1000,
        notAfter: now + 86_400_000,
      });
      const { certificatePem } = issueSampleCertificate(authority, {
        organId: 'T99.01',
        name: 'A',
        keyType: 'ec',
      });
      shell.write('a.pem', certificatePem);
      const [added] = await shell.json(['agency', 'certificate', 'add', 'T99.01', 'a.pem']);
      expect(added).to.deep.include({ organId: 'T99.01', current: true });
      const print = String(added?.['fingerprint']).slice(0, 12);
      expect(
        (await shell.run(['agency', 'certificate', 'expire', 'T99.01', print])).status,
      ).to.equal(0);
      expect(await shell.json(['agency', 'certificate', 'list', 'T99.01'])).to.have.length(1);
      expect(
        (await shell.run(['agency', 'certificate', 'expire', 'T99.01', print])).status,
      ).to.equal(4);
    });

    it('imports a file from standard input', async () => {
      const { status, out } = await shell.run(
        ['agency', 'import', '-', '--json'],
        'OrganId,OrganName\nT99.01,Sở A\n',
      );
      expect(status).to.equal(0);
      expect(JSON.parse(out)).to.deep.equal({ added: 1, changed: 0, unchanged: 0 });
    });
  });

  describe('an empty store', () => {
    beforeEach(() => shell.run(['agency', 'add', 'T99.01', '--name', 'A']));

    it('has no messages and an empty queue', async () => {
      expect((await shell.run(['log', 'list'])).out).to.equal('no messages\n');
      expect((await shell.run(['queue', 'list'])).out).to.equal('nothing waits\n');
      expect(await shell.json(['log', 'list'])).to.deep.equal([]);
    });

    it('answers unknown messages and deliveries with status 4', async () => {
      expect((await shell.run(['log', 'show', '01JD8Z6T4B6X3WQ2N5R7V9K1MC'])).status).to.equal(4);
      expect((await shell.run(['queue', 'show', '1'])).status).to.equal(4);
      expect((await shell.run(['queue', 'retry', '1'])).status).to.equal(4);
      expect((await shell.run(['queue', 'retry', '--code', 'delivery.http'])).status).to.equal(4);
    });
  });

  it('makes and lists receipt keys', async () => {
    expect((await shell.run(['keys', 'show'])).out).to.contain('no receipt key yet');
    await shell.run(['keys', 'rotate']);
    const [second] = await shell.json(['keys', 'rotate']);
    expect(second).to.deep.include({ number: 2, signing: true });
    const keys = await shell.json(['keys', 'show']);
    expect(keys.map(({ signing }) => signing)).to.deep.equal([false, true]);
    expect(JSON.stringify(keys)).not.to.contain('PRIVATE');
  });

  it('cannot reach a gateway that is not there: status 6', async () => {
    shell.write('x.edxml', '<edXML/>');
    shell.write('token', 'secret');
    const { status, err } = await shell.run([
      'send',
      'x.edxml',
      '--url',
      'http://127.0.0.1:1/soap',
      '--as',
      'T99.01',
      '--token-file',
      'token',
      '--json',
    ]);
    expect(status).to.equal(6);
    expect(errorOf(err).code).to.equal('peer.unreachable');
    expect(err).not.to.contain('secret');
  });

  it('keeps docs/cli.md equal to the help pages', async () => {
    expect(readFileSync(resolve('docs', 'cli.md'), 'utf8')).to.equal(await commandLineDocument());
  });
});
