import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { readSecretFile } from '../config/secret-file.js';
import { makeCertificate } from '../evidence/certificate.js';
import { makeReceipt } from '../evidence/receipt.js';
import { openReceiptKey } from '../evidence/receipt-keys.js';
import { loadTrust } from '../operate/trust.js';
import { packageVersion } from '../package-root.js';
import type { ReceiveContext } from '../receive/context.js';
import { signForAgency } from '../receive/lent-key.js';
import type { Store } from '../store/store.js';
import { RevocationCache } from '../xml/revocation-cache.js';
import type { Run } from './command.js';

export function receiveContext(run: Run, config: Config, store: Store): ReceiveContext {
  const trust = loadTrust(config.trust, new RevocationCache());
  const key = openReceiptKey(
    config.keys.receipt === undefined
      ? { folder: join(config.store.folder, 'keys') }
      : { file: config.keys.receipt },
    readSecretFile,
  );
  return {
    store,
    clock: run.terminal.clock,
    organId: config.organId,
    version: packageVersion(),
    signaturePolicy: config.signature.policy,
    maxAttachments: config.limits.attachments,
    lifetimes: config.delivery.lifetimes,
    trust: () => trust,
    makeReceipt: (facts) => makeReceipt(facts, config.organId, key),
    makeCertificate: (facts) => makeCertificate(facts, config.organId, key),
    signFor: (agency, xml) => signForAgency(agency, xml, readSecretFile),
    wake: () => undefined,
    documentStored: () => undefined,
  };
}
