/**
 * All that the admin listener serves by rule, with how callers are known and how problems are told.
 *
 * @module
 */
import { identify } from '../access/identify.js';
import type { AdminAnswer } from '../access/route.js';
import { consoleRoutes } from '../console/console.js';
import type { ConsoleContext } from '../console/context.js';
import { problemPage } from '../console/problems.js';
import { parseMessageId } from '../model/message-id.js';
import { covers } from '../model/permission.js';
import type { ProblemKind, RouteTable } from './admin-routes.js';

/** RFC 9457. Programs are not led to a form. */
function problemForProgram(kind: ProblemKind): AdminAnswer {
  const status = kind === 'sign-in' ? 401 : 404;
  const title = status === 401 ? 'Sign-in is needed.' : 'There is nothing here.';
  return {
    status,
    headers: status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {},
    type: 'application/problem+json',
    body: JSON.stringify({ type: 'about:blank', title, status }),
  };
}

export function adminTable(context: ConsoleContext): RouteTable {
  const { store } = context;
  return {
    routes: consoleRoutes(context),
    identify: (asked) => identify(context, asked),
    problem: (kind, request, error) =>
      request.path.startsWith('/api/')
        ? problemForProgram(kind)
        : problemPage(context, kind, request, error),
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
