/**
 * The migrations in order. The number of a migration is its place, from 1, and the `user_version` of a
 * database that has it. One that was published is never changed.
 *
 * @module
 */
import { FIRST } from './0001-first.js';
import { MESSAGE_SIGN_IN } from './0002-message-sign-in.js';

export const MIGRATIONS: readonly string[] = [FIRST, MESSAGE_SIGN_IN];
