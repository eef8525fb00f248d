/**
 * Serves a simulated recipient over HTTP or HTTPS. Connections are taken by a plain listener first, so
 * that one can be broken before TLS or HTTP has begun, and so that all bytes are counted.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createFront, type Socket } from 'node:net';
import { Plan, type PlanSettings } from './simulate-plan.js';
import { type RecipientOptions, SimulatedRecipient } from './simulate-recipient.js';

export interface Counts {
  readonly connections: number;
  /** DeliverPackage requests that were read. */
  readonly deliveries: number;
  readonly kept: number;
  readonly repeated: number;
  /** Requests at the place where a redirect points: followed, which nobody should. */
  readonly elsewhere: number;
  readonly bytesRead: number;
  readonly bytesSent: number;
}

export interface SimulatorOptions extends RecipientOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}

export interface Simulator {
  /** Where it takes DeliverPackage. */
  readonly url: string;
  counts(): Counts;
  /** From the next request on. */
  behave(plan: PlanSettings): void;
  stop(): Promise<void>;
}

/** Far above what slow peers need; the simulator is told when to end. */
const REQUEST_MS = 10 * 60_000;

function httpServer({ tls }: SimulatorOptions, recipient: SimulatedRecipient) {
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    void recipient.answer(request, response).catch(() => request.socket.destroy());
  };
  const limits = { requestTimeout: REQUEST_MS, keepAliveTimeout: REQUEST_MS };
  return tls === undefined
    ? createServer(limits, handle)
    : createTlsServer({ ...limits, ...tls }, handle);
}

/** Sums of closed connections, and the open ones. */
class Connections {
  readonly #open = new Set<Socket>();
  #count = 0;
  #read = 0;
  #sent = 0;

  add(socket: Socket): void {
    this.#open.add(socket);
    this.#count += 1;
    // Peers reset connections; that is what this is for.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#read += socket.bytesRead;
      this.#sent += socket.bytesWritten;
    });
  }

  counts(): Pick<Counts, 'connections' | 'bytesRead' | 'bytesSent'> {
    const open = [...this.#open];
    return {
      connections: this.#count,
      bytesRead: open.reduce((sum, one) => sum + one.bytesRead, this.#read),
      bytesSent: open.reduce((sum, one) => sum + one.bytesWritten, this.#sent),
    };
  }

  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

/** @throws Error of the system, such as `EADDRINUSE`. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const recipient = new SimulatedRecipient(options);
  const http = httpServer(options, recipient);
  const connections = new Connections();
  const front = createFront({ pauseOnConnect: true }, (socket) => {
    connections.add(socket);
    if (recipient.connected(socket)) return;
    http.emit('connection', socket);
    socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject).listen(options.port, options.host, resolve);
  });
  const { address, family, port } = front.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  recipient.url = `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}/receive`;
  return {
    url: recipient.url,
    behave: (plan) => {
      recipient.plan = new Plan(plan);
    },
    counts: () => {
      const { deliveries, kept, repeated, elsewhere } = recipient;
      return { ...connections.counts(), deliveries, kept, repeated, elsewhere };
    },
    async stop() {
      const closed = new Promise<void>((resolve) => front.close(() => resolve()));
      connections.destroy();
      await closed;
    },
  };
}
