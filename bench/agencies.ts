/**
 * The agencies that send in a benchmark: made up, each with an RSA-2048 key and a certificate. They
 * can be kept in a folder, for a gateway that already runs.
 *
 * @module
 */
import { createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extensions, type NameContent, writeCertificate } from '../src/xml/certificate-writer.js';
import { KEY_USAGE } from '../src/xml/certificates.js';
import { writeBlock } from '../src/xml/pem.js';

/** Texts only: it travels between processes and lies in files. */
export interface BenchAgency {
  readonly organId: string;
  readonly organName: string;
  /** PKCS #8, PEM. */
  readonly keyPem: string;
  readonly certificatePem: string;
}

const DAY = 86_400_000;
const LIST = 'agencies.json';
const newKeyPair = promisify(generateKeyPair);

async function newKey(): Promise<KeyObject> {
  return (await newKeyPair('rsa', { modulusLength: 2048 })).privateKey;
}

/** @param now milliseconds since 1970; the certificates hold from a day before to a year after. */
export async function makeAgencies(count: number, now: number): Promise<BenchAgency[]> {
  const authorityKey = await newKey();
  const issuer: NameContent = [
    ['C', 'VN'],
    ['O', 'edxgate bench'],
    ['CN', 'Bench authority (not for real use)'],
  ];
  return Promise.all(
    Array.from({ length: count }, async (_, at): Promise<BenchAgency> => {
      const organId = `000.00.${String(at + 1).padStart(2, '0')}.T99`;
      const key = await newKey();
      const publicKey = createPublicKey(key);
      const content = {
        subject: [
          ['C', 'VN'],
          ['CN', `Cơ quan Mẫu ${at + 1}`],
          ['UID', organId],
        ] as NameContent,
        issuer,
        serial: Buffer.concat([Buffer.from([0x41]), randomBytes(15)]),
        notBefore: now - DAY,
        notAfter: now + 365 * DAY,
        publicKey,
        extensions: [
          extensions.basicConstraints(false),
          extensions.keyUsage(KEY_USAGE.digitalSignature | KEY_USAGE.nonRepudiation),
          extensions.subjectKeyIdentifier(publicKey),
          extensions.authorityKeyIdentifier(createPublicKey(authorityKey)),
        ],
      };
      return {
        organId,
        organName: `Cơ quan Mẫu ${at + 1}`,
        keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
        certificatePem: writeBlock(writeCertificate(content, authorityKey), 'CERTIFICATE'),
      };
    }),
  );
}

/** Writes the list and, for each agency, its key (mode 0600) and certificate. */
export function saveAgencies(folder: string, agencies: readonly BenchAgency[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { organId, keyPem, certificatePem } of agencies) {
    writeFileSync(join(folder, `${organId}.key`), keyPem, { mode: 0o600 });
    writeFileSync(join(folder, `${organId}.pem`), certificatePem);
  }
  const list = agencies.map(({ organId, organName }) => ({ organId, organName }));
  writeFileSync(join(folder, LIST), `${JSON.stringify(list, null, 2)}\n`);
}

export function loadAgencies(folder: string): BenchAgency[] {
  const list = JSON.parse(readFileSync(join(folder, LIST), 'utf8')) as {
    organId: string;
    organName: string;
  }[];
  return list.map(({ organId, organName }) => ({
    organId,
    organName,
    keyPem: readFileSync(join(folder, `${organId}.key`), 'utf8'),
    certificatePem: readFileSync(join(folder, `${organId}.pem`), 'utf8'),
  }));
}

/** The commands that make a gateway know them. */
export function registerCommands(folder: string, agencies: readonly BenchAgency[]): string {
  return agencies
    .flatMap(({ organId, organName }) => [
      `edxgate agency add ${organId} --name '${organName}' --collect --if-missing -c FILE`,
      `edxgate agency certificate add ${organId} ${join(folder, `${organId}.pem`)} -c FILE`,
      `edxgate agency token ${organId} -c FILE --json`,
    ])
    .join('\n');
}
