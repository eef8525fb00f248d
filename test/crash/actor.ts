/**
 * What the sender, the pushed recipient and the collecting recipient of a crash run have in common: they
 * are processes of their own, so that nothing they know comes from the gateway's memory or from ours.
 *
 * @module
 */
import { createHash } from 'node:crypto';

/** From the harness to an actor. */
export type Order =
  | {
      readonly kind: 'chain';
      readonly ledger: string;
      readonly seed: number;
      readonly name: string;
      readonly tokens: Readonly<Record<string, string>>;
    }
  /** A gateway is ready; `fresh` = new documents may be sent. */
  | {
      readonly kind: 'run';
      readonly run: number;
      readonly soapUrl: string;
      readonly fresh: boolean;
    }
  | { readonly kind: 'pause' };

/** From an actor to the harness. */
export type News =
  | { readonly kind: 'listening'; readonly port: number }
  /** The answer to every order. */
  | { readonly kind: 'done' }
  | {
      readonly kind: 'state';
      readonly acknowledged: number;
      readonly waiting: number;
      /** Temporary faults met since the chain began. */
      readonly temporary: number;
      readonly codes: readonly string[];
    }
  | { readonly kind: 'refused'; readonly run: number; readonly detail: string };

export function tell(news: News): void {
  if (process.connected) process.send?.(news);
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Ends with its parent. */
export function onOrders(act: (order: Order) => void): void {
  process.on('message', (order: Order) => {
    act(order);
    tell({ kind: 'done' });
  });
  process.on('disconnect', () => process.exit(0));
}

/** No answer: the connection was lost, refused or cut off. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError');
}
