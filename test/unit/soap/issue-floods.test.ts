import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { parseContentType } from '../../../src/soap/content-type.js';
import { readEnvelope } from '../../../src/soap/envelope.js';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

/** Requests and answers of recipients go through the same reader. */
describe('an envelope with a flood of header blocks', () => {
  it('yields no more issues than a fault shows', () => {
    const blocks = '<a s:mustUnderstand="1"/>'.repeat(2000);
    const text = `<s:Envelope xmlns:s="${SOAP}"><s:Header>${blocks}</s:Header><s:Body><b/></s:Body></s:Envelope>`;
    let found = 0;
    try {
      readEnvelope(Buffer.from(text), parseContentType('text/xml'));
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      found = error.issues.length;
    }
    expect(found).to.be.within(1, 200);
  });
});
