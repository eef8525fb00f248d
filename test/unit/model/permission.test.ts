import { expect } from 'chai';
import type { OrganId } from '../../../src/model/organ-id.js';
import {
  covers,
  type Grant,
  holds,
  PERMISSIONS,
  ROLES,
  scopeOf,
} from '../../../src/model/permission.js';

const organ = (text: string): OrganId => text as OrganId;

describe('permissions', () => {
  it('keep duties apart', () => {
    const of = (role: (typeof ROLES)[number]) => PERMISSIONS.filter((one) => holds(role, one));
    expect(of('viewer')).to.deep.equal(['message.read', 'agency.read']);
    expect(of('administrator')).not.to.include.members(['message.content']);
    expect(of('administrator').some((one) => one.startsWith('queue.'))).to.equal(false);
    expect(of('operator').some((one) => one.endsWith('.write') || one === 'user.read')).to.equal(
      false,
    );
    expect(of('auditor').filter((one) => /write|act|decide|run|secret/.test(one))).to.deep.equal(
      [],
    );
    for (const one of PERMISSIONS)
      expect(
        ROLES.some((role) => holds(role, one)),
        one,
      ).to.equal(true);
  });

  it('hold for the union of the scopes that give them', () => {
    const grants: Grant[] = [
      { role: 'viewer', scope: [organ('T99.01')] },
      { role: 'operator', scope: [organ('T99.02'), organ('T99.01')] },
    ];
    expect(scopeOf(grants, 'message.read')).to.deep.equal(['T99.01', 'T99.02']);
    expect(scopeOf(grants, 'queue.act')).to.deep.equal(['T99.01', 'T99.02']);
    expect(scopeOf(grants, 'user.write')).to.equal(undefined);
    expect(scopeOf([...grants, { role: 'auditor', scope: 'all' }], 'message.read')).to.equal('all');
    expect(scopeOf([], 'message.read')).to.equal(undefined);
  });

  it('cover an agency and what stands below it, not what merely begins alike', () => {
    const scope = [organ('T99')];
    expect(covers(scope, 'T99')).to.equal(true);
    expect(covers(scope, 'T99.01.02')).to.equal(true);
    expect(covers(scope, 'T991')).to.equal(false);
    expect(covers([], 'T99')).to.equal(false);
    expect(covers('all', 'H01')).to.equal(true);
  });
});
