/**
 * Config: the settings in the form in which the gateway works with them. Paths are absolute, durations
 * milliseconds, sizes bytes. Absent = forever for retention, none for files.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { Lifetimes } from '../model/lifetime.js';
import type { OrganId } from '../model/organ-id.js';
import type { SignaturePolicy } from '../model/signature.js';
import { SETTINGS, type Setting } from './settings.js';

export interface TlsFiles {
  /** PEM file: certificate and chain. */
  readonly cert: string;
  /** PEM file: private key, mode 0600. */
  readonly key: string;
}

export interface Listener {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls?: TlsFiles;
}

/** What the exchange listener takes as a sign-in beside Basic and Bearer. */
export interface ExchangeListener extends Listener {
  /** Absent = client certificates are not asked for. */
  readonly clientAuth?: ClientAuth;
  /** Absent = on. */
  readonly wsSecurity?: 'off';
  /** Absent = off. */
  readonly wsDigest?: 'on';
}

export interface ClientAuth {
  /** Files or folders; read them with readTrustFiles. */
  readonly ca: readonly string[];
  readonly mode: 'request' | 'require';
}

export interface TrustConfig {
  /** Files or folders; read them with readTrustFiles. */
  readonly anchors: readonly string[];
  readonly crls: readonly string[];
  /** Folder; read it with readAgencyTrustFiles. */
  readonly agencyAnchors?: string;
  /** Absent = soft. */
  readonly revocation?: 'hard';
  /** Absent = nothing is ever fetched. */
  readonly fetch?: TrustFetchConfig;
}

export interface TrustFetchConfig {
  readonly crlUrls: readonly string[];
  /** Infinity = never. */
  readonly crlRefreshMs: number;
  readonly ocsp: 'off' | 'soft' | 'hard';
  /** `ocsp.example` or `ocsp.example:8080`, in lower case. */
  readonly ocspHosts: readonly string[];
}

export interface Config {
  readonly organId: OrganId;
  readonly exchange: ExchangeListener;
  readonly admin: Listener & { readonly metrics: 'open' | 'token' };
  readonly store: { readonly folder: string };
  readonly trust: TrustConfig;
  readonly keys: { readonly receipt?: string };
  readonly signature: { readonly policy: SignaturePolicy; readonly engine: 'native' | 'both' };
  readonly limits: {
    readonly requestBytes: number;
    readonly attachments: number;
    /** 0 = not watched. */
    readonly diskFreeBytes: number;
  };
  /** Absent = none are made. */
  readonly backup?: BackupConfig;
  readonly delivery: {
    /** Waits after failed attempts; one attempt more than entries. */
    readonly retryMs: readonly number[];
    readonly attemptTimeoutMs: number;
    readonly leaseMs: number;
    readonly perRecipient: number;
    readonly concurrency: number;
    readonly lifetimes: Lifetimes;
    readonly breaker: BreakerConfig;
  };
  readonly retention: {
    /** By how the message ended. Absent = forever. */
    readonly contentMs: ContentRetention;
    readonly logMs?: number;
    readonly refusals: { readonly keepMs: number; readonly maxBytes: number };
    readonly keysMs?: number;
  };
  readonly log: { readonly level: LogLevel; readonly format: 'json' | 'text' };
  /** Absent = an agency needs no pass to come into production. */
  readonly conformance?: { readonly requirePass: true };
  readonly insecureHttp: boolean;
}

export interface BreakerConfig {
  /** 0 = never opens. */
  readonly failures: number;
  readonly pauseMs: number;
  readonly maxPauseMs: number;
}

export interface ContentRetention {
  readonly delivered?: number;
  readonly dead?: number;
  readonly cancelled?: number;
}

