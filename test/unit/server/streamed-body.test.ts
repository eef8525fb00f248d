import { lstatSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { Aborted } from '../../../src/server/body.js';
import { createLoad, type Room } from '../../../src/server/load.js';
import { openSpool, type Spool, spoolError } from '../../../src/server/spool.js';
import {
  isStreamed,
  readStreamed,
  type StreamedBody,
  type StreamOptions,
} from '../../../src/server/streamed-body.js';
import { parseContentType } from '../../../src/soap/content-type.js';
import { until } from '../../support/until.js';

const MIB = 1024 * 1024;
const TYPE = 'multipart/related; boundary=b';
const HEAD = '--b\r\n\r\n<x/>\r\n--b\r\nContent-ID: <p>\r\n\r\n';
const TAIL = '\r\n--b--\r\n';

function bodyWith(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(HEAD), content, Buffer.from(TAIL)]);
}

/** Says how much it holds at the most. */
function measured(room: Room): Room & { readonly peak: () => number; readonly held: () => number } {
  let held = 0;
  let peak = 0;
  const count = (bytes: number): void => {
    held += bytes;
    peak = Math.max(peak, held);
  };
  return {
    ...room,
    grow(bytes) {
      const given = room.grow(bytes);
      if (given) count(bytes);
      return given;
    },
    hold(bytes) {
      room.hold(bytes);
      count(bytes);
    },
    peak: () => peak,
    held: () => held,
  };
}

function roomOf(requestBytes = 100 * MIB): Room {
  const room = createLoad(requestBytes).enter('T99.01', 0);
  if (room === undefined) throw new Error('there is no room');
  return room;
}

