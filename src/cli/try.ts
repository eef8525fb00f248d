/**
 * `edxgate try`: a gateway with sample agencies and a sample recipient, and at the first start one real
 * signed document sent through it. This is what `npm start` runs.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/config.js';
import { readSecretText } from '../config/secret-file.js';
import { createLogger, type Logger } from '../log.js';
import { isFinal } from '../model/delivery-state.js';
import { refuse } from '../model/issue.js';
import { type MessageId, parseMessageId } from '../model/message-id.js';
import { addUser, createLink, FIRST_LINK_MS, listUsers } from '../operate/users.js';
import { sendPackage } from '../soap/send-client.js';
import type { Store } from '../store/store.js';
import { act, type CommonOptions, describe, type Run, readConfig, say } from './command.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { type RunningGateway, runGateway } from './run-gateway.js';
import { startSampleRecipient } from './sample-recipient.js';
import {
  fillDirectory,
  makeSampleFolder,
  PUSHED,
  type SampleFolder,
  SENDER,
} from './sample-set.js';
import { table } from './table.js';

interface TryOptions extends CommonOptions {
  readonly dir: string;
}

/** Fact of the store: the message id of the sample document, once it was sent. */
const SAMPLE_FACT = 'sample.message';
const SEND_TIMEOUT_MS = 30_000;
const DELIVERY_TIMEOUT_MS = 20_000;

interface SampleMessage {
  readonly messageId: MessageId;
  /** Sent by this start. */
  readonly sentNow: boolean;
  /** State of the delivery to the sample recipient. */
  readonly state: string;
}

export function define(command: Command, run: Run): void {
  describe(command, {
    description: 'Run a gateway with sample agencies, and send one signed document through it.',
    config: false,
    examples: ['edxgate try', 'edxgate try --dir sandbox'],
    notes:
      'Makes DIR/edxgate.yaml and samples where they are missing; a second start finds them.\nThe environment overrides single settings: EDXGATE_EXCHANGE_LISTEN=127.0.0.1:9080 edxgate try',
  })
    .option('--dir <dir>', 'folder for configuration, store and samples', 'data')
    .action(act(run, (options: TryOptions) => tryGateway(run, options)));
}

async function tryGateway(run: Run, options: TryOptions): Promise<ExitStatus> {
  const { terminal } = run;
  const folder = resolve(terminal.folder, options.dir);
  const paths = makeSampleFolder(folder, terminal.clock.now());
  const config = readConfig(run, { config: paths.configFile });
  const logger = createLogger(config.log);
  const recipient = await startSampleRecipient(paths.recipientFolder);
  try {
    const gateway = await runGateway(terminal, config, logger);
    try {
      const message = await sendSample(run, gateway, paths, recipient.url, logger);
      const link = await firstLink(run, gateway, logger);
      say(run, options, { ...summary(gateway, message), ...link }, () =>
        text(run, options, gateway, paths, config, { ...message, ...link }),
      );
      terminal.out(`ready exchange=${gateway.exchangeUrl} admin=${gateway.adminUrl}\n`);
    } catch (error) {
      gateway.stop();
      await gateway.stopped;
      throw error;
    }
    await gateway.stopped;
    return EXIT.done;
  } finally {
    await recipient.stop();
  }
}

async function sendSample(
  { terminal: { clock } }: Run,
  { exchangeUrl, store }: RunningGateway,
  paths: SampleFolder,
  recipientUrl: string,
  logger: Logger,
): Promise<SampleMessage> {
  await fillDirectory({ store, clock, logger, actor: 'cli:try' }, paths, recipientUrl);
  const before = parseMessageId((await store.getFact(SAMPLE_FACT)) ?? '');
  const messageId = before ?? (await send(`${exchangeUrl}/soap`, paths));
  if (before === undefined) await store.setFact(SAMPLE_FACT, messageId);
  const state = await finalState(store, messageId);
  return { messageId, sentNow: before === undefined, state };
}

const FIRST_USER = 'admin';

