/**
 * What a WS-Security header may hold, and what it must say about the time.
 */
import { expect } from 'chai';
import { GatewayError } from '../../../src/model/issue.js';
import { parseContentType } from '../../../src/soap/content-type.js';
import { readEnvelope } from '../../../src/soap/envelope.js';
import {
  isSecurityHeader,
  readSecurityHeader,
  type SecurityHeader,
} from '../../../src/soap/ws-security.js';
import {
  createSampleAuthority,
  issueSampleCertificate,
} from '../../../src/xml/sample-authority.js';
import { PASSWORD_DIGEST, WSU } from '../../../src/xml/ws-names.js';
import { readWsSignature } from '../../../src/xml/ws-signature.js';
import {
  instant,
  message,
  passwordDigest,
  passwordText,
  security,
  signedMessage,
  timestamp,
} from '../../support/ws-security.js';

const NOW = Date.UTC(2026, 10, 24, 3);
const MINUTE = 60_000;
const TOKEN = passwordText('T99.01', 'token');
const NONCE = Buffer.alloc(16, 5);

/** What `look` sees of the header, or the reason of the refusal. */
function judge(header: string, look: (found: SecurityHeader | undefined) => unknown = () => 'ok') {
  const body = Buffer.from(message(header));
  const request = readEnvelope(body, parseContentType('text/xml'), () => true);
  try {
    return look(readSecurityHeader(request, NOW));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return /taken: (\S+)\.$/.exec(error.message)?.[1] ?? error.code;
  } finally {
    request.dispose();
  }
}

const time = (created: string, expires: string): string =>
  security(
    `<wsu:Timestamp><wsu:Created>${created}</wsu:Created><wsu:Expires>${expires}</wsu:Expires></wsu:Timestamp>${TOKEN}`,
  );

