/**
 * The job of test/interop/README.md with node-soap, on top of the sample; with MTOM on request.
 *
 * @module
 */
import { list, main, text } from '../../shared/job.mjs';
import { connect, refusal } from './sample.mjs';

const XOP = 'http://www.w3.org/2004/08/xop/include';

/** The response holds one element. */
const only = (answer) => Object.values(answer)[0];

async function sendAsPart(client, bytes) {
  // sample:begin mtom
  const contentId = 'package@client.example';
  const include = { attributes: { 'xmlns:xop': XOP, href: `cid:${contentId}` } };
  const part = { mimetype: 'application/octet-stream', contentId, name: 'p.edxml', body: bytes };
  const [{ SendResult }] = await client.SendPackageAsync(
    { Package: { 'xop:Include': include } },
    { attachments: [part] },
  );
  // sample:end mtom
  return SendResult;
}

async function getAsPart(client, MessageId) {
  // sample:begin mtom-get
  const answer = await client.GetPackageAsync({ MessageId }, { forceMTOM: true });
  const [{ PackageContent }, , , , attachments] = answer;
  const bytes = attachments?.parts[0]?.body;
  // sample:end mtom-get
  if (bytes === undefined) throw new Error('the answer was not MTOM');
  return { content: PackageContent, bytes };
}

async function stackOf(job) {
  const mtom = job.carrier === 'mtom';
  const more = { forceSoap12Headers: job.soap === '1.2', parseReponseAttachments: mtom };
  const clientOf = ({ organId, token }) => connect(job.wsdl, job.ca, organId, token, more);
  const clients = {
    sender: await clientOf(job.sender),
    recipient: await clientOf(job.recipient),
  };
  const ask = async (by, operation, args) => {
    const [answer] = await clients[by][`${operation}Async`](args);
    return only(answer);
  };
  return {
    ask,
    send: (bytes) =>
      mtom
        ? sendAsPart(clients.sender, bytes)
        : ask('sender', 'SendPackage', { Package: bytes.toString('base64') }),
    async get(by, MessageId) {
      if (mtom) return getAsPart(clients[by], MessageId);
      const content = await ask(by, 'GetPackage', { MessageId });
      return { content, bytes: Buffer.from(text(content.Package), 'base64') };
    },
    refusal(error) {
      const detail = refusal(error);
      const { faultstring, Reason } = error.root.Envelope.Body.Fault;
      // SOAP 1.2: two Reason/Text, English first.
      const [reason] = list(Reason?.Text);
      return { text: text(faultstring ?? reason?.$value ?? reason), detail };
    },
  };
}

await main(stackOf);