/** As long as nobody has a password: a link to set that of the first user, for a quarter of an hour. */
async function firstLink(
  { terminal: { clock } }: Run,
  { adminUrl, store }: RunningGateway,
  logger: Logger,
): Promise<{ readonly signInUrl?: string }> {
  const context = { store, clock, logger, actor: 'cli:try' };
  const users = await listUsers(context);
  if (users.some(({ hasPassword, openId }) => hasPassword || openId)) return {};
  if (!users.some(({ name }) => name === FIRST_USER)) {
    await addUser(context, {
      name: FIRST_USER,
      fullName: 'Quản trị viên',
      grants: [
        { role: 'administrator', scope: 'all' },
        { role: 'operator', scope: 'all' },
      ],
    });
  }
  const { secret } = await createLink(context, FIRST_USER, FIRST_LINK_MS);
  return { signInUrl: `${adminUrl}/sign-in/link?t=${secret}` };
}

/** As a client would, over the network. The same file again after a crash is answered as a repeat. */
async function send(url: string, paths: SampleFolder): Promise<MessageId> {
  const outcome = await sendPackage({
    url,
    organId: SENDER.organId,
    token: readSecretText(paths.tokenFile),
    bytes: readFileSync(paths.documentFile),
    timeoutMs: SEND_TIMEOUT_MS,
  });
  const messageId =
    outcome.kind === 'accepted' ? parseMessageId(outcome.result.messageId) : undefined;
  if (messageId !== undefined) return messageId;
  const why =
    outcome.kind === 'fault'
      ? outcome.fault.text
      : 'reason' in outcome
        ? outcome.reason
        : outcome.kind;
  throw refuse('cli.failed', { reason: `the sample document was not taken: ${why}` });
}

async function finalState(store: Store, messageId: MessageId): Promise<string> {
  const started = performance.now();
  for (;;) {
    const lanes = await store.deliveriesOf(messageId);
    const lane = lanes.find((one) => one.toOrganId === PUSHED.organId);
    if (lane === undefined) return 'unknown';
    if (isFinal(lane.state) || performance.now() - started > DELIVERY_TIMEOUT_MS) return lane.state;
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

function summary(gateway: RunningGateway, message: SampleMessage): object {
  return {
    exchangeUrl: gateway.exchangeUrl,
    soapUrl: `${gateway.exchangeUrl}/soap`,
    wsdlUrl: `${gateway.exchangeUrl}/soap?wsdl`,
    adminUrl: gateway.adminUrl,
    ...message,
  };
}

function text(
  { terminal }: Run,
  options: TryOptions,
  gateway: RunningGateway,
  paths: SampleFolder,
  config: Config,
  { messageId, sentNow, state, signInUrl }: SampleMessage & { readonly signInUrl?: string },
): string {
  const shown = (path: string): string => {
    const near = relative(terminal.folder, path);
    return near.startsWith('..') ? path : near;
  };
  const c = options.dir === 'data' ? '' : ` -c ${shown(paths.configFile)}`;
  const soap = `${gateway.exchangeUrl}/soap`;
  const file = shown(paths.documentFile);
  const told = sentNow
    ? `sent a signed sample document; ${PUSHED.organName} (${PUSHED.organId}): ${state}`
    : `the sample document of the first start; ${PUSHED.organName} (${PUSHED.organId}): ${state}`;
  return `${table([
    ['  SOAP endpoint', soap],
    ['  WSDL', `${soap}?wsdl`],
    ['  console', gateway.adminUrl],
    ...(signInUrl === undefined ? [] : [['  sign in', `${signInUrl} (once, within 15 minutes)`]]),
    [
      '  folder',
      `${shown(resolve(paths.configFile, '..'))}${paths.fresh ? ' (made now)' : ' (made by an earlier start)'}, store ${shown(config.store.folder)}`,
    ],
    ['  document', `${messageId}: ${told}`],
  ])}

Try next, in another terminal:
  npx edxgate log show ${messageId}${c}
  npx edxgate validate ${file}
  npx edxgate send ${file} --url ${soap} --as ${SENDER.organId} --token-file ${shown(paths.tokenFile)}
Stop with Ctrl+C.
`;
}