describe('the WS-Security header', () => {
  it('is read with Timestamp and UsernameToken', () => {
    const found = judge(security(`${timestamp(NOW)}${TOKEN}`), (one) => [
      one?.usernameToken,
      one?.timestamp?.until,
    ]);
    expect(found).to.deep.equal([
      { username: 'T99.01', kind: 'text', password: 'token' },
      NOW + 10 * MINUTE,
    ]);
  });

  it('holds in a message as WCF writes it, whose addressing is signed and must be understood', () => {
    const wsa = 'http://www.w3.org/2005/08/addressing';
    const open = (name: string, must = '') =>
      `<a:${name} xmlns:a="${wsa}" xmlns:u="${WSU}" ${must} u:Id="${name}">`;
    const must = 's:mustUnderstand="1"';
    const more = [
      `${open('Action', must)}urn:edxgate:gateway:1/Ping</a:Action>`,
      `${open('MessageID')}urn:uuid:00000000-0000-4000-8000-000000000001</a:MessageID>`,
      `${open('ReplyTo')}<a:Address>${wsa}/anonymous</a:Address></a:ReplyTo>`,
      `${open('To', must)}https://gateway.example/soap</a:To>`,
    ].join('');
    const authority = createSampleAuthority({ notBefore: NOW - 1e9, notAfter: NOW + 1e12 });
    const by = issueSampleCertificate(authority, {
      organId: 'T99.01',
      name: 'Cơ quan T99.01',
      keyType: 'rsa',
    });
    const uris = ['Body-1', 'Action', 'MessageID', 'ReplyTo', 'To', 'TS-1', 'X509-1'];
    const text = signedMessage({ by, more, created: NOW, uris: uris.map((id) => `#${id}`) });
    const signerOf = (whole: string): string => {
      const contentType = parseContentType('text/xml');
      const request = readEnvelope(Buffer.from(whole), contentType, isSecurityHeader);
      try {
        const found = readSecurityHeader(request, NOW);
        const body = request.body.parent;
        const { signature, timestamp: time } = found ?? {};
        if (!found || !body || !signature || !time) return 'incomplete';
        const { element } = found;
        const read = readWsSignature(request.document, {
          security: element,
          body,
          timestamp: time.element,
          signature,
        });
        if (!read.ok) return read.reason;
        const { key, verify } = read.signature;
        const verdict = verify(key.kind === 'certificate' ? [key.certificate] : []);
        return verdict.ok ? (verdict.signer.identity ?? 'none') : verdict.reason;
      } finally {
        request.dispose();
      }
    };
    expect(signerOf(text)).to.equal('T99.01');
    expect(signerOf(text.replace('gateway.example', 'other.example'))).to.equal('digest.mismatch');
    expect(() => signerOf(text.replace('/anonymous<', '/other<'))).to.throw(/must be understood/);
  });

  it('is none when it is meant for somebody else', () => {
    const look = (one: SecurityHeader | undefined) => one === undefined;
    expect(judge(security(TOKEN, 's:actor="urn:other"'), look)).to.equal(true);
    const next = 's:actor="http://schemas.xmlsoap.org/soap/actor/next"';
    expect(judge(security(TOKEN, next), look)).to.equal(false);
  });

  it('stands once, and holds each part once and nothing unknown', () => {
    const both = timestamp(NOW) + timestamp(NOW).replace('TS-1', 'TS-2');
    expect(judge(security(TOKEN) + security(TOKEN))).to.equal('header.several');
    expect(judge(security(TOKEN + TOKEN))).to.equal('header.element');
    expect(judge(security(both + TOKEN))).to.equal('header.element');
    expect(judge(security(`${TOKEN}<x xmlns="urn:saml"/>`))).to.equal('header.element');
    expect(judge(security(timestamp(NOW)))).to.equal('header.empty');
  });

  it('allows clocks to differ by five minutes, both ways', () => {
    const at = (created: number, expires: number) =>
      judge(time(instant(created), instant(expires)));
    expect(at(NOW + 5 * MINUTE, NOW + 6 * MINUTE)).to.equal('ok');
    expect(at(NOW + 5 * MINUTE + 1, NOW + 6 * MINUTE)).to.equal('timestamp.future');
    expect(at(NOW - 9 * MINUTE, NOW - 5 * MINUTE + 1)).to.equal('ok');
    expect(at(NOW - 9 * MINUTE, NOW - 5 * MINUTE)).to.equal('timestamp.expired');
    expect(at(NOW, NOW + 10 * MINUTE)).to.equal('ok');
    expect(at(NOW, NOW + 10 * MINUTE + 1)).to.equal('timestamp.window');
  });

  it('reads times with any zone, and none without', () => {
    expect(
      judge(time('2026-11-24T10:00:00+07:00', '2026-11-24T10:05:00.123456789+07:00')),
    ).to.equal('ok');
    for (const wrong of ['2026-11-24T03:00:00', '2026-11-24', 'now', '2026-99-24T03:00:00Z', '']) {
      expect(judge(time(wrong, '2026-11-24T03:05:00Z')), wrong).to.equal('timestamp.form');
    }
  });

  it('wants Created and Expires, once each, the one before the other', () => {
    const created = `<wsu:Created>${instant(NOW)}</wsu:Created>`;
    const expires = `<wsu:Expires>${instant(NOW + MINUTE)}</wsu:Expires>`;
    for (const content of [
      '',
      created,
      expires,
      created + created,
      expires + created,
      `${created}${expires}${expires}`,
    ]) {
      const header = security(`<wsu:Timestamp>${content}</wsu:Timestamp>${TOKEN}`);
      expect(judge(header), content).to.equal('timestamp.form');
    }
    expect(judge(time(instant(NOW), instant(NOW)))).to.equal('timestamp.form');
  });

  it('reads a password digest with nonce and time', () => {
    const created = instant(NOW);
    const found = judge(security(passwordDigest('T99.01', 's', created, NONCE)), (one) =>
      one?.usernameToken?.kind === 'digest'
        ? [one.usernameToken.nonce, one.usernameToken.created, one.usernameToken.createdAt]
        : undefined,
    );
    expect(found).to.deep.equal([NONCE, created, NOW]);
  });

  it('refuses a digest without nonce or time, and a password of an unknown kind', () => {
    const whole = passwordDigest('T99.01', 's', instant(NOW), NONCE);
    const refused = {
      'no nonce': whole.replace(/<wsse:Nonce.*<\/wsse:Nonce>/, ''),
      'a short nonce': whole.replace(NONCE.toString('base64'), 'AAAA'),
      'no time': whole.replace(/<wsu:Created>.*<\/wsu:Created>/, ''),
      'another kind': whole.replace(PASSWORD_DIGEST, 'urn:x'),
      'no user': whole.replace('T99.01', ''),
      'two users': whole.replace(
        '<wsse:Password',
        '<wsse:Username>T99.02</wsse:Username><wsse:Password',
      ),
      'a long user': whole.replace('T99.01', 'T'.repeat(600)),
    };
    for (const [what, token] of Object.entries(refused)) {
      expect(token, what).not.to.equal(whole);
      expect(judge(security(token)), what).to.equal('username-token.form');
    }
  });
});
