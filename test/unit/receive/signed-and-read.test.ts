import { expect } from 'chai';
import { systemClock } from '../../../src/clock.js';
import { CheckList } from '../../../src/model/check.js';
import type { ReadPackage } from '../../../src/model/edxml.js';
import { inspectBytes } from '../../../src/receive/inspect.js';
import { applyPolicy } from '../../../src/receive/signature-policy.js';
import { EDXML, SENDER, UNSIGNED } from '../../tools/signature-package.js';
import { type ForgedReference, forge, NOW, TRUST } from '../xml/signature-kit.js';

interface Judged {
  readonly errors: readonly string[];
  readonly read: ReadPackage | undefined;
}

/** As the gateway judges a package of an agency whose policy is `require`. */
async function judged(text: string): Promise<Judged> {
  const checks = new CheckList(systemClock);
  const { read } = await inspectBytes(Buffer.from(text), {
    profile: 'field',
    checks,
    now: NOW,
    trustFor: () => TRUST,
    judge: (verdict, found) => applyPolicy('require', verdict, found, SENDER),
  });
  return { errors: checks.errors.map((one) => one.code), read };
}

const byId = (id: string): ForgedReference => ({ uri: `#${id}`, target: id });
const OWN = ['header', 'business', 'manifest', 'files'].map(byId);

describe('under the policy require', () => {
  it('a signed package passes as it is', async () => {
    expect((await judged(forge({ references: OWN }))).errors).to.deep.equal([]);
  });

  /** Threats C: a reader that looks for names instead of places would take the copy. */
  describe('no second copy of a part passes, wherever it stands', () => {
    const copies: Readonly<Record<string, string>> = {
      MessageHeader:
        '<From><OrganId>T66.66</OrganId></From><To><OrganId>T66.67</OrganId></To><DocumentId>T</DocumentId>',
      Bussiness: '<BussinessDocType>1</BussinessDocType>',
      Business: '<BussinessDocType>1</BussinessDocType>',
      edXMLManifest: '<Reference><ContentId>cid:1</ContentId></Reference>',
      AttachmentEncoded:
        '<Attachment><ContentId>cid:1</ContentId><ContentTransferEncoded>RVZJTA==</ContentTransferEncoded></Attachment>',
    };
    const places: readonly [where: string, before: string][] = [
      ['before the envelope', '<edXML:edXMLEnvelope'],
      ['before the header', '<edXML:edXMLHeader>'],
      ['in the header', '<edXML:MessageHeader'],
      ['before the hops', '<edXML:TraceHeader>'],
      ['in a hop', '</edXML:TraceHeader>'],
      ['in the body', '<edXML:edXMLManifest'],
      ['at the end', '\n</edXML>'],
    ];
    const signed = forge({ references: OWN });
    for (const [name, inner] of Object.entries(copies)) {
      for (const [where, before] of places) {
        it(`${name} ${where}`, async () => {
          const copy = `<${name} xmlns="${EDXML}">${inner}</${name}>`;
          const text = signed.replace(before, () => copy + before);
          expect((await judged(text)).errors).not.to.deep.equal([]);
        });
      }
    }
  });

  it('a recall whose block was moved out of its place does not pass as a new document', async () => {
    const recall = UNSIGNED.replace('DocType>0<', 'DocType>1<');
    const signed = forge({ unsigned: recall, references: [byId('header'), byId('files')] });
    const block = /<edXML:Bussiness [\s\S]*<\/edXML:Bussiness>/.exec(signed)?.[0] ?? '';
    const end = '</edXML:TraceHeaderList>';
    const moved = signed.replace(block, '').replace(end, () => end + block);
    expect((await judged(moved)).errors).not.to.deep.equal([]);
  });

  describe('nothing is read from a manifest that nobody signed', () => {
    const references = [byId('header'), byId('files')];
    const attachmentOf = async (text: string): Promise<string> => {
      const { errors, read } = await judged(text);
      return errors.length > 0 ? '' : JSON.stringify(read?.kind === 'document' && read.attachments);
    };

    it('no description', async () => {
      const name = '<edXML:AttachmentName>';
      const description = '<edXML:Description>EVIL</edXML:Description>';
      const text = forge({ references }).replace(name, () => description + name);
      expect(await attachmentOf(text)).not.to.include('EVIL');
    });

    it('no name', async () => {
      const own = '      <AttachmentName>cong-van-145.txt</AttachmentName>\n';
      const nameless = UNSIGNED.replace(own, '');
      expect(nameless).not.to.equal(UNSIGNED);
      const text = forge({ unsigned: nameless, references }).replace(
        'cong-van-145.txt',
        'EVIL.exe',
      );
      expect(await attachmentOf(text)).not.to.include('EVIL');
    });
  });
});
