/**
 * The job of test/interop/README.md with strong-soap, on top of the sample. Runs in the folder that
 * build.sh filled.
 *
 * @module
 */
import sample from './sample.cjs';
import { list, main, text } from './shared/job.mjs';

const { call, connect, refusal } = sample;

async function stackOf(job) {
  const more = { forceSoapVersion: job.soap };
  const clientOf = ({ organId, token }) => connect(job.wsdl, job.ca, organId, token, more);
  const clients = {
    sender: await clientOf(job.sender),
    recipient: await clientOf(job.recipient),
  };
  /** The response holds one element. */
  const ask = async (by, operation, args) =>
    Object.values(await call(clients[by], operation, args)).find((one) => typeof one === 'object');
  return {
    ask,
    send: (bytes) => ask('sender', 'SendPackage', { Package: bytes.toString('base64') }),
    async get(by, MessageId) {
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
