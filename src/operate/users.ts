/**
 * People: add, change roles, lock, a new link, an end of sessions. Each is an entry of the chained log.
 *
 * Errors: `user.unknown`, `user.exists`, `user.value`, `user.changed`, `user.last-administrator`,
 * `agency.unknown`.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { utc } from '../clock.js';
import { refuse } from '../model/issue.js';
import { type Grant, ROLES, type Role, type Scope } from '../model/permission.js';
import { type Language, parseUserName, type User, type UserName } from '../model/user.js';
import { findAgency, type OperatorContext } from './agencies.js';
import { tokenHash } from './tokens.js';

/** From the command line, and for the user of the first start. */
export const FIRST_LINK_MS = 15 * 60_000;
/** For a user whom an administrator adds. */
export const LINK_MS = 24 * 3_600_000;
export const MAX_FULL_NAME_CHARS = 200;
const MAX_GRANTS = 20;

export interface NewUser {
  readonly name: string;
  readonly fullName: string;
  readonly unit?: string;
  readonly grants: readonly Grant[];
  readonly language?: Language;
}

export interface UserView {
  readonly name: string;
  readonly fullName: string;
  readonly unit?: string;
  readonly grants: readonly { readonly role: Role; readonly scope: Scope }[];
  readonly locked: boolean;
  readonly language: Language;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly hasPassword: boolean;
  readonly secondFactor: boolean;
  readonly openId: boolean;
  readonly lastSignInAt?: string;
}

export interface CreatedLink {
  readonly name: string;
  /** 256 random bits, base64url: the value of `t` in the address. */
  readonly secret: string;
  readonly expiresAt: string;
}

/** `operator`, or `operator:H53,H49.10` for some agencies and what stands below them. */
export function parseGrant(text: string): { role: Role; organs: readonly string[] | undefined } {
  const [name = '', list] = text.split(':', 2);
  const role = ROLES.find((one) => one === name);
  const organs = list?.split(',').map((one) => one.trim());
  if (role === undefined || organs?.some((one) => one === '') === true) {
    throw refuse('user.value', { member: 'role', value: text });
  }
  return { role, organs };
}

/** @throws GatewayError `agency.unknown`, `user.value` */
export async function grantOf(
  { store }: Pick<OperatorContext, 'store'>,
  role: Role,
  organs: readonly string[] | undefined,
): Promise<Grant> {
  if (organs === undefined) return { role, scope: 'all' };
  if (organs.length === 0) throw refuse('user.value', { member: 'scope', value: '' });
  const agencies = await Promise.all(organs.map((one) => findAgency(store, one)));
  return { role, scope: agencies.map(({ organId }) => organId) };
}

function checkedGrants(grants: readonly Grant[]): readonly Grant[] {
  const repeated = new Set(grants.map(({ role }) => role)).size < grants.length;
  if (repeated || grants.length > MAX_GRANTS) {
    throw refuse('user.value', { member: 'roles', value: grants.map((one) => one.role).join() });
  }
  return grants;
}

function checkedName(text: string): UserName {
  const name = parseUserName(text);
  if (name === undefined) throw refuse('user.value', { member: 'name', value: text });
  return name;
}

function checkedFullName(text: string): string {
  const fullName = text.normalize('NFC').trim();
  if (fullName === '' || fullName.length > MAX_FULL_NAME_CHARS || /\p{Cc}/u.test(fullName)) {
    throw refuse('user.value', { member: 'fullName', value: text.slice(0, 80) });
  }
  return fullName;
}

export async function findUser(
  { store }: Pick<OperatorContext, 'store'>,
  name: string,
): Promise<User> {
  const parsed = parseUserName(name);
  const user = parsed && (await store.getUser(parsed));
  if (user === undefined) throw refuse('user.unknown', { value: name });
  return user;
}

