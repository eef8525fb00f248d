/**
 * Agency: an entry of the directory, with how it receives, what its packages may look like and how
 * its signatures are judged. Lives in the store, since it changes at run time.
 *
 * @module
 */
import type { AttachmentPolicy } from './attachment-signature.js';
import type { PeerProfile } from './edxml.js';
import type { OrganId } from './organ-id.js';
import type { SignaturePolicy } from './signature.js';

/**
 * How the package travels in a DeliverPackage: base64 in the envelope, or as a part of its own, by MTOM
 * or as SOAP with Attachments.
 */
export const PUSH_CARRIERS = ['inline', 'mtom', 'swa'] as const;
export type PushCarrier = (typeof PUSH_CARRIERS)[number];

/** Recipients collect with ListPending, or are pushed to. */
export type Route =
  | { readonly kind: 'collect' }
  | {
      readonly kind: 'push';
      /** `receiver`: DeliverPackage of wsdl/edxgate-receiver.wsdl; `edxgate`: SendPackage of another edxgate. */
      readonly pushKind: 'receiver' | 'edxgate';
      /** Of a `receiver`; absent = `inline`. */
      readonly carrier?: PushCarrier;
      readonly url: string;
      /** File with the token we show there; never the token itself. */
      readonly tokenFile?: string;
      /** File with the CA certificates its TLS certificate must chain to. */
      readonly caFile?: string;
    };

/**
 * Where an agency takes part: in earnest, or to try its system out. The two never mix: nothing goes from
 * one to the other, and directory lists show one of them.
 */
export const AGENCY_LANES = ['production', 'sandbox'] as const;
export type AgencyLane = (typeof AGENCY_LANES)[number];

export interface Agency {
  readonly organId: OrganId;
  /** The 13-character code of QCVN 102:2016, when it differs. The same agency, one delivery. */
  readonly oldOrganId?: OrganId;
  readonly organName: string;
  readonly organizationInCharge?: string;
  readonly email?: string;
  readonly active: boolean;
  /** Absent = `production`. */
  readonly lane?: 'sandbox';
  /** When it came into its lane; milliseconds since 1970. Absent = always was there. */
  readonly laneSince?: number;
  /** Takes part from then on; milliseconds since 1970. Absent = always did. */
  readonly validFrom?: number;
  /** Takes part until then, exclusive. Absent = no end is known. */
  readonly validUntil?: number;
  /** Who gets its mail after its end. Absent: mail for it is refused then. */
  readonly successor?: OrganId;
  readonly route: Route;
  /** Waits after failed attempts, milliseconds. Absent = `delivery.retry`. */
  readonly retryMs?: readonly number[];
  /** Most attempts at once. Absent = `delivery.per_recipient`. */
  readonly perRecipient?: number;
  readonly profile: PeerProfile;
  /** Set by an operator; absent = `require` once a certificate is registered, else the gateway's default. */
  readonly signaturePolicy?: SignaturePolicy;
  readonly allowSha1: boolean;
  /** Absent = `record`. */
  readonly attachmentPolicy?: AttachmentPolicy;
  /** Agencies this one may send for. Sending only. */
  readonly mayActFor: readonly OrganId[];
  /** PEM file with key and certificate lent for status packages that the gateway writes for it. */
  readonly signingKeyFile?: string;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

export function laneOf({ lane }: Pick<Agency, 'lane'>): AgencyLane {
  return lane ?? 'production';
}

/**
 * The one rule of who takes part now: only such an agency signs in, sends and is sent to.
 */
export function takesPart(agency: Agency, now: number): boolean {
  const { active, validFrom = now, validUntil = Number.POSITIVE_INFINITY } = agency;
  return active && validFrom <= now && now < validUntil;
}

/** It took part once and no longer will: its mail is for its successor. */
export function hasEnded({ active, validUntil }: Agency, now: number): boolean {
  // Switched off while its end still lies ahead, it is expected back.
  return validUntil === undefined ? !active : validUntil <= now;
}

/** Its time has not come. */
export function isNotYet({ validFrom }: Agency, now: number): boolean {
  return validFrom !== undefined && validFrom > now;
}

export interface AgencyCertificate {
  readonly organId: OrganId;
  /** SHA-256 of the DER bytes, lower-case hex. */
  readonly fingerprint: string;
  readonly pem: string;
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
  readonly addedAt: number;
  /** From then on it no longer counts for new packages. */
  readonly expiredAt?: number;
}

/** For UsernameToken with PasswordDigest: both sides need the secret itself, so it cannot be hashed. */
export interface DigestSecret {
  readonly organId: OrganId;
  /** Sealed with the key in `keys/ws-digest.key`: AES-256-GCM, base64. */
  readonly sealed: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface AgencyToken {
  readonly id: string;
  readonly organId: OrganId;
  /** SHA-256 of the token, lower-case hex. The token itself is shown once and kept nowhere. */
  readonly hash: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt?: number;
}
