/** The schemas of gateway, receiver and receipt take each message of the contract. */
import { expect } from 'chai';
import type { XsdValidator } from 'libxml2-wasm';
import { compileSchema, faults, parseContract, SCHEMA_PATHS } from './contract-schemas.js';
import { documentPackage } from './edxml-samples.js';

const DIGEST = 'a'.repeat(64);
const NOW = '2026-11-20T02:15:00.000Z';
const DOCUMENT_ID = '000.00.12.H99,2026/11/20,145/SMA-VP';
const MESSAGE_ID = '01KAFICTIONALMESSAGE000001';

const ISSUE = `<Code>schema.value</Code><Path>/edXML</Path><Line>7</Line><Text>Wrong.</Text>
  <TextVi>Sai.</TextVi><Hint>Repair it. / Hãy sửa.</Hint>`;

const SEND_RESULT = `<SendResult>
  <MessageId>${MESSAGE_ID}</MessageId><DocumentId>${DOCUMENT_ID}</DocumentId>
  <ReceivedAt>${NOW}</ReceivedAt><Duplicate>false</Duplicate>
  <ContentDigest>${DIGEST}</ContentDigest><SignatureClass>wrong-namespace</SignatureClass>
  <Delivery><OrganId>H98.02</OrganId><State>queued</State></Delivery>
  <Delivery><OrganId>000.00.00.G99</OrganId><State>pending</State></Delivery>
  <Warning>${ISSUE}</Warning>
  <Receipt>PFJlY2VpcHQvPg==</Receipt>
</SendResult>`;

/** Content of each global element of gateway.xsd; for some the shortest and the longest form. */
const MESSAGES: Record<string, readonly string[]> = {
  SendDocument: [documentPackage()],
  SendDocumentResponse: [SEND_RESULT],
  SendPackage: ['<Package>PGVkWE1MLz4=</Package>'],
  SendPackageResponse: [SEND_RESULT],
  SendStatus: [
    `<ResponseFor><OrganId>H98.02</OrganId><Code>77/SMB-VP</Code>
       <PromulgationDate>18/11/2026</PromulgationDate></ResponseFor>
     <StatusCode>01</StatusCode>`,
    `<ResponseFor><OrganId>H98.02</OrganId><Code>77/SMB-VP</Code>
       <DocumentId>H98.02,2026/11/18,77/SMB-VP</DocumentId>
       <PromulgationDate>2026/11/18</PromulgationDate></ResponseFor>
     <StatusCode>02</StatusCode><Description>Gửi nhầm</Description>
     <Timestamp>2026/11/20 11:08:36</Timestamp>
     <StaffInfo><Department>Văn thư</Department><Staff>Nguyễn Văn Mẫu</Staff></StaffInfo>`,
  ],
  SendStatusResponse: [SEND_RESULT],
  ListPending: ['', '<MaxItems>1000</MaxItems><After>x</After><Kind>status</Kind>'],
  ListPendingResponse: [
    '<PendingPage/>',
    `<PendingPage><Item><MessageId>${MESSAGE_ID}</MessageId><Kind>document</Kind>
       <DocumentId>${DOCUMENT_ID}</DocumentId><FromOrganId>000.00.12.H99</FromOrganId>
       <Subject>Mẫu</Subject><BussinessDocType>0</BussinessDocType><Priority>1</Priority>
       <ReceivedAt>${NOW}</ReceivedAt><SizeBytes>2048</SizeBytes>
       <ContentDigest>${DIGEST}</ContentDigest></Item><Next>y</Next></PendingPage>`,
  ],
  GetPackage: [`<MessageId>${MESSAGE_ID}</MessageId>`],
  GetPackageResponse: [
    `<PackageContent><MessageId>${MESSAGE_ID}</MessageId><Kind>document</Kind>
       <ContentDigest>${DIGEST}</ContentDigest><SignatureClass>valid</SignatureClass>
       <Package>PGVkWE1MLz4=</Package></PackageContent>`,
  ],
  ConfirmReceived: [
    `<MessageId>${MESSAGE_ID}</MessageId><Outcome>done</Outcome>`,
    `<MessageId>${MESSAGE_ID}</MessageId><Outcome>fail</Outcome><Reason>Hết chỗ</Reason>`,
  ],
  ConfirmReceivedResponse: [
    `<Confirmation><MessageId>${MESSAGE_ID}</MessageId><Outcome>done</Outcome>
       <ConfirmedAt>${NOW}</ConfirmedAt></Confirmation>`,
  ],
  GetTraces: [
    `<DocumentId>${DOCUMENT_ID}</DocumentId>`,
    `<Since>${NOW}</Since><After>x</After><MaxItems>1</MaxItems>`,
  ],
  GetTracesResponse: [
    `<TracePage><Trace><MessageId>${MESSAGE_ID}</MessageId>
       <DocumentId>${DOCUMENT_ID}</DocumentId><ToOrganId>H98.02</ToOrganId>
       <State>deferred</State><Attempts>2</Attempts><LastCode>push.timeout</LastCode>
       <UpdatedAt>${NOW}</UpdatedAt><Status><StatusCode>01</StatusCode>
       <FromOrganId>H98.02</FromOrganId><Timestamp>${NOW}</Timestamp></Status></Trace>
     </TracePage>`,
  ],
  GetOrganizations: ['', `<ChangedSince>${NOW}</ChangedSince>`],
  GetOrganizationsResponse: [
    `<OrganizationPage><Organization><OrganId>H98.02</OrganId>
       <OldOrganId>000.00.02.H98</OldOrganId><OrganName>Sở Mẫu B</OrganName>
       <Active>true</Active><ChangedAt>${NOW}</ChangedAt></Organization></OrganizationPage>`,
  ],
  Ping: ['', '<Echo>chào</Echo>'],
  PingResponse: [
    `<Pong><Echo>chào</Echo><Time>${NOW}</Time><Version>0.1.0</Version>
       <OrganId>H98.02</OrganId></Pong>`,
  ],
  GatewayFault: [
    `<Code>auth.from</Code><CorrelationId>c-1</CorrelationId><Temporary>false</Temporary>`,
    `<Code>http.busy</Code><CorrelationId>c-2</CorrelationId><Temporary>true</Temporary>
     <RetryAfterSeconds>30</RetryAfterSeconds><Issue>${ISSUE}</Issue><Issue>${ISSUE}</Issue>`,
  ],
};

