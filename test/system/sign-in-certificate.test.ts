/**
 * Signing in with a client certificate: a real TLS listener, real handshakes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { addCertificate } from '../../src/operate/certificates.js';
import {
  createSampleAuthority,
  createSampleRevocationList,
  issueSampleCertificate,
  type SampleCertificate,
} from '../../src/xml/sample-authority.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { basic, envelope, operation, readAnswer } from '../support/soap.js';
import { message, passwordText, security, signedMessage } from '../support/ws-security.js';

const NOW = Date.now();
const VALIDITY = { notBefore: NOW - 86_400_000, notAfter: NOW + 86_400_000 };
const authority = createSampleAuthority(VALIDITY);
const issue = (organId: string): SampleCertificate =>
  issueSampleCertificate(authority, { organId, name: 'localhost', keyType: 'ec' });
const SERVER = issue('T99.00');
const FIRST = issue('T99.01');
const OTHER = issue('T99.02');
const NOBODY = issue('T99.77');
const stranger = issueSampleCertificate(createSampleAuthority(VALIDITY), {
  organId: 'T99.01',
  name: 'x',
  keyType: 'ec',
});
const PING = envelope(operation('Ping'));

describe('signing in with a client certificate', () => {
  let gateway: TestGateway;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-mtls-'));
  });
  afterEach(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (mode: 'request' | 'require', crl?: string): Promise<void> => {
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const cert = file('server.pem', SERVER.certificatePem);
    const key = file('server.key', SERVER.keyPem);
    const ca = [file('ca.pem', authority.certificatePem)];
    gateway = await openGateway({
      exchange: { tls: { cert, key }, clientAuth: { ca, mode } },
      ...(crl === undefined ? {} : { trust: { crls: [file('ca.crl', crl)] } }),
    });
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  };

  /** `organ id`, or `STATUS CODE`; rejects when the handshake fails. */
  const call = (
    by?: SampleCertificate,
    authorization?: string,
    text = PING,
    tls: { maxVersion?: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'; minVersion?: 'TLSv1' } = {},
  ): Promise<string> =>
    new Promise((resolve, reject) => {
      const request = httpsRequest(gateway.soapUrl, {
        method: 'POST',
        ca: authority.certificatePem,
        checkServerIdentity: () => undefined,
        agent: false,
        headers: {
          'content-type': 'text/xml',
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(by === undefined ? {} : { cert: by.certificatePem, key: by.keyPem }),
        ...tls,
      });
      request.once('error', reject);
      request.once('response', async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const status = response.statusCode ?? 0;
        const answer = readAnswer(status, new Headers(), Buffer.concat(chunks));
        const organId = answer.body.children[0]?.get('OrganId') ?? '';
        resolve(status === 200 ? organId : `${status} ${answer.code}`);
      });
      request.end(text);
    });
  const token = (organId: string): string => basic(organId, gateway.tokenOf(organId));
  const failure = (promise: Promise<string>): Promise<string> =>
    promise.then(
      (value) => `answered ${value}`,
      () => 'cut off',
    );

  it('lets the agency in that the subject names, over TLS 1.2 and 1.3', async () => {
    await open('request');
    expect(await call(FIRST)).to.equal('T99.01');
    expect(await call(OTHER, undefined, PING, { maxVersion: 'TLSv1.2' })).to.equal('T99.02');
    const old = call(FIRST, undefined, PING, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    expect(await failure(old)).to.equal('cut off');
  });

  it('lets the agency in for which exactly this certificate is registered', async () => {
    await open('request');
    expect(await call(NOBODY)).to.equal('401 auth.failed');
    await addCertificate(gateway.operator, 'T99.02', Buffer.from(NOBODY.certificatePem));
    expect(await call(NOBODY)).to.equal('T99.02');
    expect(await call(issue('T99.77'))).to.equal('401 auth.failed');
  });

  it('takes a certificate of another authority as none', async () => {
    await open('request');
    expect(await call(stranger)).to.equal('401 auth.required');
    expect(await call(stranger, token('T99.02'))).to.equal('T99.02');
    expect(await call(undefined, token('T99.02'))).to.equal('T99.02');
  });

  it('wants a token beside it to name the same agency', async () => {
    await open('request');
    expect(await call(FIRST, token('T99.01'))).to.equal('T99.01');
    expect(await call(FIRST, token('T99.02'))).to.equal('401 auth.failed');
    expect(await call(FIRST, basic('T99.01', 'wrong'))).to.equal('401 auth.failed');
  });

  it('refuses one that was taken back', async () => {
    const crl = createSampleRevocationList(authority, [FIRST.certificatePem], {
      thisUpdate: NOW - 1000,
      nextUpdate: NOW + 86_400_000,
    });
    await open('request', crl);
    expect(await call(FIRST)).to.equal('401 auth.failed');
    expect(await call(OTHER)).to.equal('T99.02');
  });

  it('cuts off whoever has none, or a strange one, where one is required', async () => {
    await open('require');
    expect(await failure(call(undefined, token('T99.01')))).to.equal('cut off');
    expect(await failure(call(stranger, token('T99.01')))).to.equal('cut off');
    expect(await call(FIRST)).to.equal('T99.01');
  });

  it('takes messages that sign in where none is shown', async () => {
    await open('request');
    const text = message(security(passwordText('T99.01', gateway.tokenOf('T99.01'))));
    expect(await call(undefined, undefined, text)).to.equal('T99.01');
    await addCertificate(gateway.operator, 'T99.01', Buffer.from(FIRST.certificatePem));
    expect(await call(undefined, undefined, signedMessage({ by: FIRST }))).to.equal('T99.01');
  });
});
