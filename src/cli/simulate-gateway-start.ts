/**
 * Starts a simulated gateway: a real one on a temporary folder, three agencies with tokens, and the
 * front with the chosen faults before it. Stopping removes what was made for it.
 *
 * ```text
 * TOKENS/T99.01.token   TOKENS/T99.01.key   TOKENS/T99.01.pem   TOKENS/ca.pem
 * ```
 *
 * @module
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import { loadConfig } from '../config/load.js';
import { readSecretText } from '../config/secret-file.js';
import { type Gateway, startGateway } from '../gateway.js';
import type { Logger } from '../log.js';
import { refuse } from '../model/issue.js';
import { addAgency, findAgency, type OperatorContext } from '../operate/agencies.js';
import { createToken, DEFAULT_TOKEN_MS, tokenHash } from '../operate/tokens.js';
import { createSampleAuthority, issueSampleCertificate } from '../xml/sample-authority.js';
import type { Fault } from './simulate-gateway-fault.js';
import { type RunningFront, startFront } from './simulate-gateway-front.js';

export interface SimulatedAgency {
  readonly organId: string;
  /** A token that exists; else one is made. */
  readonly tokenFile?: string;
}

export interface SimulatedGatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly agencies: readonly SimulatedAgency[];
  readonly faults: readonly Fault[];
  /** Where tokens, keys and certificates are written; else a temporary folder. */
  readonly folder?: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface SimulatedGateway {
  /** Where SOAP is taken: `http://127.0.0.1:8090/soap`. */
  readonly url: string;
  /** Origin of the gateway behind the front. */
  readonly behind: string;
  readonly tokensFolder: string;
  /** By organ id. */
  readonly tokens: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

const VALID_MS = 10 * 365 * 86_400_000;
const SECRET = { mode: 0o600 } as const;

const CONFIG = `organ_id: T99.00
exchange:
  listen: 127.0.0.1:0
admin:
  listen: 127.0.0.1:0
store: store
trust:
  anchors: ca.pem
limits:
  disk_free: 0MiB
`;

function startIn(folder: string, clock: Clock, logger: Logger): Promise<Gateway> {
  const file = join(folder, 'edxgate.yaml');
  writeFileSync(file, CONFIG, SECRET);
  const { config, errors } = loadConfig({ file, env: {} });
  if (config === undefined) throw new Error(errors.map(({ text }) => text).join('; '));
  return startGateway({ config, logger, clock });
}

/** Trusted, not registered: unsigned packages stay allowed. */
function makeCertificates(
  folder: string,
  tokensFolder: string,
  agencies: readonly SimulatedAgency[],
  now: number,
): void {
  const validity = { notBefore: now - 86_400_000, notAfter: now + VALID_MS };
  const authority = createSampleAuthority(validity);
  for (const one of [folder, tokensFolder]) {
    writeFileSync(join(one, 'ca.pem'), authority.certificatePem, SECRET);
  }
  for (const { organId } of agencies) {
    const made = issueSampleCertificate(authority, {
      organId,
      name: nameOf(organId),
      keyType: 'ec',
    });
    writeFileSync(join(tokensFolder, `${organId}.key`), made.keyPem, SECRET);
    writeFileSync(join(tokensFolder, `${organId}.pem`), made.certificatePem, SECRET);
  }
}

function nameOf(organId: string): string {
  return `Cơ quan mẫu ${organId}`;
}

async function addToken(
  context: OperatorContext,
  { organId, tokenFile }: SimulatedAgency,
  folder: string,
): Promise<string> {
  if (tokenFile === undefined) {
    const { token } = await createToken(context, organId);
    writeFileSync(join(folder, `${organId}.token`), `${token}\n`, SECRET);
    return token;
  }
  const token = readSecretText(tokenFile);
  const createdAt = context.clock.now();
  const expiresAt = createdAt + DEFAULT_TOKEN_MS;
  const agency = await findAgency(context.store, organId);
  const entry = { id: organId, organId: agency.organId, hash: tokenHash(token) };
  await context.store.addToken({ ...entry, createdAt, expiresAt }, context.actor);
  return token;
}

async function fill(
  context: OperatorContext,
  agencies: readonly SimulatedAgency[],
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const tokens = new Map<string, string>();
  for (const agency of agencies) {
    const { organId } = agency;
    await addAgency(context, { organId, organName: nameOf(organId) });
    tokens.set(organId, await addToken(context, agency, folder));
  }
  return tokens;
}

/**
 * @throws GatewayError `file.unreadable`, `file.wide` for token files, `agency.value`, `agency.exists`
 *   for agencies, `cli.failed` when the port is taken
 */
export async function startSimulatedGateway(
  options: SimulatedGatewayOptions,
): Promise<SimulatedGateway> {
  const { clock, logger, agencies, faults } = options;
  const folder = mkdtempSync(join(tmpdir(), 'edxgate-simulated-'));
  const tokensFolder = options.folder ?? join(folder, 'tokens');
  const stops: (() => Promise<void>)[] = [
    async () => rmSync(folder, { recursive: true, force: true }),
  ];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    if (!existsSync(tokensFolder)) mkdirSync(tokensFolder, { recursive: true, mode: 0o700 });
    makeCertificates(folder, tokensFolder, agencies, clock.now());
    const gateway = await startIn(folder, clock, logger);
    stops.push(() => gateway.stop());
    const context = { store: gateway.store, clock, logger, actor: 'cli:simulate' };
    const tokens = await fill(context, agencies, tokensFolder);
    const setting = { tokens, now: () => clock.now() };
    const front = await openFront(options, {
      gateway: gateway.exchangeUrl,
      filters: faults.map((one) => one.start(setting)),
    });
    stops.push(() => front.stop());
    return { url: `${front.url}/soap`, behind: gateway.exchangeUrl, tokensFolder, tokens, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openFront(
  { host, port }: SimulatedGatewayOptions,
  rest: Omit<Parameters<typeof startFront>[0], 'host' | 'port'>,
): Promise<RunningFront> {
  try {
    return await startFront({ host, port, ...rest });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE') throw error;
    throw refuse('cli.failed', { reason: `port ${port} of ${host} is taken` });
  }
}