function inGateway(name: string, content: string): string {
  return `<${name} xmlns="urn:edxgate:gateway:1">${content}</${name}>`;
}

describe('gateway schema', () => {
  let gateway: XsdValidator;
  before(() => {
    gateway = compileSchema('xsd/gateway/1/gateway.xsd');
  });
  after(() => gateway.dispose());

  it('declares exactly the messages of the contract', () => {
    using schema = parseContract('xsd/gateway/1/gateway.xsd');
    const names = schema.find('/xs:schema/xs:element/@name', {
      xs: 'http://www.w3.org/2001/XMLSchema',
    });
    expect(names.map((name) => name.content)).to.have.members(Object.keys(MESSAGES));
  });

  for (const [name, contents] of Object.entries(MESSAGES)) {
    it(`takes ${name}`, () => {
      for (const content of contents) {
        expect(faults(gateway, inGateway(name, content))).to.deep.equal([]);
      }
    });
  }

  const refused: Record<string, [name: string, content: string, fault: RegExp]> = {
    'MaxItems 0': ['ListPending', '<MaxItems>0</MaxItems>', /MaxItems/],
    'MaxItems 1001': ['ListPending', '<MaxItems>1001</MaxItems>', /MaxItems/],
    'an unknown kind': ['ListPending', '<Kind>letter</Kind>', /Kind/],
    'an unknown outcome': [
      'ConfirmReceived',
      '<MessageId>x</MessageId><Outcome>maybe</Outcome>',
      /Outcome/,
    ],
    'an edXML element of no namespace': ['SendDocument', '<edXML xmlns=""/>', /edXML/],
    'a faulty document': ['SendDocument', documentPackage({ trace: '' }), /TraceHeaderList/],
    'a package that is not base64': ['SendPackage', '<Package>AAA</Package>', /Package/],
    'more than one package': [
      'SendPackage',
      '<Package>AAAA</Package><Package>AAAA</Package>',
      /Package/,
    ],
  };
  for (const [what, [name, content, fault]] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      expect(faults(gateway, inGateway(name, content)).join('\n')).to.match(fault);
    });
  }
});

