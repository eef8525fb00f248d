/**
 * Messages as the gateway makes them of signed packages and of status packages, with sizes of every
 * stored part like those of real ones, but tiny content: documents of several hundred agencies, of
 * which few send much, and about as many statuses as half of them.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { utc, vietnamTime } from '../src/clock.js';
import type { Agency } from '../src/model/agency.js';
import type { CheckName } from '../src/model/check.js';
import { documentKey } from '../src/model/document-id.js';
import type { EdxmlDocument, Organization, StatusNotice } from '../src/model/edxml.js';
import type { FirstDelivery, Message, NewMessage } from '../src/model/message.js';
import { newMessageId } from '../src/model/message-id.js';
import { type OrganId, parseOrganId } from '../src/model/organ-id.js';
import { foldSearchText } from '../src/model/search-text.js';
import { agencyName, type Dice, makeDice, pick, skewed, subjectOf } from './store-words.js';
import { organization } from './template.js';

const NOTATIONS = ['UBND-VP', 'SNV-CCHC', 'STC-NS', 'SYT-NV', 'TB-VP', 'QĐ-UBND', 'KH-UBND'];
const CHECKS: readonly CheckName[] = [
  'size',
  'envelope',
  'operation',
  'parts',
  'scan',
  'parse',
  'dialect',
  'schema',
  'manifest',
  'rules',
  'signature',
  'sender',
  'duplicate',
  'recipients',
];
/** As long as a receipt, which is signed XML. */
const RECEIPT = Buffer.from(`<Receipt>${'x'.repeat(1340)}</Receipt>`);
/** A status speaks about one of so many latest documents. */
const RECENT = 5000;

export function makeDirectory(count: number, now: number): Agency[] {
  const dice = makeDice(1);
  return Array.from({ length: count }, (_, at) => {
    const number = String(at + 1).padStart(3, '0');
    return {
      organId: organ(`000.00.${number}.T99`),
      organName: agencyName(dice, at + 1),
      active: true,
      // Two of three take pushes.
      route:
        at % 3 === 0
          ? { kind: 'collect' }
          : { kind: 'push', url: `https://r${number}.example/soap`, pushKind: 'receiver' },
      profile: 'field',
      allowSha1: false,
      mayActFor: [],
      changedAt: now,
    } as Agency;
  });
}

function organ(text: string): OrganId {
  const organId = parseOrganId(text);
  if (organId === undefined) throw new Error(`no organ id: ${text}`);
  return organId;
}

/** Makes one message after the other. */
export class MessageSource {
  readonly #agencies: readonly Agency[];
  readonly #dice: Dice;
  readonly #recent: Message[] = [];
  #number: number;

  /** @param first number of the first message; numbers keep document ids apart */
  constructor(agencies: readonly Agency[], seed: number, first = 0) {
    this.#agencies = agencies;
    this.#dice = makeDice(seed);
    this.#number = first;
  }

  next(time: number): NewMessage {
    this.#number += 1;
    const about = this.#dice() < 0.33 ? this.#someRecent() : undefined;
    return about === undefined ? this.#document(time) : this.#status(time, about);
  }