export interface BackupConfig {
  readonly folder: string;
  readonly everyMs: number;
  readonly keep: number;
  readonly rehearse: boolean;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Answers the checked value of a setting. */
export type Values = <T>(setting: Setting<T>) => T;

/** @param folder the folder of the configuration file, to which relative paths belong. */
export function buildConfig(get: Values, folder: string): Config {
  const at = (path: string): string => resolve(folder, path);
  const listener = (
    listen: { host: string; port: number },
    cert: string,
    key: string,
  ): Listener => ({
    ...listen,
    ...(cert === '' ? {} : { tls: { cert: at(cert), key: at(key) } }),
  });
  const { exchangeCertificate, exchangeKey, adminCertificate, adminKey } = SETTINGS;
  const receipt = get(SETTINGS.receiptKey);
  return {
    organId: get(SETTINGS.organId),
    exchange: {
      ...listener(get(SETTINGS.exchangeListen), get(exchangeCertificate), get(exchangeKey)),
      ...buildSignIn(get, at),
    },
    admin: {
      ...listener(get(SETTINGS.adminListen), get(adminCertificate), get(adminKey)),
      metrics: get(SETTINGS.adminMetrics),
    },
    store: { folder: at(get(SETTINGS.store)) },
    trust: buildTrust(get, at),
    keys: receipt === '' ? {} : { receipt: at(receipt) },
    signature: { policy: get(SETTINGS.signaturePolicy), engine: get(SETTINGS.signatureEngine) },
    limits: {
      requestBytes: get(SETTINGS.limitRequest),
      attachments: get(SETTINGS.limitAttachments),
      diskFreeBytes: get(SETTINGS.limitDiskFree),
    },
    ...buildBackup(get, at),
    delivery: {
      retryMs: get(SETTINGS.deliveryRetry),
      attemptTimeoutMs: get(SETTINGS.deliveryTimeout),
      leaseMs: get(SETTINGS.deliveryLease),
      perRecipient: get(SETTINGS.deliveryPerRecipient),
      concurrency: get(SETTINGS.deliveryConcurrency),
      lifetimes: {
        push: get(SETTINGS.deliveryLifetime),
        ...finite('collect', get(SETTINGS.deliveryCollectLifetime)),
      },
      breaker: { failures: get(SETTINGS.breakerFailures), ...get(SETTINGS.breakerPause) },
    },
    retention: {
      contentMs: {
        ...finite('delivered', get(SETTINGS.retentionContent)),
        ...finite('dead', contentRetention(get, SETTINGS.retentionContentDead)),
        ...finite('cancelled', contentRetention(get, SETTINGS.retentionContentCancelled)),
      },
      ...finite('logMs', get(SETTINGS.retentionLog)),
      ...finite('keysMs', get(SETTINGS.retentionKeys)),
      refusals: get(SETTINGS.retentionRefusals),
    },
    log: { level: get(SETTINGS.logLevel), format: get(SETTINGS.logFormat) },
    ...(get(SETTINGS.conformanceRequirePass) ? { conformance: { requirePass: true } } : {}),
    insecureHttp: get(SETTINGS.insecureHttp),
  };
}

function buildSignIn(
  get: Values,
  at: (path: string) => string,
): Pick<ExchangeListener, 'clientAuth' | 'wsSecurity' | 'wsDigest'> {
  const mode = get(SETTINGS.exchangeClientAuth);
  const ca = get(SETTINGS.exchangeClientCa).map(at);
  return {
    ...(mode === 'off' ? {} : { clientAuth: { ca, mode } }),
    ...(get(SETTINGS.exchangeWsSecurity) === 'off' ? { wsSecurity: 'off' } : {}),
    ...(get(SETTINGS.exchangeWsDigest) === 'on' ? { wsDigest: 'on' } : {}),
  };
}

function contentRetention(get: Values, setting: Setting<number | 'same'>): number {
  const own = get(setting);
  return own === 'same' ? get(SETTINGS.retentionContent) : own;
}

function buildBackup(get: Values, at: (path: string) => string): Pick<Config, 'backup'> {
  const folder = get(SETTINGS.backupFolder);
  if (folder === '') return {};
  return {
    backup: {
      folder: at(folder),
      everyMs: get(SETTINGS.backupEvery),
      keep: get(SETTINGS.backupKeep),
      rehearse: get(SETTINGS.backupRehearse),
    },
  };
}

function buildTrust(get: Values, at: (path: string) => string): TrustConfig {
  const agencyAnchors = get(SETTINGS.trustAgencyAnchors);
  const fetch: TrustFetchConfig = {
    crlUrls: get(SETTINGS.trustCrlUrls),
    crlRefreshMs: get(SETTINGS.trustCrlRefresh),
    ocsp: get(SETTINGS.trustOcsp),
    ocspHosts: get(SETTINGS.trustOcspHosts),
  };
  return {
    anchors: get(SETTINGS.trustAnchors).map(at),
    crls: get(SETTINGS.trustCrls).map(at),
    ...(agencyAnchors === '' ? {} : { agencyAnchors: at(agencyAnchors) }),
    ...(get(SETTINGS.trustRevocation) === 'hard' ? { revocation: 'hard' } : {}),
    ...(fetch.crlUrls.length > 0 || fetch.ocsp !== 'off' ? { fetch } : {}),
  };
}

function finite<K extends string>(name: K, ms: number): { [key in K]?: number } {
  return Number.isFinite(ms) ? ({ [name]: ms } as { [key in K]: number }) : {};
}
