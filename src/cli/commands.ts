/**
 * The commands: name, group, one line, and the file that holds the rest. A file is loaded only when
 * its command is called, so that `edxgate validate` does not wait for a database driver.
 *
 * @module
 */
import type { CommandModule } from './command.js';

export interface CommandEntry {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'serve',
    group: 'Run',
    summary: 'receive and deliver until stopped',
    load: () => import('./serve.js'),
  },
  {
    name: 'try',
    group: 'Run',
    summary: 'a gateway with sample agencies, and one document through it',
    load: () => import('./try.js'),
  },
  {
    name: 'validate',
    group: 'Check files; no store is touched',
    summary: 'against the schema and the rules of QCVN 102',
    load: () => import('./validate.js'),
  },
  {
    name: 'verify',
    group: 'Check files; no store is touched',
    summary: 'the signature, its certificate and the trust in it',
    load: () => import('./verify.js'),
  },
  {
    name: 'send',
    group: 'Send',
    summary: 'a package to an edxgate, as a client',
    load: () => import('./send.js'),
  },
  {
    name: 'simulate',
    group: 'Try your side',
    summary: 'recipient: a peer that misbehaves on purpose',
    load: () => import('./simulate.js'),
  },
  {
    name: 'conformance',
    group: 'Try your side',
    summary: 'run|list: replay fixtures against a gateway and report what differs',
    load: () => import('./conformance.js'),
  },
  {
    name: 'log',
    group: 'Ask and act',
    summary: 'list|show|acts|verify|export: where a document is, who did what, is the log whole',
    load: () => import('./log.js'),
  },
  {
    name: 'evidence',
    group: 'Ask and act',
    summary: 'export|verify: proof of one message in one file, and its check',
    load: () => import('./evidence.js'),
  },
  {
    name: 'queue',
    group: 'Ask and act',
    summary: 'list|show|retry|hold|…: what waits, why, until when, and what to do about it',
    load: () => import('./queue.js'),
  },
  {
    name: 'dead',
    group: 'Ask and act',
    summary: 'list|show|requeue: what was not delivered and will not be tried again',
    load: () => import('./dead.js'),
  },
  {
    name: 'quarantine',
    group: 'Ask and act',
    summary: 'list|show|export|requeue: refused packages whose bytes were kept',
    load: () => import('./quarantine.js'),
  },
  {
    name: 'agency',
    group: 'Set up',
    summary: 'add|list|show|set|import|token|certificate: the directory',
    load: () => import('./agency.js'),
  },
  {
    name: 'user',
    group: 'Set up',
    summary: 'add|list|show|set|link: people who sign in to the admin listener',
    load: () => import('./user.js'),
  },
  {
    name: 'trust',
    group: 'Set up',
    summary: 'list|rehearse: whom signatures are believed, and what a change would make of it',
    load: () => import('./trust.js'),
  },
  {
    name: 'keys',
    group: 'Set up',
    summary: 'show|rotate: the key that signs receipts',
    load: () => import('./keys.js'),
  },
  {
    name: 'store',
    group: 'Set up',
    summary: 'check|backup|restore|migrate|purge: the folder that holds everything',
    load: () => import('./store.js'),
  },
  {
    name: 'config',
    group: 'Set up',
    summary: 'check|show: the configuration, and where each value comes from',
    load: () => import('./config.js'),
  },
];
