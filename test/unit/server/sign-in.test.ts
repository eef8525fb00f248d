/**
 * Rules of signing in that need no connection.
 */
import { expect } from 'chai';
import { mayCarryPassword } from '../../../src/server/sign-in.js';
import { credentialsOf } from '../../../src/server/token-sign-in.js';

describe('sign-in', () => {
  it('lets a password in clear text pass only over TLS, loopback or where the operator says so', () => {
    expect(mayCarryPassword(true, { clearPasswords: false })).to.equal(true);
    expect(mayCarryPassword(false, { clearPasswords: true })).to.equal(true);
    expect(mayCarryPassword(false, { clearPasswords: false })).to.equal(false);
  });

  it('reads Basic and Bearer, and nothing else', () => {
    const pair = Buffer.from('T99.01:a:b').toString('base64');
    expect(credentialsOf(`basic ${pair}`)).to.deep.equal({
      proof: 'basic',
      organId: 'T99.01',
      token: 'a:b',
    });
    expect(credentialsOf('Bearer x')).to.deep.equal({ proof: 'bearer', token: 'x' });
    for (const header of ['', 'Basic', 'Basic OnRva2Vu', 'Digest x', `Bearer ${'x'.repeat(600)}`]) {
      expect(credentialsOf(header), header).to.equal(undefined);
    }
  });
});
