import { expect } from 'chai';
import { pathOf, type XmlElement } from '../../../src/xml/tree.js';

/** A parent with children of one name that counts how often a name is asked for. */
function siblings(count: number): { readonly children: readonly XmlElement[]; asked(): number } {
  let asked = 0;
  const bare = { prefix: '', namespace: '', line: 1, attributes: [], text: '', cut: undefined };
  const children: XmlElement[] = [];
  const parent: XmlElement = { ...bare, name: 'list', parent: undefined, children };
  for (let i = 0; i < count; i++) {
    children.push({
      ...bare,
      get name() {
        asked += 1;
        return 'item';
      },
      parent,
      children: [],
    });
  }
  return { children, asked: () => asked };
}

describe('the path of an element', () => {
  it('has an index only where siblings share the name', () => {
    expect(siblings(1).children.map(pathOf)).to.deep.equal(['/list/item']);
    expect(siblings(2).children.map(pathOf)).to.deep.equal(['/list/item[1]', '/list/item[2]']);
  });

  it('of all siblings costs what the siblings cost once, not once for each', () => {
    const count = 1000;
    const { children, asked } = siblings(count);
    for (const child of children) pathOf(child);
    expect(asked()).to.be.below(10 * count);
  });
});
