/**
 * Bounds what all requests together, and those of one caller, may hold: a place, bytes of memory, and
 * bytes of the files that large bodies are put into while they come.
 * Beyond it a request is turned away at once with 503 and Retry-After: that costs the sender a repeat,
 * not a lost document.
 *
 * One caller gets at most a quarter, but always room for one request of the largest size, so that
 * nobody can shut out the others, neither by sending nor by announcing what never comes, nor by not
 * reading the answers.
 *
 * @module
 */

/** The place of one request, until its answer has left. */
export interface Room {
  /** @returns false when there is no room for so many bytes more; then nothing is taken. */
  grow(bytes: number): boolean;
  /** Takes the bytes in any case: what is there already has to be counted. Below 0 gives back. */
  hold(bytes: number): void;
  /** Takes bytes of a file. @returns false when there is no room; then nothing is taken. */
  spool(bytes: number): boolean;
  /** May be called more than once. */
  leave(): void;
}

/** For bodies that nobody else's requests compete with. */
export const UNCOUNTED: Room = {
  grow: () => true,
  hold: () => undefined,
  spool: () => true,
  leave: () => undefined,
};

export interface Load {
  /**
   * @param caller who has signed in.
   * @param bytes what the body is declared to have, 0 when it is not declared or goes to a file.
   * @returns undefined when there is no room.
   */
  enter(caller: string, bytes: number): Room | undefined;
}

const MAX_REQUESTS = 256;
const MIN_BUDGET_BYTES = 256 * 1024 * 1024;
/** Files may hold so many times what memory may. */
const SPOOL_FACTOR = 4;

interface Share {
  requests: number;
  bytes: number;
  spooled: number;
}

export function createLoad(requestBytes: number): Load {
  // A request holds its body, the package decoded from it, and an answer: four large ones at a time.
  const bytes = Math.max(4 * requestBytes, MIN_BUDGET_BYTES);
  const all: Share = { requests: MAX_REQUESTS, bytes, spooled: SPOOL_FACTOR * bytes };
  const each: Share = {
    requests: all.requests / 4,
    bytes: Math.max(requestBytes, all.bytes / 4),
    spooled: Math.max(requestBytes, all.spooled / 4),
  };
  const total: Share = { requests: 0, bytes: 0, spooled: 0 };
  const callers = new Map<string, Share>();

  const fits = (share: Share, limit: Share, bytes: number): boolean =>
    share.bytes + bytes <= limit.bytes;

  return {
    enter(caller, bytes) {
      const own = callers.get(caller) ?? { requests: 0, bytes: 0, spooled: 0 };
      if (total.requests >= all.requests || own.requests >= each.requests) return undefined;
      if (!fits(total, all, bytes) || !fits(own, each, bytes)) return undefined;
      callers.set(caller, own);
      let held = 0;
      let spooled = 0;
      let left = false;
      const hold = (more: number): void => {
        if (left) return;
        held += more;
        own.bytes += more;
        total.bytes += more;
      };
      own.requests += 1;
      total.requests += 1;
      hold(bytes);
      return {
        hold,
        grow(more) {
          if (!fits(total, all, more) || !fits(own, each, more)) return false;
          hold(more);
          return true;
        },
        spool(more) {
          const { spooled: most } = each;
          if (total.spooled + more > all.spooled || own.spooled + more > most) return false;
          if (left) return true;
          spooled += more;
          own.spooled += more;
          total.spooled += more;
          return true;
        },
        leave() {
          if (left) return;
          hold(-held);
          own.spooled -= spooled;
          total.spooled -= spooled;
          left = true;
          own.requests -= 1;
          total.requests -= 1;
          if (own.requests === 0) callers.delete(caller);
        },
      };
    },
  };
}
