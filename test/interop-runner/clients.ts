/**
 * The foreign clients that are there: `clients/<name>/client.json`, read and checked.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { type Carrier, type SoapVersion, STEPS } from '../support/interop.js';

/** The sources, also when this runs from dist/. */
export const INTEROP = join(PACKAGE_ROOT, 'test', 'interop');
export const CLIENTS = join(INTEROP, 'clients');

const SOAP = z.enum(['1.1', '1.2']);
const CARRIER = z.enum(['inline', 'mtom', 'swa']);

const DESCRIPTION = z.strictObject({
  name: z.string().min(1),
  language: z.string().min(1),
  generated: z.boolean(),
  soap: z.array(SOAP).min(1),
  carriers: z.array(CARRIER).min(1),
  packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/)),
  version: z.array(z.string()).min(1),
  core: z.boolean(),
  notes: z.union([z.string(), z.array(z.string())]).optional(),
  runs: z.array(z.string().regex(/^1\.[12]\/(?:inline|mtom|swa)$/)).optional(),
  own: z
    .record(z.string(), z.partialRecord(z.enum([...STEPS, 'travelled']), z.string().min(1)))
    .optional(),
  sample: z.array(z.string()).min(1).optional(),
  seconds: z.strictObject({ build: z.number().optional(), run: z.number().optional() }).optional(),
});

export interface ForeignClient {
  /** Name of the folder. */
  readonly id: string;
  readonly folder: string;
  readonly name: string;
  readonly language: string;
  readonly generated: boolean;
  readonly packages: readonly string[];
  readonly version: readonly string[];
  readonly core: boolean;
  readonly notes: readonly string[];
  readonly variants: readonly Variant[];
  /** Command of the program that the client's page shows. */
  readonly sample?: readonly string[];
  readonly builds: boolean;
  readonly buildMs: number;
  readonly runMs: number;
}

/** One way in which a client can be run. */
export interface Variant {
  readonly soap: SoapVersion;
  readonly carrier: Carrier;
  /** Steps that fail by the client's own fault, with the reason. */
  readonly own: ReadonlyMap<string, string>;
}

type Description = z.infer<typeof DESCRIPTION>;

function variantsOf(description: Description): Variant[] {
  const all = description.soap.flatMap((soap) =>
    description.carriers.map((carrier) => ({ soap, carrier })),
  );
  const own = (way: string) =>
    new Map(Object.entries({ ...description.own?.['*'], ...description.own?.[way] }));
  return all
    .filter(({ soap, carrier }) => description.runs?.includes(`${soap}/${carrier}`) ?? true)
    .map((one) => ({ ...one, own: own(`${one.soap}/${one.carrier}`) }));
}

export function readForeignClient(id: string): ForeignClient {
  const folder = join(CLIENTS, id);
  const text = readFileSync(join(folder, 'client.json'), 'utf8');
  const read = DESCRIPTION.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(`${id}/client.json: ${z.prettifyError(read.error)}`);
  const { name, language, generated, packages, version, core, notes, sample, seconds } = read.data;
  return {
    id,
    folder,
    name,
    language,
    generated,
    packages,
    version,
    core,
    notes: typeof notes === 'string' ? [notes] : (notes ?? []),
    variants: variantsOf(read.data),
    ...(sample === undefined ? {} : { sample }),
    builds: existsSync(join(folder, 'build.sh')),
    buildMs: 1000 * (seconds?.build ?? 300),
    runMs: 1000 * (seconds?.run ?? 120),
  };
}

/** All of them, by name. A folder without `client.json` is none yet. */
export function foreignClients(): ForeignClient[] {
  return readdirSync(CLIENTS)
    .filter((id) => existsSync(join(CLIENTS, id, 'client.json')))
    .sort()
    .map(readForeignClient);
}
