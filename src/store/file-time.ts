/**
 * Time in the name of a file: `20261124T030405Z`, UTC. Sorts as it runs, and needs no quoting anywhere.
 *
 * @module
 */
export function fileTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}
