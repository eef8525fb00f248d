/** Archives of one form only: what is written, and everything else refused. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  CENTRAL_BYTES,
  centralHeader,
  endRecord,
  isMemberName,
  LOCAL_BYTES,
  localHeader,
  type Member,
  writeZip,
  ZIP_LIMITS,
} from '../../../src/evidence/zip-format.js';
import { readZip } from '../../../src/evidence/zip-read.js';

const MEMBERS: readonly Member[] = [
  { name: 'mimetype', bytes: Buffer.from('application/x-mẫu') },
  { name: 'log/proof.json', bytes: Buffer.from('{}') },
  { name: 'empty.txt', bytes: Buffer.alloc(0) },
];

function reasonOf(bytes: Buffer): string {
  const read = readZip(bytes);
  return read.kind === 'refused' ? read.reason : 'read';
}

/** As an attacker writes it: headers that may say anything. */
function zipOf(
  pieces: readonly { local: Buffer; content?: Uint8Array; central: Buffer }[],
  count = pieces.length,
): Buffer {
  const body = pieces.flatMap(({ local, content }) => [local, content ?? Buffer.alloc(0)]);
  const bodySize = Buffer.concat(body).length;
  const central = Buffer.concat(pieces.map((one) => one.central));
  return Buffer.concat([...body, central, endRecord(count, central.length, bodySize)]);
}

/** One honest member whose headers `change` may spoil. */
function spoiled(change: (local: Buffer, central: Buffer) => void, name = 'a.txt'): Buffer {
  const member = { name, bytes: Buffer.from('abc') };
  const local = localHeader(member);
  const central = centralHeader(member, 0);
  change(local, central);
  return zipOf([{ local, content: member.bytes, central }]);
}

