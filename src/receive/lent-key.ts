/**
 * Signs a status package with the key that its agency has lent to the gateway. Without one the package
 * stays unsigned. Design 2.3, Signatures.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Agency } from '../model/agency.js';
import { signPackage } from '../xml/sign.js';

/** @param readKey reads a PEM file with key and certificate, refusing one that others can read. */
export function signForAgency(
  agency: Agency,
  xml: Buffer,
  readKey: (file: string) => Buffer,
): Buffer {
  if (agency.signingKeyFile === undefined) return xml;
  const pem = readKey(agency.signingKeyFile);
  return signPackage(xml, createPrivateKey(pem), new X509Certificate(pem), {
    references: 'document',
  });
}
