/**
 * Writes docs/interop.md from a run of all clients.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { arch, cpus, release, type as systemName } from 'node:os';
import { packageVersion } from '../../src/package-root.js';
import type { Blame } from './blame.js';
import type { StepResult, VariantResult } from './campaign.js';
import { JUDGED, type Judged } from './judge.js';

/** What a column shows. */
const HEADS: { readonly [J in Judged]: string } = {
  ping: 'Ping',
  sendPackage: 'Send Package',
  sendDocument: 'Send Document',
  listPending: 'List Pending',
  getPackage: 'Get Package',
  confirm: 'Confirm Received',
  sendStatus: 'Send Status',
  traces: 'Get Traces',
  organizations: 'Get Organizations',
  fault: 'fault detail',
  large: '5 MB',
  travelled: 'version, carrier',
};

export interface Finding {
  readonly result: VariantResult;
  readonly blames: readonly Blame[];
}

function distribution(): string {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME="(.*)"$/m.exec(text)?.[1] ?? systemName();
  } catch {
    return systemName();
  }
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

/** For a cell: one line, no table marks, no markup. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;').slice(0, 300);
}

function cell({ problem, own }: StepResult): string {
  if (problem === undefined) return 'yes';
  return own === undefined ? '**no**' : 'no ¹';
}

function matrix(findings: readonly Finding[]): string {
  const rows = findings.map(({ result: { client, version, variant, steps } }) => [
    client.name,
    version ?? 'not installed',
    variant.soap,
    variant.carrier,
    ...JUDGED.map((step) => {
      const found = steps.find((one) => one.step === step);
      return found === undefined ? '–' : cell(found);
    }),
  ]);
  return table(['client', 'version', 'SOAP', 'carrier', ...JUDGED.map((one) => HEADS[one])], rows);
}

function whose(blame: Blame | undefined): string {
  if (blame === undefined) return 'not repeated';
  const where = `[both wires](${blame.capture})`;
  return blame.second === undefined
    ? `passes against PHP's SoapServer: ours or both. ${where}`
    : `the client's own: it fails against PHP's SoapServer as well (${plain(blame.second)}). ${where}`;
}

function failures(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ result: { client, variant, steps }, blames }) =>
    steps
      .filter(({ problem }) => problem !== undefined)
      .map(({ step, problem = '', own }) => [
        `${client.name}, SOAP ${variant.soap}, ${variant.carrier}`,
        HEADS[step],
        plain(own ?? problem),
        whose(blames.find((one) => one.step === step)),
      ]),
  );
  if (rows.length === 0) return 'Every step of every client passed.';
  return table(['client', 'step', 'what happens', 'whose fault'], rows);
}

function users(findings: readonly Finding[]): string {
  const clients = new Map(findings.map(({ result }) => [result.client.id, result.client]));
  return [...clients.values()]
    .map((one) => {
      const head = `- [${one.name}](clients/${one.id}.md)${one.core ? ', in every test run' : ''}`;
      return one.notes.length === 0 ? head : `${head}: ${one.notes.join(' ')}`;
    })
    .join('\n');
}

/** @param day as YYYY-MM-DD */
export function reportText(findings: readonly Finding[], day: string): string {
  const { size } = new Set(findings.map(({ result }) => result.client.id));
  const steps = findings.flatMap(({ result }) => result.steps);
  const passed = steps.filter(({ problem }) => problem === undefined).length;
  const machine = `${distribution()}, ${systemName()} ${release()} ${arch()}, ${cpus().length} cores`;
  return `# Interoperability

Written by \`npm run interop -- --report\` on ${day}: edxgate ${packageVersion()}, Node ${process.version}, ${machine}.

${size} foreign SOAP stacks, each made from the served WSDL as its users would, did the same job against a gateway over TLS with a private
authority and HTTP Basic: all nine operations, a refusal with its detail, and a package of 5 MB there and back with its digest compared.
${passed} of ${steps.length} steps passed. The last column says whether the gateway saw the SOAP version and the carrier that were asked for. What is run:
[test/interop](../test/interop/README.md).

${matrix(findings)}

## What does not work

${failures(findings)}

¹ by the client's own fault.

## What users must know

${users(findings)}
`;
}
