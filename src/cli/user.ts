/**
 * `edxgate user add|list|show|set|link`: people who sign in to the admin listener.
 *
 * Errors: those of operate/users.ts.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from 'commander';
import type { Grant } from '../model/permission.js';
import {
  addUser,
  createLink,
  endSessions,
  findUser,
  grantOf,
  LINK_MS,
  listUsers,
  parseGrant,
  setUser,
  type UserView,
  viewUser,
} from '../operate/users.js';
import type { Store } from '../store/store.js';
import {
  act,
  type CommonOptions,
  collect,
  describe,
  durationOption,
  operatorContext,
  type Run,
  readConfig,
  say,
  withStore,
} from './command.js';
import { localTime, plain, table } from './table.js';

interface AddOptions extends CommonOptions {
  readonly fullName: string;
  readonly unit?: string;
  readonly role?: readonly string[];
  readonly language?: 'vi' | 'en';
}

interface SetOptions extends CommonOptions {
  readonly fullName?: string;
  readonly unit?: string;
  readonly role?: readonly string[];
  readonly lock?: boolean;
  readonly unlock?: boolean;
  readonly withoutSecondFactor?: boolean;
  readonly endSessions?: boolean;
  readonly reason: string;
}

const ROLES_NOTE = `Roles: viewer, operator, administrator, auditor. \`--role operator\` is for all agencies,
\`--role operator:T99.01,T99.02\` for these and what stands below them.`;

export function define(command: Command, run: Run): void {
  command.description('People who sign in to the admin listener, and their roles.');
  describe(command.command('add').summary('a user, with a link to set a password'), {
    description: 'Add a user. The link sets a password and signs in, once; it is shown once.',
    config: true,
    examples: [
      'edxgate user add lan.nt --full-name "Nguyễn Thị Mẫu" --role administrator --role operator',
      'edxgate user add minh.vt --full-name "Vũ Tiến Mẫu" --role viewer:T99.01',
    ],
    notes: ROLES_NOTE,
  })
    .argument('<name>', 'lower-case letters, digits and . _ @ -')
    .requiredOption('--full-name <name>', 'as colleagues know the person')
    .option('--unit <unit>', 'department')
    .option('--role <role>', 'may be given several times', collect)
    .option('--language <language>', 'of the console (vi, en; default: vi)', languageOption)
    .action(act(run, (name: string, options: AddOptions) => add(run, name, options)));
  describe(command.command('list').summary('every user'), {
    description: 'List every user with roles and second factor.',
    config: true,
    examples: ['edxgate user list'],
  }).action(act(run, (options: CommonOptions) => list(run, options)));
  describe(command.command('show').summary('one user'), {
    description: 'Show one user.',
    config: true,
    examples: ['edxgate user show lan.nt --json'],
  })
    .argument('<name>', 'of the user')
    .action(act(run, (name: string, options: CommonOptions) => show(run, name, options)));
  describe(command.command('set').summary('roles, lock, second factor'), {
    description: 'Change a user. New roles take the place of the old; open sessions end with them.',
    config: true,
    examples: [
      'edxgate user set minh.vt --role viewer:T99.01 --role operator:T99.01 --reason "thay ca"',
      'edxgate user set minh.vt --lock --reason "chuyển công tác"',
    ],
    notes: ROLES_NOTE,
  })
    .argument('<name>', 'of the user')
    .requiredOption('--reason <text>', 'kept in the log')
    .option('--full-name <name>', 'as colleagues know the person')
    .option('--unit <unit>', 'department')
    .option('--role <role>', 'may be given several times; all of them', collect)
    .option('--lock', 'cannot sign in; sessions and API tokens end')
    .option('--unlock', 'may sign in again')
    .option('--without-second-factor', 'the person has lost it')
    .option('--end-sessions', 'wherever the person is signed in')
    .action(act(run, (name: string, options: SetOptions) => set(run, name, options)));
  describe(command.command('link').summary('a new link to set a password'), {
    description: 'Make a link that sets a new password and signs in, once. Older links end.',
    config: true,
    examples: ['edxgate user link lan.nt', 'edxgate user link lan.nt --expires 1h'],
  })
    .argument('<name>', 'of the user')
    .option('--expires <duration>', 'how long it lives (default: 24h)', durationOption)
    .action(
      act(run, (name: string, options: CommonOptions & { readonly expires?: number }) =>
        link(run, name, options),
      ),
    );
}

function languageOption(text: string): 'vi' | 'en' {
  if (text === 'vi' || text === 'en') return text;
  throw new InvalidArgumentError('Write vi or en.');
}

async function grants(store: Store, roles: readonly string[] | undefined): Promise<Grant[]> {
  const parsed = (roles ?? []).map(parseGrant);
  return Promise.all(parsed.map(({ role, organs }) => grantOf({ store }, role, organs)));
}

/** Below the address that the admin listener has for people: it may stand behind a proxy. */
function linkPath(secret: string): string {
  return `/sign-in/link?t=${secret}`;
}

