/**
 * What came of one push to a recipient, before anybody decides what it means.
 *
 * @module
 */

/** Facts of the exchange, for the log of the attempt. */
export interface PushFacts {
  /** Host and port only; never user, password or query. */
  readonly endpoint?: string;
  readonly httpStatus?: number;
  /** Headers and the first 16 kB of the body. */
  readonly rawAnswer?: string;
  readonly connectMs?: number;
  readonly totalMs?: number;
}

export type PushOutcome = (
  | { readonly kind: 'accepted' }
  /** DeliveryAnswer with Accepted false. */
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'fault';
      /** `faultcode: faultstring`, cut to 200 characters. */
      readonly reason: string;
      /** Code of a GatewayFault, when the peer is an edxgate. */
      readonly gatewayCode?: string;
      readonly temporary?: boolean;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'http'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** The connection ended after the request was sent: the recipient may have it. */
  | { readonly kind: 'cut'; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** Nobody was asked: the agency has no usable address. */
  | { readonly kind: 'no-route'; readonly reason: string }
  /** Nobody was asked: our copy of the content does not match its digest. */
  | { readonly kind: 'damaged' }
  /** Nobody was asked: retention deleted the content. */
  | { readonly kind: 'purged' }
) &
  PushFacts;
