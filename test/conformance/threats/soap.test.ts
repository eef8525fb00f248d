import { expect } from 'chai';
import { envelope, GATEWAY, operation, type Version } from '../../support/soap.js';
import { edited, sample, useRig } from './rig.js';

const NS = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;
const XOP = 'http://www.w3.org/2004/08/xop/include';
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then'];

/** A name as it is, and as an organ id could be: letters, digits, dots, dashes and underscores. */
const FROM = '<edXML:From>\n          <edXML:OrganId>T99.01<';
const TO = '<edXML:To>\n          <edXML:OrganId>T99.02<';

function multipart(contentId: string, cid: string, part: Buffer): { type: string; body: Buffer } {
  const include = `<xop:Include xmlns:xop="${XOP}" href="cid:${cid}"/>`;
  const root = envelope(operation('SendPackage', `<Package>${include}</Package>`));
  const head =
    '--b\r\nContent-ID: <root>\r\nContent-Type: application/xop+xml; type="text/xml"\r\n\r\n' +
    `${root}\r\n--b\r\n__proto__: x\r\nconstructor: x\r\nContent-ID: <${contentId}>\r\n\r\n`;
  return {
    type: 'multipart/related; type="application/xop+xml"; start="<root>"; boundary="b"; __proto__=x',
    body: Buffer.concat([Buffer.from(head), part, Buffer.from('\r\n--b--\r\n')]),
  };
}

describe('P: names that objects have are mere names', () => {
  const rig = useRig();
  const before = Object.getOwnPropertyNames(Object.prototype).sort();
  afterEach(() => {
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).to.deep.equal(before);
  });

  for (const name of NAMES) {
    it(`${name} as an operation: soap.operation`, async () => {
      for (const body of [operation(name), `<${name}/>`]) {
        expect((await rig.call(body)).code).to.equal('soap.operation');
      }
    });

    it(`${name} as a field: soap.request`, async () => {
      const answer = await rig.call(operation('ListPending', `<${name}>1</${name}>`));
      expect(answer.code).to.equal('soap.request');
    });

    it(`${name} as a value of fields: refused as any other`, async () => {
      for (const [operationName, field] of [
        ['GetPackage', 'MessageId'],
        ['ListPending', 'Kind'],
        ['ListPending', 'After'],
        ['GetTraces', 'MessageId'],
        ['GetTraces', 'DocumentId'],
      ] as const) {
        const answer = await rig.call(operation(operationName, `<${field}>${name}</${field}>`));
        expect(answer.status, `${operationName} ${field}`).to.equal(500);
        expect(answer.code).to.be.oneOf(['request.value', 'message.unknown', 'soap.request']);
      }
    });

    it(`${name} as the root of a package: package.root`, () =>
      rig.refuse(`<${name} xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"/>`, 'package.root'));

    it(`${name} as an element of a package takes the place of none`, () =>
      rig.refuse(
        edited(/<edXML:Subject>[^<]*<\/edXML:Subject>/, `<edXML:${name}>T</edXML:${name}>`),
        'schema.missing',
      ));

    it(`${name} as an organ id is nobody`, async () => {
      const from = await rig.send(edited(FROM, FROM.replace('T99.01', name)));
      expect(from.code).to.be.oneOf(['auth.from', 'document.organ-id']);
      const to = await rig.send(edited(TO, TO.replace('T99.02', name)));
      expect(to.code).to.be.oneOf(['recipient.unknown', 'document.organ-id']);
      const caller = await rig.call(operation('Ping'), { ...rig.as(), organId: name });
      expect([caller.status, caller.code]).to.deep.equal([401, 'auth.failed']);
    });

    it(`${name} as a value of business fields: refused as any other`, async () => {
      for (const [from, to] of [
        ['DocType>0<', `DocType>${name}<`],
        ['<edXML:Type>2<', `<edXML:Type>${name}<`],
        ['<edXML:Priority>0<', `<edXML:Priority>${name}<`],
      ] as const) {
        const { status, code } = await rig.send(edited(from, to));
        if (status !== 200) expect(code).to.be.oneOf(['schema.value', 'schema.invalid']);
        else expect(from).not.to.contain('DocType');
      }
    });

    it(`${name} as a Content-ID is that part, and no other`, async () => {
      const bytes = Buffer.from(sample());
      const there = multipart(name, name, bytes);
      const headers = { 'content-type': there.type };
      const taken = await rig.post(there.body, { ...rig.as(), headers });
      expect(taken.status).to.equal(200);
      const messageId = taken.body.children[0]?.get('MessageId') ?? '';
      expect((await rig.collect(messageId)).equals(bytes)).to.equal(true);
      const absent = multipart('other', name, bytes);
      expect((await rig.post(absent.body, { ...rig.as(), headers })).code).to.equal('soap.part');
    });

    it(`${name} as the ContentId of an attachment: delivered as it is`, async () => {
      const bytes = Buffer.from(sample().replaceAll('cid:1<', `cid:${name}<`));
      const sent = await rig.accept(bytes);
      expect((await rig.collect(sent.get('MessageId'))).equals(bytes)).to.equal(true);
      await rig.refuse(edited('cid:1<', `cid:${name}<`), 'manifest.missing');
    });

    it(`${name} as header, as parameter and in the query: no effect`, async () => {
      const headers = {
        [name]: 'x',
        'content-type': `text/xml; charset=utf-8; ${name}=x`,
        cookie: `${name}=x`,
      };
      expect((await rig.call(operation('Ping'), { ...rig.as(), headers })).status).to.equal(200);
      const { soapUrl } = rig.gateway;
      for (const [query, status] of [
        [`${name}=1`, 405],
        [`${name}[x]=1`, 405],
        [`xsd=${name}`, 404],
        [`wsdl=${name}`, 404],
        [`wsdl&${name}=1`, 200],
      ] as const) {
        const answer = await fetch(`${soapUrl}?${query}`);
        expect(answer.status, query).to.equal(status);
        await answer.arrayBuffer();
      }
    });
  }
});

