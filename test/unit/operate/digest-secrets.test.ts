/**
 * Secrets for password digests: sealed for one agency, with one key, in a file that nobody else reads.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { OrganId } from '../../../src/model/organ-id.js';
import { openDigestKey, sealSecret, unsealSecret } from '../../../src/operate/digest-secrets.js';

describe('digest secrets', () => {
  const KEY = Buffer.alloc(32, 1);
  const organId = 'T99.01' as OrganId;

  it('open with the same key for the same agency only', () => {
    const sealed = sealSecret('bí mật', organId, KEY);
    const open = (more: { organId?: OrganId; sealed?: string }, key = KEY) =>
      unsealSecret({ organId, sealed, ...more }, key)?.toString('utf8');
    expect(open({})).to.equal('bí mật');
    expect(open({ organId: 'T99.02' as OrganId })).to.equal(undefined);
    expect(open({}, Buffer.alloc(32, 2))).to.equal(undefined);
    expect(open({ sealed: '' })).to.equal(undefined);
    const bytes = Buffer.from(sealed, 'base64');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(open({ sealed: bytes.toString('base64') })).to.equal(undefined);
  });

  it('are sealed anew each time', () => {
    expect(sealSecret('x', organId, KEY)).not.to.equal(sealSecret('x', organId, KEY));
  });

  it('have a key that is made once, with mode 0600', () => {
    const folder = mkdtempSync(join(tmpdir(), 'edxgate-digest-'));
    try {
      const file = join(folder, 'keys', 'ws-digest.key');
      const key = openDigestKey(file);
      expect(key).to.have.length(32);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      expect(openDigestKey(file)).to.deep.equal(key);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
