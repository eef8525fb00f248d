import { expect } from 'chai';
import { describeIssue, Failure, reportFailure } from '../../../src/cli/failure.js';
import { processTerminal } from '../../../src/cli/terminal.js';
import { GatewayError, issue, refuse } from '../../../src/model/issue.js';

function report(error: unknown, json = false): { status: number; err: string } {
  let err = '';
  const terminal = {
    ...processTerminal,
    err: (text: string): void => {
      err += text;
    },
  };
  const status = reportFailure(terminal, error, json);
  return { status, err };
}

describe('how a failed command says so', () => {
  it('gives each kind of failure its exit status', () => {
    const busy = new GatewayError(issue('server.store'), {
      cause: new Error('SQLITE_BUSY database is locked'),
    });
    const cases: [unknown, number][] = [
      [new Error('boom'), 1],
      [refuse('cli.usage', { reason: 'x' }), 2],
      [new Failure({ code: 'xml.doctype', text: 'x', textVi: 'y', status: 3 }), 3],
      [refuse('message.unknown'), 4],
      [busy, 5],
      [refuse('peer.unreachable', { url: 'u', reason: 'r' }), 6],
    ];
    for (const [error, status] of cases) expect(report(error).status).to.equal(status);
  });

  it('tells the operator the cause behind a fault that hides it from senders', () => {
    const error = new GatewayError(issue('server.internal'), { cause: new Error('disk on fire') });
    expect(report(error).err).to.contain('disk on fire');
  });

  it('says what to do in the language of the message', () => {
    const { err } = report(refuse('agency.unknown', { value: 'T99.01' }));
    expect(err).to.equal(
      'error: There is no agency T99.01 in the directory.\n  try: List them: edxgate agency list.\n',
    );
  });

  it('lists further issues under the first, with line and path', () => {
    const second = issue(
      'schema.missing',
      { element: 'To', expected: 'To' },
      { path: '/edXML', line: 7 },
    );
    const error = new GatewayError([issue('xml.doctype'), second]);
    expect(report(error).err).to.contain(`\n  ${describeIssue(second)}\n`);
    const { issues } = (JSON.parse(report(error, true).err) as { error: { issues: object[] } })
      .error;
    expect(issues).to.deep.equal([second]);
  });
});
