/**
 * The programs that the pages show, run as a reader would: one agency sends a package, the other takes it,
 * and a package in another's name is refused.
 *
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrganId } from '../../src/model/organ-id.js';
import { samplePackage } from '../support/sample-document.js';
import type { InteropBench } from './bench.js';
import type { ForeignClient, Variant } from './clients.js';
import { type Ended, run } from './processes.js';

/** What went wrong, if it did. */
export type SampleRun = string | undefined;

const PACKAGE = 'package.edxml';

function said({ code, out, errors }: Ended): string {
  return `status ${code}: ${out.slice(-500)} ${errors.slice(-800)}`;
}

/** The package as the recipient's folder has it. */
function holds(folder: string, bytes: Buffer): boolean {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.edxml') && name !== PACKAGE)
    .some((name) => readFileSync(join(folder, name)).equals(bytes));
}

export async function runSample(
  client: ForeignClient,
  variant: Pick<Variant, 'soap' | 'carrier'>,
  outDir: string,
  bench: InteropBench,
): Promise<SampleRun> {
  const [command = '', ...rest] = client.sample ?? [];
  const job = bench.job(variant);
  const folder = mkdtempSync(join(bench.scratch, 'sample-'));
  const values = { client: client.folder, out: outDir, wsdl: job.wsdl, address: job.address };
  const filled = (word: string): string =>
    word.replaceAll(
      /\{(client|out|wsdl|address)\}/g,
      (_, name: keyof typeof values) => values[name],
    );
  const call = ({ organId, token }: typeof job.sender, ...files: string[]): Promise<Ended> => {
    const tokenFile = join(folder, organId);
    writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
    return run({
      command: filled(command),
      args: [...rest.map(filled), job.ca, organId, tokenFile, ...files],
      folder,
      milliseconds: client.runMs,
    });
  };
  try {
    const bytes = samplePackage();
    writeFileSync(join(folder, PACKAGE), bytes);
    const sent = await call(job.sender, PACKAGE);
    if (sent.code !== 0) return `sending: ${said(sent)}`;
    const receipt = readFileSync(join(folder, `${PACKAGE}.receipt.xml`), 'utf8');
    if (!receipt.includes('<SignatureValue')) return 'the receipt is none';
    const taken = await call(job.recipient);
    if (taken.code !== 0 || !holds(folder, bytes)) return `taking: ${said(taken)}`;
    const recipient = job.recipient.organId as OrganId;
    const { store } = bench.gateway;
    const waiting = await store.listPending(recipient, undefined, { limit: 10 }, Date.now());
    if (waiting.items.length > 0) return 'something still waits after the recipient took it';
    const refused = await call(job.recipient, PACKAGE);
    const shown = refused.out + refused.errors;
    const isShown = refused.code === 1 && shown.includes('auth.from');
    return isShown ? undefined : `a refusal: ${said(refused)}`;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
