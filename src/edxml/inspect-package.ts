/**
 * Reads a package: what kind it is, whether it keeps to the schema and to the rules, and what it says.
 * All faults are collected, none is thrown.
 *
 * @module
 */
import type { CheckList } from '../model/check.js';
import type { PackageKind, PeerProfile, ReadPackage } from '../model/edxml.js';
import { pathOf, type XmlDocument, type XmlElement } from '../xml/tree.js';
import { checkCounts } from './check-counts.js';
import { checkManifest } from './check-manifest.js';
import { checkDocument, checkStatus, type RuleContext } from './check-rules.js';
import { checkAsWritten, checkNormalised } from './check-schema.js';
import { Findings, newBudget } from './findings.js';
import { headerOf } from './locate.js';
import { isPackageRoot, isReadAsQcvn, QCVN_NAMESPACE } from './names.js';
import { type Normalised, normalise } from './normalise.js';
import { readDocument, readStatus } from './read.js';
import { checkSecrecy } from './secrecy.js';
import { rootShape, type StatusForm } from './shape.js';

export interface Inspected {
  /** Absent when the package is neither a document nor a status. */
  readonly kind?: PackageKind;
  /** Absent when the package has an error. */
  readonly package?: ReadPackage;
}

interface Kind {
  readonly kind: PackageKind;
  readonly form: StatusForm;
}

/**
 * Runs the checks `dialect`, `schema`, `manifest` (documents) and `rules`.
 *
 * Profile `field`: what other writers do differently is read as meant, with a warning `dialect.*` for
 * each thing. Profile `qcvn-strict`: the schema as it stands.
 *
 * @param now milliseconds since 1970, for dates in the future; without it there are none.
 */
export function inspectPackage(
  doc: XmlDocument,
  profile: PeerProfile,
  checks: CheckList,
  now?: number,
): Inspected {
  const errorsBefore = checks.errors.length;
  const budget = newBudget();
  const inValues = new Findings();
  const read = checks.run('dialect', (issues, note) => {
    const findings = new Findings(budget);
    const found = kindOf(doc.root, profile, findings);
    checkSecrecy(doc.root, findings);
    if (doc.bom) findings.add('dialect.bom', {}, doc.root);
    const normalised = found && normaliseAs(doc, found, profile, findings, inValues);
    note(`profile ${profile}${found === undefined ? '' : `, ${found.kind}`}`);
    issues.push(...findings.issues);
    return found && { ...found, normalised };
  });
  if (read === undefined) return {};
  const { kind, normalised } = read;
  if (normalised === undefined) return { kind };

  const { root, changed } = normalised;
  const named = checks.run('schema', (issues, note) => {
    const tolerant = profile === 'field';
    const asWritten = !tolerant || !changed;
    const found = asWritten
      ? checkAsWritten(doc, kind, root, tolerant)
      : checkNormalised(root, kind);
    if (!asWritten) note('normalised');
    const findings = new Findings(budget);
    for (const one of asWritten ? found : [...found, ...inValues.issues]) findings.push(one);
    issues.push(...findings.issues);
    return new Set(findings.issues.map((one) => one.path));
  });
  const attachments =
    kind === 'status'
      ? []
      : checks.run('manifest', (issues, note) => {
          const findings = new Findings(budget);
          const found = checkManifest(doc, root, profile, findings);
          issues.push(...findings.issues);
          note(`${found.length} attachments`);
          return found;
        });
  checks.run('rules', (issues) => {
    const context: RuleContext = { profile, findings: new Findings(budget), named, now };
    if (kind === 'document') checkDocument(root, context);
    else checkStatus(root, context);
    issues.push(...context.findings.issues);
  });
  if (checks.errors.length > errorsBefore) return { kind };
  return {
    kind,
    package: kind === 'document' ? readDocument(root, attachments) : readStatus(root),
  };
}

/**
 * @param found takes what was changed, and what there is too much of: then nothing is normalised.
 * @param inValues takes the elements inside values.
 */
function normaliseAs(
  doc: XmlDocument,
  { kind, form }: Kind,
  profile: PeerProfile,
  found: Findings,
  inValues: Findings,
): Normalised | undefined {
  const tolerant = profile === 'field';
  const shape = rootShape(kind, form);
  if (!checkCounts(doc.root, shape, found)) return undefined;
  return normalise(doc.root, shape, tolerant, found, inValues);
}

/** A status has a StatusCode, a document has To or Subject. */
function kindOf(root: XmlElement, profile: PeerProfile, findings: Findings): Kind | undefined {
  const exact = root.namespace === QCVN_NAMESPACE && root.name === 'edXML';
  if (!isPackageRoot(root) || (profile === 'qcvn-strict' && !exact)) {
    const values = { element: root.name, namespace: root.namespace };
    findings.add('package.root', values, root);
    return undefined;
  }
  const header = headerOf(root);
  if (header === undefined) {
    const reason = 'edXMLEnvelope/edXMLHeader/MessageHeader is missing';
    findings.add('package.kind', { reason }, root);
    return undefined;
  }
  const { element, form } = header;
  const has = (name: string) =>
    element.children.some(
      (child) => isReadAsQcvn(child.namespace) && child.name.toLowerCase() === name.toLowerCase(),
    );
  if (form === 'Status') {
    findings.add('dialect.status-form', {}, element);
    return { kind: 'status', form };
  }
  if (has('StatusCode')) return { kind: 'status', form };
  if (has('To') || has('Subject')) return { kind: 'document', form };
  const reason = `${pathOf(element)} has neither StatusCode nor To nor Subject`;
  findings.add('package.kind', { reason }, element);
  return undefined;
}
