import { expect } from 'chai';
import { defaultConnections, parseOptions, WrongOption } from '../../../bench/options.js';
import { judge } from '../../../bench/sender.js';

describe('the command line of the benchmark', () => {
  it('measures four sizes when nothing is said', () => {
    const { sizes, seconds, rate, running } = parseOptions([]);
    expect(sizes.map((one) => one.bytes)).to.deep.equal([10_000, 100_000, 1_000_000, 10_000_000]);
    expect({ seconds, rate, running }).to.deep.equal({
      seconds: 5,
      rate: undefined,
      running: undefined,
    });
  });

  it('uses fewer connections for larger packages', () => {
    expect([10_000, 1_000_000, 10_000_000].map(defaultConnections)).to.deep.equal([16, 8, 4]);
  });

  it('takes a gateway that already runs', () => {
    const args = [
      '--url',
      'http://127.0.0.1:1/soap',
      '--keys',
      'k',
      '--headers',
      'h',
      '--pid',
      '9',
    ];
    expect(parseOptions(args).running).to.deep.equal({
      url: 'http://127.0.0.1:1/soap',
      keys: 'k',
      headers: 'h',
      pid: 9,
    });
  });

  for (const args of [
    ['--sizes', '10q'],
    ['--sizes', ''],
    ['--sizes', '51m'],
    ['--seconds', 'x'],
    ['--seconds', '0'],
    ['--connections', '1.5'],
    ['--connections', '0'],
    ['--agencies', '91'],
    ['--url', 'http://127.0.0.1:1/soap'],
    ['--unknown'],
    ['word'],
  ]) {
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => parseOptions(args)).to.throw(WrongOption);
    });
  }
});

describe('the judge of answers', () => {
  const result = (changes: Record<string, string> = {}): string => {
    const values = {
      MessageId: 'M1',
      DocumentId: 'D1',
      Duplicate: 'false',
      SignatureClass: 'valid',
    };
    const elements = Object.entries({ ...values, ...changes }).map(
      ([name, text]) => `<e:${name}>${text}</e:${name}>`,
    );
    return `<e:SendResult>${elements.join('')}</e:SendResult>`;
  };

  it('takes a first acceptance of the document that was sent', () => {
    expect(judge(200, result(), 'D1')).to.equal(undefined);
  });

  it('takes nothing else', () => {
    const fault = '<s:Fault><faultstring>http.busy: later</faultstring></s:Fault>';
    expect(judge(500, fault, 'D1')).to.equal('status 500: http.busy: later');
    expect(judge(200, fault, 'D1')).to.equal('no SendResult');
    expect(judge(200, result(), 'D2')).to.equal('SendResult of another document');
    expect(judge(200, result({ Duplicate: 'true' }), 'D1')).to.equal('taken for a duplicate');
    expect(judge(200, result({ SignatureClass: 'absent' }), 'D1')).to.equal('signature not valid');
  });
});
