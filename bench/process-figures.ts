/**
 * What Linux says about a process: CPU time, peak of its resident memory; and about the machine. On
 * other systems there is no answer.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** USER_HZ: fixed by the kernel's ABI on the machines this is meant for. */
const TICKS_PER_SECOND = 100;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** Seconds, user and system, of all threads; undefined when it cannot be told. */
export function cpuSeconds(pid: number): number | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name before the last bracket may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : undefined;
}

/** Starts the peak anew at the present value. @returns false where the kernel does not let us. */
export function resetPeak(pid: number): boolean {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return true;
  } catch {
    return false;
  }
}

export function peakBytes(pid: number): number | undefined {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? '');
  return match === null ? undefined : Number(match[1]) * 1024;
}

/** Seconds that all cores together were busy since the machine started. */
export function busySeconds(): number | undefined {
  const line = read('/proc/stat')?.split('\n', 1)[0];
  const fields = line?.trim().split(/\s+/).slice(1).map(Number);
  if (fields === undefined) return undefined;
  // user, nice, system, irq, softirq; not idle and waiting for a disk.
  const busy = [0, 1, 2, 5, 6].reduce((sum, at) => sum + (fields[at] ?? 0), 0);
  return busy / TICKS_PER_SECOND;
}
