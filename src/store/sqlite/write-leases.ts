/**
 * Leasing: which due deliveries a worker may try now. Runs in the writer thread.
 *
 * Fair: one delivery per recipient and round, and each call begins after the recipient where the last
 * one ended. Urgent ones (priority 1 to 4) go first, yet of four leases in a row, over all and of each
 * recipient, one goes to the others while others are due. In order: see order.ts. A recipient whose
 * breaker is open gets nothing; half open, one at a time.
 *
 * The work of a call is bounded by its limit and the number of recipients, not by what waits.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { LeasedDelivery } from '../../model/message.js';
import type { LeaseRequest } from '../store.js';
import {
  allowanceOf,
  LaneScan,
  type LeaseClass,
  nextRecipient,
  OTHER,
  URGENT,
} from './lease-lanes.js';
import { DELIVERY_COLUMNS, DELIVERY_TABLES, type DeliveryRow, toDelivery } from './rows.js';
import type { Statements } from './statements.js';
import { takeBackRunOut } from './write-run-out.js';

/** So many urgent leases in a row, then one of the others. */
const URGENT_IN_A_ROW = 3;

interface Queue {
  readonly organId: string;
  readonly ids: number[];
}

/** What one call knows and keeps up to date. */
interface Call {
  readonly request: LeaseRequest;
  readonly active: Map<string, number>;
  readonly limits: Map<string, number>;
  readonly queues: ReadonlyMap<LeaseClass, Map<string, Queue>>;
  /** Bytes of content that may still be taken on. */
  bytes: number;
}

/** The recipients of one class in turn, beginning behind the one served last, round after round. */
class Ring {
  readonly #walk: Generator<Queue>;
  readonly #known: Queue[] = [];
  #at = 0;
  #walked = false;

  constructor(walk: Generator<Queue>) {
    this.#walk = walk;
  }

  /** The next queue that holds something. Each yields one before any yields a second. */
  next(): Queue | undefined {
    while (!this.#walked) {
      const step = this.#walk.next();
      if (step.done === true) this.#walked = true;
      else if (step.value.ids.length > 0) {
        this.#known.push(step.value);
        return step.value;
      }
    }
    for (let tried = 0; tried < this.#known.length; tried++) {
      const queue = this.#known[this.#at++ % this.#known.length];
      if (queue !== undefined && queue.ids.length > 0) return queue;
    }
    return undefined;
  }
}

export class Leaser {
  readonly #sql: Statements;
  readonly #scan: LaneScan;
  /** Where the last lease of each class went, so that the next goes to one behind it. */
  readonly #served = new Map<LeaseClass, string>();
  /** Urgent leases in a row: over all, and of each recipient that had some. */
  #urgentInARow = 0;
  readonly #urgentOf = new Map<string, number>();

  constructor(sql: Statements) {
    this.#sql = sql;
    this.#scan = new LaneScan(sql);
  }

