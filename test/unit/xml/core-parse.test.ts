import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { parseXml } from '../../../src/xml/parse.js';
import { MIN_CUT_BYTES, scanXml } from '../../../src/xml/scan.js';
import { childOf, pathOf, type XmlDocument, type XmlElement } from '../../../src/xml/tree.js';

const open: XmlDocument[] = [];

function parse(text: string, options: { cut?: boolean } = {}): XmlDocument {
  const document = parseXml(scanXml(Buffer.from(text), options));
  open.push(document);
  return document;
}

function refusal(text: string): { code: string; line: number | undefined; text: string } {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { code: error.code, line: error.issues[0]?.line, text: error.message };
  }
  return { code: 'passes', line: undefined, text: '' };
}

afterEach(() => {
  for (const document of open.splice(0)) document.dispose();
});

describe('parse: what is not well-formed', () => {
  for (const [name, text, line] of [
    ['crossed tags', '<a>\n<b></a></b>', 2],
    ['two roots', '<a/>\n<b/>', 2],
    ['text after the root', '<a/>\n\nx', 3],
    ['text before the root', 'x<a/>', 1],
    ['a root that is not closed', '<a>\n', 2],
    ['an end tag too many', '<a/></a>', 1],
    ['an attribute twice', '<a b="1"\n b="2"/>', 2],
    ['an attribute twice under two prefixes', '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>', 1],
    ['an unbound prefix of an element', '<a>\n<p:b/></a>', 2],
    ['an unbound prefix of an attribute', '<a p:b="1"/>', 1],
    ['a prefix bound to nothing', '<a xmlns:p=""/>', 1],
    ['xmlns bound', '<a xmlns:xmlns="u"/>', 1],
    ['xml bound to another namespace', '<a xmlns:xml="u"/>', 1],
    ['two colons in a name', '<a:b:c xmlns:a="u"/>', 1],
    ['an unknown entity', '<a>&nbsp;</a>', 1],
    ['a bare ampersand', '<a>R&D</a>', 1],
    ['a character reference to NUL', '<a>&#0;</a>', 1],
    ['a character reference to a control character', '<a>&#x1b;</a>', 1],
    ['a character reference to a surrogate', '<a>&#xD800;</a>', 1],
    ['U+FFFE', '<a>\ufffe</a>', 1],
    ['"]]>" in text', '<a>]]></a>', 1],
    ['"--" in a comment', '<a><!-- -- --></a>', 1],
    ['"<" in an attribute', '<a b="<"/>', 1],
    ['an attribute without quotes', '<a b=1/>', 1],
    ['an attribute without value', '<a b/>', 1],
    ['no space between attributes', '<a b="1"c="2"/>', 1],
    ['CDATA outside the root', '<![CDATA[x]]><a/>', 1],
    ['a name that begins with a digit', '<1a/>', 1],
    ['the same xml:id twice', '<a xml:id="i"><b xml:id="i"/></a>', 1],
    ['no markup at all', '{"a": 1}', 1],
  ] as const) {
    it(`refuses ${name}, with its line`, () => {
      expect(refusal(text)).to.include({ code: 'xml.malformed', line });
    });
  }

  it('says why, without a control character of the text', () => {
    expect(refusal('<a>\n<b>\n</c></a>').text).to.match(/tag mismatch: b line 2 and c/);
  });

  it('reports the same line when a long text before the fault was cut out', () => {
    const long = `${'QUJD'.repeat(19)}\n`.repeat(MIN_CUT_BYTES / 64);
    const text = `<e>\n<Package>\n${long}</Package>\n<a></b></e>`;
    const whole = refusal(text);
    expect(whole.line).to.equal(text.split('\n').length);
    expect(whole.text).to.contain(`line ${whole.line}`);
  });

  it('opens nothing: hints at files and addresses are mere attributes', () => {
    const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
    const include =
      '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/hosts"/>';
    const { root } = parse(`<a ${xsi} xsi:schemaLocation="u file:///etc/hosts">${include}</a>`);
    expect(root.children[0]?.children).to.have.length(0);
    expect(root.children[0]?.text).to.equal('');
  });
});

