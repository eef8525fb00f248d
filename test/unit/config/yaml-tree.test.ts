import { expect } from 'chai';
import { readYamlTree, type YamlNode } from '../../../src/config/yaml-tree.js';

/** Plain values, lines left out. */
function valuesOf(node: YamlNode | undefined): unknown {
  if (node?.kind === 'map') {
    return Object.fromEntries([...node.entries].map(([key, one]) => [key, valuesOf(one.value)]));
  }
  return node?.kind === 'list' ? node.items.map(valuesOf) : node?.text;
}

describe('config/yaml-tree', () => {
  it('keeps maps, lists and texts as they were written', () => {
    const { tree, problems } = readYamlTree(
      'a: 1.10\nb: [x, no]\nc:\n  - d: "01"\n    e:\n  - true\n',
    );
    expect(problems).to.deep.equal([]);
    expect(valuesOf(tree)).to.deep.equal({
      a: '1.10',
      b: ['x', 'no'],
      c: [{ d: '01', e: '' }, 'true'],
    });
  });

  it('knows the line of every key and item', () => {
    const { tree } = readYamlTree('a: 1\n\nsteps:\n  - name: x\n  - name: y\n');
    if (tree?.kind !== 'map') throw new Error('no map');
    const steps = tree.entries.get('steps');
    expect(steps?.line).to.equal(3);
    if (steps?.value.kind !== 'list') throw new Error('no list');
    expect(steps.value.items.map((one) => one.line)).to.deep.equal([4, 5]);
  });

  it('names what is wrong with its line: repeated keys, aliases, what is no YAML', () => {
    expect(readYamlTree('a: 1\na: 2\n').problems).to.deep.include({
      line: 2,
      text: 'the key stands twice',
      textVi: 'khóa bị lặp lại',
    });
    const alias = readYamlTree('a: &x [1]\nb: *x\n');
    expect(alias.problems[0]).to.include({ line: 2 });
    expect(alias.tree).to.equal(undefined);
    expect(readYamlTree('a: [1\nb: 2').problems).to.not.be.empty;
  });

  it('does not read a file that is too large', () => {
    expect(readYamlTree(`a: ${'x'.repeat(1_000_001)}`).problems[0]?.text).to.equal(
      'the file is too large',
    );
  });
});
