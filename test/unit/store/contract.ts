/**
 * The contract of every store: one suite, run for each implementation.
 *
 * @module
 */
import type { Store } from '../../../src/store/store.js';
import { actContract } from './contract/acts.js';
import { askedContract } from './contract/asked.js';
import { breakerContract } from './contract/breakers.js';
import { certificateContract } from './contract/certificates.js';
import { collectionContract } from './contract/collection.js';
import { deliveryContract } from './contract/deliveries.js';
import { directoryContract } from './contract/directory.js';
import { historyContract } from './contract/history.js';
import { leaseOrderContract } from './contract/lease-order.js';
import { leaseContract } from './contract/leases.js';
import { logContract } from './contract/log.js';
import { messageContract } from './contract/messages.js';
import { queueContract } from './contract/queue.js';
import { recallContract } from './contract/recall.js';
import { refusalContract } from './contract/refusals.js';
import { searchContract } from './contract/search.js';
import { signInContract } from './contract/sign-ins.js';
import { traceContract } from './contract/traces.js';
import { TestClock } from './samples.js';

/** One opened store for one test. */
export interface Opened {
  readonly store: Store;
  /** Closes the store and deletes what it kept. */
  end(): Promise<void>;
}

export interface Limits {
  readonly keepMs: number;
  readonly maxBytes: number;
}

/** What a part of the contract is given. */
export interface Bench {
  /** The store of the running test, empty at its start. */
  store(): Store;
  clock(): TestClock;
  readonly limits: Limits;
}

export const REFUSAL_LIMITS: Limits = { keepMs: 10_000, maxBytes: 5000 };

export function storeContract(
  name: string,
  open: (clock: TestClock, limits: Limits) => Promise<Opened>,
): void {
  describe(`store contract: ${name}`, () => {
    let opened: Opened | undefined;
    let clock = new TestClock();

    beforeEach(async () => {
      clock = new TestClock();
      opened = await open(clock, REFUSAL_LIMITS);
    });
    afterEach(async () => {
      await opened?.end();
      opened = undefined;
    });

    const bench: Bench = {
      store: () => {
        if (opened === undefined) throw new Error('no store is open');
        return opened.store;
      },
      clock: () => clock,
      limits: REFUSAL_LIMITS,
    };
    describe('directory', () => directoryContract(bench));
    describe('messages', () => messageContract(bench));
    describe('search', () => searchContract(bench));
    describe('leases', () => leaseContract(bench));
    describe('leases: order and shares', () => leaseOrderContract(bench));
    describe('breakers', () => breakerContract(bench));
    describe('deliveries', () => deliveryContract(bench));
    describe('acts', () => actContract(bench));
    describe('asked during an attempt', () => askedContract(bench));
    describe('certificates and acts', () => certificateContract(bench));
    describe('queue', () => queueContract(bench));
    describe('collection', () => collectionContract(bench));
    describe('recall', () => recallContract(bench));
    describe('traces', () => traceContract(bench));
    describe('refusals and facts', () => refusalContract(bench));
    describe('chained log', () => logContract(bench));
    describe('sign-ins', () => signInContract(bench));
    describe('random histories', () => historyContract(bench));
  });
}
