/**
 * Writes a status package in the form of the national axis (`edXMLHeader/MessageHeader`).
 * Source: QCVN 102:2016, SDK samples.
 *
 * @module
 */
import type { StatusNotice } from '../model/edxml.js';
import {
  element,
  organization,
  packageBytes,
  required,
  responseFor,
  staffInfo,
  value,
} from './output.js';

/**
 * @returns the bytes of a package that is valid against the schema when the notice holds
 * `responseFor.promulgationDate`, which the schema demands.
 * @throws TypeError when a text holds a character that XML does not allow.
 */
export function writeStatusPackage(notice: StatusNotice): Buffer {
  return packageBytes([
    element('edXMLHeader', [
      element('MessageHeader', [
        organization('From', notice.from),
        responseFor(notice.responseFor),
        staffInfo(notice.staff),
        required('StatusCode', notice.statusCode),
        value('Description', notice.description),
        required('Timestamp', notice.timestamp),
      ]),
    ]),
  ]);
}
