/**
 * The operations table, derived from the published WSDL: which body element asks for what. There is no
 * second list, so the WSDL and the code cannot drift apart unnoticed.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { WSDL } from 'soap';
import { refuse } from '../model/issue.js';
import { pathOf, type XmlElement } from '../xml/tree.js';

export interface QualifiedName {
  readonly namespace: string;
  readonly name: string;
}

export interface Operation {
  /** `SendPackage` */
  readonly name: string;
  /** The request's body element. */
  readonly input: QualifiedName;
  readonly output: QualifiedName;
  /** For clients; never read on the way in. */
  readonly soapAction: string;
  /** Names of the declared faults. */
  readonly faults: readonly string[];
}

export interface OperationTable {
  /** In the order of the WSDL. */
  readonly operations: readonly Operation[];
  /** @throws GatewayError `soap.operation` when no operation has that body element */
  operationFor(body: XmlElement): Operation;
}

function keyOf({ namespace, name }: QualifiedName): string {
  return `{${namespace}}${name}`;
}

/** node-soap's model of a WSDL file and the schemas it imports, all read from disk. */
export async function readWsdl(wsdlPath: string): Promise<WSDL> {
  const wsdl = new WSDL(await readFile(wsdlPath, 'utf8'), wsdlPath, {});
  await new Promise<void>((resolve, reject) => {
    wsdl.onReady((error: Error | null) => (error ? reject(error) : resolve()));
  });
  return wsdl;
}

type Method = WSDL['definitions']['bindings'][string]['methods'][string];

function operationOf(name: string, method: Method): Operation {
  const { input, output, soapAction } = method;
  if (!input?.$name || !output?.$name || !input.targetNamespace || !output.targetNamespace) {
    throw new Error(`The operation ${name} of the WSDL has no input or output element`);
  }
  return {
    name,
    input: { namespace: input.targetNamespace, name: input.$name },
    output: { namespace: output.targetNamespace, name: output.$name },
    soapAction: soapAction ?? '',
    faults: (method.children ?? []).flatMap((one) =>
      one.name === 'fault' && one.$name !== undefined ? [one.$name] : [],
    ),
  };
}

/**
 * @param wsdlPath a file of ours; its bindings must hold the same operations (WS-I BP R2718)
 * @throws Error when the WSDL cannot be read or two operations share a body element (R2710): a fault
 *   of the installation, not of a request
 */
export async function loadOperations(wsdlPath: string): Promise<OperationTable> {
  const { bindings } = (await readWsdl(wsdlPath)).definitions;
  const byBody = new Map<string, Operation>();
  for (const binding of Object.values(bindings)) {
    for (const [name, method] of Object.entries(binding.methods)) {
      const operation = operationOf(name, method);
      const key = keyOf(operation.input);
      const earlier = byBody.get(key);
      if (earlier !== undefined && earlier.name !== name) {
        throw new Error(`The operations ${earlier.name} and ${name} share the body element ${key}`);
      }
      if (earlier === undefined) byBody.set(key, operation);
    }
  }
  if (byBody.size === 0) throw new Error(`There is no operation in ${wsdlPath}`);
  return {
    operations: [...byBody.values()],
    operationFor(body) {
      const operation = byBody.get(keyOf(body));
      if (operation === undefined) {
        const where = body.namespace === '' ? 'no namespace' : `the namespace ${body.namespace}`;
        const element = `${body.name} in ${where}`;
        throw refuse('soap.operation', { element }, { path: pathOf(body), line: body.line });
      }
      return operation;
    },
  };
}

/**
 * Holds the handlers against the WSDL, at start and in a test.
 * @throws Error naming every operation without a handler and every handler without an operation
 */
export function assertSameOperations(table: OperationTable, handlerNames: Iterable<string>): void {
  const declared = new Set(table.operations.map((one) => one.name));
  const handled = new Set(handlerNames);
  const faults = [
    ...[...declared].filter((name) => !handled.has(name)).map((name) => `${name} has no handler`),
    ...[...handled]
      .filter((name) => !declared.has(name))
      .map((name) => `${name} is not in the WSDL`),
  ];
  if (faults.length > 0) throw new Error(`Operations and WSDL differ: ${faults.join(', ')}`);
}
