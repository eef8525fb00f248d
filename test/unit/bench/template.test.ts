import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { type BenchAgency, makeAgencies } from '../../../bench/agencies.js';
import { Corpus } from '../../../bench/corpus.js';
import {
  benchDocument,
  makeTemplate,
  organization,
  PADDINGS,
  serialText,
  type TemplateOptions,
} from '../../../bench/template.js';
import { systemClock } from '../../../src/clock.js';
import { writeDocumentPackage } from '../../../src/edxml/write-document.js';
import { signPackage } from '../../../src/xml/sign.js';

/** What the ordinary way makes of the same document, one text for each padding. */
function signedTheOrdinaryWay(options: TemplateOptions, serial: number, attachment: Buffer) {
  const { keyPem, certificatePem } = options.from;
  const files = [{ contentId: 'f1', bytes: attachment }];
  return PADDINGS.map((padding) =>
    signPackage(
      writeDocumentPackage(benchDocument(options, serialText(serial), padding), files),
      createPrivateKey(keyPem),
      new X509Certificate(certificatePem),
      { references: 'document' },
    ).toString('utf8'),
  );
}

describe('packages of the benchmark', function () {
  this.timeout(20_000);
  let agencies: BenchAgency[];
  let options: TemplateOptions[];

  before(async () => {
    agencies = await makeAgencies(2, systemClock.now());
    options = agencies.map((from, at) => {
      const to = agencies[1 - at] ?? from;
      return {
        from,
        to: organization(to.organId, to.organName),
        runId: 'a1b2c3d4',
        time: '2026/11/24 09:00:00',
      };
    });
  });

  it('are byte for byte what the signer of src/xml makes of the same document', async () => {
    for (const one of options) {
      const template = makeTemplate(one);
      const attachment = Buffer.from(
        '%PDF-1.7 another attachment, longer than that of the template',
      );
      const text = attachment.toString('base64');
      for (const serial of [0, 7, 12_345_678]) {
        const signed = await template.sign(serial, text);
        const made = template.head(signed) + text + template.tail;
        expect(signedTheOrdinaryWay(one, serial, attachment)).to.include(made);
      }
    }
  });

  it('have document ids of their own', async () => {
    const corpus = new Corpus(options.map(makeTemplate), 10_000);
    const prepared = await corpus.prepare(40);
    const ids = new Set(prepared.map(({ template, number }) => template.documentId(number)));
    expect(ids.size).to.equal(40);
    for (const one of prepared) {
      expect(corpus.packageOf(one).toString('utf8')).to.include(
        `>${one.template.documentId(one.number)}<`,
      );
    }
  });

  it('have the size asked for, within a few bytes', async () => {
    for (const size of [10_000, 100_001, 1_000_002]) {
      const corpus = new Corpus(options.map(makeTemplate), size);
      for (const one of await corpus.prepare(2)) {
        expect(corpus.packageOf(one).length).to.be.within(size - 32, size + 32);
      }
      expect(corpus.packageBytes).to.be.within(size - 3, size);
    }
  });

  it('stand in the request as one base64 text, in one piece or in two', async () => {
    for (const size of [10_000, 200_000]) {
      const corpus = new Corpus(options.map(makeTemplate), size);
      for (const one of await corpus.prepare(4)) {
        const { pieces, byteLength } = corpus.body(one);
        const request = Buffer.concat([...pieces]);
        expect(request.length).to.equal(byteLength);
        const content = /<g:Package>([A-Za-z0-9+/=]+)<\/g:Package>/.exec(
          request.toString('latin1'),
        );
        expect(content?.[1]).to.equal(corpus.packageOf(one).toString('base64'));
      }
    }
  });

  it('are refused when they would be smaller than header and signature', () => {
    expect(() => new Corpus(options.map(makeTemplate), 2000)).to.throw('the smallest package is');
  });
});
