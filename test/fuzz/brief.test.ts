/**
 * A brief run of the fuzzer with a fixed seed, held against xml-crypto and, where it is installed,
 * xmlsec1. `npm run fuzz` runs longer, with other seeds and the JDK.
 */
import { expect } from 'chai';
import { SENDER, UNSIGNED } from '../tools/signature-package.js';
import { forge, judge } from '../unit/xml/signature-kit.js';
import { type Campaign, runCampaign } from './campaign.js';
import { readCorpus } from './corpus.js';
import { DISAGREEMENTS, explain } from './disagreements.js';
import { hasXmlsec1 } from './engines.js';
import { FINDINGS, saveFinding } from './findings.js';
import { attributesOf, cut, elementsOf } from './markup.js';
import { MUTATIONS } from './mutations.js';
import { factsOf, isSigned } from './oracles.js';
import { acceptedFact } from './own-answer.js';
import { Random } from './random.js';
import { resign } from './resign.js';

const SEED = 102;
/** About 9 s on two slow cores; the number of mutants, not the time, ends the run on an ordinary machine. */
const MUTANTS = 800;
const LIMIT_MS = 15_000;

describe('fuzzing of signatures', () => {
  let campaign: Campaign;

  before(async function () {
    this.timeout(60_000);
    campaign = await runCampaign({
      seed: SEED,
      milliseconds: LIMIT_MS,
      mutants: MUTANTS,
      xmlsec1: hasXmlsec1(),
      sample: 8,
    });
  });

  it('finds nothing in a brief run', () => {
    const found = campaign.findings.map(
      (one) => `${one.kind} ${one.detail}\n  ${saveFinding(FINDINGS, one)}`,
    );
    expect(found).to.deep.equal([]);
  });

  it('sees mutants of both kinds, and shows them to the other engines', () => {
    expect(campaign.mutants).to.be.greaterThan(50);
    expect(campaign.accepted).to.be.greaterThan(5);
    expect(campaign.accepted).to.be.lessThan(campaign.mutants / 2);
    expect(campaign.compared.get('xml-crypto')).to.be.greaterThan(campaign.accepted);
  });

  it('says that a verifier which takes another document disagrees', () => {
    const holds = { engine: 'xmlsec1', weHold: false, text: '', theirs: 'holds' } as const;
    expect(explain({ ...holds, said: 'invalid digest.mismatch' })).to.equal(undefined);
    expect(explain({ ...holds, said: 'invalid value.mismatch' })).to.equal(undefined);
    expect(explain({ ...holds, said: 'untrusted certificate.revoked' })).to.equal(undefined);
    expect(explain({ ...holds, said: 'invalid id.repeated' })).to.equal('ids');
  });

  it('would notice a package that nobody signed', async () => {
    const [first, ...others] = await factsOf(readCorpus());
    if (first === undefined) throw new Error('there is no corpus');
    expect(isSigned(first, others)).to.equal(true);
    const { read, content } = first;
    const signed = [first, ...others];
    const to = read.replace('000.00.01.T99', '000.00.66.T99');
    expect(isSigned({ ...first, read: to }, signed)).to.equal(false);
    expect(isSigned({ ...first, content: [...content, 'Bussiness 00'] }, signed)).to.equal(false);
    const business = '{"type":"revoke","replacements":[]}';
    expect(isSigned({ ...first, business }, signed)).to.equal(false);
  });

  it('takes facts only from what is accepted', async () => {
    expect(await acceptedFact(Buffer.from(UNSIGNED))).to.equal(undefined);
    const changed = Buffer.from(forge().replace('000.00.01.T99', '000.00.66.T99'));
    expect(await acceptedFact(changed)).to.equal(undefined);
    const fact = await acceptedFact(Buffer.from(forge()));
    expect(JSON.parse(fact?.read ?? '')).to.deep.include({ from: SENDER, to: ['000.00.01.T99'] });
    expect(fact?.content[0]).to.match(/^edXML [0-9a-f]{64}$/);
  });

  it('signs a changed SignedInfo anew, so that the rule behind the value is reached', () => {
    const signAnew = (text: string): Buffer =>
      Buffer.from(resign(Buffer.from(text).toString('latin1')), 'latin1');
    const other = forge().replace('xmlenc#sha256', 'xmlenc#sha512');
    expect(judge(signAnew(other)).reasons).to.deep.equal(['digest.length']);
    const spaced = forge().replace('<SignedInfo>', '<SignedInfo> ');
    expect(judge(spaced).reasons).to.deep.equal(['value.mismatch']);
    expect(judge(signAnew(spaced)).class).to.equal('valid');
  });

  it('has a reason for each known disagreement, and each rule once', () => {
    const rules = DISAGREEMENTS.map(({ rule }) => rule);
    expect(new Set(rules).size).to.equal(rules.length);
    for (const { why, engines } of DISAGREEMENTS) {
      expect(why.length).to.be.greaterThan(40);
      expect(engines).not.to.deep.equal([]);
    }
  });
});

describe('mutations', () => {
  const TEXT = `<a Id="x"><b:c xmlns:b='urn:b'>v<!-- <d> --></b:c><e/></a>`;

  it('know where elements and attributes are', () => {
    const found = elementsOf(TEXT);
    expect(found.map((one) => [one.name, one.local, cut(TEXT, one.content)])).to.deep.equal([
      ['a', 'a', `<b:c xmlns:b='urn:b'>v<!-- <d> --></b:c><e/>`],
      ['b:c', 'c', 'v<!-- <d> -->'],
      ['e', 'e', ''],
    ]);
    const attributes = found.flatMap((one) => attributesOf(TEXT, one));
    expect(attributes.map((one) => [one.name, cut(TEXT, one.value)])).to.deep.equal([
      ['Id', 'x'],
      ['xmlns:b', 'urn:b'],
    ]);
  });

  it('are the same for the same seed', () => {
    const make = (seed: number): string[] => {
      const random = new Random(seed);
      return MUTATIONS.map(({ apply }) => apply(TEXT, random, [TEXT]));
    };
    expect(make(7)).to.deep.equal(make(7));
    expect(make(7)).not.to.deep.equal(make(8));
  });
});
