/**
 * One job that every foreign client does, and the report it must come back with: all nine operations,
 * a refusal, and a large package. What the members mean: test/interop/README.md.
 *
 * @module
 */
import { PDF } from './sample-document.js';

export type SoapVersion = '1.1' | '1.2';
export type Carrier = 'inline' | 'mtom' | 'swa';

export interface Caller {
  readonly organId: string;
  readonly token: string;
}

export interface InteropJob {
  /** Address of the WSDL; the client must find everything else in it. */
  readonly wsdl: string;
  /** Of the endpoint, for stubs that were generated before. */
  readonly address: string;
  /** Path of a PEM file: the only authority to trust. */
  readonly ca: string;
  readonly soap: SoapVersion;
  readonly carrier: Carrier;
  readonly sender: Caller;
  readonly recipient: Caller;
  /** Text with Vietnamese letters and characters that XML escapes. */
  readonly echo: string;
  /** Base64. */
  readonly package: string;
  readonly largePackage: string;
  /** `edXML` as a typed tree; bytes as base64 text. */
  readonly document: unknown;
  readonly responseFor: {
    readonly OrganId: string;
    readonly Code: string;
    readonly PromulgationDate: string;
  };
}

/** The steps of the job, by the keys of the report. */
export const STEPS = [
  'ping',
  'sendPackage',
  'sendDocument',
  'listPending',
  'getPackage',
  'confirm',
  'sendStatus',
  'traces',
  'organizations',
  'fault',
  'large',
] as const;
export type Step = (typeof STEPS)[number];

/** A step that the stack could not do. */
export interface Failed {
  readonly failed: string;
}

export interface InteropReport {
  readonly ping: { readonly echo: string; readonly organId: string };
  readonly sendPackage: {
    readonly messageId: string;
    readonly duplicate: boolean;
    readonly contentDigest: string;
    readonly recipients: readonly string[];
    /** Base64. */
    readonly receipt: string;
  };
  readonly sendDocument: { readonly messageId: string; readonly documentId: string };
  readonly listPending: readonly string[];
  readonly getPackage: { readonly kind: string; readonly sha256: string };
  readonly confirm: { readonly messageId: string; readonly outcome: string };
  readonly sendStatus: { readonly messageId: string; readonly duplicate: boolean };
  readonly traces: readonly {
    readonly state: string;
    readonly statuses: readonly string[];
    readonly description: readonly string[];
  }[];
  readonly organizations: readonly string[];
  /** null = the call that must be refused was not. */
  readonly fault: {
    readonly text: string;
    readonly code: string;
    readonly correlationId: string;
    readonly temporary: boolean;
    readonly issues: readonly (readonly [
      code: string,
      text: string,
      textVi: string,
      hint: string,
    ])[];
  } | null;
  readonly large: { readonly contentDigest: string; readonly sha256: string };
}

/** What a client wrote: steps may have failed or be missing. */
export type ClientReport = { readonly [S in Step]?: InteropReport[S] | Failed };

/** The tree that a generated client would build for a document. */
export function typedDocument(documentId: string, codeNumber: string): unknown {
  const content = PDF.toString('base64');
  return {
    edXMLEnvelope: {
      edXMLHeader: {
        MessageHeader: {
          From: { OrganId: 'T99.01', OrganName: 'Sở Mẫu A' },
          To: [{ OrganId: 'T99.02', OrganName: 'Sở Mẫu B' }],
          DocumentId: documentId,
          Code: { CodeNumber: codeNumber, CodeNotation: 'SMA-VP' },
          PromulgationInfo: { Place: 'Hà Nội', PromulgationDate: '2026/11/20' },
          DocumentType: { Type: '2', TypeName: 'Công văn' },
          Subject: 'Về việc gửi văn bản có kiểu',
          SignerInfo: { FullName: 'Trần Thị Mẫu' },
          OtherInfo: { Priority: '1' },
        },
        TraceHeaderList: {
          TraceHeader: [{ OrganId: 'T99.01', Timestamp: '2026/11/20 09:15:00' }],
          Bussiness: { BussinessDocType: '0' },
        },
      },
      edXMLBody: {
        edXMLManifest: {
          Reference: [
            { ContentId: 'cid:1', ContentType: 'application/pdf', AttachmentName: 'cong-van.pdf' },
          ],
        },
      },
    },
    AttachmentEncoded: {
      Attachment: [
        {
          ContentId: 'cid:1',
          AttachmentName: 'cong-van.pdf',
          ContentType: 'application/pdf',
          ContentTransferEncoded: content,
        },
      ],
    },
  };
}
