/**
 * The table of settings: every key of edxgate.yaml once, with its default, the form of its value and
 * its check. The loader, docs/configuration.md and `edxgate config show` are made from it.
 *
 * @module
 */
import { SIGNATURE_POLICIES } from '../model/signature.js';
import * as value from './values.js';

export interface Setting<T> {
  /** `limits.request` */
  readonly key: string;
  /** Text of the default; '' = none; undefined = the key must be written. */
  readonly fallback: string | undefined;
  /** What the value looks like, for people: `address:port`. */
  readonly form: string;
  readonly what: string;
  readonly schema: value.ValueSchema<T>;
}

function setting<T>(
  key: string,
  fallback: string | undefined,
  form: string,
  schema: value.ValueSchema<T>,
  what: string,
): Setting<T> {
  return { key, fallback, form, schema, what };
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const MIB = 1_048_576;

export const SETTINGS = {
  organId: setting(
    'organ_id',
    undefined,
    'organ id',
    value.organId,
    'Our own organ id: it stands in receipts and in what the gateway writes itself.',
  ),
  exchangeListen: setting(
    'exchange.listen',
    '127.0.0.1:8080',
    'host:port',
    value.address,
    'Where document systems send and collect: `/soap`. Port 0 takes any free port.',
  ),
  exchangeCertificate: setting(
    'exchange.tls.cert',
    '',
    'file',
    value.path,
    'PEM file with the certificate and its chain; makes the listener serve https. Needs `exchange.tls.key`.',
  ),
  exchangeKey: setting(
    'exchange.tls.key',
    '',
    'file',
    value.path,
    'PEM file with the private key, mode 0600.',
  ),
  exchangeClientCa: setting(
    'exchange.tls.client_ca',
    '',
    'file or folder, or a list',
    value.paths,
    'CA certificates that client certificates must chain to: PEM or DER. Needs `exchange.tls.client_auth`.',
  ),
  exchangeClientAuth: setting(
    'exchange.tls.client_auth',
    'off',
    'off, request, require',
    value.choice(['off', 'request', 'require']),
    'Client certificates: `request` takes one as a sign-in, `require` lets nobody in without one. Both need `exchange.tls.client_ca`.',
  ),
  exchangeWsSecurity: setting(
    'exchange.ws_security',
    'on',
    'on, off',
    value.choice(['on', 'off']),
    'Sign-in by a WS-Security header (UsernameToken, X.509 signature), for callers that send neither an Authorization header nor a client certificate.',
  ),
  exchangeWsDigest: setting(
    'exchange.ws_digest',
    'off',
    'on, off',
    value.choice(['on', 'off']),
    'UsernameToken with PasswordDigest, against a secret of its own (`edxgate agency token ORGAN --digest-secret`). The digest is SHA-1, and the secrets lie sealed on this machine: only for systems that can do nothing else.',
  ),
  adminListen: setting(
    'admin.listen',
    '127.0.0.1:8081',
    'host:port',
    value.address,
    'Where administrators work; never the port of the exchange listener. Never open it to the exchange network.',
  ),
  adminCertificate: setting(
    'admin.tls.cert',
    '',
    'file',
    value.path,
    'As `exchange.tls.cert`, for the admin listener.',
  ),
  adminKey: setting(
    'admin.tls.key',
    '',
    'file',
    value.path,
    'PEM file with the private key, mode 0600.',
  ),
  adminMetrics: setting(
    'admin.metrics',
    'open',
    'open, token',
    value.choice(['open', 'token']),
    'Who may read `/metrics`. `open` only on a loopback address; elsewhere the default is `token`.',
  ),
  store: setting(
    'store',
    'store',
    'folder',
    value.storeFolder,
    'Folder of the embedded store (database, content files, receipt keys), mode 0700. `postgres://…` is not available in this version.',
  ),
  storePasswordFile: setting(
    'store_password_file',
    '',
    'file',
    value.later,
    'Password of a database server. Not available in this version.',
  ),
  content: setting(
    'content',
    'store',
    'store',
    value.contentPlace,
    'Where the bytes of packages are kept: in the folder of the store. s3 is not available in this version.',
  ),
  trustAnchors: setting(
    'trust.anchors',
    '',
    'file or folder, or a list',
    value.paths,
    'CA certificates that signers may chain to: PEM or DER; in folders, every file with a CERTIFICATE block. No usable block in one of them stops the start.',
  ),
  trustCrls: setting(
    'trust.crls',
    '',
    'file or folder, or a list',
    value.paths,
    'Revocation lists: PEM (X509 CRL blocks) or DER. May be the folder of the anchors.',
  ),
  trustAgencyAnchors: setting(
    'trust.agency_anchors',
    '',
    'folder',
    value.path,
    'CA certificates that one agency alone may chain to: a folder with a folder or file per organ id (`T99.02/`, `T99.02.pem`). They count beside `trust.anchors`, never for another agency. Revocation lists in there are read too.',
  ),
  trustRevocation: setting(
    'trust.revocation',
    'soft',
    'soft, hard',
    value.choice(['soft', 'hard']),
    '`hard`: a certificate below an anchor of which no fresh list or OCSP answer is at hand makes the signature `untrusted` (`revocation.unknown`). `soft`: that is only noted.',
  ),
  trustCrlUrls: setting(
    'trust.crl_urls',
    '',
    'http(s) address, or a list',
    value.urls,
    'Revocation lists to fetch in the background. Their signatures are what counts, so http will do.',
  ),
  trustCrlRefresh: setting(
    'trust.crl_refresh',
    '1h',
    'duration, off',
    value.durationOrOff(MINUTE, 7 * DAY, '1m to 7d, or off'),
    'How often `trust.crl_urls` are fetched. What was fetched is kept in the folder of the store (`trust-cache/`).',
  ),
  trustOcsp: setting(
    'trust.ocsp',
    'off',
    'off, soft, hard',
    value.choice(['off', 'soft', 'hard']),
    'Whether responders are asked, in the background, about certificates of registered and recent signers. `hard`: without a fresh answer a certificate that names a responder of `trust.ocsp_hosts` is not trusted.',
  ),
  trustOcspHosts: setting(
    'trust.ocsp_hosts',
    '',
    'host or host:port, or a list',
    value.hosts,
    'The only responders that are ever asked; an address in a certificate counts only when its host stands here.',
  ),
  receiptKey: setting(
    'keys.receipt',
    '',
    'file',
    value.path,
    'PEM file with the key that signs receipts, mode 0600. Without it one is made in the folder of the store at the first start.',
  ),
  signaturePolicy: setting(
    'signature.policy',
    'verify',
    SIGNATURE_POLICIES.join(', '),
    value.choice(SIGNATURE_POLICIES),
    'For agencies without a policy of their own and without a registered certificate; with one it is `require`.',
  ),
  signatureEngine: setting(
    'signature.engine',
    'native',
    'native, both',
    value.choice(['native', 'both']),
    '`both` asks xml-crypto for a second opinion on every signature and reports where the two differ for no known reason. Ours decides. Slow: for a pilot phase.',
  ),
  limitRequest: setting(
    'limits.request',
    '96MiB',
    'size',
    value.size(65_536, 2_000 * MIB, '64KiB to 2000MiB'),
    'Largest whole request; a larger one is answered with 413. A 50 MB package passes inline.',
  ),
  limitAttachments: setting(
    'limits.attachments',
    '500',
    'count',
    value.count(1, 10_000),
    'Most attachments of one document.',
  ),
  limitDiskFree: setting(
    'limits.disk_free',
    '256MiB',
    'size',
    value.size(0, 1_000_000 * MIB, '0 to 1000000MiB'),
    'Free space that the disk of the store must have: below it new packages are refused for the time being (`server.disk`), and everything else goes on. 0 = not watched.',
  ),
  backupFolder: setting(
    'backup.folder',
    '',
    'folder',
    value.path,
    'Where `serve` writes backups by itself, best on another disk. Without it none are made.',
  ),
  backupEvery: setting(
    'backup.every',
    '1d',
    'duration',
    value.duration(MINUTE, 90 * DAY, '1m to 90d'),
    'How often.',
  ),
  backupKeep: setting(
    'backup.keep',
    '7',
    'count',
    value.count(1, 1_000),
    'How many backups of its own `serve` keeps in `backup.folder`.',
  ),
  backupRehearse: setting(
    'backup.rehearse',
    'true',
    'true, false',
    value.yesNo,
    'After each backup, restore it into a temporary folder there and check it as `store check` does.',
  ),
  deliveryRetry: setting(
    'delivery.retry',
    '1m, 5m, 15m, 1h*6, 6h*20',
    'schedule',
    value.schedule,
    'Waiting time after each failed attempt; `1h*6` = six times one hour. After the last one the delivery is dead.',
  ),
  deliveryTimeout: setting(
    'delivery.attempt_timeout',
    '60s',
    'duration',
    value.duration(1_000, 10 * MINUTE, '1s to 10m'),
    'Longest time of one attempt, from connecting to the last byte of the answer.',
  ),
  deliveryLease: setting(
    'delivery.lease',
    '90s',
    'duration',
    value.duration(2_000, 60 * MINUTE, '2s to 60m'),
    'How long a claim on a delivery holds when its worker dies; longer than `delivery.attempt_timeout`.',
  ),
  deliveryPerRecipient: setting(
    'delivery.per_recipient',
    '2',
    'count',
    value.count(1, 100),
    'Most attempts at once to one recipient.',
  ),
  deliveryConcurrency: setting(
    'delivery.concurrency',
    '128',
    'count',
    value.count(1, 2_000),
    'Most attempts at once over all recipients.',
  ),
  deliveryLifetime: setting(
    'delivery.lifetime',
    '10d, 5d, 3d, 2d, 2d',
    'durations',
    value.lifetimes,
    'How long a pushed delivery may wait before it ends as a dead letter and its sender is told: one duration, or five for `Priority` 0 to 4.',
  ),
  deliveryCollectLifetime: setting(
    'delivery.collect_lifetime',
    '90d',
    'duration, forever',
    value.durationOrForever(MINUTE, 'from 1m'),
    'The same for deliveries that wait to be collected.',
  ),
  breakerFailures: setting(
    'delivery.breaker_failures',
    '5',
    'count',
    value.count(0, 1_000),
    'After so many failures of its channel in a row a recipient is left alone for a while, then tried with one delivery at a time. 0 = never.',
  ),
  breakerPause: setting(
    'delivery.breaker_pause',
    '30s, 10m',
    'two durations',
    value.pauseRange,
    'The first pause of a recipient left alone, and the longest: each failed probe doubles it. `Retry-After` lengthens it, up to the longest.',
  ),
  retentionContent: setting(
    'retention.content',
    'forever',
    'duration, forever',
    value.durationOrForever(DAY, 'from 1d'),
    'How long the bytes of packages are kept after every delivery is final.',
  ),
  retentionContentDead: setting(
    'retention.content_dead',
    '',
    'duration, forever',
    value.durationOrForeverOrSame(DAY, 'from 1d'),
    'The same for messages with a dead letter among their deliveries. Default: as `retention.content`.',
  ),
  retentionContentCancelled: setting(
    'retention.content_cancelled',
    '',
    'duration, forever',
    value.durationOrForeverOrSame(DAY, 'from 1d'),
    'The same for messages whose deliveries were all cancelled. Default: as `retention.content`.',
  ),
  retentionLog: setting(
    'retention.log',
    'forever',
    'duration, forever',
    value.durationOrForever(DAY, 'from 1d'),
    'How long messages, deliveries and attempts are kept after every delivery is final; their content goes before. Not shorter than `retention.content`.',
  ),
  retentionRefusals: setting(
    'retention.refusals',
    '14d, 1GiB',
    'duration, size',
    value.timeAndSize,
    'How long refused packages are kept for the operator, and how much in all.',
  ),
  retentionKeys: setting(
    'retention.keys',
    'forever',
    'forever',
    value.foreverOnly,
    'How long the same package sent again is recognised as a duplicate.',
  ),
  logLevel: setting(
    'log.level',
    'info',
    'debug, info, warn, error',
    value.choice(['debug', 'info', 'warn', 'error']),
    'Least level that is written to standard error.',
  ),
  logFormat: setting(
    'log.format',
    'json',
    'json, text',
    value.choice(['json', 'text']),
    '`text` is for people; one event a line in both.',
  ),
  insecureHttp: setting(
    'insecure_http',
    'false',
    'true, false',
    value.yesNo,
    'Lets a listener without TLS stand on an address that is not loopback. Tokens and documents then cross the network in the clear, unless a proxy in front adds TLS.',
  ),
} as const;

/** In the order of the documentation. */
export const ALL_SETTINGS: readonly Setting<unknown>[] = Object.values(SETTINGS);

/** Groups whose keys come with a later version: refused by name, not as unknown. */
export const LATER_GROUPS: ReadonlySet<string> = new Set(['profiles']);
