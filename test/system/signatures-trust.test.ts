import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { setAgency } from '../../src/operate/agencies.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { createSampleRevocationList } from '../../src/xml/sample-authority.js';
import { faultOf, resultOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { certificateFor, changed, sampleAuthority, signed } from '../support/signed.js';
import { type Node, sendPackage } from '../support/soap.js';

const authority = sampleAuthority();
const SIGNER = certificateFor(authority, 'T99.01');
const STRANGER = certificateFor(authority, 'T99.02');
/** Design 2.3: trust anchors, revocation, SHA-1, and what xmlsec1 and the JDK signed. */
describe('whom a signature is believed', () => {
  let gateway: TestGateway;

  const open = async (options: Parameters<typeof openGateway>[0] = {}) => {
    gateway = await openGateway(options);
    for (const organId of ['T99.01', 'T99.02']) await gateway.agency({ organId });
  };
  afterEach(() => gateway.close());
  const send = (bytes: Buffer, organId = 'T99.01') =>
    sendPackage(gateway.soapUrl, bytes, { organId, token: gateway.tokenOf(organId) });
  const accept = async (bytes: Buffer, organId?: string): Promise<Node> =>
    resultOf(await send(bytes, organId));
  const refused = async (bytes: Buffer, code: string): Promise<Node> => {
    const fault = faultOf(await send(bytes), code);
    expect((await gateway.store.counts()).messages).to.equal(0);
    return fault;
  };
  const codes = (result: Node) => result.all('Warning').map((one) => one.get('Code'));

  describe('SHA-1', () => {
    const folder = join(PACKAGE_ROOT, 'fixtures', 'signatures', 'invalid');
    const bytes = readFileSync(join(folder, 'sha1.edxml'));
    const from = /From>.*?OrganId>([^<]+)</s.exec(bytes.toString('utf8'))?.[1] ?? '';
    const to = [...bytes.toString('utf8').matchAll(/To>\s*<[^>]*OrganId>([^<]+)</g)].map(
      (one) => one[1] ?? '',
    );

    beforeEach(async () => {
      gateway = await openGateway({
        trust: { anchors: [join(PACKAGE_ROOT, 'fixtures', 'keys', 'authority.pem')], crls: [] },
      });
      for (const organId of new Set([from, ...to])) await gateway.agency({ organId });
    });

    it('is refused', async () => {
      const fault = faultOf(await send(bytes, from), 'signature.invalid');
      expect(fault.all('Issue')[0]?.get('Text')).to.include('sha1');
    });

    it('is taken and marked when the policy of the agency allows it', async () => {
      await setAgency(gateway.operator, from, { allowSha1: true });
      const result = await accept(bytes, from);
      expect(result.get('SignatureClass')).to.equal('valid');
      expect(codes(result)).to.include('signature.sha1');
    });

    it('even when allowed it must hold', async () => {
      await setAgency(gateway.operator, from, { allowSha1: true });
      const text = bytes.toString('utf8');
      const subject = /Subject>([^<]+)</.exec(text)?.[1] ?? '';
      faultOf(await send(changed(bytes, subject, 'Khác'), from), 'signature.invalid');
    });
  });

  describe('trust anchors', () => {
    const withTrust = async (crl?: string) => {
      await open();
      const { folder } = gateway;
      const anchor = join(folder, 'ca.pem');
      writeFileSync(anchor, authority.certificatePem);
      const list = join(folder, 'ca.crl');
      if (crl !== undefined) writeFileSync(list, crl);
      gateway = await gateway.restart({
        trust: { anchors: [anchor], crls: crl === undefined ? [] : [list] },
      });
    };

    it('a chain to an anchor with the organ id as UID is trusted without registration', async () => {
      await withTrust();
      const result = await accept(signed({}, { by: SIGNER }));
      expect(result.get('SignatureClass')).to.equal('valid');
    });

    it('a chain with another UID is untrusted', async () => {
      await withTrust();
      await refused(signed({}, { by: STRANGER }), 'signature.untrusted');
    });

    it('an organ id that is only a part of the UID is untrusted', async () => {
      await withTrust();
      const longer = certificateFor(authority, 'T99.01.02');
      await refused(signed({}, { by: longer }), 'signature.untrusted');
    });

    it('an expired certificate is untrusted', async () => {
      await withTrust();
      const now = Date.now();
      const expired = certificateFor(authority, 'T99.01', {
        notBefore: now - 10 * 86_400_000,
        notAfter: now - 86_400_000,
      });
      await refused(signed({}, { by: expired }), 'signature.untrusted');
    });

    it('another authority of the same name is no anchor', async () => {
      await withTrust();
      const forged = certificateFor(sampleAuthority(), 'T99.01');
      await refused(signed({}, { by: forged }), 'signature.untrusted');
    });

    it('a revoked certificate is untrusted', async () => {
      const now = Date.now();
      await withTrust(
        createSampleRevocationList(authority, [SIGNER.certificatePem], { thisUpdate: now - 1000 }),
      );
      const fault = await refused(signed({}, { by: SIGNER }), 'signature.untrusted');
      expect(fault.all('Issue')[0]?.get('Text')).to.include('revoked');
    });

    it('a revocation list is read again on reload, without a restart', async () => {
      const now = Date.now();
      await withTrust(createSampleRevocationList(authority, [], { thisUpdate: now - 2000 }));
      await accept(signed({}, { by: SIGNER }));
      writeFileSync(
        join(gateway.folder, 'ca.crl'),
        createSampleRevocationList(authority, [SIGNER.certificatePem], { thisUpdate: now - 1000 }),
      );
      gateway.reloadTrust();
      faultOf(await send(signed({}, { by: SIGNER })), 'signature.untrusted');
    });

    it('a broken anchor file stops the reload and leaves the old trust in force', async () => {
      await withTrust();
      writeFileSync(join(gateway.folder, 'ca.pem'), 'không phải chứng thư');
      expect(() => gateway.reloadTrust()).to.throw();
      await accept(signed({}, { by: SIGNER }));
    });
  });

  describe('the fixtures of foreign signers', () => {
    const folder = join(PACKAGE_ROOT, 'fixtures', 'signatures');
    const keys = join(PACKAGE_ROOT, 'fixtures', 'keys');
    const classes = ['valid', 'invalid', 'untrusted', 'absent', 'placeholder', 'wrong-namespace'];

    const options = {
      signature: { policy: 'record' },
      trust: { anchors: [join(keys, 'authority.pem')], crls: [join(keys, 'authority.crl.pem')] },
    } as const;
    /** From first, then every To. */
    const agencies = (text: string): string[] => [
      ...new Set(
        [...text.matchAll(/<(?:\w+:)?(?:From|To)>\s*<(?:\w+:)?OrganId>([^<]+)</g)].map(
          ([, organId = '']) => organId,
        ),
      ),
    ];

    for (const found of classes) {
      const files = readdirSync(join(folder, found)).filter((one) => one.endsWith('.edxml'));
      for (const file of files) {
        it(`${found}/${file} is taken as ${found} under record`, async () => {
          gateway = await openGateway(options);
          const bytes = readFileSync(join(folder, found, file));
          const organIds = agencies(bytes.toString('utf8'));
          for (const organId of organIds) await gateway.agency({ organId });
          const result = await accept(bytes, organIds[0]);
          expect(result.get('SignatureClass')).to.equal(found);
        });
      }
    }
  });
});