  #someRecent(): Message | undefined {
    return this.#recent[Math.floor(this.#dice() * this.#recent.length)];
  }

  #agency(): Agency {
    const one = this.#agencies[skewed(this.#dice, this.#agencies.length)];
    if (one === undefined) throw new Error('no agencies');
    return one;
  }

  #recipients(from: Agency): Agency[] {
    const wanted = pick(this.#dice, [1, 1, 2, 2, 3, 5]);
    const chosen = Array.from({ length: wanted }, () => this.#agency());
    const others = [...new Set(chosen)].filter((one) => one !== from);
    return others.length > 0 ? others : this.#agencies.filter((one) => one !== from).slice(0, 1);
  }

  #document(time: number): NewMessage {
    const from = this.#agency();
    const to = this.#recipients(from);
    const read = this.#read(time, from, to);
    const message = wholeMessage(this.#number, time, from.organId, read, {
      documentId: read.documentId,
      documentCode: `${read.codeNumber}/${read.codeNotation}`,
      businessType: 'new',
      subject: read.subject,
      priority: read.priority,
      searchText: foldSearchText(
        read.documentId,
        `${read.codeNumber}/${read.codeNotation}`,
        read.subject,
        from.organId,
        from.organName,
        ...to.flatMap((one) => [one.organId, one.organName]),
      ),
    });
    this.#recent[this.#number % RECENT] = message;
    return newMessage(this.#number, message, to);
  }

  #read(time: number, from: Agency, to: readonly Agency[]): EdxmlDocument {
    const written = vietnamTime(time);
    const date = written.slice(0, 10);
    const codeNumber = String(this.#number % 9000);
    const codeNotation = pick(this.#dice, NOTATIONS);
    return {
      kind: 'document',
      from: party(from),
      to: to.map(party),
      documentId: `${from.organId},${date},${this.#number}/${codeNotation}`,
      codeNumber,
      codeNotation,
      place: 'Mẫu',
      promulgationDate: date,
      typeCode: '2',
      typeName: 'Công văn',
      subject: subjectOf(this.#dice, this.#number),
      content: 'Văn bản mẫu để đo, không có giá trị',
      signer: { competence: 'TM. Cơ quan Mẫu', position: 'Giám đốc', fullName: 'Trần Thị Mẫu' },
      priority: this.#dice() < 0.05 ? 2 : 0,
      responseFor: [],
      toPlaces: ['Như trên', 'Lưu: VT'],
      hops: [{ organId: from.organId, timestamp: written }],
      business: { type: 'new', paper: false, replacements: [] },
      attachments: [
        {
          contentId: 'f1',
          name: 'cong-van.pdf',
          contentType: 'application/pdf',
          sizeBytes: 3147,
          sniffedType: 'application/pdf',
        },
      ],
    };
  }

  #status(time: number, about: Message): NewMessage {
    const recipients = about.read.kind === 'document' ? about.read.to : [];
    const fromId = organ(pick(this.#dice, recipients).organId);
    const from = this.#agencies.find((one) => one.organId === fromId);
    const to = this.#agencies.find((one) => one.organId === about.fromOrganId);
    if (from === undefined || to === undefined)
      throw new Error('an agency is not in the directory');
    const statusCode = pick(this.#dice, ['01', '03', '04', '05', '06'] as const);
    const read: StatusNotice = {
      kind: 'status',
      from: party(from),
      responseFor: {
        organId: to.organId,
        code: about.documentCode,
        documentId: about.documentId,
      },
      statusCode,
      description: 'Đã tiếp nhận văn bản',
      timestamp: vietnamTime(time),
    };
    const message = wholeMessage(this.#number, time, from.organId, read, {
      documentId: about.documentId,
      documentCode: about.documentCode,
      statusCode,
      responseForOrganId: to.organId,
      priority: 0,
      searchText: foldSearchText(
        about.documentId,
        about.documentCode,
        from.organId,
        from.organName,
        read.description,
      ),
    });
    return newMessage(this.#number, message, [to]);
  }
}

function party({ organId, organName }: Agency): Organization {
  return organization(organId, organName);
}

/** Tiny and different in every message. */
function contentOf(number: number): Buffer {
  return Buffer.from(`<edXML no="${number}"/>`);
}

function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

type Own = Pick<Message, 'documentId' | 'documentCode' | 'priority' | 'searchText'> &
  Partial<Pick<Message, 'businessType' | 'subject' | 'statusCode' | 'responseForOrganId'>>;

function wholeMessage(
  number: number,
  time: number,
  fromOrganId: OrganId,
  read: EdxmlDocument | StatusNotice,
  own: Own,
): Message {
  const content = contentOf(number);
  const contentDigest = digestOf(content);
  return {
    messageId: newMessageId(time),
    kind: read.kind,
    receivedAt: time,
    callerOrganId: fromOrganId,
    fromOrganId,
    ...own,
    documentKey: documentKey(own.documentId),
    contentDigest,
    sizeBytes: content.byteLength,
    signatureClass: 'valid',
    signature: {
      class: 'valid',
      signedParts: ['edXML'],
      reasons: [],
      signer: {
        subject: `C=VN, CN=${fromOrganId}, UID=${fromOrganId}`,
        issuer: 'C=VN, O=edxgate bench, CN=Bench authority (not for real use)',
        serial: contentDigest.slice(0, 32),
        notBefore: '2026-11-23T16:53:38.000Z',
        notAfter: '2027-11-24T16:53:38.000Z',
        fingerprint: contentDigest,
      },
      revocation: { source: 'none' },
      algorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      present: true,
    },
    warnings: [],
    checks: CHECKS.map((name) => ({
      name,
      verdict: 'pass',
      ms: 0.5 + (number % 900) / 1000,
      codes: [],
    })),
    submission: {
      operation: 'SendPackage',
      soapVersion: '1.1',
      carrier: 'inline',
      remoteAddress: '127.0.0.1',
      proof: 'bearer',
      tokenId: 'ba1e40ffc1b6',
      correlationId: `bench-${number}-${contentDigest.slice(0, 24)}`,
      requestBytes: 13_598,
    },
    read,
  };
}

function newMessage(number: number, message: Message, to: readonly Agency[]): NewMessage {
  const deliveries = to.map(
    ({ organId, route }): FirstDelivery => ({
      organId,
      state: route.kind === 'collect' ? 'pending' : 'queued',
    }),
  );
  const { messageId, documentId, contentDigest, signatureClass, kind, fromOrganId } = message;
  return {
    message,
    content: contentOf(number),
    answer: {
      messageId,
      documentId,
      receivedAt: utc(message.receivedAt),
      contentDigest,
      signatureClass,
      deliveries,
      warnings: [],
      receipt: RECEIPT,
    },
    duplicateKey: JSON.stringify(
      kind === 'document'
        ? ['new', fromOrganId, documentId]
        : ['status', fromOrganId, contentDigest],
    ),
    deliveries,
    events: [],
  };
}
