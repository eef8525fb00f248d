/**
 * Composition root: configuration in, running gateway out. Everything that the parts need from each
 * other is handed over here and nowhere else.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openConsoleKey } from './access/console-key.js';
import type { Clock } from './clock.js';
import type { Config, ExchangeListener } from './config/config.js';
import { readSecretFile, readSecretText } from './config/secret-file.js';
import { readTrustFiles } from './config/trust-files.js';
import { isLoopback } from './config/values.js';
import { createPartner } from './conformance/partner/state.js';
import { consoleContext } from './console/console.js';
import type { DeliverContext } from './deliver/deliver-one.js';
import { createPush } from './deliver/push.js';
import { startScheduler } from './deliver/scheduler.js';
import { makeCertificate } from './evidence/certificate.js';
import { startCheckpoints } from './evidence/checkpoint-maker.js';
import { keepPublicKey, readPublicKeys } from './evidence/kept-keys.js';
import { makePassReport, readPassReport } from './evidence/pass-report.js';
import { makeReceipt } from './evidence/receipt.js';
import { openReceiptKey, type ReceiptKey } from './evidence/receipt-keys.js';
import type { Logger } from './log.js';
import { createMetrics } from './metrics.js';
import { causeText } from './model/issue.js';
import { alertCertificates } from './operate/certificate-warnings.js';
import { digestKeyFile, openDigestKey } from './operate/digest-secrets.js';
import { startHousekeeping } from './operate/housekeeping.js';
import { rescheduleForConfig } from './operate/retry-policy.js';
import { createRevocationRefresh } from './operate/revocation-refresh.js';
import { loadTrust } from './operate/trust.js';
import { PACKAGE_ROOT, packageVersion } from './package-root.js';
import { startAttachmentSignatures } from './receive/attachment-signatures.js';
import type { ReceiveContext } from './receive/context.js';
import { makeFailureNotice } from './receive/failure-notice.js';
import { signForAgency } from './receive/lent-key.js';
import { OPERATIONS } from './receive/operations.js';
import { effectivePolicy } from './receive/signature-policy.js';
import { createAdmin } from './server/admin.js';
import { adminTable } from './server/admin-table.js';
import { createExchange } from './server/exchange.js';
import { type Listening, type ListenOptions, listen } from './server/listen.js';
import type { PartnerRoute } from './server/partner-route.js';
import { createSignIn } from './server/sign-in.js';
import { openSpool } from './server/spool.js';
import { closeConnections } from './soap/exchange.js';
import { assertSameOperations, loadOperations } from './soap/operations.js';
import { type DiskWatch, startDiskWatch } from './store/disk-watch.js';
import { openSqliteStore } from './store/sqlite/open.js';
import type { Store } from './store/store.js';
import { compareEngines } from './xml/engine-agreement.js';
import { RevocationCache } from './xml/revocation-cache.js';
import { defaultSchemas } from './xml/schema.js';
import { TrustStore } from './xml/trust.js';

export interface GatewayOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Randomness of the retry jitter; tests fix it. */
  readonly random?: () => number;
}

export interface Gateway {
  readonly exchangeUrl: string;
  readonly adminUrl: string;
  /** The same store that the listeners work on. */
  readonly store: Store;
  /** Reads trust anchors and CRLs again; the old ones stay when that fails. */
  reloadTrust(): void;
  /** Takes no new work, lets running work end, closes the store. */
  stop(): Promise<void>;
}

/** How long running requests and attempts may go on after a stop was asked for. */
const GRACE_MS = 10_000;
/** What another process put into the queue is found within this time. */
const IDLE_MS = 2000;
const WARN_EVERY_MS = 3_600_000;

/** Asks xml-crypto too. The alarm names the request, not what the other engine said: that quotes the package. */
function alarmed(logger: Logger): NonNullable<ReceiveContext['compareEngines']> {
  return (bytes, verdict, correlationId) => {
    const agreement = compareEngines(bytes, verdict);
    if (!agreement.agrees) {
      logger.error('alert.signature-engines', { correlationId, signatureClass: verdict.class });
    }
    return agreement;
  };
}

/** Trust of client certificates: other authorities than those of signatures, the same lists. */
function loadClientTrust({ exchange, trust }: Config): TrustStore {
  if (exchange.clientAuth === undefined) return TrustStore.empty;
  return TrustStore.from(
    readTrustFiles(exchange.clientAuth.ca, 'CERTIFICATE'),
    readTrustFiles(trust.crls, 'X509 CRL'),
  );
}

