/**
 * Signing in by message, over real HTTP: UsernameToken, password digest, X.509 signature, and what is
 * said to those who do not manage to.
 */
import { randomBytes } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { expect } from 'chai';
import { silentLogger } from '../../src/log.js';
import { setAgency } from '../../src/operate/agencies.js';
import { addCertificate } from '../../src/operate/certificates.js';
import { createDigestSecret, digestKeyFile } from '../../src/operate/digest-secrets.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { samplePackage } from '../support/sample-document.js';
import { certificateFor, sampleAuthority } from '../support/signed.js';
import { type Answer, basic, envelope, operation, post } from '../support/soap.js';
import { until } from '../support/until.js';
import {
  instant,
  message,
  PING,
  passwordDigest,
  passwordText,
  security,
  signedMessage,
  timestamp,
} from '../support/ws-security.js';

const authority = sampleAuthority();
const SIGNER = certificateFor(authority, 'T99.01');
const MINUTE = 60_000;

describe('signing in by message', () => {
  let gateway: TestGateway;

  const open = async (options: Parameters<typeof openGateway>[0] = {}) => {
    gateway = await openGateway({ logger: silentLogger, ...options });
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  };
  const register = () =>
    addCertificate(gateway.operator, 'T99.01', Buffer.from(SIGNER.certificatePem));
  const send = (text: string, headers: Record<string, string> = {}): Promise<Answer> =>
    post(gateway.soapUrl, text, { headers });
  /** Who was let in, or `STATUS CODE`. */
  const outcome = async (text: string, headers: Record<string, string> = {}): Promise<string> => {
    const answer = await send(text, headers);
    return answer.status === 200
      ? answer.body.children[0]?.get('OrganId') || answer.body.get('OrganId')
      : `${answer.status} ${answer.code}`;
  };
  /** The reason in the text of `auth.ws-security`. */
  const reason = async (text: string): Promise<string> => {
    const { faultString = '' } = await send(text);
    return /auth\.ws-security: .*taken: (\S+)\.$/.exec(faultString)?.[1] ?? faultString;
  };
  const token = () => passwordText('T99.01', gateway.tokenOf('T99.01'));

  afterEach(() => gateway.close());

  describe('with a UsernameToken', () => {
    beforeEach(() => open());

    it('lets an agency in whose token is the password, with a fresh Timestamp or none', async () => {
      expect(await outcome(message(security(token())))).to.equal('T99.01');
      const fresh = security(`${timestamp(Date.now())}${token()}`);
      expect(await outcome(message(fresh))).to.equal('T99.01');
    });

    it('refuses a wrong token and that of another agency alike', async () => {
      const wrong = passwordText('T99.01', 'wrong');
      const others = passwordText('T99.01', gateway.tokenOf('T99.02'));
      expect(await outcome(message(security(wrong)))).to.equal('401 auth.failed');
      expect(await outcome(message(security(others)))).to.equal('401 auth.failed');
    });

    it('refuses a stale Timestamp, one of the future, and one that lasts too long', async () => {
      const now = Date.now();
      const at = (from: number, to?: number) =>
        reason(message(security(`${timestamp(from, to)}${token()}`)));
      expect(await at(now - 30 * MINUTE)).to.equal('timestamp.expired');
      expect(await at(now + 10 * MINUTE)).to.equal('timestamp.future');
      expect(await at(now, now + 60 * MINUTE)).to.equal('timestamp.window');
    });

    it('takes no PasswordDigest unless that is switched on', async () => {
      const made = passwordDigest('T99.01', 'x', instant(Date.now()), randomBytes(16));
      expect(await reason(message(security(made)))).to.equal('digest.off');
    });

    it('answers without a Security header', async () => {
      const answer = await send(message(security(token())));
      expect(answer.bytes.toString('utf8')).not.to.include('Security');
    });

    it('takes packages, and keeps how the caller proved itself', async () => {
      const body = `<SendPackage xmlns="urn:edxgate:gateway:1"><Package>${samplePackage().toString('base64')}</Package></SendPackage>`;
      const answer = await send(message(security(token()), body));
      expect(answer.status).to.equal(200);
      const [kept] = (await gateway.store.listMessages({}, { limit: 1 })).items;
      expect(kept?.submission.proof).to.equal('ws-password');
    });

    it('does not keep the message of a refused call: a token stands in it', async () => {
      const answer = await send(message(security(token()), '<Nothing xmlns="urn:x"/>'));
      expect(answer.code).to.equal('soap.operation');
      const [listed] = (await gateway.store.listRefusals({ limit: 1 })).items;
      const kept = await gateway.store.getRefusal(listed?.correlationId ?? '');
      expect(kept?.callerOrganId).to.equal('T99.01');
      expect(kept?.content).to.equal(undefined);
    });
  });

  describe('with an X.509 signature', () => {
    beforeEach(() => open());

    it('lets the agency in for which the certificate is registered', async () => {
      const text = signedMessage({ by: SIGNER });
      expect(await outcome(text)).to.equal('401 auth.failed');
      await register();
      expect(await outcome(text)).to.equal('T99.01');
    });

    it('refuses the same message a second time, also after a restart', async () => {
      await register();
      const text = signedMessage({ by: SIGNER });
      expect(await outcome(text)).to.equal('T99.01');
      expect(await outcome(text)).to.equal('401 auth.failed');
      gateway = await gateway.restart();
      expect(await outcome(text)).to.equal('401 auth.failed');
      expect(await outcome(signedMessage({ by: SIGNER, created: Date.now() + 1 }))).to.equal(
        'T99.01',
      );
    });

    it('wants a Timestamp of that very header, fresh', async () => {
      await register();
      const now = Date.now();
      const without = signedMessage({ by: SIGNER }).replace(
        /<wsu:Timestamp.*<\/wsu:Timestamp>/,
        '',
      );
      expect(await reason(without)).to.equal('timestamp.missing');
      const old = signedMessage({ by: SIGNER, created: now - 20 * MINUTE });
      expect(await reason(old)).to.equal('timestamp.expired');
      const future = signedMessage({ by: SIGNER, created: now + 20 * MINUTE });
      expect(await reason(future)).to.equal('timestamp.future');
    });

    it('refuses two Security headers and what it does not know in one', async () => {
      await register();
      const second = security(token());
      expect(await reason(signedMessage({ by: SIGNER, more: second }))).to.equal('header.several');
      const key = '<xenc:EncryptedKey xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"/>';
      expect(await reason(signedMessage({ by: SIGNER, extra: key }))).to.equal('header.element');
      expect(await reason(message(security('')))).to.equal('header.empty');
    });

    it('leaves a Security header for somebody else alone', async () => {
      await register();
      const other = security(token(), 's:actor="urn:somebody"');
      expect(await outcome(signedMessage({ by: SIGNER, more: other }))).to.equal('T99.01');
      expect(await outcome(message(other))).to.equal('401 auth.required');
    });

    it('refuses a changed Body', async () => {
      await register();
      const text = signedMessage({ by: SIGNER });
      expect(await reason(text.replace('chào', 'khác'))).to.equal('digest.mismatch');
    });

    it('refuses a UsernameToken beside it that names another agency', async () => {
      await register();
      const other = passwordText('T99.02', gateway.tokenOf('T99.02'));
      expect(await outcome(signedMessage({ by: SIGNER, extra: other }))).to.equal(
        '401 auth.failed',
      );
      expect(await outcome(signedMessage({ by: SIGNER, extra: token() }))).to.equal('T99.01');
    });

    it('refuses a certificate of an agency that is switched off', async () => {
      await register();
      await setAgency(gateway.operator, 'T99.01', { active: false });
      expect(await outcome(signedMessage({ by: SIGNER }))).to.equal('401 auth.failed');
    });

    it('refuses parts beside the envelope, which no signature covers', async () => {
      await register();
      const text = signedMessage({ by: SIGNER });
      const part = (type: string, id: string, content: string) =>
        `--B\r\nContent-Type: ${type}\r\nContent-ID: <${id}>\r\n\r\n${content}\r\n`;
      const whole = `${part('text/xml; charset=utf-8', 'root', text)}${part('application/octet-stream', 'file', 'x')}--B--\r\n`;
      const answer = await send(whole, {
        'content-type': 'multipart/related; boundary=B; type="text/xml"; start="<root>"',
      });
      expect(answer.faultString).to.include('attachments.unsigned');
    });
  });

  describe('with a password digest, where it is switched on', () => {
    beforeEach(() => open({ exchange: { wsDigest: 'on' } }));
    const makeSecret = async () =>
      (
        await createDigestSecret(
          gateway.operator,
          'T99.01',
          digestKeyFile(`${gateway.folder}/store`),
        )
      ).digestSecret;

    it('takes each nonce once, also over a restart, and only fresh ones', async () => {
      const secret = await makeSecret();
      const made = (created: number) =>
        message(security(passwordDigest('T99.01', secret, instant(created), randomBytes(16))));
      const now = Date.now();
      const first = made(now);
      expect(await outcome(first)).to.equal('T99.01');
      expect(await outcome(first)).to.equal('401 auth.failed');
      gateway = await gateway.restart({ exchange: { wsDigest: 'on' } });
      expect(await outcome(first)).to.equal('401 auth.failed');
      expect(await outcome(made(now))).to.equal('T99.01');
      expect(await reason(made(now - 6 * MINUTE))).to.equal('timestamp.expired');
      expect(await reason(made(now + 6 * MINUTE))).to.equal('timestamp.future');
    });

    it('takes neither the token nor an older secret', async () => {
      const older = await makeSecret();
      await makeSecret();
      for (const secret of [older, gateway.tokenOf('T99.01')]) {
        const made = passwordDigest('T99.01', secret, instant(Date.now()), randomBytes(16));
        expect(await outcome(message(security(made)))).to.equal('401 auth.failed');
      }
    });
  });

  describe('what strangers are told', () => {
    beforeEach(() => open());

    it('is that a sign-in is missing, whatever is wrong with what they sent', async () => {
      const namespace = message(security(token())).slice(0, 400);
      for (const text of [envelope(PING), '<broken', '', namespace]) {
        const answer = await send(text);
        expect(`${answer.status} ${answer.code}`).to.equal('401 auth.required');
        expect(answer.headers.get('www-authenticate')).to.include('Basic');
      }
      const other = await send(message(security(token())), { 'content-type': 'image/png' });
      expect(`${other.status} ${other.code}`).to.equal('401 auth.required');
    });

    it('comes before anything is read of a large package', async () => {
      const status = await new Promise<number>((resolve, reject) => {
        const request = httpRequest(gateway.soapUrl, {
          method: 'POST',
          headers: { 'content-type': 'text/xml', 'content-length': 9 * 1024 * 1024 },
        });
        request.once('response', (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        request.once('error', reject);
        request.flushHeaders();
      });
      expect(status).to.equal(401);
    });

    it('leaves those who are known their place, however many strangers hold theirs', async () => {
      let refused = 0;
      const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
      const held = Array.from({ length: 70 }, () => {
        const request = httpRequest(gateway.soapUrl, {
          method: 'POST',
          agent,
          headers: { 'content-type': 'text/xml', 'content-length': 1000 },
        });
        request.once('error', () => undefined);
        request.once('response', (response) => {
          response.resume();
          if (response.statusCode === 503) refused += 1;
        });
        request.write('<');
        return request;
      });
      await until(() => refused === 6);
      const authorization = basic('T99.01', gateway.tokenOf('T99.01'));
      expect(await outcome(envelope(operation('Ping')), { authorization })).to.equal('T99.01');
      for (const request of held) request.destroy();
      expect(refused).to.equal(6);
    });

    it('is nothing about headers that must be understood, before they are known', async () => {
      const must = '<x:Y xmlns:x="urn:x" s:mustUnderstand="1"/>';
      expect(
        await outcome(message(security(passwordText('T99.01', 'wrong')), PING, must)),
      ).to.equal('401 auth.failed');
      expect(await outcome(message(security(token()), PING, must))).to.equal(
        '500 soap.must-understand',
      );
    });
  });

  it('understands the header beside another sign-in, and not where it is switched off', async () => {
    await open();
    const authorization = () => ({ authorization: basic('T99.01', gateway.tokenOf('T99.01')) });
    const text = message(security(token()));
    expect(await outcome(text, authorization())).to.equal('T99.01');
    gateway = await gateway.restart({ exchange: { wsSecurity: 'off' } });
    expect(await outcome(text, authorization())).to.equal('500 soap.must-understand');
    expect(await outcome(text)).to.equal('401 auth.required');
    expect(await outcome(envelope(operation('Ping')), authorization())).to.equal('T99.01');
  });
});
