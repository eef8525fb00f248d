import { expect } from 'chai';
import { closedLoop, openLoop } from '../../../bench/loops.js';
import { percentiles, Window } from '../../../bench/window.js';

/** A clock that is put forward by hand. */
function handClock() {
  let ms = 0;
  return {
    now: () => ms,
    forward: (by: number) => {
      ms += by;
    },
  };
}

describe('the measured time', () => {
  it('runs from an answer to the first answer after its seconds', () => {
    const window = new Window({ seconds: 1, pid: undefined, now: () => 0 });
    window.answered(500, 490, true);
    window.answered(900, 700, true);
    window.answered(1400, 1000, false);
    expect(window.isClosed).to.equal(false);
    window.answered(1700, 1600, true);
    expect(window.isClosed).to.equal(true);
    window.answered(1800, 1600, true);
    const figures = window.figures();
    expect(figures).to.include({ accepted: 2, refused: 1, seconds: 1.2 });
    expect(figures.perSecond).to.be.closeTo(2 / 1.2, 1e-9);
    expect(figures.ms).to.deep.equal({ p50: 100, p90: 200, p99: 200, max: 200 });
  });

  it('ends at the last answer when there was not enough to send', () => {
    const window = new Window({ seconds: 10, pid: undefined, now: () => 0 });
    for (const at of [100, 200, 600]) window.answered(at, at - 10, true);
    window.close();
    expect(window.figures()).to.include({ accepted: 2, seconds: 0.5, perSecond: 4 });
  });

  it('tells nothing of a process that it was not given', () => {
    const window = new Window({ seconds: 1, pid: undefined, now: () => 0 });
    window.close();
    expect(window.figures()).to.include({
      ms: null,
      cpuMsPerDocument: null,
      peakBytes: null,
      perSecond: 0,
    });
  });

  it('has percentiles by nearest rank', () => {
    const values = Array.from({ length: 200 }, (_, at) => 200 - at);
    expect(percentiles(values)).to.deep.equal({ p50: 100, p90: 180, p99: 198, max: 200 });
    expect(percentiles([7])).to.deep.equal({ p50: 7, p90: 7, p99: 7, max: 7 });
    expect(percentiles([])).to.equal(null);
  });
});

describe('the closed loop', () => {
  it('sends every request once, never more at a time than there are connections', async () => {
    const requests = Array.from({ length: 50 }, (_, at) => at);
    const sent: number[] = [];
    let running = 0;
    let most = 0;
    await closedLoop({
      requests,
      connections: 4,
      now: () => 0,
      post: async (request) => {
        running += 1;
        most = Math.max(most, running);
        sent.push(request);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return true;
      },
    });
    expect(sent).to.deep.equal(requests);
    expect(most).to.equal(4);
  });

  it('sends nothing more once the time is over', async () => {
    const clock = handClock();
    const window = new Window({ seconds: 1, pid: undefined, now: clock.now });
    let sent = 0;
    await closedLoop({
      requests: Array.from({ length: 1000 }, (_, at) => at),
      connections: 1,
      now: clock.now,
      window,
      post: async () => {
        sent += 1;
        clock.forward(100);
        return true;
      },
    });
    expect(sent).to.equal(11);
    expect(window.figures()).to.include({ accepted: 10, seconds: 1 });
  });
});

describe('the open loop', () => {
  it('counts time from the moment a request was due, also of one that had to wait', async () => {
    const clock = handClock();
    const window = new Window({ seconds: 100, pid: undefined, now: clock.now });
    // Due at 0, 10, 20, 30 ms; one at a time, and each takes 100 ms.
    const ticking = setInterval(() => clock.forward(10), 1);
    await openLoop(
      {
        requests: [0, 1, 2, 3],
        connections: 1,
        now: clock.now,
        window,
        post: async () => {
          const end = clock.now() + 100;
          while (clock.now() < end) await new Promise((resolve) => setTimeout(resolve, 1));
          return true;
        },
      },
      100,
    );
    clearInterval(ticking);
    window.close();
    const { accepted, ms } = window.figures();
    expect(accepted).to.equal(3);
    // The last was due at 30 and could end at 400 at the earliest.
    expect(ms?.max).to.be.at.least(370);
    expect(ms?.p50).to.be.at.least(280);
  });
});
