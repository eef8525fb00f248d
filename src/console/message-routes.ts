/**
 * The list of messages with search, and the story of one.
 *
 * @module
 */
import { type AdminAnswer, type AdminRequest, type AdminRoute, seeOther } from '../access/route.js';
import { parseMessageId } from '../model/message-id.js';
import { type OrganId, parseOrganId } from '../model/organ-id.js';
import { covers, type Scope } from '../model/permission.js';
import { type MessageView, viewMessage } from '../operate/message-view.js';
import { type MessageStory, messageStory } from '../operate/story.js';
import { visibleOrgans } from '../operate/visible-organs.js';
import type { MessageFilter } from '../store/store.js';
import { answerLine } from './answer-line.js';
import { type ConsoleContext, showPage, textsOf } from './context.js';

const PAGE = 50;
const MAX_QUERY_CHARS = 300;

interface Query {
  readonly q: string;
  readonly from: string;
  readonly kind: '' | 'document' | 'status';
  readonly after: string | undefined;
}

function queryOf({ query }: AdminRequest): Query {
  const kind = query.get('kind');
  return {
    q: (query.get('q') ?? '').normalize('NFC').trim().slice(0, MAX_QUERY_CHARS),
    from: (query.get('from') ?? '').trim(),
    kind: kind === 'document' || kind === 'status' ? kind : '',
    after: query.get('after') ?? undefined,
  };
}

/** This page with some of its values changed; empty ones are left out. */
function linkTo(query: Query, change: Partial<Record<keyof Query, string>>): string {
  const all = { ...query, after: undefined, ...change };
  const params = new URLSearchParams(
    Object.entries(all).filter((one): one is [string, string] => (one[1] ?? '') !== ''),
  );
  return params.size === 0 ? '/messages' : `/messages?${params}`;
}

/** The sender's side sees all recipients, a recipient's side its own part. */
export function within<T extends Pick<MessageView, 'fromOrganId' | 'deliveries'>>(
  view: T,
  scope: Scope,
): T {
  if (covers(scope, view.fromOrganId)) return view;
  const own = <Part extends { readonly organId?: string }>(parts: readonly Part[]): Part[] =>
    parts.filter(({ organId }) => organId === undefined || covers(scope, organId));
  const events = 'events' in view ? { events: own(view.events as MessageStory['events']) } : {};
  return { ...view, deliveries: own(view.deliveries), ...events };
}

async function list(context: ConsoleContext, request: AdminRequest): Promise<AdminAnswer> {
  const { store } = context;
  const { t } = textsOf(request);
  const query = queryOf(request);
  const id = parseMessageId(query.q);
  const organs = await visibleOrgans(store, request.scope);
  // Whether it is in sight is settled where it is shown: out of sight looks like not there.
  if (id !== undefined) return seeOther(`/messages/${id}`);
  const from: OrganId | undefined = parseOrganId(query.from);
  const filter: MessageFilter = {
    ...(query.q === '' ? {} : { search: query.q }),
    ...(from === undefined ? {} : { fromOrganId: from }),
    ...(query.kind === '' ? {} : { kind: query.kind }),
    ...(organs === undefined ? {} : { organs }),
  };
  const found = await store.listMessages(filter, { after: query.after, limit: PAGE });
  const rows = await Promise.all(
    found.items.map(async (one) =>
      within(viewMessage(one, await store.deliveriesOf(one.messageId)), request.scope),
    ),
  );
  // One hit of a search from the head line is what was looked for.
  const [only] = rows;
  if (only !== undefined && rows.length === 1 && query.q !== '' && query.after === undefined) {
    return seeOther(`/messages/${only.messageId}`);
  }
  const chips = (['q', 'from', 'kind'] as const)
    .filter((name) => query[name] !== '')
    .map((name) => ({ name, value: query[name], link: linkTo(query, { [name]: '' }) }));
  return showPage(context, request, 'messages', t('messages.title'), {
    ...query,
    rows,
    chips,
    first: query.after === undefined ? undefined : linkTo(query, {}),
    next: found.next === undefined ? undefined : linkTo(query, { after: found.next }),
  });
}

async function story(context: ConsoleContext, request: AdminRequest): Promise<AdminAnswer> {
  const texts = textsOf(request);
  const whole = await messageStory(context.store, request.params['messageId'] ?? '');
  const told = within(whole, request.scope);
  const title = told.documentCode === '' ? told.documentId : told.documentCode;
  return showPage(context, request, 'story', title === '' ? told.messageId : title, {
    story: told,
    answer: answerLine(told, context.clock.now(), texts),
  });
}

export function messageRoutes(context: ConsoleContext): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/messages',
      rule: 'message.read',
      reach: 'filtered',
      handle: (request) => list(context, request),
    },
    {
      method: 'GET',
      path: '/messages/:messageId',
      rule: 'message.read',
      reach: 'message',
      handle: (request) => story(context, request),
    },
  ];
}
