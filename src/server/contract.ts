/**
 * The published contract over HTTP: `GET /soap?wsdl`, `?wsdl=1.2`, `?xsd=NAME`. Addresses in it point
 * to where the client asked, by its Host header: behind a proxy that is the only address that works.
 *
 * @module
 */
import type { Express, Request } from 'express';
import { wsdlDocument, xsdDocument } from '../soap/wsdl-documents.js';

/** Host names, IPv4, IPv6 in brackets, with or without a port. Anything else is not echoed. */
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

function baseUrl(request: Request): string {
  const host = request.headers.host ?? '';
  const { localAddress, localPort } = request.socket;
  const own = localAddress?.includes(':') ? `[${localAddress}]` : localAddress;
  return `${request.protocol}://${HOST.test(host) ? host : `${own}:${localPort}`}/soap`;
}

function queryKey(request: Request, name: string): string | undefined {
  if (!URL.canParse(request.url, 'http://localhost')) return undefined;
  const query = new URL(request.url, 'http://localhost').searchParams;
  // ?WSDL is what many old clients ask for.
  for (const [key, value] of query) if (key.toLowerCase() === name) return value;
  return undefined;
}

export function contractRoutes(app: Express): void {
  app.get('/soap', (request, response, next) => {
    const wsdl = queryKey(request, 'wsdl');
    const xsd = queryKey(request, 'xsd');
    let bytes: Buffer | undefined;
    if (wsdl === '1.2') bytes = wsdlDocument('1.2', baseUrl(request));
    else if (wsdl === '' || wsdl === '1.1') bytes = wsdlDocument('1.1', baseUrl(request));
    else if (xsd !== undefined) bytes = xsdDocument(xsd, baseUrl(request));
    else if (wsdl === undefined) return next();
    if (bytes === undefined) {
      response.status(404).type('text/plain').send('There is no such document. Try ?wsdl.\n');
      return;
    }
    response.status(200).setHeader('Content-Type', 'text/xml; charset=utf-8').end(bytes);
  });
}
