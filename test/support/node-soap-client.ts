/**
 * The job of the foreign clients with node-soap, made from the served WSDL as a customer would; with
 * MTOM on request.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { BasicAuthSecurity, type Client, createClientAsync } from 'soap';
import type { Caller, InteropJob, InteropReport } from './interop.js';

const XOP = 'http://www.w3.org/2004/08/xop/include';

/** What node-soap makes of an answer; single elements are no arrays. */
type Tree = { readonly [name: string]: Tree } & { readonly [name: string]: unknown };

type Method = (
  args: unknown,
  options?: unknown,
) => Promise<[result: Tree, raw: unknown, header: unknown, request: unknown, attachments?: Parts]>;

interface Parts {
  readonly parts: readonly { readonly body: Buffer }[];
}

function list(value: unknown): readonly Tree[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as readonly Tree[];
}

function text(value: unknown): string {
  return String(value ?? '');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function clientOf(job: InteropJob, caller: Caller, mtom: boolean): Promise<Client> {
  const client = await createClientAsync(job.wsdl, {
    disableCache: true,
    forceSoap12Headers: job.version === '1.2',
    parseReponseAttachments: mtom,
  });
  client.setSecurity(new BasicAuthSecurity(caller.organId, caller.token));
  return client;
}

function methodOf(client: Client, name: string): Method {
  const method: unknown = client[`${name}Async`];
  if (typeof method !== 'function') throw new Error(`the WSDL gave no ${name}`);
  return method.bind(client) as Method;
}

async function sendPackage(client: Client, bytes: Buffer, mtom: boolean): Promise<Tree> {
  const send = methodOf(client, 'SendPackage');
  if (!mtom) {
    const [answer] = await send({ Package: bytes.toString('base64') });
    return answer['SendResult'] as Tree;
  }
  const contentId = 'goi-tin@khach.example';
  const include = { attributes: { 'xmlns:xop': XOP, href: `cid:${contentId}` } };
  const [answer] = await send(
    { Package: { 'xop:Include': include } },
    {
      attachments: [
        { mimetype: 'application/octet-stream', contentId, name: 'goi.edxml', body: bytes },
      ],
    },
  );
  return answer['SendResult'] as Tree;
}

async function getPackage(client: Client, messageId: string, mtom: boolean) {
  const get = methodOf(client, 'GetPackage');
  const [answer, , , , attachments] = await get({ MessageId: messageId }, { forceMTOM: mtom });
  const content = answer['PackageContent'] as Tree;
  const part = attachments?.parts[0]?.body;
  if (mtom && part === undefined) throw new Error('the answer was not MTOM');
  const bytes = part ?? Buffer.from(text(content['Package']), 'base64');
  return { kind: text(content['Kind']), sha256: sha256(bytes) };
}

interface SoapFaultError {
  readonly root?: { readonly Envelope?: { readonly Body?: { readonly Fault?: Tree } } };
}

function faultOf(error: unknown): InteropReport['fault'] {
  const fault = (error as SoapFaultError).root?.Envelope?.Body?.Fault;
  if (fault === undefined) throw error;
  const detail = (fault['detail'] ?? fault['Detail']) as Tree | undefined;
  const gateway = detail?.['GatewayFault'] as Tree;
  // SOAP 1.2: two Reason/Text, English first.
  const [reason] = list((fault['Reason'] as Tree | undefined)?.['Text']);
  const said = fault['faultstring'] ?? reason?.['$value'] ?? reason;
  return {
    text: text(said),
    code: text(gateway['Code']),
    correlationId: text(gateway['CorrelationId']),
    temporary: text(gateway['Temporary']) === 'true',
    issues: list(gateway['Issue']).map((one) => [
      text(one['Code']),
      text(one['Text']),
      text(one['TextVi']),
      text(one['Hint']),
    ]),
  };
}

export async function runNodeSoap(job: InteropJob, mtom: boolean): Promise<InteropReport> {
  const sender = await clientOf(job, job.sender, mtom);
  const recipient = await clientOf(job, job.recipient, mtom);
  const ask = async (client: Client, name: string, args: unknown, result: string) => {
    const [answer] = await methodOf(client, name)(args);
    return answer[result] as Tree;
  };

  const pong = await ask(sender, 'Ping', { Echo: job.echo }, 'Pong');
  const sent = await sendPackage(sender, Buffer.from(job.package, 'base64'), mtom);
  const messageId = text(sent['MessageId']);
  const inline = await ask(sender, 'SendDocument', { edXML: job.document }, 'SendResult');
  const page = await ask(
    recipient,
    'ListPending',
    { MaxItems: 1000, Kind: 'document' },
    'PendingPage',
  );
  const got = await getPackage(recipient, messageId, mtom);
  const confirmed = await ask(
    recipient,
    'ConfirmReceived',
    { MessageId: messageId, Outcome: 'done' },
    'Confirmation',
  );
  const { OrganId, Code, PromulgationDate } = job.responseFor;
  const status = await ask(
    recipient,
    'SendStatus',
    {
      ResponseFor: { OrganId, Code, DocumentId: text(sent['DocumentId']), PromulgationDate },
      StatusCode: '03',
      Description: job.echo,
    },
    'SendResult',
  );
  const traces = await ask(sender, 'GetTraces', { MessageId: messageId }, 'TracePage');
  const organizations = await ask(
    sender,
    'GetOrganizations',
    { MaxItems: 1000 },
    'OrganizationPage',
  );
  let fault: InteropReport['fault'] = null;
  try {
    await methodOf(sender, 'GetPackage')({ MessageId: messageId });
  } catch (error) {
    fault = faultOf(error);
  }
  const large = await sendPackage(sender, Buffer.from(job.largePackage, 'base64'), mtom);
  const largeGot = await getPackage(recipient, text(large['MessageId']), mtom);

  return {
    ping: { echo: text(pong['Echo']), organId: text(pong['OrganId']) },
    sendPackage: {
      messageId,
      duplicate: text(sent['Duplicate']) === 'true',
      contentDigest: text(sent['ContentDigest']),
      recipients: list(sent['Delivery']).map((one) => text(one['OrganId'])),
      receipt: text(sent['Receipt']),
    },
    sendDocument: {
      messageId: text(inline['MessageId']),
      documentId: text(inline['DocumentId']),
    },
    listPending: list(page['Item']).map((one) => text(one['MessageId'])),
    getPackage: got,
    confirm: { messageId: text(confirmed['MessageId']), outcome: text(confirmed['Outcome']) },
    sendStatus: {
      messageId: text(status['MessageId']),
      duplicate: text(status['Duplicate']) === 'true',
    },
    traces: list(traces['Trace']).map((one) => ({
      state: text(one['State']),
      statuses: list(one['Status']).map((each) => text(each['StatusCode'])),
      description: list(one['Status']).map((each) => text(each['Description'])),
    })),
    organizations: list(organizations['Organization']).map((one) => text(one['OrganId'])),
    fault,
    large: { contentDigest: text(large['ContentDigest']), sha256: largeGot.sha256 },
  };
}
