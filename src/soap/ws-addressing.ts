/**
 * What is understood of WS-Addressing (W3C WS-Addressing 1.0 SOAP Binding; the member submission of
 * August 2004): that a caller who is answered on the same connection may say so.
 *
 * Nothing is ever looked up or sent by such a header, and what is asked for is decided by the Body
 * alone. Stacks such as WCF mark Action and To with mustUnderstand all the same.
 *
 * @module
 */
import type { XmlElement } from '../xml/tree.js';
import { ADDRESSES_HERE, isAddressing } from '../xml/ws-names.js';

/**
 * Looks at the header once, however many blocks are asked about.
 *
 * @returns whether a block of this header is an Action or a To that may count as understood; none may
 *   when an answer or a fault is wanted elsewhere
 */
export function understoodAddressing(header: XmlElement): (block: XmlElement) => boolean {
  const blocks = header.children.filter(isAddressing);
  const isElsewhere = blocks.some((one) => isEndpoint(one) && !isHere(one));
  return (block) => !isElsewhere && isAddressing(block) && isActionOrTo(block);
}

function isActionOrTo({ name }: XmlElement): boolean {
  return name === 'Action' || name === 'To';
}

function isEndpoint({ name }: XmlElement): boolean {
  return name === 'ReplyTo' || name === 'FaultTo';
}

function isHere(endpoint: XmlElement): boolean {
  const [address, ...others] = endpoint.children.filter((one) => one.name === 'Address');
  if (address === undefined || others.length > 0 || address.children.length > 0) return false;
  return address.namespace === endpoint.namespace && ADDRESSES_HERE.has(address.text.trim());
}
