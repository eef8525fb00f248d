/**
 * What the rows L to T of the table of threats are tried on: a gateway over real HTTP with three
 * agencies, whose every answer is looked through for what must not get out.
 *
 * @module
 */
import { connect } from 'node:net';
import { expect } from 'chai';
import { resultOf } from '../../support/answers.js';
import { openGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.js';
import { samplePackage } from '../../support/sample-document.js';
import {
  type Answer,
  type CallOptions,
  call,
  type Node,
  operation,
  post,
  sendPackage,
} from '../../support/soap.js';

/** Whoever waits longer than this was not answered. */
export const LIMIT_MS = 8000;

/** Stacks, paths of files, names of libraries and of the runtime. */
const INTERNALS =
  /node:|node_modules|libxml|xmllint|sqlite|\/(?:src|dist|home|tmp|work)\/|\.[cm]?[jt]s:\d|\n\s+at |\bat (?:async )?[\w.<>]+ \(|\b(?:Type|Range|Syntax|Reference)?Error\b:|<pre>|undefined/i;

/** @param text of an answer; what the caller wrote must not look like an internal. */
export function expectNoInternals(text: string): void {
  expect(INTERNALS.exec(text)?.[0], text.slice(0, 2000)).to.equal(undefined);
}

export interface Rig {
  readonly gateway: TestGateway;
  as(organId?: string): CallOptions;
  post(bytes: Buffer | string, options?: CallOptions): Promise<Answer>;
  call(body: string, options?: CallOptions): Promise<Answer>;
  send(bytes: Buffer | string, organId?: string): Promise<Answer>;
  /** The exact bytes that the recipient collects. */
  collect(messageId: string, organId?: string): Promise<Buffer>;
  /** Sends what must be accepted. */
  accept(bytes: Buffer | string, organId?: string): Promise<Node>;
  /** Sends what must be refused with this code among others, and leave nothing stored. */
  refuse(bytes: Buffer | string, code: string): Promise<Answer>;
  messages(): Promise<number>;
}

/** Opens the gateway before the tests of the block it is called in, and closes it after them. */
export function useRig(options: TestGatewayOptions = {}): Rig {
  let open: TestGateway | undefined;
  const current = (): TestGateway => {
    if (open === undefined) throw new Error('the gateway is not open');
    return open;
  };
  before(async () => {
    open = await openGateway(options);
    for (const organId of ['T99.01', 'T99.02', 'T99.03']) await open.agency({ organId });
  });
  after(() => open?.close());

  const looked = async (answer: Promise<Answer>): Promise<Answer> => {
    const { bytes, status } = await answer;
    if (status !== 200) expectNoInternals(bytes.toString('utf8'));
    return answer;
  };
  const rig: Rig = {
    get gateway() {
      return current();
    },
    as: (organId = 'T99.01') => ({
      organId,
      token: current().tokenOf(organId),
      signal: AbortSignal.timeout(LIMIT_MS),
    }),
    post: (bytes, over = rig.as()) => looked(post(current().soapUrl, bytes, over)),
    call: (body, over = rig.as()) => looked(call(current().soapUrl, body, over)),
    send: (bytes, organId) =>
      looked(sendPackage(current().soapUrl, Buffer.from(bytes), rig.as(organId))),
    async collect(messageId, organId = 'T99.02') {
      const asked = operation('GetPackage', `<MessageId>${messageId}</MessageId>`);
      return Buffer.from(resultOf(await rig.call(asked, rig.as(organId))).get('Package'), 'base64');
    },
    accept: async (bytes, organId) => resultOf(await rig.send(bytes, organId)),
    async refuse(bytes, code) {
      const before = await rig.messages();
      const answer = await rig.send(bytes);
      expect(answer.codes, answer.bytes.toString('utf8').slice(0, 2000)).to.include(code);
      expect(answer.status).to.equal(500);
      expect(await rig.messages()).to.equal(before);
      return answer;
    },
    messages: async () => (await current().store.counts()).messages,
  };
  return rig;
}

/** The sample with one text replaced, which must be there. */
export function edited(from: string | RegExp, to: string, text = sample()): string {
  const by = text.replace(from, () => to);
  if (by === text) throw new Error(`there is no ${from}`);
  return by;
}

export function sample(over: Parameters<typeof samplePackage>[0] = {}): string {
  return samplePackage(over).toString('utf8');
}

/** Without its XML declaration, so that something may stand before it. */
export function bare(text: string): string {
  return edited(/^<\?xml[^>]*\?>\s*/, '', text);
}

/**
 * Sends bytes by hand and reads until the server closes or has been silent.
 * @returns everything that came, as latin1
 */
export function raw(
  url: string,
  text: string | Buffer,
  { quietMs = LIMIT_MS, endAfterSend = false } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname);
    const timer = setTimeout(() => socket.destroy(), quietMs);
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    // A reset is one way to refuse: what came before it counts.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
    socket.write(text);
    if (endAfterSend) socket.end();
  });
}
