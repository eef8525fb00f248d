/**
 * The people half of the embedded store: users, sessions, links, API tokens.
 *
 * @module
 */
import type {
  ApiToken,
  Session,
  SignInLink,
  SignInState,
  User,
  UserName,
} from '../../model/user.js';
import type { PeopleStore, UserChange, UserOutcome } from '../people-store.js';
import type { Actor } from '../store.js';
import * as people from './read-people.js';
import { SqliteDirectory } from './sqlite-directory.js';

export class SqlitePeople extends SqliteDirectory implements PeopleStore {
  getUser(name: UserName): Promise<User | undefined> {
    return this.read((sql) => people.getUser(sql, name));
  }

  findOpenIdUser(openId: string): Promise<User | undefined> {
    return this.read((sql) => people.findOpenIdUser(sql, openId));
  }

  listUsers(): Promise<readonly User[]> {
    return this.read(people.listUsers);
  }

  putUser(change: UserChange): Promise<UserOutcome> {
    return this.writer.run('putUser', [], change, this.clock.now());
  }

  getSignInState(name: UserName): Promise<SignInState> {
    return this.read((sql) => people.getSignInState(sql, name));
  }

  async noteSignIn(
    name: UserName,
    state: SignInState,
    act: string,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.writer.run('noteSignIn', [], name, state, act, detail, this.clock.now());
  }

  async noteStranger(): Promise<void> {
    await this.writer.run('noteStranger', [], this.clock.now());
  }

  async addLink(link: SignInLink, actor: Actor): Promise<void> {
    await this.writer.run('addLink', [], link, actor, this.clock.now());
  }

  useLink(hash: string): Promise<SignInLink | undefined> {
    return this.writer.run('useLink', [], hash, this.clock.now());
  }

  findLink(hash: string): Promise<SignInLink | undefined> {
    return this.read((sql) => people.findLink(sql, hash, this.clock.now()));
  }

  async addSession(session: Session): Promise<void> {
    await this.writer.run('addSession', [], session);
  }

  findSession(hash: string): Promise<Session | undefined> {
    return this.read((sql) => people.findSession(sql, hash));
  }

  putSession(session: Session): Promise<boolean> {
    return this.writer.run('putSession', [], session);
  }

  listSessions(name: UserName): Promise<readonly Session[]> {
    return this.read((sql) => people.listSessions(sql, name));
  }

  endSessions(name: UserName, but = ''): Promise<number> {
    return this.writer.run('endSessions', [], name, but);
  }

  async endSession(id: string): Promise<void> {
    await this.writer.run('endSession', [], id);
  }

  async sweepPeople(seenBefore: number): Promise<void> {
    await this.writer.run('sweepPeople', [], seenBefore, this.clock.now());
  }

  async addApiToken(token: ApiToken, actor: Actor): Promise<void> {
    await this.writer.run('addApiToken', [], token, actor, this.clock.now());
  }

  findApiToken(hash: string): Promise<ApiToken | undefined> {
    return this.read((sql) => people.findApiToken(sql, hash));
  }

  listApiTokens(name: UserName): Promise<readonly ApiToken[]> {
    return this.read((sql) => people.listApiTokens(sql, name));
  }

  revokeApiToken(name: UserName, id: string, actor: Actor): Promise<boolean> {
    return this.writer.run('revokeApiToken', [], name, id, actor, this.clock.now());
  }
}
