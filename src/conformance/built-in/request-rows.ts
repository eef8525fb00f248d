/**
 * The requests of the operations, made from their schema: what must be there, how often, in which order,
 * which values.
 *
 * @module
 */
import type { Expectation } from '../suite.js';
import { accepted, envelope, type HttpRow, operation, refusal } from './http-kit.js';
import { type ElementSpec, readElement } from './schema-walk.js';

/** A value for each child, by name; a right one, not by chance the right message. */
export const VALUES: Readonly<Record<string, string>> = {
  OrganId: '{{recipient}}',
  Code: '145/SMA-VP',
  DocumentId: '{{unique}}',
  PromulgationDate: '2025/01/15',
  StatusCode: '01',
  Timestamp: '2025/01/15 08:00:00',
  MaxItems: '10',
  Kind: 'document',
  MessageId: '00000000000000000000000000',
  Outcome: 'done',
  Since: '2999-01-01T00:00:00Z',
  ChangedSince: '2999-01-01T00:00:00Z',
};

/** What is left out so that exactly one thing is asked for, or no page is named. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  ListPending: ['After'],
  GetTraces: ['MessageId', 'DocumentId', 'After'],
  GetOrganizations: ['After'],
};

/** Nobody has this message. */
const UNKNOWN: ReadonlySet<string> = new Set(['GetPackage', 'ConfirmReceived']);

export function element(spec: ElementSpec, inner?: string): string {
  const content =
    inner ??
    (spec.children.length > 0
      ? spec.children.map((one) => element(one)).join('')
      : (VALUES[spec.name] ?? 'a'));
  return `<${spec.name}>${content}</${spec.name}>`;
}

interface Written {
  readonly spec: ElementSpec;
  readonly name: string;
  /** Children of the request as text, by name. */
  readonly children: ReadonlyMap<string, string>;
}

function written(name: string): Written {
  const spec = readElement('gateway/1/gateway.xsd', name);
  const left = new Set(LEFT_OUT[name] ?? []);
  const children = spec.children
    .filter((one) => !left.has(one.name))
    .map((one): [string, string] => [one.name, element(one)]);
  return { spec, name, children: new Map(children) };
}

function text({ name }: Written, children: readonly string[]): { body: string } {
  return { body: envelope(operation(name, children.join(''))) };
}

export const wrong = refusal('soap.request');

export function schemaRows(name: string): HttpRow[] {
  const request = written(name);
  const all = [...request.children.values()];
  const whole: Expectation = UNKNOWN.has(name) ? refusal('message.unknown') : accepted();
  const id = `request.${name.toLowerCase()}`;
  const rows: HttpRow[] = [
    [
      `${id}.full`,
      `${name} with all its children`,
      `${name} đủ phần tử con`,
      text(request, all),
      whole,
    ],
    [
      `${id}.unknown`,
      `${name} with an unknown child`,
      `${name} có phần tử con lạ`,
      text(request, [...all, '<Extra/>']),
      wrong,
    ],
    [
      `${id}.text`,
      `${name} with text beside its children`,
      `${name} có chữ cạnh phần tử con`,
      text(request, [...all, 'abc']),
      wrong,
    ],
  ];
  if (all.length > 1) {
    rows.push([
      `${id}.order`,
      `${name} with its children out of order`,
      `${name} có phần tử con sai thứ tự`,
      text(request, [...all.slice(1), all[0] ?? '']),
      wrong,
    ]);
  }
  for (const child of request.spec.children) rows.push(...childRows(request, child, id));
  return rows;
}

function childRows(request: Written, child: ElementSpec, id: string): HttpRow[] {
  const at = `${id}.${child.name.toLowerCase()}`;
  const own = request.children.get(child.name) ?? element(child);
  const others = (make: (name: string, xml: string) => string[]) =>
    request.spec.children.flatMap((one) => {
      const xml = one.name === child.name ? own : request.children.get(one.name);
      return xml === undefined ? [] : make(one.name, xml);
    });
  const twice = text(
    request,
    others((name, xml) => (name === child.name ? [xml, xml] : [xml])),
  );
  const rows: HttpRow[] = [
    [
      `${at}.twice`,
      `${request.name}: two ${child.name}`,
      `${request.name}: hai ${child.name}`,
      twice,
      wrong,
    ],
  ];
  if (child.min > 0) {
    const less = text(
      request,
      others((name, xml) => (name === child.name ? [] : [xml])),
    );
    rows.push([
      `${at}.missing`,
      `${request.name} without ${child.name}`,
      `${request.name} thiếu ${child.name}`,
      less,
      wrong,
    ]);
  }
  const put = (xml: string) =>
    text(
      request,
      others((name, old) => (name === child.name ? [xml] : [old])),
    );
  for (const [what, value] of badValues(child)) {
    rows.push([
      `${at}.${what}`,
      `${request.name}: ${child.name} "${value}" is refused`,
      `${request.name}: từ chối ${child.name} "${value}"`,
      put(element(child, value)),
      wrong,
    ]);
  }
  for (const value of goodValues(child)) {
    const expect = UNKNOWN.has(request.name) ? refusal('message.unknown') : accepted();
    rows.push([
      `${at}.value-${value.toLowerCase()}`,
      `${request.name}: ${child.name} "${value}" is taken`,
      `${request.name}: nhận ${child.name} "${value}"`,
      put(element(child, value)),
      expect,
    ]);
  }
  for (const inner of child.children) {
    const rest = child.children.filter((one) => one !== inner).map((one) => element(one));
    const doubled = child.children.flatMap((one) =>
      one === inner ? [element(one), element(one)] : [element(one)],
    );
    const deep = `${at}.${inner.name.toLowerCase()}`;
    rows.push([
      `${deep}.twice`,
      `${request.name}: two ${inner.name} in ${child.name}`,
      `${request.name}: hai ${inner.name} trong ${child.name}`,
      put(element(child, doubled.join(''))),
      wrong,
    ]);
    if (inner.min > 0) {
      rows.push([
        `${deep}.missing`,
        `${request.name}: ${child.name} without ${inner.name}`,
        `${request.name}: ${child.name} thiếu ${inner.name}`,
        put(element(child, rest.join(''))),
        wrong,
      ]);
    }
  }
  if (child.children.length > 1) {
    const turned = [...child.children].reverse().map((one) => element(one));
    rows.push([
      `${at}.order`,
      `${request.name}: children of ${child.name} out of order`,
      `${request.name}: phần tử con của ${child.name} sai thứ tự`,
      put(element(child, turned.join(''))),
      wrong,
    ]);
  }
  return rows;
}

function badValues({ value }: ElementSpec): [string, string][] {
  if (value === undefined) return [];
  if (value.type === 'dateTime')
    return [
      ['no-time', '2025-01-15'],
      ['day-30', '2025-02-30T08:00:00Z'],
    ];
  if (value.maxInclusive !== undefined) {
    return [
      ['under', String((value.minInclusive ?? 0) - 1)],
      ['over', String(value.maxInclusive + 1)],
      ['word', 'abc'],
    ];
  }
  return value.values === undefined
    ? []
    : [['beyond', value.type === 'StatusCode' ? '07' : 'other']];
}

function goodValues({ value }: ElementSpec): string[] {
  if (value === undefined) return [];
  if (value.maxInclusive !== undefined)
    return [String(value.minInclusive), String(value.maxInclusive)];
  return (value.values ?? []).filter((one) => one !== VALUES[value.type] && one !== '01');
}
