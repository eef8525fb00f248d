/**
 * The routes of the admin listener as data: who may call each, and how it keeps to the agencies that its
 * caller may see. Console and REST each give a table of them; nothing else is served. A route without a
 * rule does not compile, and tests walk the tables.
 *
 * @module
 */
import type { Permission, Scope } from '../model/permission.js';
import type { ApiToken, Language, Session, User } from '../model/user.js';

/** `open`: everybody; `signed-in`: whoever has signed in, whatever the roles. */
export type Rule = 'open' | 'signed-in' | Permission;

/**
 * How agencies of others stay out of sight.
 * `none`: nothing of any agency is in the answer. `filtered`: the handler asks only for what the scope
 * covers. `agency`: the parameter `organId` must be covered. `message`: the message `messageId` must
 * have come from or go to an agency that is covered. `everything`: only for a scope of all agencies.
 */
export type Reach = 'none' | 'filtered' | 'agency' | 'message' | 'everything';

export interface Caller {
  readonly user: User;
  /** Absent for a program. */
  readonly session?: Session;
  readonly token?: ApiToken;
  /** For the log: `console:NAME`, `api:NAME`. */
  readonly actor: string;
}

export interface AdminRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of a form; empty without one. */
  readonly form: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly address: string;
  /** Over TLS. */
  readonly secure: boolean;
  readonly language: Language;
  readonly caller: Caller | undefined;
  /** Of the route's permission; `[]` on routes without one. */
  readonly scope: Scope;
  readonly correlationId: string;
}

export interface AdminAnswer {
  /** 200 when absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** `Set-Cookie` values. */
  readonly cookies?: readonly string[];
  /** `Content-Type`. */
  readonly type: string;
  readonly body: string | Buffer | AsyncIterable<string | Buffer>;
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Segments that begin with `:` are parameters: `/messages/:messageId`. */
  readonly path: string;
  readonly rule: Rule;
  readonly reach: Reach;
  /** The same for everybody: who calls is not looked up, and the answer may be kept on the way. */
  readonly forAll?: true;
  handle(request: AdminRequest): Promise<AdminAnswer>;
}

export function page(body: string, status = 200): AdminAnswer {
  return { status, type: 'text/html; charset=utf-8', body };
}

/** After a form: the browser asks for the next page with GET. */
export function seeOther(location: string, cookies: readonly string[] = []): AdminAnswer {
  return { status: 303, headers: { Location: location }, cookies, type: 'text/plain', body: '' };
}