async function put(
  { store, actor, logger }: OperatorContext,
  user: User,
  before: User | undefined,
  act: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<User> {
  const outcome = await store.putUser({ user, before, actor, act, detail });
  if (outcome === 'last-administrator') throw refuse('user.last-administrator');
  if (outcome === 'changed') {
    throw refuse(before === undefined ? 'user.exists' : 'user.changed', { value: user.name });
  }
  logger.info('user.changed', { act, actor });
  return user;
}

export async function addUser(context: OperatorContext, fresh: NewUser): Promise<UserView> {
  const user: User = {
    name: checkedName(fresh.name),
    fullName: checkedFullName(fresh.fullName),
    ...(fresh.unit === undefined ? {} : { unit: checkedFullName(fresh.unit) }),
    grants: checkedGrants(fresh.grants),
    locked: false,
    language: fresh.language ?? 'vi',
    createdAt: context.clock.now(),
    createdBy: context.actor,
  };
  await put(context, user, undefined, 'user.add', { after: rights(user) });
  return viewUser(context, user);
}

function rights({ fullName, grants, locked }: User): Readonly<Record<string, unknown>> {
  return { fullName, grants, locked };
}

export interface UserChangeRequest {
  readonly fullName?: string;
  readonly unit?: string;
  readonly grants?: readonly Grant[];
  readonly locked?: boolean;
  readonly language?: Language;
  /** Takes the second factor away: the person has lost it. */
  readonly withoutSecondFactor?: boolean;
}

export async function setUser(
  context: OperatorContext,
  name: string,
  change: UserChangeRequest,
  reason: string,
): Promise<UserView> {
  const before = await findUser(context, name);
  const { totp, recoveryCodes, ...plain } = before;
  const kept =
    change.withoutSecondFactor === true
      ? plain
      : {
          ...plain,
          ...(totp === undefined ? {} : { totp }),
          ...(recoveryCodes === undefined ? {} : { recoveryCodes }),
        };
  const user: User = {
    ...kept,
    ...(change.fullName === undefined ? {} : { fullName: checkedFullName(change.fullName) }),
    ...(change.unit === undefined ? {} : { unit: checkedFullName(change.unit) }),
    ...(change.grants === undefined ? {} : { grants: checkedGrants(change.grants) }),
    ...(change.locked === undefined ? {} : { locked: change.locked }),
    ...(change.language === undefined ? {} : { language: change.language }),
  };
  const detail = {
    before: rights(before),
    after: rights(user),
    reason,
    ...(change.withoutSecondFactor === true ? { secondFactor: 'removed' } : {}),
  };
  await put(context, user, before, 'user.set', detail);
  // Rights that were taken must not live on in what is open.
  if (change.grants !== undefined) await context.store.endSessions(user.name);
  return viewUser(context, user);
}

/** The older links of the user end. */
export async function createLink(
  context: OperatorContext,
  name: string,
  validMs: number,
): Promise<CreatedLink> {
  const { store, clock, actor } = context;
  const user = await findUser(context, name);
  if (user.locked) throw refuse('user.value', { member: 'locked', value: user.name });
  const secret = randomBytes(32).toString('base64url');
  const expiresAt = clock.now() + validMs;
  await store.addLink({ hash: tokenHash(secret), userName: user.name, expiresAt }, actor);
  return { name: user.name, secret, expiresAt: utc(expiresAt) };
}

export async function endSessions(context: OperatorContext, name: string): Promise<number> {
  const { store, clock, actor } = context;
  const user = await findUser(context, name);
  const count = await store.endSessions(user.name);
  const act = 'user.end-sessions';
  await store.recordAct({ time: clock.now(), actor, act, subject: user.name, detail: { count } });
  return count;
}

export async function viewUser(
  { store }: Pick<OperatorContext, 'store'>,
  user: User,
): Promise<UserView> {
  const { lastSignInAt } = await store.getSignInState(user.name);
  return {
    name: user.name,
    fullName: user.fullName,
    ...(user.unit === undefined ? {} : { unit: user.unit }),
    grants: user.grants,
    locked: user.locked,
    language: user.language,
    createdAt: utc(user.createdAt),
    createdBy: user.createdBy,
    hasPassword: user.password !== undefined,
    secondFactor: user.totp !== undefined,
    openId: user.openId !== undefined,
    ...(lastSignInAt === undefined ? {} : { lastSignInAt: utc(lastSignInAt) }),
  };
}

export async function listUsers(context: Pick<OperatorContext, 'store'>): Promise<UserView[]> {
  const users = await context.store.listUsers();
  return Promise.all(users.map((one) => viewUser(context, one)));
}
