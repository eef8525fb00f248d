import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Branch, type Leaf, type Member, rootShape } from '../../../src/edxml/shape.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { parseXml } from '../../../src/xml/parse.js';
import { scanXml } from '../../../src/xml/scan.js';
import type { XmlElement } from '../../../src/xml/tree.js';

/** The published schemas as trees, types by name. */
function loadTypes(file: string): { types: Map<string, XmlElement>; root: XmlElement } {
  const types = new Map<string, XmlElement>();
  let root: XmlElement | undefined;
  for (const name of ['edxml-types.xsd', file]) {
    const bytes = readFileSync(join(PACKAGE_ROOT, 'xsd', 'qcvn-102', '2016', name));
    // Kept for the life of the test run.
    for (const child of parseXml(scanXml(bytes)).root.children) {
      if (child.name.endsWith('Type')) types.set(attribute(child, 'name') ?? '', child);
      if (child.name === 'element') root = child;
    }
  }
  if (root === undefined) throw new Error(`no element in ${file}`);
  return { types, root };
}

function attribute(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((one) => one.name === name)?.value;
}

function below(element: XmlElement, ...names: string[]): XmlElement[] {
  return element.children.flatMap((child) => [
    ...(names.includes(child.name) ? [child] : []),
    ...(child.name === 'element' ? [] : below(child, ...names)),
  ]);
}

class Comparison {
  readonly seen = new Set<string>();
  readonly #types: Map<string, XmlElement>;
  constructor(types: Map<string, XmlElement>) {
    this.#types = types;
  }

  member(element: XmlElement, member: Member, path: string): void {
    const typeName = (attribute(element, 'type') ?? '').replace(/^e:/, '');
    const type = this.#types.get(typeName);
    const at = `${path}/${member.name}`;
    this.seen.add(at);
    if ('leaf' in member.shape) this.leaf(typeName, member.shape.leaf, at);
    else if (type?.name === 'complexType') this.branch(type, member.shape.branch, at);
    else throw new Error(`${at} is no branch in the schema`);
  }

  branch(type: XmlElement, branch: Branch, at: string): void {
    const declared = new Map<string, XmlElement>();
    for (const one of below(type, 'element')) {
      const name = attribute(one, 'name') ?? '';
      if (!declared.has(name)) declared.set(name, one);
    }
    const names = branch.members.map((one) => one.name);
    // The header of a status has one of two names; a shape holds the one that is there.
    const isOtherForm = (name: string) =>
      ['MessageHeader', 'Status'].includes(name) && !names.includes(name);
    const inSchema = [...declared.keys()].filter((name) => !isOtherForm(name));
    expect([...names].sort(), `${at}: children`).to.deep.equal([...inSchema].sort());
    if (branch.order === 'sequence' && inSchema.length > 1) {
      expect(names, `${at}: order`).to.deep.equal(inSchema);
    }
    expect(below(type, 'all').length > 0, `${at}: any order`).to.equal(branch.order === 'any');
    expect(below(type, 'group').length > 0, `${at}: signatures`).to.equal(branch.signatures);
    const known = branch.attributes === 'any' ? [] : branch.attributes;
    const own = below(type, 'attribute').map((one) => attribute(one, 'name') ?? '');
    const id = below(type, 'attributeGroup').length > 0 ? ['Id'] : [];
    expect(below(type, 'anyAttribute').length > 0, `${at}: any attribute`).to.equal(
      branch.attributes === 'any',
    );
    if (branch.attributes !== 'any') {
      expect([...known].sort(), `${at}: attributes`).to.deep.equal([...own, ...id].sort());
    }
    for (const member of branch.members) {
      const element = declared.get(member.name);
      if (element === undefined) throw new Error(`${at}/${member.name} is not in the schema`);
      const min = attribute(element, 'minOccurs') ?? '1';
      expect(member.mandatory, `${at}/${member.name}: mandatory`).to.equal(min === '1');
      expect(member.repeats, `${at}/${member.name}: repeats`).to.equal(
        attribute(element, 'maxOccurs') === 'unbounded',
      );
      this.member(element, member, at);
    }
  }

  leaf(typeName: string, leaf: Leaf, at: string): void {
    const type = this.#types.get(typeName);
    const facet = (name: string) =>
      type === undefined ? [] : below(type, name).map((one) => attribute(one, 'value') ?? '');
    expect(leaf.limit, `${at}: limit`).to.equal(
      facet('maxLength').length > 0 ? Number(facet('maxLength')[0]) : undefined,
    );
    expect(leaf.allowed ?? [], `${at}: values`).to.deep.equal(facet('enumeration'));
    const mayBeEmpty =
      typeName === 'xs:string' ||
      typeName === 'xs:base64Binary' ||
      (/^Text\d+$/.test(typeName) && facet('minLength').length === 0);
    expect(leaf.filled, `${at}: filled`).to.equal(!mayBeEmpty);
    const expected = new Map([
      ['OrganId', 'organ-id'],
      ['EdxmlDate', 'date'],
      ['EdxmlDateTime', 'time'],
      ['Amount', 'number'],
      ['DocumentTypeCode', 'number'],
      ['xs:boolean', 'boolean'],
      ['xs:base64Binary', 'base64'],
    ]).get(typeName);
    const byFacet = facet('enumeration').length > 0 ? 'code' : 'text';
    expect(leaf.type, `${at}: type ${typeName}`).to.equal(expected ?? byFacet);
  }
}

describe('edxml/shape', () => {
  const cases = [
    ['documents', 'edxml-document.xsd', rootShape('document'), 100],
    ['statuses', 'edxml-status.xsd', rootShape('status'), 20],
    ['provincial statuses', 'edxml-status.xsd', rootShape('status', 'Status'), 20],
  ] as const;
  for (const [what, file, root, atLeast] of cases) {
    it(`says of ${what} what ${file} says`, () => {
      const schema = loadTypes(file);
      const comparison = new Comparison(schema.types);
      comparison.member(schema.root, root, '');
      expect(comparison.seen.size).to.be.greaterThan(atLeast);
    });
  }

  it('has a stand-in that the schema takes for whatever the field leaves out', () => {
    const visit = (member: Member): void => {
      if ('branch' in member.shape) {
        for (const inner of member.shape.branch.members) {
          // A filled branch is filled with its mandatory members, so each of them needs a stand-in.
          if (member.fill !== undefined && inner.mandatory) {
            expect(inner.fill, `${member.name}/${inner.name}`).to.be.a('string');
          }
          visit(inner);
        }
      }
    };
    visit(rootShape('document'));
    visit(rootShape('status'));
  });
});
