import { expect } from 'chai';
import type { GatewayError } from '../../../src/model/issue.js';
import { loadOperations, type OperationTable } from '../../../src/soap/operations.js';
import { validateRequest } from '../../../src/soap/request-schema.js';
import { envelope, GATEWAY, parseText, read, refusal, SOAP_11, WSDL_PATH } from './soap-support.js';

describe('validateRequest', () => {
  let table: OperationTable;

  before(async () => {
    table = await loadOperations(WSDL_PATH);
  });

  function check(body: string): void {
    const request = read(envelope(SOAP_11, body.replace('>', ` xmlns="${GATEWAY}">`)));
    try {
      validateRequest(request, table.operationFor(request.body));
    } finally {
      request.dispose();
    }
  }

  function refused(body: string): GatewayError {
    return refusal(() => check(body));
  }

  it('takes the plainest request of every operation', () => {
    const bodies = [
      '<SendDocument><edXML xmlns="urn:example:any"/></SendDocument>',
      '<SendPackage><Package>QUJD</Package></SendPackage>',
      '<SendStatus><ResponseFor><OrganId>T99.02</OrganId><Code>1/TEST</Code><PromulgationDate>2026/11/24</PromulgationDate></ResponseFor><StatusCode>03</StatusCode></SendStatus>',
      '<ListPending></ListPending>',
      '<GetPackage><MessageId>x</MessageId></GetPackage>',
      '<ConfirmReceived><MessageId>x</MessageId><Outcome>done</Outcome></ConfirmReceived>',
      '<GetTraces><DocumentId>T99.02,2026/11/24,1/TEST</DocumentId></GetTraces>',
      '<GetOrganizations></GetOrganizations>',
      '<Ping></Ping>',
    ];
    expect(bodies).to.have.length(table.operations.length);
    for (const body of bodies) expect(() => check(body), body).not.to.throw();
  });

  it('names all faults at once, each with its path, line and the rule', () => {
    const { code, issues } = refused(
      '<ListPending>\n<MaxItems>0</MaxItems>\n<Kind>letter</Kind></ListPending>',
    );
    expect(code).to.equal('soap.request');
    expect(issues.map((one) => [one.code, one.path, one.line])).to.deep.equal([
      ['soap.request', '/Envelope/Body/ListPending/MaxItems', 2],
      ['soap.request', '/Envelope/Body/ListPending/Kind', 3],
    ]);
    for (const one of issues) {
      expect(one.text).to.match(/^The request does not follow the schema: \S/);
      expect(one.textVi).to.match(/^Yêu cầu không theo lược đồ: \S/);
    }
  });

  it('does not look into Package', () => {
    const include = '<Include xmlns="http://www.w3.org/2004/08/xop/include" href="cid:a@example"/>';
    for (const content of [include, 'cid:a@example', '', 'not base64']) {
      check(`<SendPackage><Package href="cid:x">${content}</Package></SendPackage>`);
    }
  });

  it('names the missing Package', () => {
    const { issues } = refused('<SendPackage></SendPackage>');
    expect(issues.map((one) => one.path)).to.deep.equal(['/Envelope/Body/SendPackage/Package']);
    expect(issues[0]?.text).to.include('Package is missing');
  });

  it('names every child that is one too many', () => {
    const two = refused(
      '<SendPackage><Package>QQ==</Package><Package>QQ==</Package><x/></SendPackage>',
    );
    expect(two.issues.map((one) => one.path)).to.deep.equal([
      '/Envelope/Body/SendPackage/Package[2]',
      '/Envelope/Body/SendPackage/x',
    ]);
    expect(refused('<SendDocument><a/><b/></SendDocument>').issues).to.have.length(1);
  });

  it('keeps the two operations without a schema as the schema has them', () => {
    const one = '<SendPackage xmlns="urn:edxgate:gateway:1"><Package>QUJD</Package></SendPackage>';
    const document = parseText(one);
    expect(document.validate('gateway')).to.deep.equal([]);
    document.dispose();
    const more = parseText(one.replace('</Package>', '</Package><More/>'));
    expect(more.validate('gateway')).not.to.deep.equal([]);
    more.dispose();
    const empty = parseText('<SendDocument xmlns="urn:edxgate:gateway:1"/>');
    expect(
      empty
        .validate('gateway')
        .map((each) => each.text)
        .join(),
    ).to.include('edXML');
    empty.dispose();
  });
});