async function add(run: Run, name: string, options: AddOptions): Promise<undefined> {
  const config = readConfig(run, options);
  await withStore(run, config, 'write', async (store) => {
    const context = operatorContext(run, config, store);
    const { fullName, unit, language } = options;
    const user = await addUser(context, {
      name,
      fullName,
      ...(unit === undefined ? {} : { unit }),
      grants: await grants(store, options.role),
      ...(language === undefined ? {} : { language }),
    });
    const { secret, expiresAt } = await createLink(context, user.name, LINK_MS);
    const shown = { ...user, linkPath: linkPath(secret), linkExpiresAt: expiresAt };
    say(run, options, shown, () => `${userText(user)}\n\n${linkText(secret, expiresAt)}`);
  });
  return undefined;
}

function linkText(secret: string, expiresAt: string): string {
  return [
    linkPath(secret),
    `  on the admin listener, once, until ${localTime(expiresAt)}`,
    '  It is not shown again. Whoever has it can set the password.',
  ].join('\n');
}

async function link(
  run: Run,
  name: string,
  options: CommonOptions & { readonly expires?: number },
): Promise<undefined> {
  const config = readConfig(run, options);
  await withStore(run, config, 'write', async (store) => {
    const context = operatorContext(run, config, store);
    const { secret, expiresAt } = await createLink(context, name, options.expires ?? LINK_MS);
    const shown = { name, linkPath: linkPath(secret), linkExpiresAt: expiresAt };
    say(run, options, shown, () => linkText(secret, expiresAt));
  });
  return undefined;
}

async function set(run: Run, name: string, options: SetOptions): Promise<undefined> {
  const config = readConfig(run, options);
  await withStore(run, config, 'write', async (store) => {
    const context = operatorContext(run, config, store);
    const { fullName, unit, role, lock, unlock, withoutSecondFactor } = options;
    const user = await setUser(
      context,
      name,
      {
        ...(fullName === undefined ? {} : { fullName }),
        ...(unit === undefined ? {} : { unit }),
        ...(role === undefined ? {} : { grants: await grants(store, role) }),
        ...(lock === true ? { locked: true } : {}),
        ...(unlock === true ? { locked: false } : {}),
        ...(withoutSecondFactor === true ? { withoutSecondFactor } : {}),
      },
      options.reason,
    );
    if (options.endSessions === true) await endSessions(context, name);
    say(run, options, user, () => userText(user));
  });
  return undefined;
}

async function list(run: Run, options: CommonOptions): Promise<undefined> {
  const config = readConfig(run, options);
  await withStore(run, config, 'read', async (store) => {
    const users = await listUsers({ store });
    if (options.json === true) {
      for (const one of users) say(run, options, one, () => '');
      return;
    }
    const rows = users.map((one) => [
      one.name,
      plain(one.fullName),
      rolesText(one),
      one.secondFactor ? 'yes' : 'no',
      one.lastSignInAt === undefined ? '' : localTime(one.lastSignInAt),
      one.locked ? 'locked' : '',
    ]);
    const head = ['name', 'full name', 'roles', 'second factor', 'last sign-in', ''];
    say(run, options, {}, () => table([head, ...rows]));
  });
  return undefined;
}

async function show(run: Run, name: string, options: CommonOptions): Promise<undefined> {
  const config = readConfig(run, options);
  await withStore(run, config, 'read', async (store) => {
    const user = await viewUser({ store }, await findUser({ store }, name));
    say(run, options, user, () => userText(user));
  });
  return undefined;
}

function rolesText({ grants: all }: UserView): string {
  const texts = all.map(({ role, scope }) =>
    scope === 'all' ? role : `${role}:${scope.join(',')}`,
  );
  return texts.length === 0 ? 'none' : texts.join(' ');
}

function userText(user: UserView): string {
  const rows = [
    ['user', user.name],
    ['full name', plain(user.fullName)],
    ['roles', rolesText(user)],
    ['second factor', user.secondFactor ? 'yes' : 'no'],
    ['password', user.hasPassword ? 'set' : 'not set yet'],
    ...(user.locked ? [['locked', 'yes']] : []),
  ];
  return table(rows);
}
