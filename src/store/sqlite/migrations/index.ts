/**
 * The migrations in order. The number of a migration is its place, from 1, and the `user_version` of a
 * database that has it. One that was published is never changed.
 *
 * @module
 */
import { FIRST } from './0001-first.js';
import { MESSAGE_SIGN_IN } from './0002-message-sign-in.js';
import { QUEUE } from './0003-queue.js';
import { SEARCH } from './0004-search.js';
import { LOG_CHAIN } from './0005-log-chain.js';
import { CERTIFICATES } from './0006-certificates.js';
import { PEOPLE } from './0007-people.js';

export const MIGRATIONS: readonly string[] = [
  FIRST,
  MESSAGE_SIGN_IN,
  QUEUE,
  SEARCH,
  LOG_CHAIN,
  CERTIFICATES,
  PEOPLE,
];
