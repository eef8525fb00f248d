/**
 * What a client's report must say, step by step; the same for `npm test` and `npm run interop`.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Store } from '../../src/store/store.js';
import {
  type ClientReport,
  type InteropJob,
  type InteropReport,
  STEPS,
  type Step,
} from '../support/interop.js';

/** The steps of the report, and what the gateway saw of them. */
export const JUDGED = [...STEPS, 'travelled'] as const;
export type Judged = (typeof JUDGED)[number];

export interface Case {
  readonly job: InteropJob;
  readonly report: ClientReport;
  readonly store: Store;
}

function sha256(base64: string): string {
  return createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
}

/** A step as the client did it. Throws its reason when it could not. */
function done<S extends Step>(report: ClientReport, step: S): InteropReport[S] {
  const value: unknown = report[step];
  if (value === undefined) throw new Error('the client did not report it');
  if (typeof value === 'object' && value !== null && 'failed' in value) {
    throw new Error(String(value.failed));
  }
  return value as InteropReport[S];
}

function didSend(report: ClientReport, step: 'sendPackage' | 'sendDocument'): string[] {
  try {
    return [done(report, step).messageId];
  } catch {
    return [];
  }
}

async function stored(store: Store, messageId: string) {
  const { items } = await store.listMessages({}, { limit: 1000 });
  const found = items.find((one) => one.messageId === messageId);
  if (found === undefined) throw new Error(`the gateway has no message ${messageId}`);
  return found;
}

const RULES: { readonly [J in Judged]: (one: Case) => void | Promise<void> } = {
  /** Vietnamese letters and escaped characters come back. */
  ping({ job, report }) {
    expect(done(report, 'ping')).to.deep.equal({ echo: job.echo, organId: job.sender.organId });
  },
  /** Digest of the exact bytes, recipients, a signed receipt. */
  sendPackage({ job, report }) {
    const sent = done(report, 'sendPackage');
    expect(sent.duplicate, 'Duplicate').to.equal(false);
    expect(sent.contentDigest, 'ContentDigest').to.equal(sha256(job.package));
    expect(sent.recipients, 'Delivery').to.deep.equal([job.recipient.organId]);
    const receipt = Buffer.from(sent.receipt, 'base64').toString('utf8');
    expect(receipt, 'Receipt').to.include(sent.messageId).and.include('<SignatureValue');
  },
  /** A document of the generated types is stored as a package. */
  async sendDocument({ job, report, store }) {
    const sent = done(report, 'sendDocument');
    expect(sent.documentId, 'DocumentId').to.match(/^T99\.01,2026\/11\/20,\d+\/SMA-VP$/);
    const message = await stored(store, sent.messageId);
    expect(message.subject).to.equal('Về việc gửi văn bản có kiểu');
    expect(message.submission.operation).to.equal('SendDocument');
    expect(message.submission.soapVersion).to.equal(job.soap);
  },
  listPending({ report }) {
    const listed = done(report, 'listPending');
    for (const step of ['sendPackage', 'sendDocument'] as const) {
      for (const messageId of didSend(report, step)) expect(listed, step).to.include(messageId);
    }
  },
  /** The same bytes. */
  getPackage({ job, report }) {
    const kind = 'document';
    expect(done(report, 'getPackage')).to.deep.equal({ kind, sha256: sha256(job.package) });
  },
  confirm({ report }) {
    const { messageId } = done(report, 'sendPackage');
    expect(done(report, 'confirm')).to.deep.equal({ messageId, outcome: 'done' });
  },
  sendStatus({ report }) {
    const sent = done(report, 'sendStatus');
    expect(sent.duplicate, 'Duplicate').to.equal(false);
    expect(sent.messageId, 'MessageId').to.match(/\S/);
  },
  /** The status shows in the trace of its document. */
  traces({ job, report }) {
    expect(done(report, 'traces')).to.deep.equal([
      { state: 'delivered', statuses: ['03'], description: [job.echo] },
    ]);
  },
  organizations({ job, report }) {
    const known = [job.sender.organId, job.recipient.organId];
    expect(done(report, 'organizations')).to.have.members(known);
  },
  /** A fault keeps its detail, and its code in the text. */
  fault({ report }) {
    const fault = done(report, 'fault');
    expect(fault?.code, 'Code').to.equal('message.unknown');
    expect(fault?.text, 'fault string').to.match(/^message\.unknown: \S/);
    expect(fault?.correlationId, 'CorrelationId').to.match(/^[0-9a-f-]{36}$/);
    expect(fault?.temporary, 'Temporary').to.equal(false);
    const [issue] = fault?.issues ?? [];
    expect(issue?.[0], 'Issue/Code').to.equal('message.unknown');
    expect(issue?.[2], 'Issue/TextVi').to.include('thông điệp');
    expect(issue?.[3], 'Issue/Hint').to.include(' / ');
  },
  /** A package of more than 5 MB comes through unchanged. */
  large({ job, report }) {
    const digest = sha256(job.largePackage);
    expect(done(report, 'large')).to.deep.equal({ contentDigest: digest, sha256: digest });
  },
  /** In the version and with the carrier that were asked for. */
  async travelled({ job, report, store }) {
    const { submission } = await stored(store, done(report, 'sendPackage').messageId);
    expect(submission.soapVersion).to.equal(job.soap);
    expect(submission.carrier).to.equal(job.carrier);
  },
};

/** Throws when the step is not as it must be. */
export async function judge(step: Judged, one: Case): Promise<void> {
  await RULES[step](one);
}

/** undefined: as it must be; else what is wrong, in one line. */
export async function problemOf(step: Judged, one: Case): Promise<string | undefined> {
  try {
    await judge(step, one);
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.replaceAll(/\s+/g, ' ').slice(0, 600);
  }
}
