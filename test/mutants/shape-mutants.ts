/**
 * Mutants of the table of shapes, by which the profile `field` reads what other writers do differently:
 * one row of it, at one path, says something else.
 *
 * @module
 */
import type { Branch, Leaf, Member } from '../../src/edxml/shape.js';
import { rootShape } from '../../src/edxml/shape.js';
import type { Mutant } from './mutant.js';

type Kind = 'document' | 'status';
type Edit = (member: Member) => Member;

function branchWith(branch: Branch, members: readonly Member[]): Branch {
  const byName = new Map<string, Member>();
  for (const one of members) {
    for (const name of [one.name, ...one.aliases]) byName.set(name.toLowerCase(), one);
  }
  return { ...branch, members, byName };
}

function edited(member: Member, path: readonly string[], edit: Edit): Member {
  const [name, ...rest] = path;
  if (name === undefined) return edit(member);
  if (!('branch' in member.shape)) throw new Error(`${member.name} has no ${name}`);
  const { branch } = member.shape;
  const members = branch.members.map((one) => (one.name === name ? edited(one, rest, edit) : one));
  return { ...member, shape: { branch: branchWith(branch, members) } };
}

function shapeMutant(kind: Kind, path: readonly string[], what: string, edit: Edit): Mutant {
  const root = rootShape(kind);
  const { shape } = root;
  return {
    id: `shape ${kind} ${path.join('/')}: ${what}`,
    kind,
    path,
    on() {
      const other = edited(root, path.slice(1), edit);
      Object.defineProperty(root, 'shape', {
        value: other.shape,
        configurable: true,
        writable: true,
        enumerable: true,
      });
    },
    off() {
      Object.defineProperty(root, 'shape', {
        value: shape,
        configurable: true,
        writable: true,
        enumerable: true,
      });
    },
  };
}

function leafEdit(change: Partial<Leaf>): Edit {
  return (member) =>
    'leaf' in member.shape
      ? { ...member, shape: { leaf: { ...member.shape.leaf, ...change } } }
      : member;
}

function branchEdit(change: (branch: Branch) => Branch): Edit {
  return (member) =>
    'branch' in member.shape
      ? { ...member, shape: { branch: change(member.shape.branch) } }
      : member;
}

const EXTRA: Member = {
  name: 'Extra',
  mandatory: false,
  repeats: true,
  aliases: [],
  shape: { leaf: { type: 'text', filled: false } },
};

function edits(member: Member): [string, Edit][] {
  const found: [string, Edit][] = member.aliases.map((alias) => [
    `not as ${alias}`,
    (one) => ({ ...one, aliases: one.aliases.filter((other) => other !== alias) }),
  ]);
  if (member.fill !== undefined) {
    found.push([
      'not filled in',
      ({ name, mandatory, repeats, shape, aliases }) => ({
        name,
        mandatory,
        repeats,
        shape,
        aliases,
      }),
    ]);
  }
  if ('leaf' in member.shape) {
    const { leaf } = member.shape;
    found.push([
      leaf.filled ? 'may be empty' : 'must be filled',
      leafEdit({ filled: !leaf.filled }),
    ]);
    if (leaf.type !== 'text' && leaf.type !== 'base64')
      found.push(['any text', leafEdit({ type: 'text' })]);
    if (leaf.limit !== undefined) {
      found.push([`limit ${leaf.limit - 1}`, leafEdit({ limit: leaf.limit - 1 })]);
      found.push([`limit ${leaf.limit + 1}`, leafEdit({ limit: leaf.limit + 1 })]);
      found.push([leaf.hard ? 'not a key' : 'a key', leafEdit({ hard: leaf.hard !== true })]);
    }
    if (leaf.allowed !== undefined) {
      found.push(['"false" is left as it is', leafEdit({ allowed: [...leaf.allowed, 'false'] })]);
      found.push(['"5" is left as it is', leafEdit({ allowed: [...leaf.allowed, '5'] })]);
    }
    return found;
  }
  const { branch } = member.shape;
  found.push(['Extra is known', branchEdit((one) => branchWith(one, [...one.members, EXTRA]))]);
  if (branch.order === 'sequence')
    found.push(['any order', branchEdit((one) => ({ ...one, order: 'any' }))]);
  if (branch.attributes !== 'any') {
    found.push(['any attribute', branchEdit((one) => ({ ...one, attributes: 'any' }))]);
  }
  return found;
}

export function shapeMutants(kind: Kind): Mutant[] {
  const found: Mutant[] = [];
  const walk = (member: Member, path: readonly string[]): void => {
    if (path.length > 1) {
      for (const [what, edit] of edits(member)) found.push(shapeMutant(kind, path, what, edit));
    }
    if (!('branch' in member.shape)) return;
    for (const one of member.shape.branch.members) walk(one, [...path, one.name]);
  };
  walk(rootShape(kind), ['edXML']);
  return found;
}
