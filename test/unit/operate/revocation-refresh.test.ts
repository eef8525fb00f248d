/**
 * Lists and answers fetched from real servers on loopback: good ones, and every way in which a server
 * may lie, hang or lead astray.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { TrustFetchConfig } from '../../../src/config/config.js';
import type { AgencyCertificate } from '../../../src/model/agency.js';
import { addAgency } from '../../../src/operate/agencies.js';
import { RevocationFiles } from '../../../src/operate/revocation-files.js';
import {
  createRevocationRefresh,
  type RevocationRefresh,
} from '../../../src/operate/revocation-refresh.js';
import { closeConnections } from '../../../src/soap/exchange.js';
import { readDer } from '../../../src/xml/der.js';
import { writeBlock } from '../../../src/xml/pem.js';
import { RevocationCache } from '../../../src/xml/revocation-cache.js';
import { TrustStore } from '../../../src/xml/trust.js';
import {
  authority,
  DAY,
  ecKey,
  type Made,
  ocspAt,
  ocspResponse,
  revocationList,
  signer,
} from '../../support/pki.js';
import { type Fixture, NOON, openFixture, organ } from './fixture.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const root = authority(NOON, 'Root T');
const stranger = authority(NOON, 'Root U');

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

interface Peer {
  readonly url: string;
  readonly host: string;
  /** Answers of each path; nothing at all for a path that has none. */
  readonly paths: Map<string, Answer>;
  readonly asked: string[];
  readonly server: Server;
}