describe('receiver schema', () => {
  const inReceiver = (name: string, content: string) =>
    `<${name} xmlns="urn:edxgate:receiver:1">${content}</${name}>`;
  let receiver: XsdValidator;
  before(() => {
    receiver = compileSchema('xsd/receiver/1/receiver.xsd');
  });
  after(() => receiver.dispose());

  it('takes DeliverPackage', () => {
    const content = `<MessageId>${MESSAGE_ID}</MessageId><Attempt>1</Attempt>
      <FromOrganId>000.00.12.H99</FromOrganId><ToOrganId>H98.02</ToOrganId>
      <Kind>document</Kind><DocumentId>${DOCUMENT_ID}</DocumentId>
      <ContentDigest>${DIGEST}</ContentDigest><Package>PGVkWE1MLz4=</Package>`;
    expect(faults(receiver, inReceiver('DeliverPackage', content))).to.deep.equal([]);
  });

  it('takes DeliverPackageResponse', () => {
    for (const answer of [
      '<Accepted>true</Accepted>',
      '<Accepted>false</Accepted><Reason>Không rõ nơi nhận</Reason>',
    ]) {
      const content = `<DeliveryAnswer>${answer}</DeliveryAnswer>`;
      expect(faults(receiver, inReceiver('DeliverPackageResponse', content))).to.deep.equal([]);
    }
  });
});

describe('receipt schema', () => {
  const signature = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
    <ds:SignedInfo>
      <ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
      <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
      <ds:Reference URI="#receipt">
        <ds:Transforms>
          <ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>
          <ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
        </ds:Transforms>
        <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
        <ds:DigestValue>AAAA</ds:DigestValue>
      </ds:Reference>
    </ds:SignedInfo>
    <ds:SignatureValue>AAAA</ds:SignatureValue>
    <ds:KeyInfo>
      <ds:X509Data>
        <ds:X509SubjectName>CN=Mau</ds:X509SubjectName>
        <ds:X509Certificate>AAAA</ds:X509Certificate>
      </ds:X509Data>
      <ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AAAA</ds:Modulus><ds:Exponent>AQAB</ds:Exponent>
      </ds:RSAKeyValue></ds:KeyValue>
    </ds:KeyInfo>
  </ds:Signature>`;
  const receiptOf = (last: string) => `<Receipt xmlns="urn:edxgate:receipt:1" Id="receipt">
    <ReceiptVersion>1</ReceiptVersion><Gateway>G99.TRUC</Gateway>
    <MessageId>${MESSAGE_ID}</MessageId><Kind>document</Kind>
    <FromOrganId>000.00.12.H99</FromOrganId><DocumentId>${DOCUMENT_ID}</DocumentId>
    <ContentDigest>${DIGEST}</ContentDigest><SizeBytes>2048</SizeBytes>
    <ReceivedAt>${NOW}</ReceivedAt><SignatureClass>absent</SignatureClass>
    <Recipient><OrganId>H98.02</OrganId></Recipient>${last}</Receipt>`;
  let receipt: XsdValidator;
  before(() => {
    receipt = compileSchema('xsd/receipt/1/receipt.xsd');
  });
  after(() => receipt.dispose());

  it('takes a signed receipt', () => {
    expect(faults(receipt, receiptOf(signature))).to.deep.equal([]);
  });

  it('refuses a receipt without a signature or with an empty one', () => {
    const empty = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>';
    expect(faults(receipt, receiptOf(''))).to.not.be.empty;
    expect(faults(receipt, receiptOf(empty))).to.not.be.empty;
  });
});

describe('schemas', () => {
  for (const path of SCHEMA_PATHS) {
    it(`compile: ${path}`, () => {
      compileSchema(path).dispose();
    });
  }
});
