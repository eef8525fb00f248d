/**
 * The overview: one glance at what waits and what came.
 *
 * @module
 */
import type { AdminAnswer, AdminRequest, AdminRoute } from '../access/route.js';
import { DELIVERY_STATES } from '../model/delivery-state.js';
import { covers } from '../model/permission.js';
import { viewMessage } from '../operate/message-view.js';
import { visibleOrgans } from '../operate/visible-organs.js';
import { type ConsoleContext, showPage, textsOf } from './context.js';

const LATEST = 10;

async function overview(context: ConsoleContext, request: AdminRequest): Promise<AdminAnswer> {
  const { store } = context;
  const { scope } = request;
  const { t } = textsOf(request);
  const organs = await visibleOrgans(store, scope);
  const filter = organs === undefined ? {} : { organs };
  const [{ messages, deliveries }, latest] = await Promise.all([
    store.counts(),
    store.listMessages(filter, { limit: LATEST }),
  ]);
  // Counted by recipient; of messages in all only those who see everything are told.
  const seen = deliveries.filter(({ organId }) => covers(scope, organId));
  const states = DELIVERY_STATES.map((state) => ({
    state,
    count: seen.filter((one) => one.state === state).reduce((sum, one) => sum + one.count, 0),
  }));
  const rows = await Promise.all(
    latest.items.map(async (one) => viewMessage(one, await store.deliveriesOf(one.messageId))),
  );
  return showPage(context, request, 'overview', t('overview.title'), {
    states,
    messages: scope === 'all' ? messages : undefined,
    rows,
  });
}

export function overviewRoutes(context: ConsoleContext): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/',
      rule: 'message.read',
      reach: 'filtered',
      handle: (request) => overview(context, request),
    },
  ];
}
