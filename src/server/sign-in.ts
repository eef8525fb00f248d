/**
 * Who is calling: by what the connection shows (an Authorization header, a client certificate), else by
 * what the message says (WS-Security).
 *
 * Failed sign-ins are slowed per address and organ id. A right one is never made to wait: the wait comes
 * after the look-up has failed.
 *
 * @module
 */
import type { Clock } from '../clock.js';
import { GatewayError, refuse } from '../model/issue.js';
import type { Caller } from '../receive/context.js';
import type { SoapRequest } from '../soap/envelope.js';
import type { Store } from '../store/store.js';
import type { TrustStore } from '../xml/trust.js';
import { createCertificateSignIn } from './certificate-sign-in.js';
import type { ClientCertificate } from './client-certificate.js';
import { createMessageSignIn } from './message-sign-in.js';
import { createSlowdown } from './slowdown.js';
import { createFindByToken, credentialsOf } from './token-sign-in.js';

/** What a connection shows of the one at its other end. */
export interface Shown {
  readonly authorization: string | undefined;
  readonly certificate: ClientCertificate | undefined;
  readonly remoteAddress: string;
  readonly encrypted: boolean;
}

export interface SignInOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Anchors for signatures of messages. */
  trust(): TrustStore;
  /** Anchors for client certificates. */
  clientTrust(): TrustStore;
  /** WS-Security is taken. */
  readonly byMessage: boolean;
  /** Only this machine can connect, or the operator has said that a proxy in front adds TLS. */
  readonly clearPasswords: boolean;
  readonly digestKey?: Buffer;
}

export interface SignIn {
  /** Whether messages may sign in. */
  readonly takesMessages: boolean;
  /**
   * @returns undefined when the connection shows nothing
   * @throws GatewayError `auth.failed`; also when header and certificate name different agencies
   */
  byConnection(shown: Shown): Promise<Caller | undefined>;
  /** @throws GatewayError `auth.required`, `auth.failed`, `auth.ws-security` */
  byMessage(request: SoapRequest, shown: Shown): Promise<Caller>;
}

export function createSignIn(options: SignInOptions): SignIn {
  const { store, clock } = options;
  const slowdown = createSlowdown(clock);
  const findByToken = createFindByToken(store, clock);
  const certificates = createCertificateSignIn(store, clock);
  const messages = createMessageSignIn({ ...options, findByToken, certificates });

  const byCertificate = async (shown: ClientCertificate): Promise<Caller | undefined> => {
    const trust = options.clientTrust();
    const agency = await certificates.agencyOf(shown.certificate, shown.others, () => trust);
    return agency && { agency, proof: 'client-certificate' };
  };

  return {
    takesMessages: options.byMessage,
    async byConnection({ authorization, certificate, remoteAddress }) {
      if (authorization === undefined && certificate === undefined) return undefined;
      const credentials = authorization === undefined ? undefined : credentialsOf(authorization);
      // What is no sign-in at all cannot be a guess.
      if (authorization !== undefined && credentials === undefined) throw refuse('auth.failed');
      const callers = await Promise.all([
        ...(credentials === undefined ? [] : [findByToken(credentials)]),
        ...(certificate === undefined ? [] : [byCertificate(certificate)]),
      ]);
      const [first] = callers;
      const organId = first?.agency.organId;
      if (first !== undefined && callers.every((one) => one?.agency.organId === organId)) {
        return first;
      }
      await slowdown.failed(remoteAddress, credentials?.organId ?? '');
      throw refuse('auth.failed');
    },
    async byMessage(request, { remoteAddress, encrypted }) {
      try {
        return await messages.callerOf(request, mayCarryPassword(encrypted, options));
      } catch (error) {
        const isTried = error instanceof GatewayError && error.code !== 'auth.required';
        if (isTried && error.http === 401) await slowdown.failed(remoteAddress, '');
        throw error;
      }
    },
  };
}

/** A password in clear text only where nobody else can read it. */
export function mayCarryPassword(
  encrypted: boolean,
  { clearPasswords }: Pick<SignInOptions, 'clearPasswords'>,
): boolean {
  return encrypted || clearPasswords;
}
