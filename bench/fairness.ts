/**
 * One run of the fairness benchmark: a fresh store with documents that wait, then the delivery half of
 * the gateway (scheduler, leasing, real HTTP pushes, default settings) until the healthy recipients have
 * all of theirs. Intake is over before the clock starts: delivery is measured, nothing else.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../src/clock.js';
import { createPush } from '../src/deliver/push.js';
import { startScheduler } from '../src/deliver/scheduler.js';
import { writeDocumentPackage } from '../src/edxml/write-document.js';
import { silentLogger } from '../src/log.js';
import { createMetrics } from '../src/metrics.js';
import { documentKey } from '../src/model/document-id.js';
import type { EdxmlDocument } from '../src/model/edxml.js';
import type { NewMessage } from '../src/model/message.js';
import { newMessageId } from '../src/model/message-id.js';
import { type OrganId, parseOrganId } from '../src/model/organ-id.js';
import { openSqliteStore } from '../src/store/sqlite/open.js';
import type { Store } from '../src/store/store.js';

export interface RunOptions {
  /** Temporary folders are made in it. */
  readonly folder: string;
  readonly healthy: readonly string[];
  /** Addresses of those that hang or refuse; they get as many documents as each of the others. */
  readonly bad: readonly string[];
  readonly documentsEach: number;
  readonly packageBytes: number;
}

const LIMIT_MS = 120_000;
const RETRY_MS = [60_000, 300_000, 900_000];
const UNSIGNED = { class: 'absent', signedParts: [], reasons: [], present: false } as const;

function organ(text: string): OrganId {
  const organId = parseOrganId(text);
  if (organId === undefined) throw new Error(`no organ id: ${text}`);
  return organId;
}

const SENDER = organ('T99.01');

function recipientAt(at: number): OrganId {
  return organ(`T99.${at + 10}`);
}

/** @returns deliveries to the healthy recipients per second */
export async function runOnce(options: RunOptions): Promise<number> {
  const folder = mkdtempSync(join(options.folder, 'edxgate-fairness-'));
  const store = await openSqliteStore({
    folder,
    clock: systemClock,
    refusals: { keepMs: 86_400_000, maxBytes: 1_000_000 },
  });
  try {
    await fill(store, options);
    return await deliverAll(store, options.healthy.length * options.documentsEach);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(store: Store, options: RunOptions): Promise<void> {
  const urls = [...options.healthy, ...options.bad];
  const agencies = urls.map((url, at) => ({
    organId: recipientAt(at),
    organName: `Cơ quan Mẫu ${at}`,
    active: true,
    route: { kind: 'push', pushKind: 'receiver', url } as const,
    profile: 'field' as const,
    allowSha1: false,
    mayActFor: [],
    changedAt: systemClock.now(),
  }));
  await store.putAgencies(agencies, 'cli:bench');
  for (let number = 0; number < options.documentsEach; number++) {
    await Promise.all(
      agencies.map(({ organId }) =>
        store.acceptMessage(document(organId, number, options.packageBytes)),
      ),
    );
  }
}

function document(to: OrganId, number: number, packageBytes: number): NewMessage {
  const now = systemClock.now();
  const file = Buffer.alloc(Math.ceil((packageBytes * 3) / 4), 'x');
  const read: EdxmlDocument = {
    kind: 'document',
    from: { organId: SENDER, organName: 'Sở Mẫu A' },
    to: [{ organId: to }],
    documentId: `${SENDER},${to},${number}`,
    codeNumber: String(number),
    codeNotation: 'SMA-VP',
    promulgationDate: '2026/11/20',
    subject: 'Về việc gửi văn bản mẫu',
    signer: { fullName: 'Trần Thị Mẫu' },
    priority: 0,
    responseFor: [],
    toPlaces: [],
    hops: [],
    business: { type: 'new', replacements: [] },
    attachments: [
      { contentId: '1', name: 'mau.txt', contentType: 'text/plain', sizeBytes: file.length },
    ],
  };
  const content = writeDocumentPackage(read, [{ contentId: '1', bytes: file }]);
  const messageId = newMessageId(now);
  const contentDigest = createHash('sha256').update(content).digest('hex');
  const deliveries = [{ organId: to, state: 'queued' as const }];
  return {
    message: {
      messageId,
      kind: 'document',
      receivedAt: now,
      callerOrganId: SENDER,
      fromOrganId: SENDER,
      documentId: read.documentId,
      documentKey: documentKey(read.documentId),
      documentCode: `${number}/SMA-VP`,
      businessType: 'new',
      subject: read.subject,
      priority: 0,
      contentDigest,
      sizeBytes: content.byteLength,
      signatureClass: 'absent',
      signature: UNSIGNED,
      warnings: [],
      checks: [],
      submission: { operation: 'SendPackage', proof: 'bearer', correlationId: messageId },
      read,
      searchText: '',
    },
    content,
    answer: {
      messageId,
      documentId: read.documentId,
      receivedAt: new Date(now).toISOString(),
      contentDigest,
      signatureClass: 'absent',
      deliveries,
      warnings: [],
      receipt: Buffer.from('<Receipt/>'),
    },
    duplicateKey: messageId,
    deliveries,
    events: [],
  };
}

/** Until so many were delivered and recorded. @returns deliveries per second */
async function deliverAll(store: Store, wanted: number): Promise<number> {
  let delivered = 0;
  let finished = (): void => undefined;
  const all = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const metrics = {
    ...createMetrics(),
    attempt: (outcome: string): void => {
      if (outcome === 'delivered' && ++delivered === wanted) finished();
    },
  };
  const refuseFile = (): string => {
    throw new Error('no files in this benchmark');
  };
  const push = createPush({
    organId: organ('T99.00'),
    timeoutMs: 60_000,
    readSecret: refuseFile,
    readText: refuseFile,
  });
  const begun = systemClock.monotonic();
  const scheduler = startScheduler(
    {
      store,
      clock: systemClock,
      logger: silentLogger,
      metrics,
      push,
      schedule: () => RETRY_MS,
      breaker: { failures: 5, pauseMs: 30_000, maxPauseMs: 600_000 },
      random: Math.random,
      makeNotice: async () => undefined,
      makeCertificate: () => new Uint8Array(),
    },
    { concurrency: 128, perRecipient: 2, leaseMs: 90_000, idleMs: 2000 },
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const text = () => `${delivered} of ${wanted} were delivered in ${LIMIT_MS / 1000} s`;
    timer = setTimeout(() => reject(new Error(text())), LIMIT_MS);
  });
  try {
    await Promise.race([all, late]);
    return (wanted * 1000) / (systemClock.monotonic() - begun);
  } finally {
    clearTimeout(timer);
    await scheduler.stop(0);
  }
}
