/**
 * The sample set in one folder: configuration, a sample authority, agencies with their keys and tokens.
 * Everything is made only where it is missing, so that a second start finds what the first one made.
 *
 * ```text
 * DIR/edxgate.yaml   DIR/sample/ca.pem   DIR/sample/T99.01.{pem,key,token}   DIR/sample/document.edxml
 * DIR/store/         DIR/sample-recipient/
 * ```
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSecretText } from '../config/secret-file.js';
import type { Route } from '../model/agency.js';
import { addAgency, type OperatorContext, setAgency } from '../operate/agencies.js';
import { addCertificate, listCertificates } from '../operate/certificates.js';
import { createToken, listTokens, revokeToken } from '../operate/tokens.js';
import { createSampleAuthority, issueSampleCertificate } from '../xml/sample-authority.js';
import { type SampleAgency, sampleDocument } from './sample-document.js';

export const SENDER: SampleAgency = { organId: 'T99.01', organName: 'Sở Mẫu A' };
export const PUSHED: SampleAgency = { organId: 'T99.02', organName: 'Sở Mẫu B' };
export const COLLECTING: SampleAgency = { organId: 'T99.03', organName: 'Sở Mẫu C' };

const VALID_MS = 10 * 365 * 86_400_000;
const DOCUMENT_NUMBER = 1;

export interface SampleFolder {
  readonly configFile: string;
  readonly documentFile: string;
  /** Token of the sending agency. */
  readonly tokenFile: string;
  readonly recipientFolder: string;
  /** The configuration was made now. */
  readonly fresh: boolean;
}

const CONFIG = `# Made by edxgate as a sample. Every key: docs/configuration.md
organ_id: 000.00.01.T99

# Where document systems connect, and where administrators work.
exchange:
  listen: 127.0.0.1:8080
admin:
  listen: 127.0.0.1:8081

store: store

trust:
  anchors: sample/ca.pem

log:
  level: warn
  format: text
`;

/** Files only; touches no store. */
export function makeSampleFolder(folder: string, now: number): SampleFolder {
  const sample = join(folder, 'sample');
  for (const one of [folder, sample]) mkdirSync(one, { recursive: true, mode: 0o700 });
  const configFile = join(folder, 'edxgate.yaml');
  const fresh = !existsSync(configFile);
  const paths = {
    configFile,
    documentFile: join(sample, 'document.edxml'),
    tokenFile: join(sample, `${SENDER.organId}.token`),
    recipientFolder: join(folder, 'sample-recipient'),
    fresh,
  };
  if (!existsSync(join(sample, 'ca.pem'))) makeCertificates(sample, now);
  if (!existsSync(paths.documentFile)) {
    const signer = {
      keyPem: readFileSync(keyFile(sample), 'utf8'),
      certificatePem: readFileSync(certificateFile(sample), 'utf8'),
    };
    const bytes = sampleDocument(
      { from: SENDER, to: [PUSHED, COLLECTING], number: DOCUMENT_NUMBER, now },
      signer,
    );
    writeFileSync(paths.documentFile, bytes, { mode: 0o600 });
  }
  // Last: a folder with a configuration is complete.
  if (fresh) writeFileSync(configFile, CONFIG, { mode: 0o600 });
  return paths;
}

function certificateFile(sample: string): string {
  return join(sample, `${SENDER.organId}.pem`);
}

function keyFile(sample: string): string {
  return join(sample, `${SENDER.organId}.key`);
}

/** The key of the authority is not kept: nobody needs a second certificate of it. */
function makeCertificates(sample: string, now: number): void {
  const authority = createSampleAuthority({
    notBefore: now - 86_400_000,
    notAfter: now + VALID_MS,
  });
  const issued = issueSampleCertificate(authority, {
    organId: SENDER.organId,
    name: SENDER.organName,
    keyType: 'ec',
  });
  writeFileSync(keyFile(sample), issued.keyPem, { mode: 0o600 });
  writeFileSync(certificateFile(sample), issued.certificatePem, { mode: 0o600 });
  writeFileSync(join(sample, 'ca.pem'), authority.certificatePem, { mode: 0o600 });
}

/** Agencies, certificate and token in the store; the address of the sample recipient of this start. */
export async function fillDirectory(
  context: OperatorContext,
  paths: SampleFolder,
  recipientUrl: string,
): Promise<void> {
  const route: Route = { kind: 'push', pushKind: 'receiver', url: recipientUrl };
  await addAgency(context, SENDER, { ifMissing: true });
  await addAgency(context, COLLECTING, { ifMissing: true });
  const pushed = await addAgency(context, { ...PUSHED, route }, { ifMissing: true });
  const known = pushed.agency.route;
  if (known.kind === 'push' && known.url !== recipientUrl && isSample(known.url)) {
    await setAgency(context, PUSHED.organId, { route });
  }
  const { store, clock } = context;
  const sample = join(paths.documentFile, '..');
  if ((await listCertificates(store, SENDER.organId, clock.now())).length === 0) {
    await addCertificate(context, SENDER.organId, readFileSync(certificateFile(sample)));
  }
  for (const { organId } of [SENDER, COLLECTING]) {
    await ensureToken(context, organId, join(sample, `${organId}.token`));
  }
}

/** An address that somebody else entered is left alone. */
function isSample(url: string): boolean {
  return /^http:\/\/127\.0\.0\.1:\d+\/receive$/.test(url);
}

/** A token whose file is gone is of no use any more; it makes room for the new one. */
async function ensureToken(context: OperatorContext, organId: string, file: string): Promise<void> {
  if (existsSync(file) && readSecretText(file) !== '') return;
  const live = (await listTokens(context.store, organId, context.clock.now())).filter(
    (one) => one.live,
  );
  for (const one of live) await revokeToken(context, organId, one.id);
  const { token } = await createToken(context, organId);
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
}
