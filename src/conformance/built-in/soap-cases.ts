/**
 * The way to the gateway: HTTP, SOAP 1.1 and 1.2, multipart messages and base64, whatever is asked for.
 *
 * @module
 */
import type { Case, Clause } from '../suite.js';
import { contract, soap11, soap12 } from './clauses.js';
import type { Files } from './draft.js';
import { ENVELOPE_11, ENVELOPE_12 } from './envelope-rows.js';
import { GATEWAY, httpCases } from './http-kit.js';
import { BASE64, CONTRACT, HTTP, SIGN_IN } from './http-rows.js';
import { MULTIPART } from './multipart-rows.js';
import { REFUSED_PARTS } from './refused-parts-rows.js';

export function soapCases(files: Files): Case[] {
  const rfc: Clause = { document: 'RFC 2387', place: 'multipart/related; RFC 2046, section 5.1' };
  return [
    ...httpCases(
      { document: 'WS-I BP 1.1', place: 'section 3.4, HTTP; edxgate contract' },
      HTTP,
      files,
    ),
    ...httpCases(
      { document: 'RFC 7617', place: 'Basic; edxgate contract, sign-in' },
      SIGN_IN,
      files,
    ),
    ...httpCases(soap11('section 4, Envelope, Header, Body'), ENVELOPE_11, files),
    ...httpCases(soap12('part 1, sections 2 and 5'), ENVELOPE_12, files),
    ...httpCases(rfc, [...MULTIPART, ...REFUSED_PARTS], files),
    ...httpCases(contract(`Package of ${GATEWAY}, base64Binary`), BASE64, files),
    ...httpCases(contract('GET of WSDL and schemas'), CONTRACT, files),
  ];
}