describe('a multipart body that is read while it comes', () => {
  let folder: string;
  let spool: Spool;
  let made: number;
  let open: number;
  let server: Server;
  let port: number;
  /** What the next requests get. */
  let options: Partial<StreamOptions>;
  let results: (StreamedBody | Error)[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edxgate-spool-'));
    made = open = 0;
    const files = openSpool(join(folder, 'incoming'));
    spool = {
      async create() {
        const file = await files.create();
        made++;
        open++;
        let closed = false;
        return {
          ...file,
          async close() {
            await file.close();
            if (!closed) open--;
            closed = true;
          },
        };
      },
    };
    options = {};
    results = [];
    server = createServer((request, response) => {
      void readOne(request).then((result) => {
        results.push(result);
        response.statusCode = result instanceof Error ? 500 : 200;
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const readOne = async (request: IncomingMessage): Promise<StreamedBody | Error> => {
    const given = { limit: 100 * MIB, room: roomOf(), spool, ...options };
    const contentType = parseContentType(request.headers['content-type']);
    try {
      return await readStreamed(request, contentType, given);
    } catch (error) {
      return error as Error;
    }
  };
  const send = (body: Buffer, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': TYPE, ...headers },
      body,
    });
  const begin = (declared: number, start: string | Buffer): Socket => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${TYPE}\r\nContent-Length: ${declared}\r\n\r\n`,
    );
    socket.write(start);
    return socket;
  };
  const theBody = (): StreamedBody => {
    const [result] = results;
    if (result === undefined || result instanceof Error) throw result ?? new Error('no result');
    return result;
  };
  const theError = (): GatewayError => {
    const [result] = results;
    expect(result).to.be.instanceOf(GatewayError);
    return result as GatewayError;
  };

  it('holds little memory for a part of 50 MB, and its file only until it is closed', async () => {
    const content = Buffer.alloc(50_000_000, 'gói tin ');
    const room = measured(roomOf());
    options = { room };
    await send(bodyWith(content));
    const body = theBody();
    expect(room.peak()).to.be.below(MIB);
    expect(body.size).to.equal(bodyWith(content).length);
    expect(body.head.length).to.equal(64 * 1024);
    expect(body.head.subarray(0, HEAD.length).toString()).to.equal(HEAD);
    const { root, parts } = await body.parts();
    expect(root.content.toString()).to.equal('<x/>');
    expect(room.peak()).to.be.below(MIB);
    const part = parts.get('p');
    if (part === undefined || part.content !== undefined) throw new Error('it is in memory');
    // Counted when it is read for work.
    expect((await part.load()).equals(content)).to.equal(true);
    expect(room.peak()).to.be.within(content.length, content.length + MIB);
    expect([made, open]).to.deep.equal([1, 1]);
    await body.close();
    expect(open).to.equal(0);
  });

  it('has no file for small parts', async () => {
    await send(bodyWith(Buffer.alloc(1000)));
    expect((await theBody().parts()).parts.get('p')?.content?.length).to.equal(1000);
    expect(made).to.equal(0);
    await theBody().close();
  });

  it('has a file nobody else can open, without a name', async () => {
    const file = await openSpool(join(folder, 'other')).create();
    expect(statSync(join(folder, 'other')).mode & 0o777).to.equal(0o700);
    expect(readdirSync(join(folder, 'other'))).to.deep.equal([]);
    const ours = readdirSync('/proc/self/fd').filter((fd) => {
      const path = `/proc/self/fd/${fd}`;
      return (
        lstatSync(path, { throwIfNoEntry: false }) &&
        readlinkSync(path).startsWith(join(folder, 'other'))
      );
    });
    expect(ours.map((fd) => statSync(`/proc/self/fd/${fd}`).mode & 0o777)).to.deep.equal([0o600]);
    await file.append(Buffer.from('abc'));
    await file.append(Buffer.from('def'));
    expect((await file.read(2, 3)).toString()).to.equal('cde');
    await file.close();
    await file.close();
  });

  it('empties its folder at the start', () => {
    writeFileSync(join(folder, 'incoming', 'left-over'), 'x');
    openSpool(join(folder, 'incoming'));
    expect(readdirSync(join(folder, 'incoming'))).to.deep.equal([]);
  });

  it('takes gzip as it comes', async () => {
    const content = Buffer.alloc(5 * MIB, 'x');
    const room = measured(roomOf());
    options = { room };
    await send(gzipSync(bodyWith(content)), { 'content-encoding': 'gzip' });
    expect(room.peak()).to.be.below(MIB);
    const part = (await theBody().parts()).parts.get('p');
    if (part === undefined || part.content !== undefined) throw new Error('it is in memory');
    expect((await part.load()).equals(content)).to.equal(true);
    await theBody().close();
  });

  it('refuses gzip that is broken, cut off or too large, and leaves no file', async () => {
    const packed = gzipSync(
      bodyWith(Buffer.from(Array.from({ length: MIB }, (_, i) => i * i * 7))),
    );
    const broken = Buffer.from(packed);
    broken.fill(0, broken.length - 200, broken.length - 100);
    for (const [body, code] of [
      [broken, 'http.gzip'],
      [packed.subarray(0, packed.length - 20), 'http.gzip'],
      [gzipSync(Buffer.concat([Buffer.from(HEAD), Buffer.alloc(101 * MIB)])), 'http.too-large'],
    ] as const) {
      results = [];
      await send(body, { 'content-encoding': 'gzip' }).catch(() => undefined);
      await until(() => results.length === 1);
      expect(theError().code).to.equal(code);
      expect(open).to.equal(0);
    }
    expect(made).to.be.greaterThan(0);
  });

  it('refuses what is too large without a declared length, and leaves no file', async () => {
    options = { limit: 2 * MIB };
    const body = bodyWith(Buffer.alloc(3 * MIB));
    const chunks = async function* () {
      for (let at = 0; at < body.length; at += 65_536) yield body.subarray(at, at + 65_536);
    };
    const sent = fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': TYPE },
      body: chunks(),
      duplex: 'half',
    } as RequestInit);
    await sent.catch(() => undefined);
    expect(theError().code).to.equal('http.too-large');
    expect(open).to.equal(0);
  });

  it('ends quietly when the sender goes away, and leaves no file', async () => {
    const socket = begin(10 * MIB, Buffer.concat([Buffer.from(HEAD), Buffer.alloc(MIB)]));
    await until(() => made === 1);
    socket.destroy();
    await until(() => results.length === 1);
    expect(results[0]).to.be.instanceOf(Aborted);
    expect(open).to.equal(0);
  });

  it('cuts off a sender of whom nothing comes, and leaves no file', async () => {
    options = { stallMs: 50 };
    const socket = begin(10 * MIB, Buffer.concat([Buffer.from(HEAD), Buffer.alloc(MIB)]));
    await until(() => results.length === 1);
    expect(results[0]).to.be.instanceOf(Aborted);
    expect([made, open]).to.deep.equal([1, 0]);
    socket.destroy();
  });

  it('does not take a slow disk for a slow sender', async () => {
    const slow: Spool = {
      async create() {
        const file = await spool.create();
        return {
          ...file,
          async append(bytes) {
            await new Promise((resolve) => setTimeout(resolve, 120));
            await file.append(bytes);
          },
        };
      },
    };
    options = { spool: slow, stallMs: 60 };
    await send(bodyWith(Buffer.alloc(400 * 1024)));
    expect((await theBody().parts()).attachments).to.have.length(1);
    await theBody().close();
  });

  for (const [what, failure, code] of [
    ['no space', 'ENOSPC', 'server.disk'],
    ['no quota', 'EDQUOT', 'server.disk'],
    ['a broken disk', 'EIO', 'server.store'],
  ] as const) {
    it(`${what} is a temporary refusal, and leaves no file`, async () => {
      const full: Spool = {
        async create() {
          const file = await spool.create();
          const fail = async (): Promise<void> => {
            throw spoolError(Object.assign(new Error(failure), { code: failure }));
          };
          return { ...file, append: fail };
        },
      };
      options = { spool: full };
      await send(bodyWith(Buffer.alloc(MIB))).catch(() => undefined);
      await until(() => results.length === 1);
      expect(theError().code).to.equal(code);
      expect(theError().temporary).to.equal(true);
      expect(open).to.equal(0);
    });
  }

  it('opens no file while the disk is low', async () => {
    options = { diskLow: () => true };
    await send(bodyWith(Buffer.alloc(MIB))).catch(() => undefined);
    await until(() => results.length === 1);
    expect(theError().code).to.equal('server.disk');
    expect(theError().retryAfterSeconds).to.be.greaterThan(0);
    expect(made).to.equal(0);
  });

  it('waits for memory to work in, and says busy when there is none', async () => {
    const load = createLoad(100 * MIB);
    const other = load.enter('T99.01', 90 * MIB);
    const room = load.enter('T99.01', 0);
    if (room === undefined) throw new Error('there is no room');
    options = { room, waitMs: 150 };
    await send(bodyWith(Buffer.alloc(20 * MIB)));
    const part = (await theBody().parts()).parts.get('p');
    if (part === undefined || part.content !== undefined) throw new Error('it is in memory');
    const thrown: unknown[] = [];
    await part.load().catch((error: unknown) => thrown.push(error));
    expect((thrown[0] as GatewayError).code).to.equal('http.busy');
    const loading = part.load();
    other?.leave();
    expect((await loading).length).to.equal(20 * MIB);
    await theBody().close();
  });

  it('reads nothing for a sender who has gone', async () => {
    const socket = connect(port, '127.0.0.1');
    const body = bodyWith(Buffer.alloc(2 * MIB, 1));
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${TYPE}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
    await until(() => results.length === 1);
    const [streamed] = results;
    if (streamed === undefined || streamed instanceof Error) throw new Error('it was not read');
    const [part] = (await streamed.parts()).attachments;
    if (part === undefined || !('load' in part)) throw new Error('it has no file');
    socket.destroy();
    const connections = () =>
      new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
    await until(async () => (await connections()) === 0);
    expect(await part.load().catch((error: unknown) => error)).to.be.instanceOf(Aborted);
    await streamed.close();
  });

  it('bounds what one caller has in files, and gives it back', async () => {
    const load = createLoad(100 * MIB);
    const enter = (): Room => load.enter('T99.01', 0) ?? roomOf(0);
    const first = enter();
    expect(first.spool(400 * MIB)).to.equal(true);
    const room = enter();
    expect(room.spool(1)).to.equal(false);
    options = { room };
    await send(bodyWith(Buffer.alloc(MIB))).catch(() => undefined);
    await until(() => results.length === 1);
    expect(theError().code).to.equal('http.busy');
    expect(load.enter('T99.02', 0)?.spool(400 * MIB)).to.equal(true);
    first.leave();
    expect(room.spool(400 * MIB)).to.equal(true);
  });

  it('is for multipart that is large, gzipped or of unknown length', () => {
    const of = (headers: IncomingMessage['headers'], type = TYPE): boolean =>
      isStreamed({ headers } as IncomingMessage, parseContentType(type));
    expect(of({ 'content-length': '1000' })).to.equal(false);
    expect(of({ 'content-length': String(2 * MIB) })).to.equal(true);
    expect(of({})).to.equal(true);
    expect(of({ 'content-length': '1000', 'content-encoding': 'gzip' })).to.equal(true);
    expect(of({}, 'text/xml')).to.equal(false);
  });

  it('refuses an empty body', async () => {
    await send(Buffer.alloc(0));
    const thrown: unknown[] = [];
    await theBody()
      .parts()
      .catch((error: unknown) => thrown.push(error));
    expect((thrown[0] as GatewayError).code).to.equal('soap.empty');
  });
});
