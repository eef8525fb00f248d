/**
 * The console: its routes, and what it answers when something cannot be done.
 *
 * @module
 */
import type { AdminRoute } from '../access/route.js';
import { FREE_FOR_ADDRESS, FREE_FOR_NAME, Waits } from '../access/slow-guesses.js';
import { ASSET_ROUTES } from './assets.js';
import type { ConsoleContext } from './context.js';
import { messageRoutes } from './message-routes.js';
import { overviewRoutes } from './overview-routes.js';
import { signInRoutes } from './sign-in-routes.js';

export function consoleContext(parts: Omit<ConsoleContext, 'signIn'>): ConsoleContext {
  const { store, clock, key } = parts;
  const waits = {
    addresses: new Waits(clock, FREE_FOR_ADDRESS),
    others: new Waits(clock, FREE_FOR_NAME),
  };
  return { ...parts, signIn: { store, clock, key, waits } };
}

export function consoleRoutes(context: ConsoleContext): readonly AdminRoute[] {
  return [
    ...ASSET_ROUTES,
    ...signInRoutes(context),
    ...overviewRoutes(context),
    ...messageRoutes(context),
  ];
}
