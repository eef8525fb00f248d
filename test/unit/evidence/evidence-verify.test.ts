/** What `evidence verify` asks of a file that is well sealed: its key holder may still lie. */
import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { makeCertificate } from '../../../src/evidence/certificate.js';
import { makeCheckpoint } from '../../../src/evidence/checkpoint.js';
import { FORMAT } from '../../../src/evidence/evidence-facts.js';
import { MIME_TYPE, seal } from '../../../src/evidence/evidence-seal.js';
import { verifyEvidence } from '../../../src/evidence/evidence-verify.js';
import { type LogProof, logProofText } from '../../../src/evidence/log-proof.js';
import { merkleRoot } from '../../../src/evidence/merkle.js';
import { makeReceipt } from '../../../src/evidence/receipt.js';
import { keyId, type ReceiptKey } from '../../../src/evidence/receipt-keys.js';
import { type Member, writeZip } from '../../../src/evidence/zip-format.js';
import { entryHash, NO_HASH, sha256Text } from '../../../src/model/log-entry.js';
import { type MessageId, newMessageId } from '../../../src/model/message-id.js';
import type { OrganId } from '../../../src/model/organ-id.js';
import { samplePackage } from '../../support/sample-document.js';

const GATEWAY = 'T99.00' as OrganId;
const SENDER = 'T99.01' as OrganId;
const RECIPIENT = 'T99.02' as OrganId;
const TIME = '2026-11-24T01:02:03.004Z';
const ANSWER = 'HTTP/1.1 200 OK\n\nđã nhận';

function keyOf(pair: { privateKey: ReceiptKey['privateKey']; publicKey: ReceiptKey['publicKey'] }) {
  return { ...pair, id: keyId(pair.publicKey) };
}
const key: ReceiptKey = keyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const stranger: ReceiptKey = keyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }));

const content = samplePackage();
const digest = sha256Text(content.toString('utf8'));
const messageId: MessageId = newMessageId(Date.parse(TIME));

function receipt(over: object = {}, by = key): Uint8Array {
  const facts = {
    messageId,
    kind: 'document' as const,
    fromOrganId: SENDER,
    documentId: 'T99.01,2026/11/24,1/SMA',
    contentDigest: digest,
    sizeBytes: content.length,
    receivedAt: TIME,
    signatureClass: 'absent' as const,
    recipients: [RECIPIENT],
  };
  return makeReceipt({ ...facts, ...over }, GATEWAY, by);
}

function certificate(over: object = {}, by = key): Uint8Array {
  const facts = {
    messageId,
    kind: 'document' as const,
    fromOrganId: SENDER,
    toOrganId: RECIPIENT,
    documentId: 'T99.01,2026/11/24,1/SMA',
    contentDigest: digest,
    deliveredAt: TIME,
    how: { kind: 'push' as const, attempt: 1, answerDigest: sha256Text(ANSWER) },
  };
  return makeCertificate({ ...facts, ...over }, GATEWAY, by);
}

interface LogOver {
  readonly subject?: string;
  readonly text?: string;
  readonly by?: ReceiptKey;
  readonly change?: (proof: LogProof) => unknown;
}

/** One event in a tree of two leaves. */
function logMembers({ subject = messageId, text, by = key, change }: LogOver = {}): Member[] {
  const event = `["event","${messageId}",1,"received",null] {}`;
  const line = `gateway 1 1795000000010 event 1 ${subject} received - ${sha256Text(event)}`;
  const hash = entryHash(NO_HASH, line);
  const other = Buffer.alloc(32, 7);
  const root = merkleRoot([Buffer.from(hash, 'hex'), other]).toString('hex');
  const head = other.toString('hex');
  const checkpoint = makeCheckpoint(
    {
      number: 1,
      time: TIME,
      gateway: GATEWAY,
      chains: [{ name: 'gateway', from: 1, to: 2, head }],
      entries: 2,
      merkleRoot: root,
    },
    by,
  );
  const path = [{ side: 'right' as const, hash: merkleRoot([other]).toString('hex') }];
  const inclusion = { checkpoint: 1, leaf: 0, leaves: 2, path, root };
  const entries = [{ text: text ?? event, line, previous: NO_HASH, hash, inclusion }];
  const proof: LogProof = { messageId, entries, checkpoints: [] };
  const json = change === undefined ? proof : change(proof);
  return [
    { name: 'log/proof.json', bytes: Buffer.from(JSON.stringify(json)) },
    { name: 'log/proof.txt', bytes: Buffer.from(logProofText(proof)) },
    { name: 'log/checkpoint-1.xml', bytes: Buffer.from(checkpoint) },
  ];
}

function pem(of: ReceiptKey): Buffer {
  return Buffer.from(of.publicKey.export({ type: 'spki', format: 'pem' }).toString());
}

interface Over {
  readonly facts?: object;
  readonly receipt?: Uint8Array | null;
  readonly package?: Uint8Array | null;
  readonly certificate?: Uint8Array;
  readonly answer?: string | null;
  readonly log?: readonly Member[];
  readonly more?: readonly Member[];
  readonly keys?: readonly Member[];
  readonly by?: ReceiptKey;
}

