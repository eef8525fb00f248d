/**
 * Made-up agencies, messages and outcomes for the tests of the store.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../../src/clock.js';
import type { Agency } from '../../../src/model/agency.js';
import { documentKey } from '../../../src/model/document-id.js';
import type { EdxmlDocument, StatusNotice } from '../../../src/model/edxml.js';
import type { Lifetimes } from '../../../src/model/lifetime.js';
import type {
  AttemptOutcome,
  FirstDelivery,
  LeasedDelivery,
  Message,
  NewMessage,
  Refusal,
} from '../../../src/model/message.js';
import { type MessageId, newMessageId } from '../../../src/model/message-id.js';
import { type OrganId, parseOrganId } from '../../../src/model/organ-id.js';
import type { StatusCode } from '../../../src/model/status-code.js';
import type { ActRequest, QueueAct } from '../../../src/store/store.js';

export const T0 = 1_795_000_000_000;

export function organ(text: string): OrganId {
  const organId = parseOrganId(text);
  if (organId === undefined) throw new Error(`no organ id: ${text}`);
  return organId;
}

export const SENDER = organ('000.00.01.T99');
export const RECIPIENT = organ('000.00.02.T99');
export const OTHER = organ('T99.03');
export const GATEWAY = organ('T00.01');

/** A clock that the test moves. */
export class TestClock implements Clock {
  time = T0;
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
}

export function agency(organId: OrganId, more: Partial<Agency> = {}): Agency {
  return {
    organId,
    organName: `Cơ quan ${organId}`,
    active: true,
    route: { kind: 'collect' },
    profile: 'field',
    allowSha1: false,
    mayActFor: [],
    changedAt: T0,
    ...more,
  };
}

export function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

let made = 0;

export interface MessageWish {
  readonly from?: OrganId;
  readonly to?: readonly (readonly [OrganId, FirstDelivery['state']])[];
  readonly documentId?: string;
  readonly code?: string;
  readonly content?: Uint8Array;
  readonly priority?: number;
  readonly at?: number;
  readonly duplicateKey?: string;
  readonly subject?: string;
  readonly searchText?: string;
  readonly checks?: Message['checks'];
}

function assemble(
  message: Omit<Message, 'sizeBytes' | 'contentDigest' | 'messageId' | 'documentKey'>,
  wish: MessageWish,
  deliveries: readonly FirstDelivery[],
): NewMessage {
  const content = wish.content ?? Buffer.from(`<edXML no="${++made}"/>`);
  const whole: Message = {
    ...message,
    messageId: newMessageId(message.receivedAt),
    documentKey: documentKey(message.documentId),
    contentDigest: digestOf(content),
    sizeBytes: content.byteLength,
  };
  return {
    message: whole,
    content,
    answer: {
      messageId: whole.messageId,
      documentId: whole.documentId,
      receivedAt: new Date(whole.receivedAt).toISOString(),
      contentDigest: whole.contentDigest,
      signatureClass: whole.signatureClass,
      deliveries,
      warnings: [],
      receipt: Buffer.from(`<Receipt>${whole.messageId}</Receipt>`),
    },
    duplicateKey: wish.duplicateKey ?? `key-${whole.messageId}`,
    deliveries,
    events: [],
  };
}

const UNSIGNED = { class: 'absent', signedParts: [], reasons: [], present: false } as const;

export function document(wish: MessageWish = {}): NewMessage {
  const from = wish.from ?? SENDER;
  const to = wish.to ?? [[RECIPIENT, 'queued'] as const];
  const documentId = wish.documentId ?? `VB-${++made}`;
  const [codeNumber = '', codeNotation = ''] = (wish.code ?? `${++made}/TB-VP`).split(/\/(.*)/s);
  const read: EdxmlDocument = {
    kind: 'document',
    from: { organId: from },
    to: to.map(([organId]) => ({ organId })),
    documentId,
    codeNumber,
    codeNotation,
    promulgationDate: '2026/11/20',
    subject: wish.subject ?? 'Về việc phòng chống bão',
    signer: { fullName: 'Nguyễn Văn Mẫu' },
    priority: wish.priority ?? 0,
    responseFor: [],
    toPlaces: [],
    hops: [],
    business: { type: 'new', replacements: [] },
    attachments: [],
  };
  return assemble(
    {
      kind: 'document',
      receivedAt: wish.at ?? T0,
      callerOrganId: from,
      fromOrganId: from,
      documentId,
      documentCode: `${codeNumber}/${codeNotation}`,
      businessType: 'new',
      subject: read.subject,
      priority: read.priority,
      signatureClass: 'absent',
      signature: UNSIGNED,
      warnings: [],
      checks: wish.checks ?? [{ name: 'scan', verdict: 'pass', ms: 0.125, codes: [] }],
      submission: { operation: 'SendPackage', proof: 'bearer', correlationId: `c-${++made}` },
      read,
      searchText: wish.searchText ?? 've viec phong chong bao',
    },
    wish,
    to.map(([organId, state]) => ({ organId, state })),
  );
}

