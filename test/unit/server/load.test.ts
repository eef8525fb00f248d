import { expect } from 'chai';
import { createLoad } from '../../../src/server/load.js';

const MIB = 1024 * 1024;

/** Requests of at most 100 MiB: 400 MiB in all, 100 MiB for one caller. */
const load = () => createLoad(100 * MIB);

describe('the bound on all requests together', () => {
  it('turns away what has no room, and takes it once there is', () => {
    const four = load();
    const rooms = ['a', 'b', 'c', 'd'].map((caller) => four.enter(caller, 100 * MIB));
    expect(rooms.every((one) => one !== undefined)).to.equal(true);
    expect(four.enter('e', 1)).to.equal(undefined);
    rooms[0]?.leave();
    expect(four.enter('e', 100 * MIB)).to.not.equal(undefined);
  });

  it('gives one caller a quarter, and always one request of the largest size', () => {
    const one = load();
    expect(one.enter('a', 60 * MIB)).to.not.equal(undefined);
    expect(one.enter('a', 60 * MIB)).to.equal(undefined);
    expect(one.enter('a', 40 * MIB)).to.not.equal(undefined);
    expect(createLoad(1).enter('a', 1)).to.not.equal(undefined);
  });

  it('bounds the number of requests of one caller, and of all', () => {
    const slots = createLoad(MIB);
    const enter = (caller: string, times: number) =>
      Array.from({ length: times }, () => slots.enter(caller, 0)).filter(Boolean).length;
    expect(enter('a', 100)).to.equal(64);
    expect(enter('b', 64) + enter('c', 64) + enter('d', 64)).to.equal(192);
    expect(enter('e', 1)).to.equal(0);
  });

  it('counts what a request grows to, and refuses the growth that has no room', () => {
    const growing = load();
    const room = growing.enter('a', 10 * MIB);
    expect(room?.grow(90 * MIB)).to.equal(true);
    expect(room?.grow(1)).to.equal(false);
    expect(growing.enter('a', 1)).to.equal(undefined);
    expect(growing.enter('b', 100 * MIB)).to.not.equal(undefined);
  });

  it('counts an answer that is there already, even past the bound', () => {
    const answering = load();
    const room = answering.enter('a', 10 * MIB);
    room?.hold(200 * MIB);
    expect(answering.enter('a', 0)).to.equal(undefined);
    room?.leave();
    expect(answering.enter('a', 100 * MIB)).to.not.equal(undefined);
  });

  it('bounds bytes in files apart from those in memory: four times as many', () => {
    const files = load();
    const enter = (caller: string) => files.enter(caller, 0);
    const [a, b] = [enter('a'), enter('a')];
    expect(a?.spool(300 * MIB)).to.equal(true);
    expect(b?.spool(101 * MIB)).to.equal(false);
    expect(b?.spool(100 * MIB)).to.equal(true);
    expect(b?.grow(100 * MIB)).to.equal(true);
    for (const caller of ['b', 'c', 'd']) {
      expect(enter(caller)?.spool(400 * MIB)).to.equal(true);
    }
    expect(enter('e')?.spool(1)).to.equal(false);
    a?.leave();
    a?.leave();
    expect(enter('e')?.spool(300 * MIB)).to.equal(true);
    expect(enter('f')?.spool(1)).to.equal(false);
  });

  it('gives room back once, however often it is told', () => {
    const twice = load();
    const room = twice.enter('a', 100 * MIB);
    twice.enter('b', 100 * MIB);
    room?.leave();
    room?.leave();
    room?.hold(100 * MIB);
    for (const caller of ['c', 'd', 'e']) expect(twice.enter(caller, 100 * MIB)).to.be.an('object');
    expect(twice.enter('f', 1)).to.equal(undefined);
  });
});
