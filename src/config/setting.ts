/**
 * What a setting is: its key, the text of its default, and how a value is read.
 *
 * @module
 */
import type * as value from './values.js';

export interface Setting<T> {
  /** `limits.request` */
  readonly key: string;
  /** Text of the default; '' = none; undefined = the key must be written. */
  readonly fallback: string | undefined;
  /** What the value looks like, for people: `address:port`. */
  readonly form: string;
  readonly what: string;
  readonly schema: value.ValueSchema<T>;
}

export function setting<T>(
  key: string,
  fallback: string | undefined,
  form: string,
  schema: value.ValueSchema<T>,
  what: string,
): Setting<T> {
  return { key, fallback, form, schema, what };
}
