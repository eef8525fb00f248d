/**
 * The certificate that a client showed in the TLS handshake, when it leads to an authority of
 * `exchange.tls.client_ca`. Any other certificate counts as none.
 *
 * @module
 */
import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { type Certificate, readCertificate } from '../xml/certificates.js';

export interface ClientCertificate {
  readonly certificate: Certificate;
  /** What the client sent along. */
  readonly others: readonly X509Certificate[];
}

const MAX_OTHERS = 6;

export function clientCertificateOf({ socket }: IncomingMessage): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const x509 = socket.getPeerX509Certificate();
  const certificate = x509 === undefined ? undefined : readCertificate(x509.raw);
  if (certificate === undefined) return undefined;
  const others: X509Certificate[] = [];
  let at = x509?.issuerCertificate;
  while (at !== undefined && others.length < MAX_OTHERS) {
    others.push(at);
    // The last one may name itself as its issuer.
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate;
  }
  return { certificate, others };
}

/** Whether what crosses the connection is encrypted. */
export function isEncrypted({ socket }: IncomingMessage): boolean {
  return socket instanceof TLSSocket && socket.encrypted;
}
