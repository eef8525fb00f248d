/**
 * What was read from a package: an edXML document or a status notice (QCVN 102:2016, SDK samples).
 * Texts are as written, but for what the profile normalised. Dates are `yyyy/MM/dd`, times
 * `yyyy/MM/dd HH:mm:ss` in Vietnam time.
 *
 * @module
 */
import type { BusinessType } from './business-type.js';
import type { StatusCode } from './status-code.js';

export type PackageKind = 'document' | 'status';

export const PEER_PROFILES = ['field', 'qcvn-strict'] as const;
export type PeerProfile = (typeof PEER_PROFILES)[number];

export interface Organization {
  readonly organId: string;
  readonly organName?: string;
  readonly organizationInCharge?: string;
  readonly organAdd?: string;
  readonly email?: string;
  readonly telephone?: string;
  readonly fax?: string;
  readonly website?: string;
}

export interface ResponseFor {
  readonly organId: string;
  /** Number and notation in one: `7816/VPCP-TTĐT`. */
  readonly code: string;
  readonly documentId?: string;
  readonly promulgationDate?: string;
}

export interface StaffInfo {
  readonly department?: string;
  readonly staff?: string;
  readonly email?: string;
  readonly mobile?: string;
}

export interface Hop {
  readonly organId?: string;
  readonly timestamp: string;
}

export interface Receiver {
  readonly organId: string;
  /** `ReceiverType` 0 or 1. */
  readonly change: 'removed' | 'added';
}

export interface Replacement {
  readonly documentId: string;
  readonly organIds: readonly string[];
}

/** The business block (`Bussiness`); absent in the package = type new, nothing else. */
export interface Business {
  readonly type: BusinessType;
  readonly documentId?: string;
  readonly reason?: string;
  readonly paper?: boolean;
  readonly info?: {
    readonly documentChanged: boolean;
    readonly receiversChanged: boolean;
    readonly receivers: readonly Receiver[];
  };
  readonly replacements: readonly Replacement[];
  readonly staff?: StaffInfo;
}

export interface Attachment {
  /** Without any leading `cid:`. */
  readonly contentId: string;
  readonly name: string;
  readonly contentType: string;
  readonly description?: string;
  /** Bytes after base64. */
  readonly sizeBytes: number;
  /** Type found in the first bytes, for instance `application/pdf`; absent when unknown. */
  readonly sniffedType?: string;
}

export interface EdxmlDocument {
  readonly kind: 'document';
  readonly from: Organization;
  readonly to: readonly Organization[];
  readonly documentId: string;
  readonly codeNumber: string;
  readonly codeNotation: string;
  readonly place?: string;
  readonly promulgationDate: string;
  readonly typeCode?: string;
  readonly typeName?: string;
  readonly subject: string;
  readonly content?: string;
  readonly signer: {
    readonly competence?: string;
    readonly position?: string;
    readonly fullName?: string;
  };
  readonly dueDate?: string;
  /** 0 to 4; 0 when not given. */
  readonly priority: number;
  readonly responseFor: readonly ResponseFor[];
  readonly steeringType?: string;
  readonly toPlaces: readonly string[];
  readonly hops: readonly Hop[];
  readonly business: Business;
  readonly attachments: readonly Attachment[];
}

export interface StatusNotice {
  readonly kind: 'status';
  readonly from: Organization;
  readonly responseFor: ResponseFor;
  readonly staff?: StaffInfo;
  readonly statusCode: StatusCode;
  readonly description?: string;
  readonly timestamp: string;
}

export type ReadPackage = EdxmlDocument | StatusNotice;
