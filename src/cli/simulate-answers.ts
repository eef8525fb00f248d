/**
 * How each behaviour answers, once the request was read as far as it is read. Bytes are written to the
 * socket as they are to arrive; all but the good answers end the connection.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { SOAP_NAMESPACE, type SoapVersion } from '../soap/content-type.js';
import { deliveryAnswerXml, writeDeliveryAnswer } from '../soap/delivery-reader.js';
import { answerContentType, writeEnvelope } from '../soap/envelope-writer.js';
import { RECEIVER_NAMESPACE } from '../soap/push-client.js';
import type { BehaviourName, Chosen } from './simulate-behaviours.js';
import { head, pause, pour, trickle, whole } from './simulate-wire.js';

export interface Answering {
  readonly socket: Socket;
  readonly version: SoapVersion;
  readonly chosen: Chosen;
  readonly random: () => number;
  /** Answers properly and keeps the connection; `reset`: until the next request on it. */
  answerWell(next?: 'reset'): void;
}

type Act = (to: Answering) => void | Promise<void>;

const MiB = 1024 * 1024;
const REASON = 'the simulated recipient refuses';

function contentType(to: Answering): { 'Content-Type': string } {
  return { 'Content-Type': answerContentType(to.version) };
}

function accepted(to: Answering): Buffer {
  return whole(200, contentType(to), writeDeliveryAnswer(to.version, true));
}

/** A whole answer, and the connection ends. */
const says =
  (
    status: number,
    body: (to: Answering) => Buffer | string,
    more: (to: Answering) => Readonly<Record<string, string | number>> = () => ({}),
  ): Act =>
  (to) => {
    to.socket.end(whole(status, { ...contentType(to), ...more(to) }, body(to)));
  };

const saysXml = (xml: string, status = 200): Act =>
  says(status, ({ version }) => writeEnvelope(version, xml));

const busy = (status: number): Act =>
  says(
    status,
    () => 'busy\n',
    ({ chosen }) => ({
      'Content-Type': 'text/plain',
      'Retry-After': Math.ceil(chosen.amount / 1000),
    }),
  );

const page = (status: number): Act =>
  says(
    status,
    () => '<html><body>It works<br></body></html>\n',
    () => ({ 'Content-Type': 'text/html' }),
  );

const cutAt =
  (part: (bytes: Buffer) => number): Act =>
  (to) => {
    const bytes = accepted(to);
    to.socket.end(bytes.subarray(0, part(bytes)));
  };

const flood =
  (status: number): Act =>
  async ({ socket, chosen }) => {
    await pour(socket, Buffer.from(head(status, { Link: '</x>' }).repeat(1000)), chosen.amount);
    socket.end();
  };

/** With a Content-Length that is so much off. */
const misstated =
  (by: (length: number) => number): Act =>
  (to) => {
    const body = writeDeliveryAnswer(to.version, true);
    const length = by(body.length);
    to.socket.end(
      Buffer.concat([
        Buffer.from(head(200, { ...contentType(to), 'Content-Length': length })),
        body,
      ]),
    );
  };

const fault: Act = (to) => {
  const namespace = SOAP_NAMESPACE[to.version];
  const inside =
    to.version === '1.1'
      ? '<faultcode>s:Server</faultcode><faultstring>simulated fault</faultstring>'
      : '<s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en">simulated fault</s:Text></s:Reason>';
  const xml = `<s:Fault xmlns:s="${namespace}">${inside}</s:Fault>`;
  return saysXml(xml, 500)(to);
};

function bombXml(): string {
  const levels = Array.from(
    { length: 9 },
    (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`,
  );
  return `<!DOCTYPE a [<!ENTITY l0 "ha">${levels.join('')}]><a>&l9;</a>`;
}

/** gzip members may follow each other: so the bomb need not be packed as a whole. */
function bombGzip(bytes: number): Buffer {
  const member = gzipSync(Buffer.alloc(MiB, ' '));
  return Buffer.concat(Array.from({ length: Math.max(1, Math.ceil(bytes / MiB)) }, () => member));
}

async function huge(to: Answering): Promise<void> {
  const { socket, chosen } = to;
  const start = `<?xml version="1.0"?><s:Envelope xmlns:s="${SOAP_NAMESPACE[to.version]}"><s:Body>`;
  socket.write(head(200, { ...contentType(to), 'Content-Length': start.length + chosen.amount }));
  socket.write(start);
  await pour(
    socket,
    Buffer.alloc(Math.min(64 * 1024, Math.max(1, chosen.amount)), ' '),
    chosen.amount,
  );
  socket.end();
}

const TLS_ALERT = Buffer.from('15030300020228', 'hex');

export const ANSWERS: Readonly<Record<BehaviourName, Act>> = {
  ok: (to) => to.answerWell(),
  slow: async (to) => {
    if (await pause(to.socket, to.chosen.amount)) to.answerWell();
  },
  trickle: async (to) => {
    await trickle(to.socket, accepted(to), to.chosen.amount);
    to.socket.end();
  },
  'cut-before': ({ socket }) => {
    socket.end();
  },
  'cut-headers': cutAt(() => 20),
  'cut-body': cutAt((bytes) => bytes.length - 30),
  'fail-after': page(500),
  'http-404': page(404),
  'http-429': busy(429),
  'http-500': page(500),
  'http-503': busy(503),
  refuse: says(200, ({ version }) => writeDeliveryAnswer(version, false, REASON)),
  fault,
  'wrong-namespace': saysXml(deliveryAnswerXml(true, undefined, 'urn:other:receiver:9')),
  'wrong-element': saysXml(`<SendPackageResponse xmlns="${RECEIVER_NAMESPACE}"/>`),
  'wrong-receipt': saysXml(
    deliveryAnswerXml(true).replace('<Accepted>', '<MessageId>OTHER</MessageId><Accepted>'),
  ),
  'not-xml': page(200),
  empty: says(200, () => ''),
  doctype: says(200, bombXml),
  redirect: says(
    302,
    () => '',
    ({ chosen }) => ({ Location: chosen.address }),
  ),
  hang: () => undefined,
  'hang-connect': ({ socket }) => {
    socket.pause();
  },
  'tls-break': ({ socket }) => {
    socket.end(TLS_ALERT);
  },
  'slow-read': (to) => to.answerWell(),
  // The answer went out before the request was read.
  'early-answer': ({ socket }) => {
    socket.end();
  },
  huge,
  'huge-headers': async ({ socket, chosen }) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    await pour(socket, Buffer.from(`X-Simulated: ${'a'.repeat(1000)}\r\n`), chosen.amount);
    socket.end('\r\n');
  },
  'gzip-bomb': (to) => {
    const headers = { ...contentType(to), 'Content-Encoding': 'gzip' };
    to.socket.end(whole(200, headers, bombGzip(to.chosen.amount)));
  },
  garbage: ({ socket, random }) => {
    socket.end(Buffer.from(Array.from({ length: 4096 }, () => Math.floor(random() * 256))));
  },
  'flood-100': flood(100),
  'flood-103': flood(103),
  'length-short': misstated(() => 20),
  'length-long': misstated((length) => length + 1000),
  'two-answers': (to) => {
    const second = whole(200, contentType(to), writeDeliveryAnswer(to.version, false, REASON));
    to.socket.write(Buffer.concat([accepted(to), second]));
  },
  'keepalive-close': (to) => to.answerWell('reset'),
};

/** Before the request is read; the connection stays open for it. */
export function answerEarly(socket: Socket, version: SoapVersion): void {
  socket.write(
    whole(200, { 'Content-Type': answerContentType(version) }, writeDeliveryAnswer(version, true)),
  );
}
