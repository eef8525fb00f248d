/**
 * Who is calling, by what the message says of itself: a WS-Security header with a UsernameToken, an
 * X.509 signature, or both, which then must name the same agency.
 *
 * Errors: `auth.failed` (also for a message that was used before), and `auth.ws-security` with the
 * reasons of soap/ws-security.ts and xml/ws-signature.ts, and `timestamp.missing`, `timestamp.future`,
 * `timestamp.expired`, `attachments.unsigned`, `password.clear`, `digest.off`.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';
import { takesPart } from '../model/agency.js';
import { refuse } from '../model/issue.js';
import { unsealSecret } from '../operate/digest-secrets.js';
import type { Caller } from '../receive/context.js';
import type { SoapRequest } from '../soap/envelope.js';
import {
  readSecurityHeader,
  refuseHeader,
  type SecurityHeader,
  SKEW_MS,
  type UsernameToken,
} from '../soap/ws-security.js';
import type { Store } from '../store/store.js';
import type { TrustStore } from '../xml/trust.js';
import { readWsSignature } from '../xml/ws-signature.js';
import type { CertificateSignIn } from './certificate-sign-in.js';
import type { FindByToken } from './token-sign-in.js';

export interface MessageSignInOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly findByToken: FindByToken;
  readonly certificates: CertificateSignIn;
  trust(): TrustStore;
  /** Opens the secrets of password digests; absent = digests are not taken. */
  readonly digestKey?: Buffer;
}

/** A proof that held, and how it is recognised when it comes again. */
interface Proved {
  readonly caller: Caller;
  readonly once?: { readonly key: string; readonly until: number };
}

export interface MessageSignIn {
  /**
   * @param mayCarryPassword the connection keeps what is sent from other eyes
   * @throws GatewayError `auth.required` when there is no header for us, `auth.failed`,
   *   `auth.ws-security`
   */
  callerOf(request: SoapRequest, mayCarryPassword: boolean): Promise<Caller>;
}

/** How long a nonce is remembered: as long as its Created may be taken, from both ends. */
const NONCE_MS = 2 * SKEW_MS;

export function createMessageSignIn(options: MessageSignInOptions): MessageSignIn {
  const { store, clock, findByToken, certificates } = options;

  const byToken = async (token: UsernameToken, mayCarryPassword: boolean): Promise<Proved> => {
    if (token.kind === 'digest') return byDigest(token);
    if (!mayCarryPassword) throw refuseHeader('password.clear');
    const { username, password } = token;
    const caller = await findByToken({ proof: 'ws-password', organId: username, token: password });
    if (caller === undefined) throw refuse('auth.failed');
    return { caller };
  };

  const byDigest = async (token: UsernameToken & { kind: 'digest' }): Promise<Proved> => {
    if (options.digestKey === undefined) throw refuseHeader('digest.off');
    const now = clock.now();
    const { username, nonce, created, createdAt, digest } = token;
    const agency = await store.getAgency(username);
    const kept =
      agency !== undefined && takesPart(agency, now)
        ? await store.getDigestSecret(agency.organId)
        : undefined;
    const secret = kept && unsealSecret(kept, options.digestKey);
    if (agency === undefined || secret === undefined) throw refuse('auth.failed');
    // SHA-1 is what the profile prescribes (UsernameToken Profile 1.1 §3.1).
    const expected = createHash('sha1').update(nonce).update(created).update(secret).digest();
    if (!timingSafeEqual(expected, digest)) throw refuse('auth.failed');
    if (createdAt > now + SKEW_MS) throw refuseHeader('timestamp.future');
    if (createdAt < now - SKEW_MS) throw refuseHeader('timestamp.expired');
    const key = keyOf('nonce', agency.organId, nonce.toString('base64'), created);
    return { caller: { agency, proof: 'ws-digest' }, once: { key, until: now + NONCE_MS } };
  };

  const bySignature = async (request: SoapRequest, header: SecurityHeader): Promise<Proved> => {
    const { element: security, timestamp, signature } = header;
    const body = request.body.parent;
    if (signature === undefined || body === undefined) throw refuse('auth.failed');
    if (timestamp === undefined) throw refuseHeader('timestamp.missing', security);
    // Parts beside the envelope are not covered: on the way they could be exchanged.
    if (request.attachments.length > 0) throw refuseHeader('attachments.unsigned', security);
    const signed = { security, body, timestamp: timestamp.element, signature };
    const read = readWsSignature(request.document, signed);
    if (!read.ok) throw refuseHeader(read.reason, signature);
    const { key } = read.signature;
    const candidates =
      key.kind === 'certificate' ? [key.certificate] : await certificates.named(key.name);
    if (candidates.length === 0) throw refuse('auth.failed');
    const verdict = read.signature.verify(candidates);
    if (!verdict.ok) throw refuseHeader(verdict.reason, signature);
    const trust = options.trust();
    const agency = await certificates.agencyOf(verdict.signer, [], (one) => trust.forAgency(one));
    if (agency === undefined) throw refuse('auth.failed');
    const once = { key: keyOf('signature', verdict.signedInfo), until: timestamp.until };
    return { caller: { agency, proof: 'ws-signature' }, once };
  };

  return {
    async callerOf(request, mayCarryPassword) {
      const header = readSecurityHeader(request, clock.now());
      if (header === undefined) throw refuse('auth.required');
      const proved: Proved[] = [];
      if (header.signature !== undefined) proved.push(await bySignature(request, header));
      const { usernameToken } = header;
      if (usernameToken !== undefined) proved.push(await byToken(usernameToken, mayCarryPassword));
      const [first] = proved;
      if (first === undefined) throw refuse('auth.failed');
      const { organId } = first.caller.agency;
      if (proved.some(({ caller }) => caller.agency.organId !== organId)) {
        throw refuse('auth.failed');
      }
      // Last: a message that failed for another reason has not been used.
      for (const { once } of proved) {
        if (once === undefined) continue;
        const isFresh = await store.useSignIn(once.key, once.until, clock.now());
        if (!isFresh) throw refuse('auth.failed');
      }
      return first.caller;
    },
  };
}

function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
