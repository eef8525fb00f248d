/**
 * The recipients of the fairness benchmark, a process of their own on loopback: the first ones take
 * every push at once, the last but one never answers, the last one answers HTTP 500. Sends its addresses
 * to the parent and ends with it.
 *
 * @module
 */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

const ACCEPTED =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' +
  '<DeliverPackageResponse xmlns="urn:edxgate:receiver:1"><DeliveryAnswer>' +
  '<Accepted>true</Accepted></DeliveryAnswer></DeliverPackageResponse></s:Body></s:Envelope>';

/** The whole request is read before the answer, as a recipient that stores it would. */
const healthy: RequestListener = (request, response) => {
  request.resume().once('end', () => {
    response.setHeader('content-type', 'text/xml; charset=utf-8').end(ACCEPTED);
  });
};
const hanging: RequestListener = (request) => {
  request.resume();
};
const refusing: RequestListener = (request, response) => {
  request.resume().once('end', () => response.writeHead(500).end());
};

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/deliver`;
}

const count = Number(process.argv[2]);
const listeners = [...Array.from({ length: count }, () => healthy), hanging, refusing];
const urls = await Promise.all(listeners.map(listen));
process.send?.(urls);
process.once('disconnect', () => process.exit(0));