export interface StatusWish {
  readonly from?: OrganId;
  readonly about?: string;
  readonly code?: string;
  readonly documentId?: string;
  readonly statusCode?: StatusCode;
  readonly to?: OrganId;
  readonly at?: number;
  readonly description?: string;
  readonly byGateway?: boolean;
  readonly content?: Uint8Array;
}

export function status(wish: StatusWish = {}): NewMessage {
  const from = wish.from ?? RECIPIENT;
  const about = wish.about ?? SENDER;
  const statusCode = wish.statusCode ?? '01';
  const code = wish.code ?? '';
  const documentId = wish.documentId ?? '';
  const read: StatusNotice = {
    kind: 'status',
    from: { organId: from },
    responseFor: { organId: about, code, ...(documentId === '' ? {} : { documentId }) },
    statusCode,
    ...(wish.description === undefined ? {} : { description: wish.description }),
    timestamp: '2026/11/20 10:00:00',
  };
  return assemble(
    {
      kind: 'status',
      receivedAt: wish.at ?? T0,
      callerOrganId: from,
      fromOrganId: from,
      documentId,
      documentCode: code,
      priority: 0,
      statusCode,
      responseForOrganId: about,
      signatureClass: 'absent',
      signature: UNSIGNED,
      warnings: [],
      checks: [],
      submission: {
        operation: wish.byGateway ? 'FailureNotice' : 'SendPackage',
        proof: wish.byGateway ? 'gateway' : 'bearer',
        correlationId: `c-${++made}`,
      },
      read,
      searchText: '',
    },
    wish.content === undefined ? {} : { content: wish.content },
    [{ organId: wish.to ?? organ(about), state: 'pending' }],
  );
}

export function notice(original: NewMessage, lane: OrganId): NewMessage {
  return status({
    from: GATEWAY,
    about: original.message.fromOrganId,
    documentId: original.message.documentId,
    code: original.message.documentCode,
    statusCode: '02',
    description: `not delivered to ${lane}`,
    byGateway: true,
  });
}

export function outcome(
  leased: LeasedDelivery,
  state: AttemptOutcome['state'],
  more: Partial<AttemptOutcome> & { readonly at?: number; readonly code?: string } = {},
): AttemptOutcome {
  const { at = T0 + 10, code, ...rest } = more;
  return {
    deliveryId: leased.id,
    lease: leased.lease,
    state,
    attempt: {
      number: leased.attempt,
      startedAt: at - 5,
      finishedAt: at,
      outcome: state,
      ...(code === undefined ? {} : { code }),
    },
    ...rest,
  };
}

export const LIFETIMES: Lifetimes = {
  push: [500_000, 400_000, 300_000, 200_000, 100_000],
  collect: 900_000,
};

export function act(
  name: QueueAct,
  ids: readonly number[],
  more: Partial<ActRequest> = {},
): ActRequest {
  return {
    act: name,
    ids,
    actor: 'cli:an',
    reason: 'theo yêu cầu của bên nhận',
    now: T0 + 100,
    lifetimes: LIFETIMES,
    ...more,
  };
}

export function refusal(more: Partial<Refusal> = {}): Refusal {
  return {
    correlationId: `r-${++made}`,
    time: T0,
    code: 'schema.invalid',
    issues: [],
    checks: [],
    sizeBytes: 100,
    ...more,
  };
}

export function ids(messages: readonly { readonly messageId: MessageId }[]): MessageId[] {
  return messages.map((one) => one.messageId);
}
