/**
 * Acts of operators: when, who, what, to what, why. Newest first.
 *
 * @module
 */
import { utc } from '../clock.js';
import type { OperatorAct, Store } from '../store/store.js';
import { walk } from './pages.js';

export interface ActQuery {
  /** Organ id, number of a delivery, …: what was acted on, exactly. */
  readonly subject?: string;
  /** At or after; milliseconds since 1970. */
  readonly since?: number;
  readonly limit?: number;
}

export interface OperatorActView {
  readonly time: string;
  readonly actor: string;
  readonly act: string;
  readonly subject: string;
  readonly reason?: string;
  readonly detail: OperatorAct['detail'];
}

export async function* listActs(store: Store, query: ActQuery): AsyncGenerator<OperatorActView> {
  const { subject, since, limit } = query;
  for await (const one of walk((page) => store.listActs(subject, page), limit)) {
    if (since !== undefined && one.time < since) return;
    const { time, actor, act, detail } = one;
    const reason = detail['reason'];
    yield {
      time: utc(time),
      actor,
      act,
      subject: one.subject,
      ...(typeof reason === 'string' ? { reason } : {}),
      detail,
    };
  }
}
