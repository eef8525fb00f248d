import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { createLoad } from '../../../src/server/load.js';

const MIB = 1024 * 1024;
const request = (length?: number) =>
  ({
    headers: length === undefined ? {} : { 'content-length': String(length) },
  }) as IncomingMessage;

describe('the bound on all requests together', () => {
  it('turns away what has no room, and takes it once there is', () => {
    const load = createLoad(100 * MIB);
    const four = [1, 2, 3, 4].map(() => load.enter(request(100 * MIB)));
    expect(four.every((one) => one !== undefined)).to.equal(true);
    expect(load.enter(request(100 * MIB))).to.equal(undefined);
    four[0]?.();
    expect(load.enter(request(100 * MIB))).to.not.equal(undefined);
  });

  it('gives room back once, however often it is told', () => {
    const load = createLoad(100 * MIB);
    const four = [1, 2, 3, 4].map(() => load.enter(request(100 * MIB)));
    four[0]?.();
    four[0]?.();
    expect(load.enter(request(100 * MIB))).to.not.equal(undefined);
    expect(load.enter(request(100 * MIB))).to.equal(undefined);
  });

  it('does not let a lie about the length take more than a request may have', () => {
    const load = createLoad(100 * MIB);
    expect(load.enter(request(1e15))).to.not.equal(undefined);
    expect(load.enter(request(100 * MIB))).to.not.equal(undefined);
  });

  it('bounds the number of requests too', () => {
    const load = createLoad(MIB);
    for (let i = 0; i < 256; i++) expect(load.enter(request(0))).to.not.equal(undefined);
    expect(load.enter(request(0))).to.equal(undefined);
  });
});
