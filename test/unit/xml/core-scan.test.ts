import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import {
  LIMITS,
  MAX_UNCUT_BYTES,
  MIN_CUT_BYTES,
  scanXml,
  startTagLines,
} from '../../../src/xml/scan.js';

const bytesOf = (text: string | Uint8Array): Uint8Array =>
  typeof text === 'string' ? Buffer.from(text) : text;

function refusal(text: string | Uint8Array): { code: string; line: number | undefined } {
  try {
    scanXml(bytesOf(text));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { code: error.code, line: error.issues[0]?.line };
  }
  return { code: 'passes', line: undefined };
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf16be = (text: string): Buffer => utf16(text).swap16();

describe('linear scan: what is not XML in UTF-8', () => {
  for (const [name, text, code] of [
    ['no bytes', '', 'package.empty'],
    ['white space only', ' \r\n\t', 'package.empty'],
    ['a byte order mark only', '\ufeff', 'package.empty'],
    ['a zip archive', 'PK\u0003\u0004…', 'package.compressed'],
    ['a gzip archive', Buffer.from([0x1f, 0x8b, 8, 0]), 'package.compressed'],
    ['a PDF file', '%PDF-1.7', 'package.compressed'],
    [
      'UTF-16 with its mark',
      Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('<a/>')]),
      'xml.encoding',
    ],
    [
      'UTF-16, big end first',
      Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be('<a/>')]),
      'xml.encoding',
    ],
    ['UTF-16 without a mark', utf16('<a/>'), 'xml.encoding'],
    ['UTF-16, big end first, without a mark', utf16be('<a/>'), 'xml.encoding'],
    ['UTF-32', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x3c]), 'xml.encoding'],
    ['a lone Latin-1 byte', Buffer.from('<a>\xe9</a>', 'latin1'), 'xml.encoding'],
    ['an overlong sequence', Buffer.from('<a>\xc0\xbc</a>', 'latin1'), 'xml.encoding'],
    ['a surrogate in UTF-8', Buffer.from('<a>\xed\xa0\x80</a>', 'latin1'), 'xml.encoding'],
    ['a sequence cut short', Buffer.from('<a>\xe1\xba</a>', 'latin1'), 'xml.encoding'],
    ['a declared ISO-8859-1', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', 'xml.encoding'],
    [
      'a declared windows-1258',
      "<?xml version='1.0' encoding='windows-1258'?><a/>",
      'xml.encoding',
    ],
    ['a declared UTF-16 in UTF-8', '<?xml version="1.0" encoding="UTF-16"?><a/>', 'xml.encoding'],
    [
      'us-ascii with other characters',
      '<?xml version="1.0" encoding="us-ascii"?><a>é</a>',
      'xml.encoding',
    ],
    ['XML 1.1', '<?xml version="1.1"?><a/>', 'xml.malformed'],
    ['a declaration without version', '<?xml encoding="UTF-8"?><a/>', 'xml.malformed'],
    ['a declaration with junk', '<?xml version="1.0" x="y"?><a/>', 'xml.malformed'],
    ['a declaration without end', `<?xml version="1.0"${' '.repeat(500)}?><a/>`, 'xml.malformed'],
    ['white space before the declaration', ' <?xml version="1.0"?><a/>', 'xml.malformed'],
    ['a second declaration', '<?xml version="1.0"?><?xml version="1.0"?><a/>', 'xml.malformed'],
    ['a NUL', '<a>\0</a>', 'xml.malformed'],
    ['a NUL after the root', '<a/>\0<b/>', 'xml.malformed'],
    ['another control character', '<a>\u0001</a>', 'xml.malformed'],
    ['a control character in an attribute', '<a b="\u000b"/>', 'xml.malformed'],
    ['a control character in a comment', '<a><!--\u001f--></a>', 'xml.malformed'],
    ['a tag without end', '<a', 'xml.malformed'],
    ['an attribute without end', '<a b="></a>', 'xml.malformed'],
    ['a comment without end', '<a><!-- </a>', 'xml.malformed'],
    ['a CDATA section without end', '<a><![CDATA[ ]]</a>', 'xml.malformed'],
    ['an entity declaration', '<!ENTITY a "b"><a/>', 'xml.malformed'],
  ] as const) {
    it(`refuses ${name} as ${code}`, () => {
      expect(refusal(text).code).to.equal(code);
    });
  }

  for (const [name, text] of [
    ['plain UTF-8', '<a>Trục liên thông</a>'],
    ['a byte order mark', '\ufeff<a/>'],
    ['a declaration after a mark', '\ufeff<?xml version="1.0" encoding="utf-8"?><a/>'],
    [
      'single quotes and standalone',
      "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<a/>",
    ],
    ['us-ascii', '<?xml version="1.0" encoding="US-ASCII"?><a/>'],
    ['tab, CR and LF', '<a>\t\r\n</a>'],
    ['">" in an attribute', '<a b=">" c=\'"/>\'/>'],
  ] as const) {
    it(`takes ${name}`, () => {
      expect(refusal(text).code).to.equal('passes');
    });
  }

  it('says whether there was a byte order mark', () => {
    expect(scanXml(bytesOf('\ufeff<a/>'))).to.include({ bom: true, start: 3 });
    expect(scanXml(bytesOf('<a/>'))).to.include({ bom: false, start: 0 });
  });
});