function evidence(over: Over = {}): Buffer {
  const facts = {
    format: FORMAT,
    gateway: GATEWAY,
    messageId,
    kind: 'document',
    fromOrganId: SENDER,
    documentId: 'T99.01,2026/11/24,1/SMA',
    contentDigest: digest,
    sizeBytes: content.length,
    receivedAt: TIME,
    signatureClass: 'absent',
    package: 'package.edxml',
    ...over.facts,
  };
  const optional = (name: string, bytes: Uint8Array | null): Member[] =>
    bytes === null ? [] : [{ name, bytes }];
  const { answer = ANSWER } = over;
  const members = [
    { name: 'mimetype', bytes: Buffer.from(MIME_TYPE) },
    { name: 'README.txt', bytes: Buffer.from('mẫu') },
    { name: 'index.html', bytes: Buffer.from('mẫu') },
    { name: 'message.json', bytes: Buffer.from(JSON.stringify(facts)) },
    ...optional('package.edxml', over.package === undefined ? content : over.package),
    ...optional('receipt.xml', over.receipt === undefined ? receipt() : over.receipt),
    { name: 'signature/verdict.json', bytes: Buffer.from('{}') },
    { name: 'deliveries/1/certificate-1.xml', bytes: over.certificate ?? certificate() },
    ...optional('deliveries/1/answer-1.txt', answer === null ? null : Buffer.from(answer)),
    ...(over.log ?? logMembers()),
    ...(over.more ?? []),
    ...(over.keys ?? [{ name: `keys/${key.id}.pem`, bytes: pem(key) }]),
  ];
  return writeZip(seal(members, over.by ?? key));
}

/** `name: reason` of the checks that did not pass. */
function failures(bytes: Buffer): string[] {
  const { ok, checks } = verifyEvidence(bytes);
  const failed = checks.filter((one) => !one.ok).map(({ name, reason }) => `${name}: ${reason}`);
  expect(ok).to.equal(failed.length === 0);
  return failed;
}

