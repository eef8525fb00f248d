/**
 * What a conformance suite is, whether read from a folder (load-suite.ts) or made from the schemas
 * (built-in/). A case is a few steps against a gateway and what must come back; every case names the
 * clause that says so.
 *
 * Texts, files and values may hold variables, `{{name}}`: see variables.ts.
 *
 * @module
 */

/** For people, in both languages. */
export interface Words {
  readonly en: string;
  readonly vi: string;
}

/** Where it is written that a case must end as it does. */
export interface Clause {
  /** `QCVN 102:2016/BTTTT`, `edxgate contract`, `SOAP 1.1`, `WS-I BP 1.1`, `RFC 2387`, … */
  readonly document: string;
  /** Part, table, element path or rule in it. */
  readonly place: string;
}

/** Who sends a step: each is given an organ id and a token at run time. `nobody` does not sign in. */
export const ROLES = ['sender', 'recipient', 'third', 'nobody'] as const;
export type Role = (typeof ROLES)[number];

export const OPERATIONS = [
  'SendDocument',
  'SendPackage',
  'SendStatus',
  'ListPending',
  'GetPackage',
  'ConfirmReceived',
  'GetTraces',
  'GetOrganizations',
  'Ping',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A package of a step: a file of the suite, variables filled in, and signed at run time when asked. */
export interface PackageSource {
  readonly file: string;
  /** With the key given for the role of the step; `absent` (default) leaves the file as it is. */
  readonly signature?: 'absent' | 'own';
}

/** A request of the contract, written by the runner. */
export interface OperationRequest {
  readonly kind: 'operation';
  readonly operation: Operation;
  readonly soap?: '1.1' | '1.2';
  readonly carrier?: 'inline' | 'mtom' | 'swa';
  /** Children of the request in the order of the contract; nested ones as `ResponseFor/OrganId`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** `Package` of SendPackage, `edXML` of SendDocument. */
  readonly package?: PackageSource;
}

/** Any HTTP request, sent as it stands; the way to test other dialects and malformed requests. */
export interface HttpRequest {
  readonly kind: 'http';
  readonly method: string;
  /** Appended to the origin of the target; `{{path}}` is the path of the target itself. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A file of the suite; bytes as they are but for variables in files of text. */
  readonly body?: string;
}

export type StepRequest = OperationRequest | HttpRequest;

/** On the body of the answer. Prefixes: `soap11`, `soap12`, `g` (the gateway's contract), `q` (QCVN). */
export type Assertion = { readonly xpath: string } & (
  | { readonly equals: string }
  | { readonly matches: string }
  | { readonly count: number }
);

export interface Expectation {
  /** `accepted`: 200 and no fault. `refused`: a fault. `http`: only `http` and assertions count. */
  readonly class: 'accepted' | 'refused' | 'http';
  readonly http?: number;
  /** Codes of all issues of the fault that are not warnings; a set. Of `GatewayFault`, else `faultstring`. */
  readonly codes?: readonly string[];
  /** Path of the element that one of the issues must name. */
  readonly path?: string;
  /** Codes of `Warning` in the SendResult; a set. Absent: not compared. */
  readonly warnings?: readonly string[];
  readonly assertions?: readonly Assertion[];
  /** A file of the suite: the whole answer, volatile parts masked (mask.ts). */
  readonly golden?: string;
}

export interface Step {
  /** One word, unique in its case. */
  readonly name: string;
  readonly as: Role;
  readonly request: StepRequest;
  readonly expect: Expectation;
  /** Variables for later steps: name to XPath on the answer. */
  readonly save?: Readonly<Record<string, string>>;
}

export const NEEDS = ['recipient', 'third', 'signing', 'basic'] as const;
/** What a case cannot do without; it is reported as skipped, with the reason, where that is not given. */
export type Need = (typeof NEEDS)[number];

export interface Case {
  /** `[a-z0-9.-]+`, unique in the suite. */
  readonly id: string;
  readonly title: Words;
  readonly clause: Clause;
  readonly needs?: readonly Need[];
  readonly steps: readonly Step[];
}

export interface Suite {
  readonly id: string;
  readonly title: Words;
  readonly cases: readonly Case[];
  /** A file that a step names; undefined when there is none. */
  file(name: string): Buffer | undefined;
}