describe('linear scan: DOCTYPE and processing instructions', () => {
  for (const [name, text] of [
    ['plain', '<!DOCTYPE a><a/>'],
    ['with an internal subset', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['with an external subset', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ['after a declaration and white space', '<?xml version="1.0"?>\n\n<!DOCTYPE a><a/>'],
    ['after 64 kB of comments', `${`<!--${'x'.repeat(1000)}-->`.repeat(64)}<!DOCTYPE a><a/>`],
    ['after a byte order mark', '\ufeff<!DOCTYPE a><a/>'],
    ['in lower case', '<!doctype a><a/>'],
    ['inside the root', '<a><!DOCTYPE a></a>'],
    ['after the root', '<a/><!DOCTYPE a>'],
    ['after an attribute that hides a comment', '<a b="<!--"/><!DOCTYPE a>'],
    ['after a comment that ends early', '<!-- --><!DOCTYPE a><!-- --><a/>'],
    ['glued to its name', '<!DOCTYPEa><a/>'],
  ] as const) {
    it(`refuses a DOCTYPE ${name}`, () => {
      expect(refusal(text).code).to.equal('xml.doctype');
    });
  }

  for (const [name, text] of [
    ['text', '<a>&lt;!DOCTYPE a&gt;</a>'],
    ['a CDATA section', '<a><![CDATA[<!DOCTYPE a [<!ENTITY x "y">]>]]></a>'],
    ['a comment', '<!-- <!DOCTYPE a> --><a/>'],
    ['an attribute', '<a b="!DOCTYPE"/>'],
  ] as const) {
    it(`takes ${name} that looks like a DOCTYPE`, () => {
      expect(refusal(text).code).to.equal('passes');
    });
  }

  for (const [name, text, line] of [
    ['before the root', '<?xml version="1.0"?>\n<?xml-stylesheet href="x"?><a/>', 2],
    ['inside', '<a>\n\n<?p not?></a>', 3],
    ['after the root', '<a/>\n<?p?>', 2],
    ['as the very first', '<?php echo?><a/>', 1],
    ['named like the declaration but for a letter', '<?xmlx version="1.0"?><a/>', 1],
  ] as const) {
    it(`refuses a processing instruction ${name}, with its line`, () => {
      expect(refusal(text)).to.deep.equal({ code: 'xml.processing-instruction', line });
    });
  }

  it('takes text, comments and CDATA sections that look like a processing instruction', () => {
    expect(refusal('<a><!-- <?p?> --><![CDATA[<?p?>]]>?&gt;</a>').code).to.equal('passes');
  });
});

describe('linear scan: floods', () => {
  const attributes = (count: number, name = 'a'): string =>
    Array.from({ length: count }, (_, i) => ` ${name}${i}="${i}"`).join('');
  const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);

  for (const [name, most, oneMore] of [
    ['depth', nested(LIMITS.depth), nested(LIMITS.depth + 1)],
    [
      'attributes of one tag',
      `<a${attributes(LIMITS.attributesPerTag)}/>`,
      `<a${attributes(LIMITS.attributesPerTag + 1)}/>`,
    ],
    [
      'namespace declarations of one tag',
      `<a${attributes(LIMITS.namespacesPerTag, 'xmlns:n')}/>`,
      `<a${attributes(LIMITS.namespacesPerTag + 1, 'xmlns:n')}/>`,
    ],
    [
      'the length of one tag',
      `<a b="${'x'.repeat(LIMITS.tagBytes - 9)}"/>`,
      `<a b="${'x'.repeat(LIMITS.tagBytes - 8)}"/>`,
    ],
    [
      'elements',
      `<r>${'<a/>'.repeat(LIMITS.elements - 1)}</r>`,
      `<r>${'<a/>'.repeat(LIMITS.elements)}</r>`,
    ],
    [
      'comments',
      `<r>${'<!---->'.repeat(LIMITS.sections)}</r>`,
      `<r>${'<!---->'.repeat(LIMITS.sections + 1)}</r>`,
    ],
    [
      'CDATA sections',
      `<r>${'<![CDATA[]]>'.repeat(LIMITS.sections)}</r>`,
      `<r>${'<![CDATA[]]>'.repeat(LIMITS.sections + 1)}</r>`,
    ],
    [
      'attributes in all',
      `<r>${`<a${attributes(20)}/>`.repeat(LIMITS.attributes / 20)}</r>`,
      `<r>${`<a${attributes(20)}/>`.repeat(LIMITS.attributes / 20)}<a b=""/></r>`,
    ],
    [
      'what many fat tags cost together',
      `<r>${`<a${attributes(200)}/>`.repeat(400)}</r>`,
      `<r>${`<a${attributes(200)}/>`.repeat(401)}</r>`,
    ],
  ] as const) {
    it(`bounds ${name}`, () => {
      expect(refusal(most).code).to.equal('passes');
      expect(refusal(oneMore).code).to.equal('xml.limits');
    });
  }

  it('bounds namespace declarations in scope, spread over nested tags', () => {
    const open = Array.from({ length: 20 }, (_, i) => `<a${attributes(20, `xmlns:n${i}x`)}>`);
    const text = open.join('') + '<b/>'.repeat(200) + '</a>'.repeat(20);
    expect(refusal(text).code).to.equal('xml.limits');
  });

  it('counts a namespace declaration with white space around its sign', () => {
    const spaced = Array.from({ length: 65 }, (_, i) => `\n xmlns:n${i} = 'u'`).join('');
    expect(refusal(`<a${spaced}/>`).code).to.equal('xml.limits');
  });

  it('gives depth back after an end tag and for empty tags', () => {
    expect(refusal(`<r>${'<a><b/></a>'.repeat(300)}</r>`).code).to.equal('passes');
  });

  it('bounds what the parser gets, not what is cut out', () => {
    const long = 'QUJD'.repeat(LIMITS.parsedBytes / 4);
    const room = LIMITS.parsedBytes - '<a><b></b><Package></Package></a>'.length;
    const text = (length: number) =>
      `<a><b>${'x'.repeat(length)}</b><Package>${long}</Package></a>`;
    expect(refusal(text(room)).code).to.equal('passes');
    expect(refusal(text(room + 1)).code).to.equal('xml.limits');
  });

  it('names the line of the flood', () => {
    expect(refusal(`<r>\n\n${nested(LIMITS.depth)}</r>`)).to.deep.equal({
      code: 'xml.limits',
      line: 3,
    });
  });
});

describe('linear scan: texts that are cut out', () => {
  const long = 'QUJD'.repeat(MIN_CUT_BYTES / 4);
  const cuts = (text: string): number => scanXml(bytesOf(text)).cuts.length;

  it('finds the exact place of a long base64 text', () => {
    const text = `<x:e xmlns:x="u"><x:ContentTransferEncoded a=">">${long}</x:ContentTransferEncoded></x:e>`;
    expect(scanXml(bytesOf(text)).cuts).to.deep.equal([
      {
        offset: text.indexOf(long),
        length: long.length,
        lines: 0,
        crlf: false,
        element: 1,
        run: { valid: true, kinds: 0, lines: 0, size: (long.length / 4) * 3 },
      },
    ]);
  });

  it('finds all of them, Package as well', () => {
    expect(cuts(`<e><Package>${long}</Package><a/><Package>\n${long}\n</Package></e>`)).to.equal(2);
  });

  for (const [name, text] of [
    ['of another element', `<Content>${long}</Content>`],
    ['of an element whose name only ends so', `<MyPackage>${long}</MyPackage>`],
    ['that is short', `<Package>${long.slice(4)}</Package>`],
    ['with another character', `<Package>${long}-AAA</Package>`],
    ['with a character reference', `<Package>${long}&#65;AAA</Package>`],
    ['that is not whole groups', `<Package>${long}A</Package>`],
    ['with bits under the padding', `<Package>${long}QR==</Package>`],
    ['with a lone carriage return', `<Package>${long}\r${long}</Package>`],
    ['before a comment', `<Package>${long}<!-- --></Package>`],
    ['after a comment', `<Package><!-- -->${long}</Package>`],
    ['in a CDATA section', `<Package><![CDATA[${long}]]></Package>`],
    ['before a child', `<Package>${long}<a/></Package>`],
    ['after an empty tag', `<r><Package/>${long}</r>`],
  ] as const) {
    it(`leaves a text ${name} alone`, () => {
      expect(cuts(text)).to.equal(0);
    });
  }

  describe('that is too long to enter the parser and is not base64', () => {
    const huge = 'QUJD'.repeat(MAX_UNCUT_BYTES / 4);

    for (const [name, code] of [
      ['ContentTransferEncoded', 'attachment.base64'],
      ['Package', 'soap.base64'],
      ['x:Package', 'soap.base64'],
    ] as const) {
      const text = (inner: string) => `<e xmlns:x="u">\n<${name}>${inner}</${name}></e>`;
      for (const [what, inner] of [
        ['another character', `${huge}!AAA`],
        ['a letter of another script', `${huge}\u1ee5`],
        ['half a group', `${huge}A`],
        ['another character before markup', `${huge}!AAA<!-- -->`],
      ] as const) {
        it(`is refused as ${code} with its line in ${name}: ${what}`, () => {
          expect(refusal(text(inner))).to.deep.equal({ code, line: 2 });
        });
      }

      for (const [what, inner] of [
        ['it is no longer than that', `${huge.slice(4)}!`],
        ['a reference stands in it', `${huge}&#13;\nAAAA`],
        ['it goes on after a comment', `${huge}A<!-- -->AAA`],
        ['it goes on in a CDATA section', `${huge}A<![CDATA[AAA]]>`],
        ['it has a lone carriage return', `${huge}\rAAAA`],
      ] as const) {
        it(`is left to the parser in ${name} when ${what}`, () => {
          const { cuts } = scanXml(bytesOf(text(inner)));
          expect(cuts).to.have.length(0);
        });
      }
    }

    it('is nothing of the scan in any other element', () => {
      expect(refusal(`<Content>${huge}!</Content>`).code).to.equal('passes');
    });
  });

  it('cuts nothing when told so', () => {
    expect(scanXml(bytesOf(`<Package>${long}</Package>`), { cut: false }).cuts).to.have.length(0);
  });

  it('still finds a DOCTYPE and a flood after a cut text', () => {
    expect(refusal(`<e><Package>${long}</Package><!DOCTYPE e></e>`).code).to.equal('xml.doctype');
    expect(refusal(`<e><Package>${long}</Package>\u0001</e>`).code).to.equal('xml.malformed');
  });

  it('knows the line of every start tag', () => {
    const scan = scanXml(bytesOf('\n<a>\n<b\n c="&#10;"/><!-- \n<x> --><d>\n</d></a>'));
    expect([...startTagLines(scan)]).to.deep.equal([2, 4, 5]);
  });
});
