/**
 * To whom a package goes.
 *
 * @module
 */
import type { EdxmlDocument, StatusNotice } from '../model/edxml.js';

/** The agencies in `To`, each once, exactly as written, in their order. */
export function documentRecipients(document: EdxmlDocument): string[] {
  return [...new Set(document.to.map((one) => one.organId))];
}

/** A status has no `To`: it goes to the agency in `ResponseFor`. */
export function statusRecipient(status: StatusNotice): string {
  return status.responseFor.organId;
}
