/** Sends a package, takes what waits: sample.mjs WSDL CA.pem ORGAN_ID TOKEN_FILE [PACKAGE.edxml] */
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { BasicAuthSecurity, createClientAsync } from 'soap';

export async function connect(wsdl, ca, organId, token, more = {}) {
  // The authority of the gateway's certificate; never rejectUnauthorized: false.
  const httpsAgent = new Agent({ ca: readFileSync(ca), keepAlive: true });
  const client = await createClientAsync(wsdl, {
    wsdl_options: { httpsAgent, timeout: 30_000 },
    disableCache: true,
    ...more, // forceSoap12Headers: true with ?wsdl=1.2; parseReponseAttachments: true for MTOM
  });
  client.setSecurity(new BasicAuthSecurity(organId, token, { httpsAgent, timeout: 120_000 }));
  return client;
}

/** node-soap makes no list of one element. */
const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** The GatewayFault: Code, CorrelationId, Temporary, RetryAfterSeconds, Issue. Texts, all of them. */
export function refusal(error) {
  const fault = error.root?.Envelope?.Body?.Fault;
  if (fault === undefined) throw error; // the network, TLS, a timeout
  return (fault.detail ?? fault.Detail).GatewayFault;
}

async function main(wsdl, ca, organId, tokenFile, ...files) {
  const gateway = await connect(wsdl, ca, organId, readFileSync(tokenFile, 'utf8').trim());
  try {
    for (const file of files) {
      const Package = readFileSync(file).toString('base64');
      const [{ SendResult }] = await gateway.SendPackageAsync({ Package });
      console.log('sent', SendResult.MessageId, SendResult.ContentDigest);
      writeFileSync(`${file}.receipt.xml`, Buffer.from(SendResult.Receipt, 'base64')); // your proof
    }
    const [{ PendingPage }] = await gateway.ListPendingAsync({ MaxItems: 100 });
    for (const { MessageId, Subject } of list(PendingPage?.Item)) {
      const [{ PackageContent }] = await gateway.GetPackageAsync({ MessageId });
      writeFileSync(`${MessageId}.edxml`, Buffer.from(PackageContent.Package, 'base64'));
      // Only now that the bytes are on disk:
      await gateway.ConfirmReceivedAsync({ MessageId, Outcome: 'done' });
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

if (process.argv[1]?.endsWith('sample.mjs')) await main(...process.argv.slice(2));
