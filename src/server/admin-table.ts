/**
 * All that the admin listener serves by rule, with how callers are known and how problems are told.
 *
 * @module
 */
import { identify } from '../access/identify.js';
import { consoleRoutes } from '../console/console.js';
import type { ConsoleContext } from '../console/context.js';
import { problemPage } from '../console/problems.js';
import { parseMessageId } from '../model/message-id.js';
import { covers } from '../model/permission.js';
import type { RouteTable } from './admin-routes.js';

export function adminTable(context: ConsoleContext): RouteTable {
  const { store } = context;
  return {
    routes: consoleRoutes(context),
    identify: (asked) => identify(context, asked),
    problem: (kind, request, error) => problemPage(context, kind, request, error),
    async reachesMessage(text, scope) {
      const messageId = parseMessageId(text);
      const message = messageId && (await store.getMessage(messageId));
      if (message === undefined) return false;
      if (covers(scope, message.fromOrganId)) return true;
      const lanes = await store.deliveriesOf(message.messageId);
      return lanes.some(({ toOrganId }) => covers(scope, toOrganId));
    },
  };
}
