import { expect } from 'chai';
import { silentLogger } from '../../src/log.js';
import type { Business } from '../../src/model/edxml.js';
import type { SignatureClass, SignaturePolicy } from '../../src/model/signature.js';
import { setAgency } from '../../src/operate/agencies.js';
import { addCertificate, expireCertificate } from '../../src/operate/certificates.js';
import type { SampleCertificate } from '../../src/xml/sample-authority.js';
import { faultOf, resultOf } from '../support/answers.js';
import { openGateway, type TestGateway } from '../support/gateway.js';
import { PDF, samplePackage, sampleStatusPackage } from '../support/sample-document.js';
import {
  COVERED,
  certificateFor,
  changed,
  sampleAuthority,
  signBytes,
  signed,
} from '../support/signed.js';
import { type Node, sendPackage } from '../support/soap.js';

const authority = sampleAuthority();
const SIGNER = certificateFor(authority, 'T99.01');
const STRANGER = certificateFor(authority, 'T99.02');
const POLICIES = ['record', 'verify', 'require'] as const;
const NEW_FIELD = 'Về việc gửi văn bản mẫu';

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const beforeHeaderEnd = (xml: string) => (bytes: Buffer) =>
  changed(bytes, '</edXML:edXMLHeader>', `${xml}</edXML:edXMLHeader>`);

/** One package of each class. */
const PACKAGES: Readonly<Record<SignatureClass, () => Buffer>> = {
  absent: () => samplePackage(),
  'wrong-namespace': () =>
    beforeHeaderEnd(`<Signature xmlns="urn:khac"><SignedInfo/></Signature>`)(samplePackage()),
  placeholder: () => beforeHeaderEnd(`<Signature xmlns="${DS}"/>`)(samplePackage()),
  invalid: () => changed(signed({}, { by: SIGNER }), NEW_FIELD, 'Về việc đã bị sửa'),
  untrusted: () => signed({}, { by: STRANGER }),
  valid: () => signed({}, { by: SIGNER }),
};

/** Design 2.3, Signatures: what each policy makes of each class. */
const TAKEN: Readonly<Record<SignaturePolicy, readonly SignatureClass[]>> = {
  record: ['absent', 'wrong-namespace', 'placeholder', 'invalid', 'untrusted', 'valid'],
  verify: ['absent', 'wrong-namespace', 'placeholder', 'valid'],
  require: ['valid'],
};
const REFUSED_AS: Readonly<Partial<Record<SignatureClass, string>>> = {
  invalid: 'signature.invalid',
  untrusted: 'signature.untrusted',
};

