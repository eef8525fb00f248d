/**
 * Rules between settings, and between settings and the machine: addresses, TLS files, secrets.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import type { Config, Listener } from './config.js';
import type { Words } from './problem.js';
import { isWide } from './secret-file.js';
import { SETTINGS } from './settings.js';
import { isLoopback, isWildcard } from './values.js';

/** A broken rule, and the key whose line is shown. */
export interface BrokenRule extends Words {
  readonly key: string;
}

export function brokenRules(config: Config): BrokenRule[] {
  return [
    ...listenerRules(config.exchange, 'exchange', config.insecureHttp),
    ...listenerRules(config.admin, 'admin', config.insecureHttp),
    ...signInRules(config),
    ...sharedPort(config),
    ...metricsRule(config),
    ...leaseRule(config),
    ...ocspRule(config),
    ...retentionRule(config),
    ...fileRules(config),
  ];
}

/** `exchange.tls.cert` without `exchange.tls.key`, or the reverse; looked at before a Config is made. */
export function tlsPairRule(name: 'exchange' | 'admin', cert: string, key: string): BrokenRule[] {
  if ((cert === '') === (key === '')) return [];
  const [given, missing] = cert === '' ? ['key', 'cert'] : ['cert', 'key'];
  return [
    {
      key: `${name}.tls.${given}`,
      text: `needs ${name}.tls.${missing} too`,
      textVi: `cần cả ${name}.tls.${missing}`,
    },
  ];
}

function listenerRules(listener: Listener, name: string, insecureHttp: boolean): BrokenRule[] {
  if (listener.tls !== undefined || insecureHttp || isLoopback(listener.host)) return [];
  return [
    {
      key: `${name}.listen`,
      text: `${listener.host} can be reached from other machines; set ${name}.tls.cert and ${name}.tls.key, or insecure_http: true`,
      textVi: `máy khác truy cập được ${listener.host}; khai báo ${name}.tls.cert và ${name}.tls.key, hoặc insecure_http: true`,
    },
  ];
}

function signInRules({ exchange }: Config): BrokenRule[] {
  const { clientAuth, tls, wsSecurity, wsDigest } = exchange;
  const broken: BrokenRule[] = [];
  if (clientAuth !== undefined && (tls === undefined || clientAuth.ca.length === 0)) {
    const missing =
      tls === undefined ? SETTINGS.exchangeCertificate.key : SETTINGS.exchangeClientCa.key;
    broken.push({
      key: SETTINGS.exchangeClientAuth.key,
      text: `needs ${missing} too`,
      textVi: `cần cả ${missing}`,
    });
  }
  if (wsDigest === 'on' && wsSecurity === 'off') {
    broken.push({
      key: SETTINGS.exchangeWsDigest.key,
      text: 'needs exchange.ws_security: on',
      textVi: 'cần exchange.ws_security: on',
    });
  }
  return broken;
}

/** `exchange.tls.client_ca` without a mode looks like protection and is none; looked at before a Config is made. */
export function clientAuthRule(ca: readonly string[], mode: string): BrokenRule[] {
  if (ca.length === 0 || mode !== 'off') return [];
  return [
    {
      key: SETTINGS.exchangeClientCa.key,
      text: 'needs exchange.tls.client_auth: request or require',
      textVi: 'cần exchange.tls.client_auth: request hoặc require',
    },
  ];
}

function sharedPort({ exchange, admin }: Config): BrokenRule[] {
  const overlap =
    exchange.host === admin.host || isWildcard(exchange.host) || isWildcard(admin.host);
  if (exchange.port === 0 || exchange.port !== admin.port || !overlap) return [];
  return [
    {
      key: SETTINGS.adminListen.key,
      text: `port ${admin.port} is that of exchange.listen; the two never share a port`,
      textVi: `cổng ${admin.port} đã dùng cho exchange.listen; hai bên không được dùng chung cổng`,
    },
  ];
}

function metricsRule({ admin }: Config): BrokenRule[] {
  if (admin.metrics !== 'open' || isLoopback(admin.host)) return [];
  return [
    {
      key: SETTINGS.adminMetrics.key,
      text: 'open is only for a loopback address; write token',
      textVi: 'open chỉ dùng cho địa chỉ nội bộ của máy; ghi token',
    },
  ];
}

function leaseRule({ delivery }: Config): BrokenRule[] {
  if (delivery.leaseMs > delivery.attemptTimeoutMs) return [];
  return [
    {
      key: SETTINGS.deliveryLease.key,
      text: 'must be longer than delivery.attempt_timeout, else a slow delivery is made twice',
      textVi: 'phải dài hơn delivery.attempt_timeout, nếu không một lần gửi chậm sẽ bị gửi hai lần',
    },
  ];
}

function retentionRule({ retention: { logMs, contentMs } }: Config): BrokenRule[] {
  const { delivered, dead, cancelled } = contentMs;
  const longest = Math.max(...[delivered, dead, cancelled].map((ms) => ms ?? Infinity));
  if (logMs === undefined || logMs >= longest) return [];
  return [
    {
      key: SETTINGS.retentionLog.key,
      text: 'must not be shorter than retention.content: the log is deleted after the content',
      textVi: 'không được ngắn hơn retention.content: nhật ký bị xóa sau nội dung',
    },
  ];
}

function ocspRule({ trust: { fetch } }: Config): BrokenRule[] {
  if (fetch === undefined || fetch.ocsp === 'off' || fetch.ocspHosts.length > 0) return [];
  return [
    {
      key: SETTINGS.trustOcsp.key,
      text: 'needs trust.ocsp_hosts: the responders that may be asked',
      textVi: 'cần trust.ocsp_hosts: các máy trả lời OCSP được phép hỏi',
    },
  ];
}

function fileRules({ exchange, admin, keys, trust }: Config): BrokenRule[] {
  const secrets: [string, string | undefined][] = [
    [SETTINGS.exchangeKey.key, exchange.tls?.key],
    [SETTINGS.adminKey.key, admin.tls?.key],
    [SETTINGS.receiptKey.key, keys.receipt],
  ];
  const open: [string, string | undefined][] = [
    [SETTINGS.exchangeCertificate.key, exchange.tls?.cert],
    [SETTINGS.adminCertificate.key, admin.tls?.cert],
    ...(exchange.clientAuth?.ca ?? []).map((file): [string, string] => [
      SETTINGS.exchangeClientCa.key,
      file,
    ]),
    ...trust.anchors.map((file): [string, string] => [SETTINGS.trustAnchors.key, file]),
    ...trust.crls.map((file): [string, string] => [SETTINGS.trustCrls.key, file]),
    [SETTINGS.trustAgencyAnchors.key, trust.agencyAnchors],
  ];
  const broken: BrokenRule[] = [];
  for (const [key, file] of [...secrets, ...open]) {
    if (file === undefined || existsSync(file)) continue;
    broken.push({ key, text: `there is no ${file}`, textVi: `không có ${file}` });
  }
  for (const [key, file] of secrets) {
    if (file === undefined || !isWide(file)) continue;
    broken.push({
      key,
      text: `others may read ${file}; do: chmod 600 ${file}`,
      textVi: `người khác đọc được ${file}; chạy: chmod 600 ${file}`,
    });
  }
  return broken;
}
