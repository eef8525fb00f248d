/**
 * A person at the admin listener of a test gateway: signs in by link and asks pages with the cookie, as a
 * browser would.
 *
 * @module
 */
import type { Grant } from '../../src/model/permission.js';
import { addUser, createLink } from '../../src/operate/users.js';
import type { TestGateway } from './gateway.js';

export const PASSWORD = 'mot con vit xoe ra hai cai canh';

export interface Page {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
  readonly headers: Headers;
}

export class Person {
  readonly #base: string;
  readonly #cookies = new Map<string, string>();

  constructor(base: string) {
    this.#base = base;
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  async ask(path: string, init: RequestInit = {}): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.#base}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { ...(cookie === '' ? {} : { cookie }), ...init.headers },
    });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const equals = pair.indexOf('=');
      if (/max-age=0/i.test(set)) this.#cookies.delete(pair.slice(0, equals));
      else this.#cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
    return {
      status: response.status,
      location: response.headers.get('location'),
      text: await response.text(),
      headers: response.headers,
    };
  }

  get(path: string): Promise<Page> {
    return this.ask(path);
  }

  /** Fills in the token of a form on a page that was asked before. */
  async post(path: string, fields: Readonly<Record<string, string>>, from = '/'): Promise<Page> {
    const [, token = ''] = /name="_form" value="([^"]+)"/.exec((await this.get(from)).text) ?? [];
    return this.postRaw(path, { ...(token === '' ? {} : { _form: token }), ...fields });
  }

  postRaw(path: string, fields: Readonly<Record<string, string>>): Promise<Page> {
    return this.ask(path, { method: 'POST', body: new URLSearchParams(fields) });
  }
}

/** Adds a user and signs in by the link of the user. */
export async function personWith(
  gateway: TestGateway,
  name: string,
  grants: readonly Grant[],
): Promise<Person> {
  await addUser(gateway.operator, { name, fullName: `Nguyễn Thị ${name}`, grants });
  const { secret } = await createLink(gateway.operator, name, 60_000);
  const person = new Person(gateway.adminUrl);
  const fields = { t: secret, password: PASSWORD, again: PASSWORD };
  const answer = await person.postRaw('/sign-in/link', fields);
  if (answer.status !== 303) throw new Error(`not signed in: ${answer.status} ${answer.text}`);
  return person;
}
