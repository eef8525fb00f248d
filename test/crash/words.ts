/**
 * Names of the points in words that a reader knows: what the gateway is doing there.
 *
 * @module
 */

/** By `operation:subject`. */
const WORDS: Readonly<Record<string, string>> = {
  'accept:exchange': 'taking a connection of a sender or collector',
  'receive:exchange': 'reading a part of a request',
  'mkdir:content-folder': 'making the folder of a content file',
  'open:content': 'looking whether a content file stands already, or reading it for a recipient',
  'open:temporary': 'making the temporary file of a large package',
  'write:temporary': 'writing a large package to its temporary file',
  'sync:temporary': 'fsync of the temporary file',
  'rename:content': 'rename of the temporary file to the content file',
  'open:content-folder': 'opening the folder of content files for its fsync',
  'sync:content-folder': 'fsync of the folder of content files',
  'open:store-folder': 'opening the folder of the store for its fsync',
  'sync:store-folder': 'fsync of the folder of the store',
  'mkdir:store-folder': 'making the folder of the store',
  'open:store-file': 'opening another file of the store (receipt key)',
  'open:database': 'opening the database',
  'write:database': 'checkpoint: a page from the log into the database',
  'sync:database': 'checkpoint: fsync of the database',
  'truncate:database': 'checkpoint: setting the size of the database',
  'open:log': 'opening the write-ahead log',
  'write:log': 'commit: a part of a page into the write-ahead log',
  'sync:log': 'commit: fsync of the write-ahead log',
  'truncate:log': 'cutting the write-ahead log',
  'unlink:log': 'removing the write-ahead log after a checkpoint',
  'open:index': 'opening the index of the log',
  'write:index': 'making the index of the log',
  'truncate:index': 'setting the size of the index of the log',
  'unlink:index': 'removing the index of the log',
  'send:exchange': 'sending another answer',
  'send:answer-send': 'answer to the sender: the receipt',
  'send:answer-list': 'answer to `ListPending`',
  'send:answer-package': 'answer to `GetPackage`: the package',
  'send:answer-confirm': 'answer to `ConfirmReceived`',
  'connect:push': 'connecting to a recipient',
  'send:push': 'push: sending the package to the recipient',
  'receive:push': "push: reading the recipient's answer",
};

/** `sync:log` → `commit: fsync of the write-ahead log`; an unknown one as it is. */
export function inWords(call: string): string {
  return WORDS[call] ?? call;
}

export interface PointParts {
  readonly atStart: boolean;
  readonly when: string;
  readonly call: string;
}

/** Parts of `start:before:sync:log`; undefined for a random moment. */
export function partsOf(point: string): PointParts | undefined {
  const parts = point.split(':');
  const atStart = parts[0] === 'start';
  const [when, operation, subject] = atStart ? parts.slice(1) : parts;
  if (when === undefined || operation === undefined || subject === undefined) return undefined;
  return { atStart, when, call: `${operation}:${subject}` };
}
