/**
 * Config: the settings in the form in which the gateway works with them. Paths are absolute, durations
 * milliseconds, sizes bytes. Absent = forever for retention, none for files.
 *
 * @module
 */
import { resolve } from 'node:path';
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

export interface Config {
  readonly organId: OrganId;
  readonly exchange: Listener;
  readonly admin: Listener & { readonly metrics: 'open' | 'token' };
  readonly store: { readonly folder: string };
  /** Files or folders; read them with readTrustFiles. */
  readonly trust: { readonly anchors: readonly string[]; readonly crls: readonly string[] };
  readonly keys: { readonly receipt?: string };
  readonly signature: { readonly policy: SignaturePolicy; readonly engine: 'native' };
  readonly limits: { readonly requestBytes: number; readonly attachments: number };
  readonly delivery: {
    /** Waits after failed attempts; one attempt more than entries. */
    readonly retryMs: readonly number[];
    readonly attemptTimeoutMs: number;
    readonly leaseMs: number;
    readonly perRecipient: number;
  };
  readonly retention: {
    readonly contentMs?: number;
    readonly logMs?: number;
    readonly refusals: { readonly keepMs: number; readonly maxBytes: number };
    readonly keysMs?: number;
  };
  readonly log: { readonly level: LogLevel; readonly format: 'json' | 'text' };
  readonly insecureHttp: boolean;
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
    exchange: listener(get(SETTINGS.exchangeListen), get(exchangeCertificate), get(exchangeKey)),
    admin: {
      ...listener(get(SETTINGS.adminListen), get(adminCertificate), get(adminKey)),
      metrics: get(SETTINGS.adminMetrics),
    },
    store: { folder: at(get(SETTINGS.store)) },
    trust: {
      anchors: get(SETTINGS.trustAnchors).map(at),
      crls: get(SETTINGS.trustCrls).map(at),
    },
    keys: receipt === '' ? {} : { receipt: at(receipt) },
    signature: { policy: get(SETTINGS.signaturePolicy), engine: get(SETTINGS.signatureEngine) },
    limits: {
      requestBytes: get(SETTINGS.limitRequest),
      attachments: get(SETTINGS.limitAttachments),
    },
    delivery: {
      retryMs: get(SETTINGS.deliveryRetry),
      attemptTimeoutMs: get(SETTINGS.deliveryTimeout),
      leaseMs: get(SETTINGS.deliveryLease),
      perRecipient: get(SETTINGS.deliveryPerRecipient),
    },
    retention: {
      ...finite('contentMs', get(SETTINGS.retentionContent)),
      ...finite('logMs', get(SETTINGS.retentionLog)),
      ...finite('keysMs', get(SETTINGS.retentionKeys)),
      refusals: get(SETTINGS.retentionRefusals),
    },
    log: { level: get(SETTINGS.logLevel), format: get(SETTINGS.logFormat) },
    insecureHttp: get(SETTINGS.insecureHttp),
  };
}

function finite<K extends string>(name: K, ms: number): { [key in K]?: number } {
  return Number.isFinite(ms) ? ({ [name]: ms } as { [key in K]: number }) : {};
}
