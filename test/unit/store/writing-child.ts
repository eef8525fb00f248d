/**
 * A process that writes to a store until it is killed or has written enough. It prints the id of each
 * message on a line of its own once the store has acknowledged it.
 *
 * Arguments: folder, number of messages (0: without end), bytes of each content.
 *
 * @module
 */
import { systemClock } from '../../../src/clock.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { document, OTHER, RECIPIENT } from './samples.js';

const [, , folder = '', count = '0', size = '100'] = process.argv;
const store = await openSqliteStore({
  folder,
  clock: systemClock,
  refusals: { keepMs: 1000, maxBytes: 1000 },
});

async function write(n: number): Promise<void> {
  const content = Buffer.alloc(Number(size), `${process.pid} ${n} `);
  const sent = document({
    content,
    at: systemClock.now(),
    documentId: `${process.pid}-${n}`,
    to: [
      [RECIPIENT, 'queued'],
      [OTHER, 'pending'],
    ],
  });
  await store.acceptMessage(sent);
  // Synchronous: the line is out before a signal can end the process.
  const { writeSync } = await import('node:fs');
  writeSync(1, `${sent.message.messageId}\n`);
}

const limit = Number(count) === 0 ? Number.POSITIVE_INFINITY : Number(count);
for (let n = 0; n < limit; n += 5) {
  await Promise.all([0, 1, 2, 3, 4].map((i) => write(n + i)));
}
await store.close();