describe('parse: the view of the tree', () => {
  it('gives names, prefixes and namespaces', () => {
    const { root } = parse('<p:a xmlns:p="urn:p" xmlns="urn:d"><b/><c xmlns=""/></p:a>');
    expect(root).to.include({ name: 'a', prefix: 'p', namespace: 'urn:p' });
    expect(root.children[0]).to.include({ name: 'b', prefix: '', namespace: 'urn:d' });
    expect(root.children[1]).to.include({ name: 'c', prefix: '', namespace: '' });
  });

  it('gives attributes with their values, not the declarations', () => {
    const { root } = parse('<a xmlns:p="urn:p" p:b="1&lt;&#x54;" c="x&#10;y&#9;" d="a\nb" e=""/>');
    expect(root.attributes).to.deep.equal([
      { name: 'b', namespace: 'urn:p', value: '1<T' },
      { name: 'c', namespace: '', value: 'x\ny\t' },
      { name: 'd', namespace: '', value: 'a b' },
      { name: 'e', namespace: '', value: '' },
    ]);
  });

  it('takes names like __proto__ as mere names', () => {
    const { root } = parse('<__proto__ constructor="x"><toString/></__proto__>');
    expect(root.name).to.equal('__proto__');
    expect(root.attributes[0]).to.include({ name: 'constructor', value: 'x' });
    expect(childOf(root, 'toString')?.name).to.equal('toString');
    expect(childOf(root, 'hasOwnProperty')).to.equal(undefined);
  });

  it('reads text in full around comments and CDATA, without the text of children', () => {
    const { root } = parse('<a>000.<!-- x -->00.<![CDATA[0<1]]>.T99<b>no</b>&amp;&#7909;</a>');
    expect(root.text).to.equal('000.00.0<1.T99&ụ');
  });

  it('reads CR LF and CR as LF, and keeps a CR that was written as a reference', () => {
    expect(parse('<a>1\r\n2\r3&#13;4</a>').root.text).to.equal('1\n2\n3\r4');
  });

  it('keeps letters as written: nothing is composed, trimmed or folded', () => {
    const text = ' Tru\u0323c \u0111ie\u0323\u0302n tu\u031b\u0309 \u{1F4C4} ';
    expect(parse(`<a>${text}</a>`).root.text).to.equal(text);
  });

  it('gives one object for one node, whichever way it is reached', () => {
    const document = parse('<a><b/><c><d/></c></a>');
    const { root } = document;
    expect(document.root).to.equal(root);
    expect(root.children[1]).to.equal(root.children[1]?.children[0]?.parent);
    expect(root.parent).to.equal(undefined);
    expect(root.children[0]?.parent).to.equal(root);
  });

  it('names paths, with an index only where siblings share the name', () => {
    const { root } = parse('<r xmlns:p="u"><To/><To><x/></To><p:To/></r>');
    expect(root.children.map(pathOf)).to.deep.equal(['/r/To[1]', '/r/To[2]', '/r/To']);
    expect(root.children[1]?.children.map(pathOf)).to.deep.equal(['/r/To[2]/x']);
  });

  it('counts siblings once for all paths, however many there are', () => {
    const { root } = parse(`<r>${'<To/>'.repeat(1000)}</r>`);
    let reads = 0;
    const children = root.children.map((child) =>
      Object.create(child, {
        parent: { get: () => parent },
        name: {
          get: () => {
            reads += 1;
            return child.name;
          },
        },
      }),
    ) as XmlElement[];
    const parent = Object.create(root, {
      children: { value: children },
      parent: { value: undefined },
    }) as XmlElement;
    expect(children.map(pathOf).at(-1)).to.equal('/r/To[1000]');
    expect(reads).to.be.lessThan(10_000);
  });

  it('gives the line of each tag, with a byte order mark, a declaration and CR LF', () => {
    const { root } = parse('\ufeff<?xml version="1.0"?>\r\n<a>\r\n<b\r\n c="1"/>\r\n<d/></a>');
    expect([root, ...root.children].map((one) => one.line)).to.deep.equal([2, 4, 5]);
  });

  it('gives exact lines beyond 65,535', () => {
    const { root } = parse(`<a>${'\n'.repeat(65_530)}<b/>${'\n'.repeat(70_000)}<c><d/>\n</c></a>`);
    const lines = root.children.map((one) => one.line);
    expect(lines).to.deep.equal([65_531, 135_531]);
    expect(root.children[1]?.children[0]?.line).to.equal(135_531);
  });

  it('hands the bytes on exactly', () => {
    const bytes = Buffer.from('\ufeff<a>\r\n</a>\n');
    const document = parseXml(scanXml(bytes));
    open.push(document);
    expect(document.bytes).to.equal(bytes);
    expect(document.bom).to.equal(true);
  });

  it('refuses to be read after it was disposed of', () => {
    const document = parse('<a><b/></a>');
    const { root } = document;
    document.dispose();
    document.dispose();
    for (const use of [
      () => document.root,
      () => root.children,
      () => root.text,
      () => root.attributes,
      () => root.line,
      () => root.parent,
      () => document.canonical(root, { method: 'exclusive' }),
      () => document.validate('document'),
      () => document.base64(root),
    ]) {
      expect(use).to.throw('disposed');
    }
  });

  it('never lets an element of one document near another', () => {
    const [one, two] = [parse('<a/>'), parse('<b/>')];
    expect(() => one.canonical(two.root, { method: 'exclusive' })).to.throw(TypeError);
    expect(() => one.base64(two.root)).to.throw(TypeError);
    expect(() => one.validate('document', two.root)).to.throw(TypeError);
    expect(() => one.canonical(one.root, { method: 'exclusive', without: two.root })).to.throw(
      TypeError,
    );
  });
});