describe('signature policies', () => {
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
  const setPolicy = (signaturePolicy: SignaturePolicy) =>
    setAgency(gateway.operator, 'T99.01', { signaturePolicy });
  const register = (certificate: SampleCertificate, organId = 'T99.01') =>
    addCertificate(gateway.operator, organId, Buffer.from(certificate.certificatePem));

  for (const policy of POLICIES) {
    describe(`policy ${policy}`, () => {
      beforeEach(async () => {
        await open();
        await register(SIGNER);
        await setPolicy(policy);
      });

      for (const [found, make] of Object.entries(PACKAGES) as [SignatureClass, () => Buffer][]) {
        if (TAKEN[policy].includes(found)) {
          it(`takes ${found} and notes the class`, async () => {
            const result = await accept(make());
            expect(result.get('SignatureClass')).to.equal(found);
            expect(codes(result).some((one) => one.startsWith('signature.'))).to.equal(
              found !== 'valid',
            );
          });
        } else {
          it(`refuses ${found}`, async () => {
            await refused(make(), REFUSED_AS[found] ?? 'signature.required');
          });
        }
      }

      for (const part of ['MessageHeader', 'AttachmentEncoded'] as const) {
        it(`a valid signature that does not cover ${part} is ${policy === 'record' ? 'taken' : 'refused'}`, async () => {
          const parts = COVERED.filter((one) => one !== part);
          const bytes = signed({}, { by: SIGNER, parts });
          if (policy === 'record') {
            expect((await accept(bytes)).get('SignatureClass')).to.equal('valid');
          } else {
            const fault = await refused(bytes, 'signature.coverage');
            expect(fault.all('Issue')[0]?.get('Text')).to.include(part);
          }
        });
      }

      it('a signature over the whole document covers all', async () => {
        const result = await accept(signed({}, { by: SIGNER, parts: 'document' }));
        expect(result.get('SignatureClass')).to.equal('valid');
      });

      const business: Readonly<Record<'revoke' | 'update' | 'replace', Business>> = {
        revoke: { type: 'revoke', replacements: [] },
        update: {
          type: 'update',
          replacements: [],
          info: {
            documentChanged: true,
            receiversChanged: true,
            receivers: [{ organId: 'T99.02', change: 'added' }],
          },
        },
        replace: { type: 'replace', replacements: [{ documentId: 'X', organIds: ['T99.02'] }] },
      };
      for (const [type, block] of Object.entries(business)) {
        it(`${type} whose Bussiness is not covered: ${policy === 'record' ? 'taken' : 'refused'}`, async () => {
          const parts = COVERED.filter((one) => one !== 'Bussiness');
          const bytes = signed({ business: block }, { by: SIGNER, parts });
          if (policy === 'record') {
            await accept(bytes);
          } else {
            const fault = await refused(bytes, 'signature.coverage');
            expect(fault.all('Issue')[0]?.get('Text')).to.include('Bussiness');
          }
        });

        it(`${type} whose Bussiness is covered is taken`, async () => {
          const result = await accept(signed({ business: block }, { by: SIGNER }));
          expect(result.get('SignatureClass')).to.equal('valid');
        });
      }

      it('a new document may leave its Bussiness uncovered', async () => {
        const parts = COVERED.filter((one) => one !== 'Bussiness');
        const result = await accept(signed({}, { by: SIGNER, parts }));
        expect(result.get('SignatureClass')).to.equal('valid');
      });

      it(`a new document turned into a revoke by a hop is ${policy === 'record' ? 'taken' : 'refused'}`, async () => {
        const parts = COVERED.filter((one) => one !== 'Bussiness');
        const bytes = changed(
          signed({}, { by: SIGNER, parts }),
          'BussinessDocType>0<',
          'BussinessDocType>1<',
        );
        if (policy === 'record') await accept(bytes);
        else await refused(bytes, 'signature.coverage');
      });

      it(`an unsigned revoke is ${policy === 'require' ? 'refused' : 'taken and marked'}`, async () => {
        const bytes = samplePackage({ business: { type: 'revoke', replacements: [] } });
        if (policy === 'require') await refused(bytes, 'signature.required');
        else expect(codes(await accept(bytes))).to.include('signature.not-signed');
      });

      it(`a revoke with a placeholder signature is ${policy === 'record' ? 'taken' : 'refused'}`, async () => {
        const plain = samplePackage({ business: { type: 'revoke', replacements: [] } });
        const bytes = beforeHeaderEnd(`<Signature xmlns="${DS}"/>`)(plain);
        if (policy === 'record') await accept(bytes);
        else {
          await refused(bytes, policy === 'require' ? 'signature.required' : 'signature.coverage');
        }
      });
    });
  }

  describe('a tampered field', () => {
    beforeEach(async () => {
      await open();
      await register(SIGNER);
    });

    const other = Buffer.from('%PDF-1.4 khác\n').toString('base64');
    const fields: readonly [what: string, from: string, to: string][] = [
      ['Subject', NEW_FIELD, 'Về việc khác'],
      ['recipient', '>T99.02<', '>T99.01<'],
      ['Priority', 'Priority>0<', 'Priority>4<'],
      ['business type', 'BussinessDocType>0<', 'BussinessDocType>1<'],
      ['AttachmentName in the manifest', '>cong-van.pdf<', '>khac.pdf<'],
      ['content of the attachment', PDF.toString('base64'), other],
      ['white space between the fields', '</edXML:MessageHeader>', ' </edXML:MessageHeader>'],
    ];
    for (const [what, from, to] of fields) {
      it(`${what}: refused, also when all of it is signed at once`, async () => {
        for (const parts of [COVERED, 'document'] as const) {
          const bytes = changed(signed({}, { by: SIGNER, parts }), from, to);
          const fault = await refused(bytes, 'signature.invalid');
          expect(fault.all('Issue')[0]?.get('Text')).to.match(/digest/);
        }
      });
    }

    it('a hop appended on the way leaves a signature by parts valid', async () => {
      const hop =
        '<edXML:TraceHeader><edXML:OrganId>T99.07</edXML:OrganId><edXML:Timestamp>2026/11/20 09:30:00</edXML:Timestamp></edXML:TraceHeader>';
      const bytes = changed(
        signed({}, { by: SIGNER }),
        '<edXML:Bussiness',
        `${hop}<edXML:Bussiness`,
      );
      expect((await accept(bytes)).get('SignatureClass')).to.equal('valid');
    });

    it('a signature of one document does not hold in another', async () => {
      const donor = signed({}, { by: SIGNER }).toString('utf8');
      const signature = /<Signature .*<\/Signature>/s.exec(donor)?.[0];
      if (signature === undefined) throw new Error('no signature found');
      const taker = signed({ subject: 'Văn bản khác' }, { by: SIGNER }).toString('utf8');
      const bytes = Buffer.from(taker.replace(/<Signature .*<\/Signature>/s, signature));
      await refused(bytes, 'signature.invalid');
    });

    it('two signatures are invalid, whichever would hold', async () => {
      const bytes = signed({}, { by: SIGNER });
      const signature = /<Signature .*<\/Signature>/s.exec(bytes.toString('utf8'))?.[0] ?? '';
      await refused(changed(bytes, signature, signature + signature), 'signature.invalid');
    });
  });

  describe('the default', () => {
    it('is verify without a certificate: unsigned is taken and marked', async () => {
      await open();
      const result = await accept(samplePackage());
      expect(codes(result)).to.deep.equal(['signature.not-signed']);
    });

    for (const policy of POLICIES) {
      it(`may be set to ${policy} for all`, async () => {
        await open({ signature: { policy } });
        const answer = await send(signed({}, { by: SIGNER }));
        if (policy === 'record') expect(codes(resultOf(answer))).to.include('signature.recorded');
        else faultOf(answer, 'signature.untrusted');
        const unsigned = await send(samplePackage());
        if (policy === 'require') faultOf(unsigned, 'signature.required');
        else resultOf(unsigned);
      });
    }

    it('a registered certificate turns it into require, for that agency alone', async () => {
      await open();
      await accept(samplePackage());
      await register(SIGNER);
      faultOf(await send(samplePackage()), 'signature.required');
      await accept(signed({}, { by: SIGNER }));
      const from = { organId: 'T99.02', organName: 'Sở Mẫu B' };
      await accept(samplePackage({ from, to: [{ organId: 'T99.01' }] }), 'T99.02');
    });

    it('stays require when its certificate was expired by an operator: no way back to unsigned', async () => {
      await open();
      const { fingerprint } = await register(SIGNER);
      await expireCertificate(gateway.operator, 'T99.01', fingerprint);
      faultOf(await send(signed({}, { by: SIGNER })), 'signature.untrusted');
      faultOf(await send(samplePackage()), 'signature.required');
      const next = certificateFor(authority, 'T99.01');
      await register(next);
      await accept(signed({}, { by: next }));
    });

    it('an own policy stands over a registered certificate', async () => {
      await open();
      await register(SIGNER);
      await setPolicy('verify');
      await accept(samplePackage());
    });

    it('a downgrade with a certificate registered raises an alert', async () => {
      await open();
      const alerts: unknown[] = [];
      const logger = {
        ...silentLogger,
        warn: (event: string, fields?: unknown) => {
          if (event.startsWith('alert.')) alerts.push([event, fields]);
        },
      };
      const operator = { ...gateway.operator, logger };
      await setAgency(operator, 'T99.01', { signaturePolicy: 'verify' });
      expect(alerts, 'without a certificate there is nothing to fall from').to.deep.equal([]);
      await register(SIGNER);
      await setAgency(operator, 'T99.01', { signaturePolicy: 'require' });
      expect(alerts).to.deep.equal([]);
      await setAgency(operator, 'T99.01', { signaturePolicy: 'record' });
      expect(alerts).to.have.lengthOf(1);
    });

    it('a registered certificate speaks for its agency only', async () => {
      await open();
      await register(SIGNER, 'T99.02');
      await refused(signed({}, { by: SIGNER }), 'signature.untrusted');
    });

    it('may-act-for lends no certificate', async () => {
      await open();
      await gateway.agency({ organId: 'T99.05', mayActFor: ['T99.01'] });
      const hub = certificateFor(authority, 'T99.05');
      await register(hub, 'T99.05');
      await register(SIGNER);
      faultOf(await send(signed({}, { by: hub }), 'T99.05'), 'signature.untrusted');
      await accept(signed({}, { by: SIGNER }), 'T99.05');
    });

    it('status packages are judged too, without attachments to cover', async () => {
      await open();
      await register(STRANGER, 'T99.02');
      faultOf(await send(sampleStatusPackage(), 'T99.02'), 'signature.required');
      const bytes = signBytes(sampleStatusPackage(), { by: STRANGER, parts: ['MessageHeader'] });
      const result = await accept(bytes, 'T99.02');
      expect(result.get('SignatureClass')).to.equal('valid');
    });

    it('a status whose code was changed is refused', async () => {
      await open();
      await register(STRANGER, 'T99.02');
      const bytes = signBytes(sampleStatusPackage(), { by: STRANGER, parts: ['MessageHeader'] });
      const forged = changed(bytes, 'StatusCode>03<', 'StatusCode>02<');
      faultOf(await send(forged, 'T99.02'), 'signature.invalid');
    });
  });
});
