/**
 * Makes pages from the templates in views/ with eta. Everything is escaped; `<%~` is for what a template
 * makes of another one (a test forbids it elsewhere). Compiled once, at the first use.
 *
 * @module
 */
import { join } from 'node:path';
import { Eta } from 'eta';
import { PACKAGE_ROOT } from '../package-root.js';

const eta = new Eta({
  views: join(PACKAGE_ROOT, 'src', 'console', 'views'),
  cache: true,
  autoEscape: true,
  autoTrim: ['nl', false],
  // `it` only: a template reaches nothing else.
  useWith: false,
});

/** @param name of a file in views/ without `.eta`. */
export function render(name: string, data: object): string {
  return eta.render(`/${name}`, data);
}
