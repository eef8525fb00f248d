import { expect } from 'chai';
import { PEER_PROFILES } from '../../../src/model/edxml.js';
import { documentText, inspect, replacing, statusText } from './inspect.js';

const inHeader = (xml: string) =>
  documentText({}, replacing('</edXML:Subject>', `</edXML:Subject>${xml}`));
const inOther = (xml: string) =>
  documentText({}, replacing('</edXML:Priority>', `</edXML:Priority>${xml}`));
const sphere = (value: string) =>
  inOther(`<edXML:SphereOfPromulgation>${value}</edXML:SphereOfPromulgation>`);
const typist = (value: string) => inOther(`<edXML:TyperNotation>${value}</edXML:TyperNotation>`);

describe('edxml/secrecy', () => {
  const secret: [string, string][] = [
    ['Secret 1', inOther('<edXML:Secret>1</edXML:Secret>')],
    ['Secret 01', inOther('<edXML:Secret>01</edXML:Secret>')],
    ['Secret in the header itself', inHeader('<edXML:Secret>2</edXML:Secret>')],
    ['another case', inHeader('<edXML:SECRET>3</edXML:SECRET>')],
    ['SecretLevel in words', inHeader('<edXML:SecretLevel>Tuyệt mật</edXML:SecretLevel>')],
    ['any text', inHeader('<edXML:Secrecy>theo quy định</edXML:Secrecy>')],
    ['no namespace', inHeader('<DoMat xmlns="">Mật</DoMat>')],
    ['Vietnamese letters', inHeader('<edXML:ĐộMật>A</edXML:ĐộMật>')],
    ['decomposed letters', inHeader('<edXML:ĐộMật>A</edXML:ĐộMật>').normalize('NFD')],
    ['a value further down', inHeader('<edXML:Secret><edXML:Level>2</edXML:Level></edXML:Secret>')],
    [
      'an attribute',
      documentText({}, replacing('<edXML:OtherInfo>', '<edXML:OtherInfo Secret="1">')),
    ],
    [
      'inside a recipient',
      documentText({}, replacing('</edXML:To>', '<edXML:Secret>1</edXML:Secret></edXML:To>')),
    ],
    ['a level in OtherInfo', sphere('Mật')],
    ['in capitals', sphere('TUYỆT MẬT')],
    ['decomposed', sphere('tối mật'.normalize('NFD'))],
    ['without diacritics', sphere(' TOI  MAT ')],
    ['MAT where no initials stand', sphere('MAT')],
    [
      'MAT as an annex',
      inOther('<edXML:Appendixes><edXML:Appendix>MAT</edXML:Appendix></edXML:Appendixes>'),
    ],
    ['MAT as a Priority', documentText({}, replacing('Priority>1<', 'Priority>MAT<'))],
    ['a level as a typist', typist('MẬT')],
    ['a decomposed level as a typist', typist('MẬT'.normalize('NFD'))],
    ['a level of two words as a typist', typist('TOI MAT')],
    [
      'an annex of that name',
      inOther('<edXML:Appendixes><edXML:Appendix>mật</edXML:Appendix></edXML:Appendixes>'),
    ],
    [
      'other spelling of OtherInfo',
      documentText({}, (text) =>
        replacing(
          'edXML:OtherInfo>',
          'edXML:OTHERINFO>',
        )(replacing('Priority>1<', 'Priority>Mật<')(text)),
      ),
    ],
    [
      'a status',
      statusText(replacing('</edXML:From>', '</edXML:From><edXML:Secret>1</edXML:Secret>')),
    ],
  ];
  for (const [what, text] of secret) {
    for (const profile of PEER_PROFILES) {
      it(`refuses ${what}, first of all, profile ${profile}`, () => {
        const outcome = inspect(text, profile);
        expect(outcome.package).to.equal(undefined);
        expect(outcome.issues[0]?.code).to.equal('document.secrecy');
      });
    }
  }

  const harmless: [string, string][] = [
    ...['0', '00', '', ' ', 'Thường', 'thuong', 'không', 'None', 'false'].map(
      (value): [string, string] => [
        `Secret "${value}"`,
        inOther(`<edXML:Secret>${value}</edXML:Secret>`),
      ],
    ),
    ['the word in a sentence', sphere('Không có nội dung mật')],
    ['another word', sphere('Mặt trận')],
    ['the initials M.A.T. of a typist', typist('MAT')],
    ['a subject about secrets', documentText({ subject: 'Mật' })],
    ['a name of an attachment', documentText({}, replacing('phu-luc.txt', 'mật'))],
    ['an element of another name', inHeader('<edXML:Secretary>Lê Thị Mẫu</edXML:Secretary>')],
    [
      'a signature',
      documentText(
        {},
        replacing(
          '</edXML:edXMLHeader>',
          '<Signature><Secret>1</Secret></Signature></edXML:edXMLHeader>',
        ),
      ),
    ],
  ];
  for (const [what, text] of harmless) {
    it(`passes ${what}`, () => {
      const outcome = inspect(text);
      expect(outcome.errors).to.deep.equal([]);
      expect(outcome.package?.kind).to.equal('document');
    });
  }

  it('names each mark with its place', () => {
    const text = documentText({}, (whole) =>
      replacing(
        '</edXML:Subject>',
        '</edXML:Subject><edXML:Secret>1</edXML:Secret>',
      )(replacing('</edXML:Priority>', '</edXML:Priority><edXML:DoMat>2</edXML:DoMat>')(whole)),
    );
    const marks = inspect(text).issues.filter((one) => one.code === 'document.secrecy');
    expect(marks.map((one) => one.path.split('/').at(-1))).to.deep.equal(['Secret', 'DoMat']);
    expect(marks[0]?.text).to.include('Secret: 1');
  });
});
