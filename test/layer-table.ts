/**
 * The layers of src/, from the ground up. test/layers.test.ts holds the sources to it, and the
 * documentation shows it.
 *
 * @module
 */

/** A part may import what stands in a row before its own. */
export const LAYERS: readonly (readonly string[])[] = [
  ['model', 'clock', 'log', 'metrics', 'package-root'],
  ['xml'],
  ['edxml', 'soap', 'store', 'config'],
  ['receive', 'deliver', 'operate', 'evidence', 'conformance'],
  ['access'],
  ['console', 'rest'],
  ['server'],
  ['gateway'],
  ['cli'],
];