describe('the archive of an evidence file', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'edxgate-zip-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is read back as it was written, always with the same bytes', () => {
    const bytes = writeZip(MEMBERS);
    expect(bytes.equals(writeZip(MEMBERS))).to.equal(true);
    const read = readZip(bytes);
    if (read.kind === 'refused') throw new Error(read.reason);
    expect(
      read.members.map(({ name, bytes: content }) => [name, content.toString()]),
    ).to.deep.equal(MEMBERS.map(({ name, bytes: content }) => [name, content.toString()]));
  });

  it('is taken by unzip, with the type where tools for containers look for it', () => {
    const file = join(folder, 'taken.zip');
    const bytes = writeZip(MEMBERS);
    writeFileSync(file, bytes);
    expect(execFileSync('unzip', ['-tq', file]).toString()).to.include('No errors');
    expect(execFileSync('unzip', ['-p', file, 'log/proof.json']).toString()).to.equal('{}');
    expect(bytes.toString('latin1', 30, 38)).to.equal('mimetype');
  });

  it('is refused when any single byte is changed', () => {
    const bytes = writeZip(MEMBERS);
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [0x01, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ mask;
        expect(reasonOf(changed), `byte ${at}`).to.match(/^zip\./);
      }
    }
  });

  it('is refused when it is cut off anywhere', () => {
    const bytes = writeZip(MEMBERS);
    for (let length = 0; length < bytes.length; length++) {
      expect(reasonOf(bytes.subarray(0, length)), `${length} bytes`).to.match(/^zip\./);
      expect(reasonOf(bytes.subarray(bytes.length - length)), `last ${length}`).to.match(/^zip\./);
    }
  });

  it('is refused with anything before, between or behind, and with a comment', () => {
    const bytes = writeZip(MEMBERS);
    expect(reasonOf(Buffer.concat([bytes, Buffer.from('\n')]))).to.equal('zip.end');
    expect(reasonOf(Buffer.concat([Buffer.from('#!/bin/sh\n'), bytes]))).to.equal('zip.end');
    const comment = Buffer.from(bytes);
    comment.writeUInt16LE(5, bytes.length - 2);
    expect(reasonOf(Buffer.concat([comment, Buffer.from('hello')]))).to.equal('zip.end');
    // A whole archive as the comment of another: which one a reader sees depends on the reader.
    expect(reasonOf(Buffer.concat([comment, bytes]))).to.equal('zip.end');
    const [first] = MEMBERS;
    if (first === undefined) throw new Error('no members');
    const piece = { local: localHeader(first), content: first.bytes };
    const gap = zipOf(
      [
        { ...piece, central: centralHeader(first, 0) },
        { local: Buffer.from('hidden'), central: Buffer.alloc(0) },
      ],
      1,
    );
    expect(reasonOf(gap)).to.equal('zip.gap');
    const entry = zipOf([
      { ...piece, central: Buffer.concat([centralHeader(first, 0), Buffer.alloc(9)]) },
    ]);
    expect(reasonOf(entry)).to.equal('zip.gap');
  });

  it('refuses headers that differ, lie about sizes, or ask for what is not there', () => {
    const cases: Record<string, (local: Buffer, central: Buffer) => void> = {
      'another size in the local header': (local) => local.writeUInt32LE(2, 22),
      'another name in the local header': (local) => local.write('b', LOCAL_BYTES),
      deflated: (local, central) => {
        local.writeUInt16LE(8, 8);
        central.writeUInt16LE(8, 10);
      },
      'a bomb: four gigabytes in three bytes': (local, central) => {
        local.writeUInt32LE(0xffffffff, 22);
        central.writeUInt32LE(0xffffffff, 24);
      },
      'zip64 sizes': (_local, central) => {
        central.writeUInt32LE(0xffffffff, 20);
        central.writeUInt32LE(0xffffffff, 24);
        central.writeUInt32LE(0xffffffff, 42);
      },
      'a local header elsewhere': (_local, central) => central.writeUInt32LE(7, 42),
      encrypted: (local, central) => {
        local.writeUInt16LE(1, 6);
        central.writeUInt16LE(1, 8);
      },
      'a data descriptor': (local, central) => {
        local.writeUInt16LE(8, 6);
        central.writeUInt16LE(8, 8);
      },
      'a symbolic link': (_local, central) => {
        central.writeUInt16LE(0x0314, 4);
        central.writeUInt32LE((0o120777 << 16) >>> 0, 38);
      },
      'extra fields': (_local, central) => central.writeUInt16LE(4, 30),
      'a comment of the member': (_local, central) => central.writeUInt16LE(4, 32),
      'another disk': (_local, central) => central.writeUInt16LE(1, 34),
      'another checksum': (_local, central) => central.writeUInt32LE(1, 16),
    };
    for (const [name, change] of Object.entries(cases)) {
      expect(reasonOf(spoiled(change)), name).to.equal('zip.member');
    }
    expect(reasonOf(spoiled((_local, central) => central.writeUInt16LE(60_000, 28)))).to.equal(
      'zip.directory',
    );
    expect(reasonOf(spoiled(() => undefined))).to.equal('read');
  });

  it('refuses names that lead out of a folder, and two that are one to a file system', () => {
    const bad = [
      '../up',
      '/etc/passwd',
      'a/../../b',
      'a//b',
      './a',
      'a/',
      'a\\b',
      'C:x',
      '.hidden',
      'a b',
      '-rf',
      'ünïcode',
      'a\nb',
      '',
      `${'a'.repeat(ZIP_LIMITS.nameChars)}b`,
      'a/b/c/d/e',
    ];
    for (const name of bad) {
      expect(isMemberName(name), name).to.equal(false);
      expect(() => writeZip([{ name, bytes: Buffer.alloc(0) }]), name).to.throw(RangeError);
      const latin = Buffer.from(name, 'latin1').toString('latin1');
      const member = { name: latin, bytes: Buffer.alloc(0) };
      const piece = { local: localHeader(member), central: centralHeader(member, 0) };
      expect(reasonOf(zipOf([piece])), name).to.equal('zip.name');
    }
    const twins = ['a.txt', 'A.TXT'].map((name) => ({ name, bytes: Buffer.alloc(1) }));
    expect(reasonOf(writeZip(twins))).to.equal('zip.duplicate');
    expect(reasonOf(writeZip([...MEMBERS, ...MEMBERS.slice(0, 1)]))).to.equal('zip.duplicate');
  });

  it('refuses counts that are not true, before it does any work', () => {
    expect(reasonOf(endRecord(0, 0, 0))).to.equal('zip.count');
    expect(reasonOf(endRecord(65_535, 0, 0))).to.equal('zip.count');
    const bytes = writeZip(MEMBERS);
    const more = Buffer.from(bytes);
    for (const at of [8, 10]) more.writeUInt16LE(9, bytes.length - 22 + at);
    expect(reasonOf(more)).to.equal('zip.directory');
    const fewer = Buffer.from(bytes);
    for (const at of [8, 10]) fewer.writeUInt16LE(2, bytes.length - 22 + at);
    expect(reasonOf(fewer)).to.equal('zip.gap');
    // All entries of the directory name one and the same content.
    const [member] = MEMBERS;
    if (member === undefined) throw new Error('no members');
    const local = localHeader(member);
    const central = centralHeader(member, 0);
    const shared = Buffer.concat([
      local,
      member.bytes,
      ...Array.from({ length: 1000 }, () => central),
      endRecord(
        1000,
        1000 * (CENTRAL_BYTES + member.name.length),
        local.length + member.bytes.length,
      ),
    ]);
    expect(reasonOf(shared)).to.equal('zip.member');
  });

  it('refuses what other programs write', () => {
    const own = join(folder, 'other');
    mkdirSync(own);
    writeFileSync(join(own, 'a.txt'), 'a'.repeat(1_000_000));
    symlinkSync('/etc/passwd', join(own, 'link'));
    for (const options of [['-q'], ['-q0'], ['-qX0'], ['-qy'], ['-qfz-']]) {
      const file = join(folder, `other${options.join('')}.zip`);
      execFileSync('zip', [...options, '-r', file, 'other'], { cwd: folder });
      expect(reasonOf(execFileSync('cat', [file])), options.join(' ')).to.match(/^zip\./);
    }
  });
});
