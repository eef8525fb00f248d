import { scryptSync } from 'node:crypto';
import { expect } from 'chai';
import { checkPassword, keepPassword, MAX_PASSWORD_CHARS } from '../../../src/access/password.js';

describe('passwords', () => {
  it('are kept with a salt of their own and found right again', async () => {
    const [one, two] = await Promise.all([
      keepPassword('năm con mèo'),
      keepPassword('năm con mèo'),
    ]);
    expect(one).not.to.equal(two);
    expect(one).to.match(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await checkPassword('năm con mèo', one)).to.deep.equal({ right: true, outdated: false });
    expect((await checkPassword('năm con meo', one)).right).to.equal(false);
  });

  it('are the same in whichever form their letters were typed', async () => {
    const kept = await keepPassword('phòng chống bão'.normalize('NFD'));
    expect((await checkPassword('phòng chống bão'.normalize('NFC'), kept)).right).to.equal(true);
  });

  it('kept at a lower cost are right and outdated', async () => {
    const salt = Buffer.alloc(16, 1);
    const key = scryptSync('mot hai ba', salt, 32, { N: 1024, r: 8, p: 1 });
    const kept = `scrypt$1024$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`;
    expect(await checkPassword('mot hai ba', kept)).to.deep.equal({ right: true, outdated: true });
  });

  it('of nobody, damaged or endless are never right', async () => {
    expect((await checkPassword('x', undefined)).right).to.equal(false);
    expect((await checkPassword('x', 'scrypt$broken')).right).to.equal(false);
    const long = 'x'.repeat(MAX_PASSWORD_CHARS + 1);
    expect((await checkPassword(long, await keepPassword(long))).right).to.equal(false);
  });
});
