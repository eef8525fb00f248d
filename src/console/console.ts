/**
 * The console: its routes, and what it answers when something cannot be done.
 *
 * @module
 */
import type { AdminRoute } from '../access/route.js';
import { AddressWaits } from '../access/slow-guesses.js';
import { ASSET_ROUTES } from './assets.js';
import type { ConsoleContext } from './context.js';
import { messageRoutes } from './message-routes.js';
import { overviewRoutes } from './overview-routes.js';
import { signInRoutes } from './sign-in-routes.js';

export function consoleContext(parts: Omit<ConsoleContext, 'signIn'>): ConsoleContext {
  const { store, clock, key } = parts;
  return { ...parts, signIn: { store, clock, key, waits: new AddressWaits(clock) } };
}

export function consoleRoutes(context: ConsoleContext): readonly AdminRoute[] {
  return [
    ...ASSET_ROUTES,
    ...signInRoutes(context),
    ...overviewRoutes(context),
    ...messageRoutes(context),
  ];
}