function whole(version: Version, inside: string): string {
  return `<s:Envelope xmlns:s="${NS[version]}">${inside}</s:Envelope>`;
}

describe('Q: abuse of SOAP', () => {
  const rig = useRig();
  const ping = operation('Ping');
  const body = `<s:Body>${ping}</s:Body>`;

  const NOT_SOAP: readonly [what: string, inside: string][] = [
    ['two bodies', body + body],
    ['two elements in the body', `<s:Body>${ping}${operation('ListPending')}</s:Body>`],
    ['the same element twice in the body', `<s:Body>${ping}${ping}</s:Body>`],
    ['no body', '<s:Header/>'],
    ['an empty body', '<s:Body/>'],
    ['two headers', `<s:Header/><s:Header/>${body}`],
    ['the header after the body', `${body}<s:Header/>`],
    ['something after the body', `${body}<x/>`],
    ['a body only within the header', `<s:Header>${body}</s:Header>`],
    ['a body within something else', `<x>${body}</x>`],
    ['text in the envelope', `T${body}`],
    ['text in the body', `<s:Body>T${ping}</s:Body>`],
    ['a body in no namespace', `<Body>${ping}</Body>`],
  ];
  for (const version of ['1.1', '1.2'] as const) {
    for (const [what, inside] of NOT_SOAP) {
      it(`SOAP ${version}: ${what}: soap.not-soap`, async () => {
        const answer = await rig.post(whole(version, inside), { ...rig.as(), version });
        expect([answer.status, answer.code]).to.deep.equal([500, 'soap.not-soap']);
      });
    }

    it(`SOAP ${version}: a header that must be understood and is not: MustUnderstand`, async () => {
      for (const value of ['1', 'true', ' 1 ']) {
        const header = `<s:Header><x:Tx xmlns:x="urn:x" s:mustUnderstand="${value}"/></s:Header>`;
        const answer = await rig.post(whole(version, header + body), { ...rig.as(), version });
        expect(answer.code).to.equal('soap.must-understand');
        expect(answer.bytes.toString()).to.match(
          /<(?:\w+:)?(?:faultcode|Value)[^>]*>\w+:MustUnderstand</,
        );
      }
    });

    it(`SOAP ${version}: a header for somebody else is not ours to understand`, async () => {
      const actor = version === '1.1' ? 'actor' : 'role';
      const header = `<s:Header><x s:mustUnderstand="1" s:${actor}="urn:other"/></s:Header>`;
      const answer = await rig.post(whole(version, header + body), { ...rig.as(), version });
      expect(answer.status).to.equal(200);
    });

    it(`SOAP ${version}: Header and Body of the other version: soap.not-soap`, async () => {
      const other = NS[version === '1.1' ? '1.2' : '1.1'];
      for (const inside of [
        `<o:Header xmlns:o="${other}"/>${body}`,
        `<o:Body xmlns:o="${other}">${ping}</o:Body>`,
      ]) {
        const answer = await rig.post(whole(version, inside), { ...rig.as(), version });
        expect(answer.code).to.equal('soap.not-soap');
      }
    });

    it(`SOAP ${version}: mustUnderstand of the other version is a mere attribute`, async () => {
      const other = NS[version === '1.1' ? '1.2' : '1.1'];
      const header = `<s:Header><x xmlns:o="${other}" o:mustUnderstand="1"/></s:Header>`;
      const answer = await rig.post(whole(version, header + body), { ...rig.as(), version });
      expect(answer.status).to.equal(200);
    });

    it(`SOAP ${version}: SOAPAction naming another operation changes nothing`, async () => {
      const action = `${GATEWAY}/GetOrganizations`;
      const headers = {
        soapaction: `"${action}"`,
        'content-type': `${version === '1.1' ? 'text/xml' : 'application/soap+xml'}; charset=utf-8; action="${action}"`,
      };
      const answer = await rig.call(ping, { ...rig.as(), version, headers });
      expect([answer.status, answer.body.name]).to.deep.equal([200, 'PingResponse']);
      const refused = await rig.call(operation('Explode'), { ...rig.as(), version, headers });
      expect(refused.code).to.equal('soap.operation');
    });
  }

  it('WS-Addressing naming another operation changes nothing', async () => {
    const header =
      '<s:Header xmlns:a="http://www.w3.org/2005/08/addressing">' +
      `<a:Action>${GATEWAY}/GetOrganizations</a:Action><a:MessageID>urn:x</a:MessageID></s:Header>`;
    const answer = await rig.post(whole('1.1', header + body));
    expect(answer.body.name).to.equal('PingResponse');
  });

  it('an operation in the header is not run', async () => {
    const bytes = Buffer.from(sample()).toString('base64');
    const before = await rig.messages();
    const header = `<s:Header>${operation('SendPackage', `<Package>${bytes}</Package>`)}</s:Header>`;
    expect((await rig.post(whole('1.1', header + body))).body.name).to.equal('PingResponse');
    expect(await rig.messages()).to.equal(before);
  });

  it('an envelope of another namespace: soap.version', async () => {
    for (const namespace of ['urn:other', 'http://schemas.xmlsoap.org/soap/envelope', '']) {
      const text = `<Envelope xmlns="${namespace}"><Body>${ping}</Body></Envelope>`;
      expect((await rig.post(text)).code).to.equal('soap.version');
    }
  });

  it('an array that says it has a thousand million items: soap.request', async () => {
    const enc = 'http://schemas.xmlsoap.org/soap/encoding/';
    const attributes = `xmlns:e="${enc}" e:arrayType="x[999999999]" e:offset="[999999998]"`;
    const answer = await rig.call(operation('ListPending', `<Items ${attributes}/>`));
    expect(answer.code).to.equal('soap.request');
  });

  it('50,000 times the same field: soap.request, with few issues', async () => {
    const answer = await rig.call(operation('ListPending', '<Kind>status</Kind>'.repeat(50_000)));
    expect(answer.code).to.equal('soap.request');
    expect(answer.codes.length).to.be.lessThan(201);
  });

  it('encodingStyle, href and id of SOAP encoding make no references: soap.request', async () => {
    const text = whole(
      '1.1',
      `<s:Body s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">` +
        `<ListPending xmlns="${GATEWAY}" href="#a"><Kind id="a" href="#a"/></ListPending></s:Body>`,
    );
    expect((await rig.post(text)).code).to.equal('soap.request');
  });

  it('numbers beyond what is asked for: refused', async () => {
    for (const text of ['-1', '0', '1e9', '99999999999999999999', 'NaN', 'Infinity']) {
      const answer = await rig.call(operation('ListPending', `<MaxItems>${text}</MaxItems>`));
      expect(answer.code, text).to.be.oneOf(['soap.request', 'request.value']);
    }
  });
});