describe('evidence verify', () => {
  it('passes a file in which everything fits', () => {
    expect(failures(evidence())).to.deep.equal([]);
    expect(verifyEvidence(evidence()).checks.map(({ name }) => name)).to.deep.equal([
      'zip',
      'members',
      'digests',
      'sums-signature',
      'manifest',
      'key',
      'receipt',
      'package',
      'signature',
      'deliveries',
      'statuses',
      'log',
    ]);
  });

  it('holds message.json against the receipt', () => {
    for (const [name, value] of [
      ['receivedAt', '2026-11-23T01:02:03.004Z'],
      ['fromOrganId', 'T99.03'],
      ['documentId', 'T99.01,2026/11/24,2/SMA'],
      ['signatureClass', 'valid'],
      ['sizeBytes', 1],
      ['gateway', 'T99.09'],
    ] as const) {
      const failed = failures(evidence({ facts: { [name]: value } }));
      expect(failed).to.deep.equal([`receipt: message.json says another ${name}`]);
    }
  });

  it('wants a receipt, signed by a key in the file, that is a receipt', () => {
    const bad = 'receipt: there is none, or its signature does not hold';
    expect(failures(evidence({ receipt: null }))).to.deep.equal([bad]);
    expect(failures(evidence({ receipt: receipt({}, stranger) }))).to.deep.equal([bad]);
    expect(failures(evidence({ receipt: certificate() }))).to.deep.equal([bad]);
    const text = Buffer.from(receipt()).toString().replace('1/SMA', '2/SMA');
    expect(failures(evidence({ receipt: Buffer.from(text) }))).to.deep.equal([bad]);
  });

  it('holds the package against the receipt', () => {
    const other = samplePackage({ codeNumber: '99' });
    expect(failures(evidence({ package: other }))[0]).to.match(/^package: its SHA-256 is not/);
    expect(failures(evidence({ package: null }))[0]).to.match(/^package: message.json names it/);
    const gone = { package: null, facts: { package: undefined } };
    expect(failures(evidence(gone))).to.deep.equal([]);
  });

  it('finds a class of signature that the bytes do not bear out', () => {
    const signatureClass = 'valid' as const;
    const lied = evidence({ receipt: receipt({ signatureClass }), facts: { signatureClass } });
    expect(failures(lied)).to.deep.equal([
      'signature: recorded: valid; made anew with the certificates in the file: absent (signature.absent)',
    ]);
  });

  it('holds delivery certificates against receipt, package and answer', () => {
    const file = 'deliveries: deliveries/1/certificate-1.xml:';
    const cases: readonly (readonly [Over, string])[] = [
      [{ certificate: certificate({}, stranger) }, 'its signature does not hold'],
      [{ certificate: receipt() }, 'its signature does not hold'],
      [{ certificate: certificate({ messageId: newMessageId(1) }) }, 'it is for another MessageId'],
      [
        { certificate: certificate({ contentDigest: '0'.repeat(64) }) },
        'it is for another ContentDigest',
      ],
      [{ answer: 'HTTP/1.1 500' }, 'it is for another answer'],
      [{ answer: null }, 'the answer that it names is not there'],
    ];
    for (const [over, reason] of cases) {
      expect(failures(evidence(over))).to.deep.equal([`${file} ${reason}`]);
    }
  });

  it('holds receipts of notices against their packages', () => {
    const id = newMessageId(5);
    const notice = (by: ReceiptKey, text: string): Member[] => [
      { name: `statuses/${id}.edxml`, bytes: Buffer.from(text) },
      {
        name: `statuses/${id}.receipt.xml`,
        bytes: receipt({ messageId: id, kind: 'status', contentDigest: sha256Text('a') }, by),
      },
    ];
    expect(failures(evidence({ more: notice(key, 'a') }))).to.deep.equal([]);
    expect(failures(evidence({ more: notice(key, 'b') }))[0]).to.match(/^statuses: .* its package/);
    expect(failures(evidence({ more: notice(stranger, 'a') }))[0]).to.match(/^statuses: .* hold/);
  });

  it('follows every entry of the log to a signed root', () => {
    const first = (proof: LogProof, change: object): unknown => ({
      ...proof,
      entries: [{ ...proof.entries[0], ...change }],
    });
    const cases: readonly (readonly [LogOver, RegExp])[] = [
      [{ subject: newMessageId(3) }, /is an entry of another message/],
      [{ text: 'something else' }, /does not stand for its text/],
      [{ by: stranger }, /the signature of a checkpoint does not hold/],
      [{ change: (proof) => ({ ...proof, messageId: newMessageId(3) }) }, /for another message/],
      [{ change: (proof) => first(proof, { previous: '1'.repeat(64) }) }, /has a wrong hash/],
      [{ change: (proof) => first(proof, { inclusion: { checkpoint: 2 } }) }, /not there/],
      [{ change: (proof) => ({ ...proof, entries: [] }) }, /proof.txt is not what/],
      [
        {
          change: (proof) =>
            first(proof, { inclusion: { ...proof.entries[0]?.inclusion, path: [] } }),
        },
        /does not lead/,
      ],
      [{ change: () => 'text' }, /for another message/],
      [{ change: () => ({ messageId, entries: [null, 7, []] }) }, /is an entry of another/],
      [{ change: () => ({ messageId, entries: { length: 9 } }) }, /proof.txt is not what/],
    ];
    for (const [log, reason] of cases) {
      const failed = failures(evidence({ log: logMembers(log) }));
      expect(failed, String(reason)).to.have.length(1);
      expect(failed[0])
        .to.match(/^log: /)
        .and.match(reason);
    }
  });

  it('takes keys by their own id only, and none that is weak', () => {
    const keys = [{ name: `keys/${stranger.id}.pem`, bytes: pem(key) }];
    expect(failures(evidence({ keys })).join()).to.include(
      'key: the key of the manifest is not there',
    );
    const beside = [...keys, { name: `keys/${key.id}.pem`, bytes: pem(key) }];
    expect(failures(evidence({ keys: beside }))[0]).to.match(/^key: keys\/.*: not the key/);
    const weak = keyOf(generateKeyPairSync('rsa', { modulusLength: 1024 }));
    const own = [{ name: `keys/${weak.id}.pem`, bytes: pem(weak) }, ...beside.slice(1)];
    expect(failures(evidence({ keys: own }))[0]).to.match(/^key: keys\/.*: not the key/);
  });

  it('says that the key is not proven, until it is given', () => {
    const told = verifyEvidence(evidence()).checks.find(({ name }) => name === 'key');
    expect(told?.ok).to.equal(true);
    expect(told?.reason).to.match(/NOT PROVEN .* SHA-256 [0-9a-f]{64} /);
    const given = (one: ReceiptKey) =>
      verifyEvidence(evidence(), new Map([[one.id, one.publicKey]]));
    expect(given(key).ok).to.equal(true);
    expect(given(stranger).ok).to.equal(false);
  });

  it('refuses members that an evidence file does not have, and never throws', () => {
    const strange = { name: 'deliveries/1/run.sh', bytes: Buffer.from('x') };
    expect(failures(evidence({ more: [strange] }))[0]).to.match(/^members: deliveries\/1\/run.sh/);
    const odd = (name: string, text: string): Over => ({
      more: [{ name, bytes: Buffer.from(text) }],
    });
    for (const over of [
      odd('signature/anchor-1.pem', 'no certificate'),
      odd('signature/list-1.crl', '0'),
      odd('signature/answer-1.ocsp', '0'),
      odd(
        'signature/package-1.pem',
        '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      ),
    ]) {
      expect(failures(evidence(over))).to.deep.equal([]);
    }
    expect(failures(evidence({ facts: { format: 'other' } }))[0]).to.match(
      /^members: message.json/,
    );
    expect(failures(Buffer.alloc(0))).to.deep.equal(['zip: zip.end']);
  });
});