function listenerOf(listener: ExchangeListener, clients: TrustStore): ListenOptions {
  const { host, port, tls, clientAuth } = listener;
  if (tls === undefined) return { host, port };
  const client = clientAuth && {
    ca: clients.anchors.map(({ x509 }) => x509.toString()),
    required: clientAuth.mode === 'require',
  };
  const own = { cert: readFileSync(tls.cert), key: readSecretFile(tls.key) };
  return { host, port, tls: { ...own, ...(client === undefined ? {} : { client }) } };
}

async function openStore(options: GatewayOptions): Promise<Store> {
  const { config, clock } = options;
  return openSqliteStore({
    folder: config.store.folder,
    clock,
    refusals: config.retention.refusals,
    chain: 'gateway',
  });
}

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, logger, clock } = options;
  const metrics = createMetrics({ process: true });
  // Compiled now, so that the first message does not wait for it.
  defaultSchemas().prepare('document', 'status', 'gateway', 'receiver');
  const revocations = new RevocationCache();
  let trust = loadTrust(config.trust, revocations);
  let clientTrust = loadClientTrust(config);
  const store = await openStore(options);
  const stops: (() => Promise<void>)[] = [() => store.close()];
  const stopAll = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const key = openReceiptKey(
      config.keys.receipt === undefined
        ? { folder: join(config.store.folder, 'keys') }
        : { file: config.keys.receipt },
      readSecretFile,
    );
    keepPublicKey(join(config.store.folder, 'keys'), key);
    const checkpoints = startCheckpoints({ store, clock, logger, gateway: config.organId, key });
    // Stopped last of all, so that it covers what the others still wrote.
    stops.push(() => checkpoints.stop());
    let wake = (): void => undefined;
    const context: ReceiveContext = {
      store,
      clock,
      organId: config.organId,
      version: packageVersion(),
      signaturePolicy: config.signature.policy,
      maxAttachments: config.limits.attachments,
      lifetimes: config.delivery.lifetimes,
      trust: () => trust,
      ...(config.signature.engine === 'both' ? { compareEngines: alarmed(logger) } : {}),
      makeReceipt: (facts) => makeReceipt(facts, config.organId, key),
      makeCertificate: (facts) => makeCertificate(facts, config.organId, key),
      signFor: (agency, xml) => signForAgency(agency, xml, readSecretFile),
      wake: () => wake(),
      documentStored: (messageId) => attachmentSignatures.add(messageId),
    };
    const attachmentSignatures = startAttachmentSignatures({
      store,
      clock,
      logger,
      trust: () => trust,
    });
    stops.push(() => attachmentSignatures.stop());

    const deliver: DeliverContext = {
      store,
      clock,
      logger,
      metrics,
      schedule: () => config.delivery.retryMs,
      breaker: config.delivery.breaker,
      random: options.random ?? Math.random,
      makeNotice: (delivery, reason) => makeFailureNotice(context, delivery, reason),
      makeCertificate: context.makeCertificate,
      push: createPush({
        organId: config.organId,
        timeoutMs: config.delivery.attemptTimeoutMs,
        readSecret: readSecretText,
        readText: (file) => readFileSync(file, 'utf8'),
      }),
    };
    // Before anything is leased: what waits by an older schedule gets the times of the present one.
    const operator = { store, clock, logger, actor: 'gateway' };
    await rescheduleForConfig(operator, config.delivery.retryMs);
    const scheduler = startScheduler(deliver, {
      concurrency: config.delivery.concurrency,
      perRecipient: config.delivery.perRecipient,
      leaseMs: config.delivery.leaseMs,
      idleMs: IDLE_MS,
    });
    wake = scheduler.wake;
    stops.push(async () => {
      await scheduler.stop(GRACE_MS);
      await closeConnections();
    });
    if (config.trust.fetch !== undefined) {
      const refresh = createRevocationRefresh({
        cache: revocations,
        trust: () => trust,
        store,
        folder: config.store.folder,
        fetch: config.trust.fetch,
        clock,
        logger,
      });
      await refresh.load();
      refresh.start();
      stops.push(() => refresh.stop());
    }
    const warn = (): void => {
      alertCertificates({ store, trust, clock, logger }).catch((error: unknown) => {
        logger.error('store.failed', { reason: causeText(error) });
      });
    };
    warn();
    const warner = setInterval(warn, WARN_EVERY_MS);
    stops.push(async () => clearInterval(warner));
    metrics.onScrape(async () => (await store.counts()).deliveries);

    const housekeeping = startHousekeeping({
      store,
      config,
      clock,
      logger,
      version: context.version,
    });
    stops.push(() => housekeeping.stop());
    const disk = await watchDisk(config, logger);
    stops.push(async () => disk.stop());
    metrics.onFreeBytes(() => disk.state().freeBytes);
    const diskLow = (): boolean => disk.state().low;

    const operations = await loadOperations(join(PACKAGE_ROOT, 'wsdl', 'edxgate.wsdl'));
    assertSameOperations(operations, OPERATIONS.keys());
    const open = async (
      app: Parameters<typeof listen>[0],
      listener: ExchangeListener,
    ): Promise<Listening> => {
      const listening = await listen(app, listenerOf(listener, clientTrust));
      stops.push(() => listening.stop(GRACE_MS));
      return listening;
    };
    const exchange = createExchange({
      context,
      clock,
      logger,
      metrics,
      operations,
      partner: partnerSuite(options, store, key),
      signIn: createSignIn({
        store,
        clock,
        trust: () => trust,
        clientTrust: () => clientTrust,
        byMessage: config.exchange.wsSecurity !== 'off',
        clearPasswords: config.insecureHttp || isLoopback(config.exchange.host),
        ...(config.exchange.wsDigest === 'on'
          ? { digestKey: openDigestKey(digestKeyFile(config.store.folder)) }
          : {}),
      }),
      requestBytes: config.limits.requestBytes,
      spool: openSpool(join(config.store.folder, 'incoming')),
      diskLow,
    });
    const consoleKey = openConsoleKey(config.store.folder);
    const admin = createAdmin({
      store,
      metrics,
      logger,
      key: consoleKey,
      table: adminTable(
        consoleContext({
          store,
          clock,
          logger,
          version: context.version,
          organId: config.organId,
          key: consoleKey,
          clearPasswords: config.insecureHttp || isLoopback(config.admin.host),
        }),
      ),
      metricsAccess: metricsAccess(config),
      diskLow,
    });
    const exchangeListening = await open(exchange, config.exchange);
    const adminListening = await open(admin, config.admin);
    logger.info('gateway.started', {
      exchange: exchangeListening.url,
      admin: adminListening.url,
      version: context.version,
    });
    return {
      exchangeUrl: exchangeListening.url,
      adminUrl: adminListening.url,
      store,
      reloadTrust: () => {
        trust = loadTrust(config.trust, revocations);
        clientTrust = loadClientTrust(config);
      },
      stop: async () => {
        logger.info('gateway.stopping');
        await stopAll();
        logger.info('gateway.stopped');
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** The partner suite judges by the store; its reports are signed with the key of receipts. */
function partnerSuite(
  { config, clock }: GatewayOptions,
  store: Store,
  key: ReceiptKey,
): PartnerRoute {
  const { organId, signature } = config;
  const keys = readPublicKeys(join(config.store.folder, 'keys'));
  const partner = createPartner({
    store,
    clock,
    organId,
    signatureRequired: async (agency) => {
      const registered = (await store.listCertificates(agency.organId)).length > 0;
      return effectivePolicy(agency, registered, signature.policy) === 'require';
    },
    makeReport: (facts) => makePassReport(facts, organId, key),
    readReport: (xml) => {
      const reading = readPassReport(xml, keys);
      return reading.ok ? reading.pass : undefined;
    },
  });
  return { partner, publicKey: key.publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

function watchDisk(config: Config, logger: Logger): Promise<DiskWatch> {
  return startDiskWatch({
    folder: config.store.folder,
    minFreeBytes: config.limits.diskFreeBytes,
    onChange: ({ low, freeBytes }) => {
      const fields = freeBytes === undefined ? {} : { bytes: freeBytes };
      if (low) logger.error('alert.disk', fields);
      else logger.warn('alert.disk-over', fields);
    },
  });
}

/** With `token` the scrape token lies in `keys/metrics.token` of the store's folder; made when missing. */
function metricsAccess(config: Config): 'open' | { token: string } {
  if (config.admin.metrics === 'open') return 'open';
  const file = join(config.store.folder, 'keys', 'metrics.token');
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return { token: readSecretText(file).trim() };
}
