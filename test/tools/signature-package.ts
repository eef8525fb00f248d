/**
 * Test help: one fictional document that signatures are put on, small enough to be read at a glance.
 *
 * @module
 */
export const EDXML = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';
export const SENDER = 'T99.02';

/** Parts carry an Id, so that a signature may name them; `\n` at line ends. */
export const UNSIGNED = `<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="${EDXML}" Id="all">
  <edXML:edXMLEnvelope xmlns:edXML="${EDXML}" Id="envelope">
    <edXML:edXMLHeader>
      <edXML:MessageHeader Id="header">
        <edXML:From>
          <edXML:OrganId>${SENDER}</edXML:OrganId>
          <edXML:OrganName>Sở Thử nghiệm T</edXML:OrganName>
        </edXML:From>
        <edXML:To>
          <edXML:OrganId>000.00.01.T99</edXML:OrganId>
          <edXML:OrganName>Ủy ban nhân dân tỉnh T</edXML:OrganName>
        </edXML:To>
        <edXML:DocumentId>${SENDER},2026/11/20,145/STN-VP</edXML:DocumentId>
        <edXML:Code>
          <edXML:CodeNumber>145</edXML:CodeNumber>
          <edXML:CodeNotation>STN-VP</edXML:CodeNotation>
        </edXML:Code>
        <edXML:PromulgationInfo>
          <edXML:Place>Thành phố T</edXML:Place>
          <edXML:PromulgationDate>2026/11/20</edXML:PromulgationDate>
        </edXML:PromulgationInfo>
        <edXML:DocumentType>
          <edXML:Type>2</edXML:Type>
          <edXML:TypeName>Công văn</edXML:TypeName>
        </edXML:DocumentType>
        <edXML:Subject>Về việc thử chữ ký &amp; &lt;dấu&gt;</edXML:Subject>
        <edXML:SignerInfo>
          <edXML:FullName>Trần Thị Thử</edXML:FullName>
        </edXML:SignerInfo>
      </edXML:MessageHeader>
      <edXML:TraceHeaderList Id="traces">
        <edXML:TraceHeader>
          <edXML:OrganId>${SENDER}</edXML:OrganId>
          <edXML:Timestamp>2026/11/20 09:15:00</edXML:Timestamp>
        </edXML:TraceHeader>
        <edXML:Bussiness Id="business">
          <edXML:BussinessDocType>0</edXML:BussinessDocType>
          <edXML:BussinessDocReason>Văn bản điện tử mới</edXML:BussinessDocReason>
        </edXML:Bussiness>
      </edXML:TraceHeaderList>
    </edXML:edXMLHeader>
    <edXML:edXMLBody Id="body">
      <edXML:edXMLManifest version="1.0" Id="manifest">
        <edXML:Reference>
          <edXML:ContentId>cid:1</edXML:ContentId>
          <edXML:ContentType>text/plain</edXML:ContentType>
          <edXML:AttachmentName>cong-van-145.txt</edXML:AttachmentName>
        </edXML:Reference>
      </edXML:edXMLManifest>
    </edXML:edXMLBody>
  </edXML:edXMLEnvelope>
  <AttachmentEncoded Id="files">
    <Attachment>
      <ContentId>cid:1</ContentId>
      <AttachmentName>cong-van-145.txt</AttachmentName>
      <ContentType>text/plain</ContentType>
      <edXML:ContentTransferEncoded xmlns:edXML="${EDXML}">VsSDbiBi4bqjbiB0aOG7rQo=</edXML:ContentTransferEncoded>
    </Attachment>
  </AttachmentEncoded>
</edXML>
`;

/** Ids of what edxgate signs itself, in the order in which it does. */
export const OWN_IDS = ['header', 'business', 'manifest', 'files'] as const;

/** Puts a Signature where it belongs: last in edXMLHeader. */
export function insertSignature(unsigned: string, signature: string): string {
  const end = '    </edXML:edXMLHeader>';
  return unsigned.replace(end, () => `      ${signature}\n${end}`);
}
