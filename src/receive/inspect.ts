/**
 * Looks at the bytes of one package: scan, parse, dialect, schema, manifest, rules, signature. One
 * parse, one tree; everything found is reported at once. Touches no store; the command line uses it
 * just like the gateway.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { inspectPackage } from '../edxml/inspect-package.js';
import { locate } from '../edxml/locate.js';
import type { CheckList, CheckName } from '../model/check.js';
import type { PackageKind, PeerProfile, ReadPackage } from '../model/edxml.js';
import { GatewayError, type Issue } from '../model/issue.js';
import type { SignatureVerdict } from '../model/signature.js';
import type { Agreement } from '../xml/engine-agreement.js';
import { parseXml } from '../xml/parse.js';
import { scanXml } from '../xml/scan.js';
import { childOf, type XmlDocument, type XmlElement } from '../xml/tree.js';
import { type SignatureTrust, verifySignature } from '../xml/verify-signature.js';

export interface InspectOptions {
  readonly profile: PeerProfile;
  readonly checks: CheckList;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whom to trust for the agency in From, as written; without it no signature is judged. */
  readonly trustFor?: (from: string) => SignatureTrust | Promise<SignatureTrust>;
  /** A second engine is asked about the same bytes; what it says is noted, never counted. */
  readonly compare?: (bytes: Uint8Array, verdict: SignatureVerdict) => Agreement;
  /** What a policy makes of the verdict; its issues belong to the check of the signature. */
  readonly judge?: (verdict: SignatureVerdict, read: ReadPackage | undefined) => readonly Issue[];
}

export interface Inspection {
  readonly kind: PackageKind | undefined;
  /** What was read; absent when the package has errors. */
  readonly read: ReadPackage | undefined;
  /** From/OrganId as written, when it could be found at its place. */
  readonly from: string | undefined;
  readonly signature: SignatureVerdict | undefined;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly digest: string;
  readonly issues: readonly Issue[];
}

/** Runs a check whose refusals are issues of the package, not the end of the request. */
function attempt<T>(checks: CheckList, name: CheckName, work: () => T): T | undefined {
  return checks.run(name, (issues) => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      issues.push(...error.issues);
      return undefined;
    }
  });
}

function fromOf(header: XmlElement | undefined): string | undefined {
  const message = childOf(header, 'MessageHeader') ?? childOf(header, 'Status');
  return childOf(childOf(message, 'From'), 'OrganId')?.text;
}

async function judge(
  document: XmlDocument,
  options: InspectOptions,
  from: string | undefined,
  read: ReadPackage | undefined,
): Promise<SignatureVerdict | undefined> {
  if (options.trustFor === undefined || from === undefined) return undefined;
  const trust = await options.trustFor(from);
  return options.checks.run('signature', (issues, note) => {
    const verdict = verifySignature(document, locate(document), trust);
    note(
      `class ${verdict.class}${verdict.reasons.length > 0 ? `: ${verdict.reasons.join(', ')}` : ''}`,
    );
    const other = options.compare?.(document.bytes, verdict);
    if (other?.agrees === false) note(`class ${verdict.class}; the second engine disagrees`);
    issues.push(...(options.judge?.(verdict, read) ?? []));
    return verdict;
  });
}

export async function inspectBytes(
  bytes: Uint8Array,
  options: InspectOptions,
): Promise<Inspection> {
  const { checks } = options;
  const digest = createHash('sha256').update(bytes).digest('hex');
  const nothing = {
    kind: undefined,
    read: undefined,
    from: undefined,
    signature: undefined,
    digest,
  };

  const scan = attempt(checks, 'scan', () => scanXml(bytes));
  if (scan === undefined) return { ...nothing, issues: checks.issues };
  const document = attempt(checks, 'parse', () => parseXml(scan));
  if (document === undefined) return { ...nothing, issues: checks.issues };
  try {
    const inspected = inspectPackage(document, options.profile, checks, options.now);
    const from = inspected.package?.from.organId ?? fromOf(locate(document).header);
    const signature = await judge(document, options, from, inspected.package);
    return {
      kind: inspected.kind,
      read: inspected.package,
      from,
      signature,
      digest,
      issues: checks.issues,
    };
  } finally {
    document.dispose();
  }
}
