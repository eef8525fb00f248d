/**
 * The two ways to send: closed loop, where each connection sends its next request after the answer,
 * and open loop, where requests are due at a fixed rate whether or not the gateway keeps up. In an open
 * loop time counts from the moment a request was due, so that a gateway that stalls cannot hide it.
 *
 * @module
 */
import type { Window } from './window.js';

export interface LoopOptions<T> {
  readonly requests: readonly T[];
  /** Requests at a time. */
  readonly connections: number;
  /** @returns whether the request was accepted; never rejects. */
  readonly post: (request: T) => Promise<boolean>;
  /** Absent while warming up: then all requests are sent. */
  readonly window?: Window;
  readonly now: () => number;
}

/** Resolves when nothing is on its way any more. */
export async function closedLoop<T>(options: LoopOptions<T>): Promise<void> {
  const { requests, connections, post, window, now } = options;
  const queue = requests[Symbol.iterator]();
  const one = async (): Promise<void> => {
    while (window?.isClosed !== true) {
      const next = queue.next();
      if (next.done === true) return;
      const due = now();
      const accepted = await post(next.value);
      window?.answered(now(), due, accepted);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
}

/** @param rate requests per second */
export async function openLoop<T>(options: LoopOptions<T>, rate: number): Promise<void> {
  const { requests, connections, post, window, now } = options;
  const begun = now();
  const running = new Set<Promise<void>>();
  const waiting: { request: T; due: number }[] = [];
  const start = (request: T, due: number): void => {
    const done = post(request).then((accepted) => {
      running.delete(done);
      window?.answered(now(), due, accepted);
      const next = window?.isClosed === true ? undefined : waiting.shift();
      if (next !== undefined) start(next.request, next.due);
    });
    running.add(done);
  };
  let at = 0;
  for (const request of requests) {
    const due = begun + (at++ * 1000) / rate;
    while (due > now()) await new Promise((resolve) => setTimeout(resolve, 1));
    if (window?.isClosed === true) break;
    if (running.size < connections) start(request, due);
    else waiting.push({ request, due });
  }
  while (running.size > 0) await Promise.all(running);
}
