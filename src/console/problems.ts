/**
 * Error pages: what happened, what to do, the id to ask with.
 *
 * @module
 */
import { type AdminAnswer, type AdminRequest, seeOther } from '../access/route.js';
import { GatewayError } from '../model/issue.js';
import { type ConsoleContext, showPage, textsOf } from './context.js';
import type { LabelKey } from './text.js';

export type ProblemKind =
  | 'not-found'
  | 'sign-in'
  | 'forbidden'
  | 'form'
  | 'too-large'
  | 'failed'
  | 'bad-request';

interface Told {
  readonly status: number;
  readonly title: LabelKey;
  readonly sentences: readonly string[];
}

/** The status of a refusal by its code: what is unknown is not found, the rest cannot be done as asked. */
export function statusOf(error: GatewayError): number {
  if (error.code === 'http.too-large') return 413;
  if (error.code.endsWith('.unknown')) return 404;
  if (error.code.endsWith('.changed') || error.code.endsWith('.exists')) return 409;
  if (error.http === 503 || error.code === 'server.store') return 503;
  return 422;
}

const TITLES: Readonly<Record<number, LabelKey>> = {
  404: 'error.404.title',
  409: 'error.409.title',
  413: 'error.413.title',
  422: 'error.422.title',
  503: 'error.503.title',
};

function told(kind: ProblemKind, request: AdminRequest, error: unknown): Told {
  const { t, language } = textsOf(request);
  switch (kind) {
    case 'forbidden':
      return { status: 403, title: 'error.403.title', sentences: [t('error.403.ask')] };
    case 'form':
      return { status: 403, title: 'error.403.title', sentences: [t('error.csrf')] };
    case 'failed':
      if (error instanceof GatewayError) {
        const status = statusOf(error);
        const sentences = error.issues.flatMap((one) => [
          language === 'vi' ? one.textVi : one.text,
          one.hint,
        ]);
        return { status, title: TITLES[status] ?? 'error.422.title', sentences };
      }
      return {
        status: 500,
        title: 'error.500.title',
        sentences: [t('error.500.text', { id: request.correlationId })],
      };
    default:
      return { status: 404, title: 'error.404.title', sentences: [t('error.404.text')] };
  }
}

export function problemPage(
  context: ConsoleContext,
  kind: ProblemKind,
  request: AdminRequest,
  error?: unknown,
): AdminAnswer {
  if (kind === 'sign-in') {
    const wanted = request.method === 'GET' ? `${request.path}?${request.query}` : '/';
    const back = wanted.replace(/\?$/, '');
    return seeOther(back === '/' ? '/sign-in' : `/sign-in?back=${encodeURIComponent(back)}`);
  }
  const { status, title, sentences } = told(kind, request, error);
  const { t } = textsOf(request);
  const data = { sentences, correlationId: request.correlationId };
  return showPage(context, request, 'problem', t(title), data, status);
}
