/**
 * Watches the free space of the disk that holds the store. Below the watermark no new package is
 * accepted, so that what was accepted can still be delivered, collected and recorded; a tenth above it
 * intake goes on, so that it does not flicker.
 *
 * @module
 */
import { statfs } from 'node:fs/promises';

export interface DiskState {
  /** No new package is accepted. */
  readonly low: boolean;
  /** Undefined while it could not be asked. */
  readonly freeBytes: number | undefined;
}

export interface DiskWatch {
  state(): DiskState;
  stop(): void;
}

export interface DiskWatchOptions {
  readonly folder: string;
  /** 0 = never low; the space is still measured. */
  readonly minFreeBytes: number;
  /** Called when it becomes low, and when it is over. */
  readonly onChange: (state: DiskState) => void;
  readonly everyMs?: number;
  /** Bytes that we may use. */
  readonly free?: (folder: string) => Promise<number>;
}

const EVERY_MS = 1000;
const AGAIN_FACTOR = 1.1;

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The state after a measurement. A failed one changes nothing: the disk will say itself when it is full. */
export function nextDiskState(
  before: DiskState,
  freeBytes: number | undefined,
  minFreeBytes: number,
): DiskState {
  if (freeBytes === undefined) return { ...before, freeBytes };
  const bound = before.low ? minFreeBytes * AGAIN_FACTOR : minFreeBytes;
  return { low: minFreeBytes > 0 && freeBytes < bound, freeBytes };
}

/** Has measured once when it resolves. */
export async function startDiskWatch(options: DiskWatchOptions): Promise<DiskWatch> {
  const { folder, minFreeBytes, onChange, everyMs = EVERY_MS, free = freeBytesOf } = options;
  let state: DiskState = { low: false, freeBytes: undefined };
  let stopped = false;
  const look = async (): Promise<void> => {
    const bytes = await free(folder).catch(() => undefined);
    if (stopped) return;
    const before = state;
    state = nextDiskState(before, bytes, minFreeBytes);
    if (state.low !== before.low) onChange(state);
  };
  await look();
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, everyMs);
  timer.unref();
  return {
    state: () => state,
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
