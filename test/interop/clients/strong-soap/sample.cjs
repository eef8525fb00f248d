/** Sends a package, takes what waits: sample.cjs WSDL CA.pem ORGAN_ID TOKEN_FILE [PACKAGE.edxml] */
const { readFileSync, writeFileSync } = require('node:fs');
const { promisify } = require('node:util');
const { BasicAuthSecurity, soap } = require('strong-soap');

async function connect(wsdl, caFile, organId, token, more = {}) {
  // The authority of the gateway's certificate; never strictSSL: false.
  const ca = readFileSync(caFile, 'utf8');
  const client = await promisify(soap.createClient)(wsdl, {
    wsdl_options: { ca, timeout: 30_000 },
    prettyPrint: false, // or the envelope is indented: texts and base64 stay as they are
    ...more, // forceSoapVersion: '1.2' with ?wsdl=1.2
  });
  client.setSecurity(new BasicAuthSecurity(organId, token, { ca, timeout: 120_000 }));
  return client;
}

/** @returns the response element; its one child is the result. */
function call(client, operation, args) {
  return new Promise((resolve, reject) => {
    client[operation](args, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

/** strong-soap makes no list of one element. */
const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** The GatewayFault: Code, CorrelationId, Temporary, RetryAfterSeconds, Issue. */
function refusal(error) {
  const fault = error.root?.Envelope?.Body?.Fault;
  if (fault === undefined) throw error; // the network, TLS, a timeout
  return (fault.detail ?? fault.Detail).GatewayFault;
}

async function main(wsdl, ca, organId, tokenFile, ...files) {
  const gateway = await connect(wsdl, ca, organId, readFileSync(tokenFile, 'utf8').trim());
  try {
    for (const file of files) {
      const Package = readFileSync(file).toString('base64');
      const { SendResult } = await call(gateway, 'SendPackage', { Package });
      console.log('sent', SendResult.MessageId, SendResult.ContentDigest);
      writeFileSync(`${file}.receipt.xml`, Buffer.from(SendResult.Receipt, 'base64')); // your proof
    }
    const { PendingPage } = await call(gateway, 'ListPending', { MaxItems: 100 });
    for (const { MessageId, Subject } of list(PendingPage?.Item)) {
      const { PackageContent } = await call(gateway, 'GetPackage', { MessageId });
      writeFileSync(`${MessageId}.edxml`, Buffer.from(PackageContent.Package, 'base64'));
      // Only now that the bytes are on disk:
      await call(gateway, 'ConfirmReceived', { MessageId, Outcome: 'done' });
      console.log('received', MessageId, Subject);
    }
  } catch (error) {
    const detail = refusal(error);
    const again = String(detail.Temporary) === 'true' ? 'try again' : 'final';
    console.log(detail.Code, detail.CorrelationId, again);
    for (const { Code, Path, Text, Hint } of list(detail.Issue)) {
      console.log(`  ${Code} at ${Path}: ${Text} (${Hint})`);
    }
    process.exitCode = 1;
  }
}

module.exports = { connect, call, refusal };
if (require.main === module) main(...process.argv.slice(2));
