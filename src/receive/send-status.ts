/**
 * SendStatus: the gateway writes the status package for systems that cannot.
 *
 * Dates and times are taken in either order and with or without a zone; without `Timestamp` the time
 * of the call is written.
 *
 * @module
 */
import { vietnamTime } from '../clock.js';
import { readDate, readTime } from '../edxml/times.js';
import { writeStatusPackage } from '../edxml/write-status.js';
import type { StaffInfo, StatusNotice } from '../model/edxml.js';
import { refuse } from '../model/issue.js';
import { parseStatusCode } from '../model/status-code.js';
import type { SoapRequest } from '../soap/envelope.js';
import { childOf, type XmlElement } from '../xml/tree.js';
import type { Call, ReceiveContext } from './context.js';
import { statusRequestKey } from './duplicate-key.js';
import type { OperationAnswer } from './operations.js';
import { receivePackage } from './receive-package.js';
import { field } from './request-fields.js';
import { sendAnswer } from './send-answer.js';

/** Members that are undefined are left out. */
function present<T extends Record<string, string | undefined>>(
  members: T,
): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}

function staffOf(body: XmlElement): StaffInfo | undefined {
  const staff = childOf(body, 'StaffInfo');
  if (staff === undefined) return undefined;
  return present({
    department: field(staff, 'Department'),
    staff: field(staff, 'Staff'),
    email: field(staff, 'Email'),
    mobile: field(staff, 'Mobile'),
  });
}

function dateOf(text: string): string {
  const date = readDate(text);
  if (date === undefined)
    throw refuse('document.date', { element: 'PromulgationDate', value: text });
  return date;
}

function timestampOf(text: string | undefined, now: number): string {
  if (text === undefined) return vietnamTime(now);
  const time = readTime(text);
  if (time === undefined) throw refuse('document.date', { element: 'Timestamp', value: text });
  return time;
}

export async function sendStatus(
  context: ReceiveContext,
  call: Call,
  request: SoapRequest,
): Promise<OperationAnswer> {
  const { body } = request;
  const { agency } = call.caller;
  const responseFor = childOf(body, 'ResponseFor');
  if (responseFor === undefined) throw refuse('soap.request', { reason: 'ResponseFor is missing' });
  const code = field(body, 'StatusCode') ?? '';
  const statusCode = parseStatusCode(code.length === 1 ? `0${code}` : code);
  if (statusCode === undefined) throw refuse('status.code', { value: code });

  const asked = {
    organId: field(responseFor, 'OrganId') ?? '',
    code: field(responseFor, 'Code') ?? '',
    documentId: field(responseFor, 'DocumentId'),
    promulgationDate: dateOf(field(responseFor, 'PromulgationDate') ?? ''),
    statusCode,
    timestamp: field(body, 'Timestamp'),
  };
  const staff = staffOf(body);
  const description = field(body, 'Description');
  const notice: StatusNotice = {
    kind: 'status',
    from: { organId: agency.organId, organName: agency.organName },
    responseFor: {
      organId: asked.organId,
      code: asked.code,
      promulgationDate: asked.promulgationDate,
      ...(asked.documentId === undefined ? {} : { documentId: asked.documentId }),
    },
    ...(staff === undefined ? {} : { staff }),
    statusCode,
    ...(description === undefined ? {} : { description }),
    timestamp: timestampOf(asked.timestamp, context.clock.now()),
  };
  const bytes = context.signFor(agency, writeStatusPackage(notice));
  const outcome = await receivePackage(context, call, bytes, {
    writtenByGateway: true,
    duplicateKey: statusRequestKey(agency.organId, asked),
  });
  return sendAnswer('SendStatus', outcome);
}