  leaseDue(request: LeaseRequest): LeasedDelivery[] {
    takeBackRunOut(this.#sql, request.now);
    const call: Call = {
      request,
      active: activePerRecipient(this.#sql),
      limits: new Map(),
      queues: new Map([URGENT, OTHER].map((which) => [which, new Map()])),
      bytes: request.bytes?.free ?? Number.POSITIVE_INFINITY,
    };
    return this.#choose(call)
      .map((id) => this.#claim(id, request))
      .filter((one) => one !== undefined);
  }

  #choose(call: Call): number[] {
    const rings = new Map([URGENT, OTHER].map((which) => [which, this.#ring(which, call)]));
    const chosen: number[] = [];
    while (chosen.length < call.request.limit) {
      const urgentFirst = this.#urgentInARow < URGENT_IN_A_ROW;
      const order = urgentFirst ? [URGENT, OTHER] : [OTHER, URGENT];
      const pick = this.#pick(order, rings, call);
      if (pick === undefined) break;
      // What does not fit now goes first when there is room: nothing smaller may overtake it for ever.
      if (!this.#fits(pick.id, call, chosen.length === 0)) break;
      this.#count(pick.which, pick.organId, call);
      chosen.push(pick.id);
    }
    return chosen;
  }

  #ring(which: LeaseClass, call: Call): Ring {
    return new Ring(this.#walk(which, call));
  }

  /** Lazily: a call that wants one delivery asks few recipients. */
  *#walk(which: LeaseClass, call: Call): Generator<Queue> {
    const start = this.#served.get(which) ?? '';
    for (let organId = nextRecipient(this.#sql, which, start); organId !== undefined; ) {
      yield this.#queue(which, organId, call);
      organId = nextRecipient(this.#sql, which, organId);
    }
    for (let organId = nextRecipient(this.#sql, which, ''); organId !== undefined; ) {
      if (organId > start) return;
      yield this.#queue(which, organId, call);
      organId = nextRecipient(this.#sql, which, organId);
    }
  }

  /** Asked for once per call: what was taken from it must not be found again. */
  #queue(which: LeaseClass, organId: string, call: Call): Queue {
    const known = call.queues.get(which)?.get(organId);
    if (known !== undefined) return known;
    const want = Math.min(this.#free(organId, call), call.request.limit);
    const ids = want > 0 ? this.#scan.find(which, organId, call.request.now, want) : [];
    const queue = { organId, ids };
    call.queues.get(which)?.set(organId, queue);
    return queue;
  }

  /** How many more this recipient may have active. */
  #free(organId: string, call: Call): number {
    let limit = call.limits.get(organId);
    if (limit === undefined) {
      limit = this.#limit(organId, call.request);
      call.limits.set(organId, limit);
    }
    return limit - (call.active.get(organId) ?? 0);
  }

  #limit(organId: string, { now, perRecipient }: LeaseRequest): number {
    const { open_until, per_recipient } = allowanceOf(this.#sql, organId);
    if (open_until !== null) return open_until > now ? 0 : 1;
    return per_recipient ?? perRecipient;
  }

  #pick(
    order: readonly LeaseClass[],
    rings: ReadonlyMap<LeaseClass, Ring>,
    call: Call,
  ): { which: LeaseClass; organId: string; id: number } | undefined {
    for (const which of order) {
      const ring = rings.get(which);
      for (let queue = ring?.next(); queue !== undefined; queue = ring?.next()) {
        const { organId, ids } = queue;
        if (this.#free(organId, call) <= 0) {
          ids.length = 0;
          continue;
        }
        const turn = which === URGENT ? this.#turnOfOthers(organId, call) : undefined;
        if (turn !== undefined) return { which: OTHER, organId, id: turn };
        const id = ids.shift();
        if (id !== undefined) return { which, organId, id };
      }
    }
    return undefined;
  }

  /** One of the others, when this recipient had its urgent ones in a row and others are due. */
  #turnOfOthers(organId: string, call: Call): number | undefined {
    if ((this.#urgentOf.get(organId) ?? 0) < URGENT_IN_A_ROW) return undefined;
    return this.#queue(OTHER, organId, call).ids.shift();
  }

  #fits(id: number, call: Call, first: boolean): boolean {
    const { bytes } = call.request;
    if (bytes === undefined) return true;
    const size = this.#sql.get<{ size_bytes: number }>(
      'SELECT m.size_bytes FROM delivery d JOIN message m ON m.id = d.message_ref WHERE d.id = ?',
      id,
    );
    call.bytes -= size?.size_bytes ?? 0;
    return call.bytes >= 0 || (first && bytes.idle);
  }

  #count(which: LeaseClass, organId: string, call: Call): void {
    call.active.set(organId, (call.active.get(organId) ?? 0) + 1);
    this.#served.set(which, organId);
    if (which === URGENT) {
      this.#urgentInARow += 1;
      this.#urgentOf.set(organId, (this.#urgentOf.get(organId) ?? 0) + 1);
    } else {
      this.#urgentInARow = 0;
      this.#urgentOf.delete(organId);
    }
  }

  #claim(id: number, request: LeaseRequest): LeasedDelivery | undefined {
    const lease = randomBytes(12).toString('hex');
    const leasedUntil = request.now + request.leaseMs;
    this.#sql.run(
      `UPDATE delivery SET state = 'active', lease = ?, leased_at = ?, leased_until = ?,
         updated_at = ? WHERE id = ?`,
      lease,
      request.now,
      leasedUntil,
      request.now,
      id,
    );
    const row = this.#sql.get<DeliveryRow>(
      `SELECT ${DELIVERY_COLUMNS} FROM ${DELIVERY_TABLES} WHERE d.id = ?`,
      id,
    );
    return row && { ...toDelivery(row), lease, leasedUntil, attempt: row.attempts + 1 };
  }
}

function activePerRecipient(sql: Statements): Map<string, number> {
  const rows = sql.all<{ to_organ_id: string; n: number }>(
    `SELECT to_organ_id, count(*) AS n FROM delivery INDEXED BY delivery_lease
     WHERE state = 'active' GROUP BY to_organ_id`,
  );
  return new Map(rows.map((row) => [row.to_organ_id, row.n]));
}
