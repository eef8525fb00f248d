import { expect } from 'chai';
import { openShell, type Shell } from './terminal.js';

const ADD = (organ: string) => ['agency', 'add', organ, '--name', `Sở ${organ}`];

describe('agency: times, successor, retry', () => {
  let shell: Shell;

  beforeEach(async () => {
    shell = openShell();
    shell.write('edxgate.yaml', 'organ_id: T99.00\nstore: store\n');
    for (const organ of ['T99.01', 'T99.02']) {
      expect((await shell.run(ADD(organ))).status).to.equal(0);
    }
  });
  afterEach(() => shell.remove());

  it('are set, shown, and removed with none and default', async () => {
    const [set] = await shell.json([
      'agency',
      'set',
      'T99.02',
      '--valid-from',
      '2026-01-01',
      '--valid-until',
      '2099-07-01T08:00Z',
      '--successor',
      'T99.01',
      '--retry',
      '1m, 1h*2',
      '--concurrency',
      '4',
    ]);
    const values = {
      validFrom: '2025-12-31T17:00:00.000Z',
      validUntil: '2099-07-01T08:00:00.000Z',
      successor: 'T99.01',
      retryMs: [60_000, 3_600_000, 3_600_000],
      perRecipient: 4,
    };
    expect(set).to.deep.include({ ...values, rescheduled: 0, waiting: 0 });
    const [shown] = await shell.json(['agency', 'show', 'T99.02']);
    expect(shown).to.deep.include(values);
    const listed = await shell.json(['agency', 'list']);
    expect(listed[1]).to.deep.include(values);
    const text = (await shell.run(['agency', 'show', 'T99.02'])).out;
    for (const part of ['successor', 'T99.01', 'valid until', '1m, 1h*2', '4 attempts']) {
      expect(text).to.contain(part);
    }
    const [cleared] = await shell.json([
      'agency',
      'set',
      'T99.02',
      ...['--valid-from', 'none', '--valid-until', 'none', '--successor', 'none'],
      ...['--retry', 'default', '--concurrency', 'default'],
    ]);
    expect(cleared).to.not.have.any.keys(...Object.keys(values));
  });

  it('show in the list whether an agency takes part', async () => {
    await shell.run(['agency', 'set', 'T99.01', '--valid-from', '2099-01-01']);
    await shell.run(['agency', 'set', 'T99.02', '--valid-until', '2020-01-01']);
    await shell.run([...ADD('T99.03'), '--inactive']);
    const { out } = await shell.run(['agency', 'list']);
    const states = out.split('\n').slice(1, 4);
    expect(states.map((line) => /not yet|ended|inactive/.exec(line)?.[0])).to.deep.equal([
      'not yet',
      'ended',
      'inactive',
    ]);
  });

  it('refuse what cannot be used before anything is changed', async () => {
    for (const [args, status, part] of [
      [['--valid-until', 'soon'], 2, '2026-07-01'],
      [['--valid-until', '2026-02-30'], 2, '2026-07-01'],
      [['--retry', 'often'], 2, '1h*6'],
      [['--concurrency', '0'], 2, 'number'],
      [['--concurrency', '101'], 2, '100'],
      [['--successor', 'T99.77'], 1, 'T99.77'],
      [['--successor', 'T99.02'], 1, 'same agency'],
      [['--valid-from', '2026-02-01', '--valid-until', '2026-02-01'], 1, 'before it begins'],
    ] as const) {
      const result = await shell.run(['agency', 'set', 'T99.02', '--name', 'new', ...args]);
      expect([result.status, args]).to.deep.equal([status, args]);
      expect(result.err).to.contain(part);
    }
    expect((await shell.run(['agency', 'show', 'T99.02'])).out).to.contain('Sở T99.02');
  });
});
