/**
 * What the foreign clients work against: a real gateway over TLS with a private authority and two agencies.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extensions } from '../../src/xml/certificate-writer.js';
import { der, TAG } from '../../src/xml/der.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { type InteropJob, typedDocument } from '../support/interop.js';
import { authority, make, SIGNS } from '../support/pki.js';
import { samplePackage } from '../support/sample-document.js';
import type { Variant } from './clients.js';

const LARGE = 5 * 1024 * 1024;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

export interface TlsFiles {
  /** Paths of PEM files. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface InteropBench {
  readonly gateway: TestGateway;
  readonly tls: TlsFiles;
  readonly port: number;
  /** For what belongs to the run; removed at the end. */
  readonly scratch: string;
  /** @param port another server's, on this machine and with the same certificate */
  job(variant: Pick<Variant, 'soap' | 'carrier'>, port?: number): InteropJob;
  close(): Promise<void>;
}

/** An authority and a certificate for `localhost`, made for this run. */
function writeTls(folder: string): TlsFiles {
  const now = Date.now();
  const ca = authority(now, 'Private authority of a test');
  const localhost = der(0x82, Buffer.from('localhost'));
  const loopback = der(0x87, Buffer.from([127, 0, 0, 1]));
  const server = make(now, {
    subject: [['CN', 'localhost']],
    by: ca,
    extensions: [
      extensions.basicConstraints(false),
      SIGNS,
      extensions.extendedKeyUsage(SERVER_AUTH),
      { id: '2.5.29.17', value: der(TAG.sequence, localhost, loopback) },
    ],
  });
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    ca: file('ca.pem', ca.certificatePem),
    cert: file('server.pem', server.certificatePem),
    key: file('server.key', server.keyPem),
  };
}

export async function openBench(): Promise<InteropBench> {
  const scratch = mkdtempSync(join(tmpdir(), 'edxgate-interop-'));
  const tls = writeTls(scratch);
  const gateway = await openGateway({ exchange: { tls: { cert: tls.cert, key: tls.key } } });
  for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  const ownPort = Number(new URL(gateway.soapUrl).port);
  let serial = 8000;
  const caller = (organId: string) => ({ organId, token: gateway.tokenOf(organId) });
  return {
    gateway,
    tls,
    port: ownPort,
    scratch,
    job({ soap, carrier }, port = ownPort) {
      serial += 1;
      const codeNumber = String(serial);
      const address = `https://localhost:${port}/soap`;
      return {
        wsdl: `${address}?wsdl${soap === '1.2' ? '=1.2' : ''}`,
        address,
        ca: tls.ca,
        soap,
        carrier,
        sender: caller('T99.01'),
        recipient: caller('T99.02'),
        echo: 'Kính gửi <Sở Mẫu> & "bạn"',
        package: samplePackage().toString('base64'),
        largePackage: samplePackage({}, randomBytes(LARGE)).toString('base64'),
        document: typedDocument(`T99.01,2026/11/20,${codeNumber}/SMA-VP`, codeNumber),
        responseFor: {
          OrganId: 'T99.01',
          Code: `${codeNumber}/SMA-VP`,
          PromulgationDate: '2026/11/20',
        },
      };
    },
    async close() {
      await gateway.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
