/**
 * The job of README.md for stacks of Node that hand out answers as plain trees. What differs from stack
 * to stack comes as functions.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { text as readText } from 'node:stream/consumers';

export const list = (value) => (value == null ? [] : Array.isArray(value) ? value : [value]);
export const text = (value) => String(value ?? '');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * @typedef {object} Stack
 * @property {(by: 'sender' | 'recipient', operation: string, args: object) => Promise<any>} ask
 *   answers the one element of the response
 * @property {(bytes: Buffer) => Promise<any>} send SendPackage by the sender
 * @property {(by: 'sender' | 'recipient', messageId: string) => Promise<{ content: any, bytes: Buffer }>} get
 * @property {(error: unknown) => { text: string, detail: any }} refusal throws what is no fault
 */

/** @param {Stack} stack */
function stepsOf(job, { ask, send, get, refusal }) {
  let sent;
  const sentId = () => {
    if (sent === undefined) throw new Error('needs the answer of sendPackage');
    return text(sent.MessageId);
  };
  return {
    async ping() {
      const pong = await ask('sender', 'Ping', { Echo: job.echo });
      return { echo: text(pong.Echo), organId: text(pong.OrganId) };
    },
    async sendPackage() {
      sent = await send(Buffer.from(job.package, 'base64'));
      return {
        messageId: sentId(),
        duplicate: text(sent.Duplicate) === 'true',
        contentDigest: text(sent.ContentDigest),
        recipients: list(sent.Delivery).map((one) => text(one.OrganId)),
        receipt: text(sent.Receipt),
      };
    },
    async sendDocument() {
      const answer = await ask('sender', 'SendDocument', { edXML: job.document });
      return { messageId: text(answer.MessageId), documentId: text(answer.DocumentId) };
    },
    async listPending() {
      const page = await ask('recipient', 'ListPending', { MaxItems: 1000, Kind: 'document' });
      return list(page.Item).map((one) => text(one.MessageId));
    },
    async getPackage() {
      const { content, bytes } = await get('recipient', sentId());
      return { kind: text(content.Kind), sha256: sha256(bytes) };
    },
    async confirm() {
      const args = { MessageId: sentId(), Outcome: 'done' };
      const answer = await ask('recipient', 'ConfirmReceived', args);
      return { messageId: text(answer.MessageId), outcome: text(answer.Outcome) };
    },
    async sendStatus() {
      sentId();
      const { OrganId, Code, PromulgationDate } = job.responseFor;
      const DocumentId = text(sent.DocumentId);
      const answer = await ask('recipient', 'SendStatus', {
        ResponseFor: { OrganId, Code, DocumentId, PromulgationDate },
        StatusCode: '03',
        Description: job.echo,
      });
      return { messageId: text(answer.MessageId), duplicate: text(answer.Duplicate) === 'true' };
    },
    async traces() {
      const page = await ask('sender', 'GetTraces', { MessageId: sentId() });
      return list(page.Trace).map((one) => ({
        state: text(one.State),
        statuses: list(one.Status).map((each) => text(each.StatusCode)),
        description: list(one.Status).map((each) => text(each.Description)),
      }));
    },
    async organizations() {
      const page = await ask('sender', 'GetOrganizations', { MaxItems: 1000 });
      return list(page.Organization).map((one) => text(one.OrganId));
    },
    async fault() {
      const messageId = sentId();
      try {
        await get('sender', messageId);
        return null;
      } catch (error) {
        const { text: said, detail } = refusal(error);
        return {
          text: said,
          code: text(detail?.Code),
          correlationId: text(detail?.CorrelationId),
          temporary: text(detail?.Temporary) === 'true',
          issues: list(detail?.Issue).map((one) =>
            [one.Code, one.Text, one.TextVi, one.Hint].map(text),
          ),
        };
      }
    },
    async large() {
      const answer = await send(Buffer.from(job.largePackage, 'base64'));
      const { bytes } = await get('recipient', text(answer.MessageId));
      return { contentDigest: text(answer.ContentDigest), sha256: sha256(bytes) };
    },
  };
}

/** @param {(job: object) => Promise<Stack>} connect */
export async function main(connect) {
  const job = JSON.parse(await readText(process.stdin));
  const report = {};
  for (const [name, step] of Object.entries(stepsOf(job, await connect(job)))) {
    // The job goes on; the reason is the result of this step.
    report[name] = await step().catch((error) => ({
      failed: error instanceof Error ? error.message : String(error),
    }));
  }
  process.stdout.write(JSON.stringify(report));
}