async function openPeer(): Promise<Peer> {
  const paths = new Map<string, Answer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url}`);
      paths.get(request.url ?? '')?.(request, response, Buffer.concat(chunks));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, paths, asked, server };
}

const bytes =
  (content: Uint8Array): Answer =>
  (_request, response) =>
    response.end(content);

describe('revocation, fetched beside the traffic', () => {
  let fixture: Fixture;
  let peer: Peer;
  let folder: string;
  let cache: RevocationCache;
  let trust: TrustStore;
  let refresh: RevocationRefresh;
  /** Long, but where a peer is silent on purpose. */
  let timeoutMs: number;

  /** A gateway that starts now, on the same folder. */
  function start(fetch: Partial<TrustFetchConfig> = {}): void {
    cache = new RevocationCache();
    const full: TrustFetchConfig = {
      crlUrls: [],
      crlRefreshMs: HOUR,
      ocsp: 'off',
      ocspHosts: [],
      ...fetch,
    };
    const { ocsp, ocspHosts } = full;
    trust = TrustStore.from([root.der], [], {
      cache,
      rules: { revocation: 'soft', ocsp, ocspHosts: new Set(ocspHosts) },
    });
    refresh = createRevocationRefresh({
      ...fixture,
      folder,
      cache,
      trust: () => trust,
      fetch: full,
      timeoutMs,
    });
  }

  beforeEach(async () => {
    timeoutMs = 10_000;
    fixture = await openFixture();
    peer = await openPeer();
    folder = mkdtempSync(join(tmpdir(), 'edxgate-refresh-'));
  });

  afterEach(async () => {
    await refresh.stop();
    await closeConnections();
    peer.server.closeAllConnections();
    peer.server.close();
    await fixture.close();
    rmSync(folder, { recursive: true });
  });

  const list = (revoked: readonly Made[] = [], thisUpdate = NOON - HOUR, by: Made = root) =>
    revocationList(by, revoked, { thisUpdate, nextUpdate: thisUpdate + DAY });
  const outcomes = async () => (await refresh.round()).map(({ outcome }) => outcome);
  const judge = ({ certificate }: Made): string => {
    const answer = trust.check(certificate.x509, [], fixture.clock.now());
    return answer.ok ? `ok ${answer.revocation.source}` : answer.reason;
  };

  describe('lists', () => {
    const leaf = signer(NOON, root, 'T99.02');

    it('are fetched, PEM or DER, and used by the next look-up', async () => {
      start({ crlUrls: [`${peer.url}/a.crl`, `${peer.url}/b.crl`] });
      peer.paths.set('/a.crl', bytes(list([leaf])));
      peer.paths.set('/b.crl', bytes(Buffer.from(writeBlock(list(), 'X509 CRL'))));
      expect(judge(leaf)).to.equal('ok none');
      expect(await outcomes()).to.deep.equal(['taken', 'taken']);
      expect(judge(leaf)).to.equal('certificate.revoked');
      expect(peer.asked).to.deep.equal(['GET /a.crl', 'GET /b.crl']);
    });

    it('are fetched again when it is time, and sooner after a failure', async () => {
      start({ crlUrls: [`${peer.url}/a.crl`] });
      peer.paths.set('/a.crl', bytes(list()));
      await outcomes();
      fixture.pass(59 * MINUTE);
      expect(await outcomes()).to.deep.equal([]);
      fixture.pass(MINUTE);
      peer.paths.set('/a.crl', bytes(Buffer.from('<html>')));
      expect(await outcomes()).to.deep.equal(['unreadable']);
      fixture.pass(4 * MINUTE);
      expect(await outcomes()).to.deep.equal([]);
      fixture.pass(MINUTE);
      expect(await outcomes()).to.deep.equal(['unreadable']);
      expect(judge(leaf), 'the one at hand stays').to.equal('ok crl');
    });

    it('are fetched when their issuer meant to write the next one', async () => {
      start({ crlUrls: [`${peer.url}/a.crl`], crlRefreshMs: 5 * DAY });
      peer.paths.set('/a.crl', bytes(list()));
      await outcomes();
      fixture.pass(22 * HOUR);
      expect(await outcomes()).to.deep.equal([]);
      fixture.pass(HOUR);
      expect(await outcomes()).to.have.length(1);
    });

    it('are not fetched when that is off', async () => {
      start({ crlUrls: [`${peer.url}/a.crl`], crlRefreshMs: Number.POSITIVE_INFINITY });
      expect(await outcomes()).to.deep.equal([]);
      expect(peer.asked).to.deep.equal([]);
    });

    it('of liars are not believed, and change nothing', async () => {
      const lies: [string, Answer, string][] = [
        ['garbage', bytes(Buffer.from('not a list')), 'unreadable'],
        ['nothing', bytes(Buffer.alloc(0)), 'unreadable'],
        ['half', bytes(list().subarray(0, 100)), 'unreadable'],
        [
          'forged',
          bytes(
            revocationList({ name: root.name, key: ecKey() }, [], { thisUpdate: NOON - MINUTE }),
          ),
          'signature',
        ],
        ['old', bytes(list([], NOON - 2 * HOUR)), 'older'],
        ['future', bytes(list([], NOON + 9 * HOUR)), 'future'],
        ['an error', (_request, response) => response.writeHead(500).end('x'), 'http-500'],
        [
          'a redirect',
          (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
          'redirect',
        ],
        [
          'a flood',
          (_request, response) => {
            const block = Buffer.alloc(1 << 20, 0x30);
            response.on('error', () => undefined);
            const more = (): void => {
              while (!response.destroyed) if (!response.write(block)) return;
            };
            response.on('drain', more);
            more();
          },
          'too-large',
        ],
        ['a cut', (request) => request.socket.destroy(), 'cut'],
      ];
      start({ crlUrls: [`${peer.url}/a.crl`] });
      peer.paths.set('/a.crl', bytes(list([leaf])));
      await outcomes();
      for (const [name, answer, outcome] of lies) {
        fixture.pass(HOUR);
        peer.paths.set('/a.crl', answer);
        expect(await outcomes(), name).to.deep.equal([outcome]);
        expect(judge(leaf), name).to.equal('certificate.revoked');
      }
      expect(peer.asked).not.to.include('GET /elsewhere');
      expect(fixture.logged.filter(({ event }) => event === 'trust.refresh-failed')).to.have.length(
        lies.length,
      );
    }).timeout(60_000);

    it('of a server that is silent are given up', async () => {
      timeoutMs = 100;
      start({ crlUrls: [`${peer.url}/nothing`] });
      expect(await outcomes()).to.deep.equal(['timeout']);
    });

    it('that outlive their time are kept, and said to be stale', async () => {
      start({ crlUrls: [`${peer.url}/a.crl`] });
      peer.paths.set('/a.crl', bytes(list([leaf])));
      await outcomes();
      fixture.pass(2 * DAY);
      expect(await outcomes()).to.deep.equal(['stale']);
      const answer = trust.check(leaf.certificate.x509, [], fixture.clock.now());
      expect(answer.revocation).to.deep.include({ source: 'crl', stale: true });
      expect(answer.ok).to.equal(false);
    });

    it('survive a restart, verified again', async () => {
      start({ crlUrls: [`${peer.url}/a.crl`] });
      peer.paths.set('/a.crl', bytes(list([leaf])));
      await outcomes();
      await refresh.stop();
      start({ crlUrls: [`${peer.url}/a.crl`] });
      await refresh.load();
      expect(judge(leaf)).to.equal('certificate.revoked');
      const kept = join(folder, 'trust-cache');
      expect(statSync(kept).mode & 0o777).to.equal(0o700);
      const [file = ''] = readdirSync(kept);
      await new RevocationFiles(folder).saveList(
        `${peer.url}/a.crl`,
        revocationList({ name: root.name, key: ecKey() }, [], { thisUpdate: NOON }),
      );
      expect(readdirSync(kept)).to.deep.equal([file]);
      start({ crlUrls: [`${peer.url}/a.crl`] });
      await refresh.load();
      expect(judge(leaf), 'a forged file is nothing').to.equal('ok none');
    });

    it('of an issuer that is not known yet count once a path shows it', async () => {
      const between = authority(NOON, 'Between', root);
      const low = signer(NOON, between, 'T99.02');
      start({ crlUrls: [`${peer.url}/a.crl`] });
      peer.paths.set('/a.crl', bytes(list([low], NOON - HOUR, between)));
      expect(await outcomes()).to.deep.equal(['unverified']);
      const answer = trust.check(low.certificate.x509, [between.certificate.x509], NOON);
      expect(answer).to.deep.include({ ok: false, reason: 'certificate.revoked' });
      fixture.pass(HOUR);
      expect(await outcomes()).to.deep.equal(['taken']);
    });
  });

  describe('answers', () => {
    const leafAt = (path: string): Made =>
      signer(NOON, root, 'T99.02', ocspAt(`${peer.url}${path}`));
    const allowed = (): Partial<TrustFetchConfig> => ({ ocsp: 'soft', ocspHosts: [peer.host] });
    const good = { status: 'good', thisUpdate: NOON - HOUR, nextUpdate: NOON + DAY } as const;
    const revoked = { ...good, status: 'revoked', thisUpdate: NOON - MINUTE } as const;

    it('are asked for signers that led to an anchor, and used by the next look-up', async () => {
      start(allowed());
      const leaf = leafAt('/ocsp');
      let question: Buffer | undefined;
      peer.paths.set('/ocsp', (request, response, body) => {
        expect(request.headers['content-type']).to.equal('application/ocsp-request');
        question = body;
        response.end(ocspResponse(leaf, root, revoked));
      });
      expect(await outcomes(), 'nobody was seen').to.deep.equal([]);
      expect(judge(leaf)).to.equal('ok none');
      expect(await outcomes()).to.deep.equal(['taken']);
      expect(readDer(question ?? Buffer.alloc(0)).tag).to.equal(0x30);
      expect(judge(leaf)).to.equal('certificate.revoked');
    });

    it('are asked for registered certificates whose issuer is an anchor', async () => {
      start(allowed());
      const leaf = leafAt('/ocsp');
      peer.paths.set('/ocsp', bytes(ocspResponse(leaf, root, good)));
      await addAgency(fixture, { organId: 'T99.02', organName: 'Sở Mẫu B' });
      const entry: AgencyCertificate = {
        organId: organ('T99.02'),
        fingerprint: leaf.certificate.fingerprint,
        pem: leaf.certificatePem,
        subject: leaf.certificate.subject,
        notAfter: leaf.certificate.notAfter,
        addedAt: NOON,
      };
      await fixture.store.addCertificate(entry, 'cli:test');
      expect(await outcomes()).to.deep.equal(['taken']);
      expect(trust.checkRegistered(leaf.certificate.x509, NOON)).to.deep.include({ ok: true });
      expect(trust.checkRegistered(leaf.certificate.x509, NOON).revocation?.source).to.equal(
        'ocsp',
      );
    });

    it('are never asked of a host that is not on the list, nor for a certificate without a path', async () => {
      start({ ocsp: 'soft', ocspHosts: ['ocsp.example'] });
      expect(judge(leafAt('/ocsp'))).to.equal('ok none');
      await outcomes();
      start(allowed());
      const foreign = signer(NOON, stranger, 'T99.02', ocspAt(`${peer.url}/ocsp`));
      expect(judge(foreign)).to.equal('certificate.unknown-issuer');
      await outcomes();
      start({ ...allowed(), ocsp: 'off' });
      judge(leafAt('/ocsp'));
      await outcomes();
      expect(peer.asked).to.deep.equal([]);
    });

    it('are asked again at half their life, and soon after a failure', async () => {
      start(allowed());
      const leaf = leafAt('/ocsp');
      peer.paths.set('/ocsp', bytes(ocspResponse(leaf, root, good)));
      judge(leaf);
      await outcomes();
      fixture.pass(11 * HOUR);
      expect(await outcomes()).to.deep.equal([]);
      fixture.pass(HOUR);
      peer.paths.set('/ocsp', bytes(ocspResponse(leaf, root, { ...good, status: 'unknown' })));
      expect(await outcomes()).to.deep.equal(['unknown']);
      fixture.pass(5 * MINUTE);
      expect(await outcomes()).to.deep.equal(['unknown']);
      expect(judge(leaf), 'the one at hand stays').to.equal('ok ocsp');
      fixture.pass(DAY);
      const late = trust.check(leaf.certificate.x509, [], fixture.clock.now());
      expect(late.revocation).to.deep.include({ source: 'ocsp', stale: true });
    });

    it('of liars are not believed, and change nothing', async () => {
      start(allowed());
      const leaf = leafAt('/ocsp');
      const sister = leafAt('/ocsp');
      peer.paths.set('/ocsp', bytes(ocspResponse(leaf, root, revoked)));
      judge(leaf);
      await outcomes();
      const lies: [string, Answer, string][] = [
        ['garbage', bytes(Buffer.from('good!')), 'unreadable'],
        ['another key', bytes(ocspResponse(leaf, root, { ...good, key: ecKey() })), 'signature'],
        ['replayed', bytes(ocspResponse(leaf, root, good)), 'older'],
        ['another one', bytes(ocspResponse(sister, root, good)), 'other-certificate'],
        ['huge', bytes(Buffer.alloc(1 << 20)), 'too-large'],
        [
          'a redirect',
          (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
          'redirect',
        ],
      ];
      fixture.pass(12 * HOUR);
      for (const [name, answer, outcome] of lies) {
        fixture.pass(5 * MINUTE);
        peer.paths.set('/ocsp', answer);
        expect(await outcomes(), name).to.deep.equal([outcome]);
        expect(judge(leaf), name).to.equal('certificate.revoked');
      }
      expect(peer.asked).not.to.include('POST /elsewhere');
    });

    it('of a host that is silent are waited for once a round', async () => {
      timeoutMs = 200;
      start(allowed());
      for (let i = 0; i < 4; i++) judge(leafAt('/nothing'));
      expect(await outcomes()).to.deep.equal(['timeout']);
      expect(peer.asked).to.have.length(1);
    });

    it('cost a look-up nothing while a responder hangs', async () => {
      timeoutMs = 200;
      start(allowed());
      const leaf = leafAt('/nothing');
      judge(leaf);
      let isOver = false;
      const round = refresh.round().then(() => {
        isOver = true;
      });
      for (let i = 0; i < 200; i++) expect(judge(leaf)).to.equal('ok none');
      expect(isOver, 'the round still waits').to.equal(false);
      await round;
    });

    it('survive a restart, verified again; what has ended is deleted', async () => {
      start(allowed());
      const leaf = leafAt('/ocsp');
      peer.paths.set('/ocsp', bytes(ocspResponse(leaf, root, revoked)));
      judge(leaf);
      await outcomes();
      start(allowed());
      await refresh.load();
      expect(judge(leaf)).to.equal('certificate.revoked');
      fixture.pass(2 * DAY);
      start(allowed());
      await refresh.load();
      expect(readdirSync(join(folder, 'trust-cache'))).to.deep.equal([]);
    });
  });

  it('stops at once, also while a server hangs', async () => {
    start({ crlUrls: [`${peer.url}/nothing`] });
    refresh.start();
    while (peer.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await refresh.stop();
    expect(cache.lists).to.deep.equal([]);
    expect(fixture.logged).to.deep.equal([]);
  });
});