describe('parse: base64 content', () => {
  const content = (xml: string): string | undefined => {
    const document = parse(xml);
    return document.base64(document.root)?.toString('latin1');
  };

  it('is strict, and ignores white space, comments and the way characters are written', () => {
    expect(content('<a> QUJD\r\n\tRA== </a>')).to.equal('ABCD');
    expect(content('<a>QU<!-- x -->JD<![CDATA[RA]]>&#61;=</a>')).to.equal('ABCD');
    expect(content('<a/>')).to.equal('');
    for (const bad of ['<a>QUJ</a>', '<a>QUJ*</a>', '<a>QUJD\u00a0</a>', '<a>QU<b/>JD</a>']) {
      expect(content(bad), bad).to.equal(undefined);
    }
  });

  it('comes from the bytes when the text was cut out', () => {
    const bytes = Buffer.alloc(MIN_CUT_BYTES, 'abc');
    const document = parse(`<e><Package>${bytes.toString('base64')}</Package></e>`);
    const [element] = document.root.children;
    if (element === undefined) throw new Error('no element');
    expect(element.cut).to.include({ offset: 12, length: bytes.toString('base64').length });
    expect(element.text).to.equal('');
    expect(document.base64(element)?.equals(bytes)).to.equal(true);
  });

  it('takes a 50 MB attachment without giving it to the parser', () => {
    const bytes = Buffer.alloc(50 * 1024 * 1024, 'Công văn ');
    const text = Buffer.concat([
      Buffer.from('<edXML><ContentTransferEncoded>'),
      Buffer.from(bytes.toString('base64')),
      Buffer.from('</ContentTransferEncoded><after/></edXML>'),
    ]);
    const document = parseXml(scanXml(text));
    open.push(document);
    const [element] = document.root.children;
    if (element === undefined) throw new Error('no element');
    expect(document.base64(element)?.equals(bytes)).to.equal(true);
    expect(element.text).to.equal('');
  });
});
