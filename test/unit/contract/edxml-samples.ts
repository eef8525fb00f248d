/**
 * Test help: fictional edXML packages in the shapes that occur on the wire.
 *
 * @module
 */
export const EDXML = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';

const FROM = `
        <edXML:From>
          <edXML:OrganId>000.00.12.H99</edXML:OrganId>
          <edXML:OrganizationInCharge>Ủy ban nhân dân tỉnh Mẫu</edXML:OrganizationInCharge>
          <edXML:OrganName>Sở Mẫu A</edXML:OrganName>
          <edXML:Email>vanthu@mau-a.example</edXML:Email>
        </edXML:From>`;

const CODES = `
        <edXML:DocumentId>000.00.12.H99,2026/11/20,145/SMA-VP</edXML:DocumentId>
        <edXML:Code>
          <edXML:CodeNumber>145</edXML:CodeNumber>
          <edXML:CodeNotation>SMA-VP</edXML:CodeNotation>
        </edXML:Code>`;

const REST = `
        <edXML:PromulgationInfo>
          <edXML:Place>Mẫu Thành</edXML:Place>
          <edXML:PromulgationDate>2026/11/20</edXML:PromulgationDate>
        </edXML:PromulgationInfo>
        <edXML:DocumentType>
          <edXML:Type>2</edXML:Type>
          <edXML:TypeDetail>0</edXML:TypeDetail>
          <edXML:TypeName>Công văn</edXML:TypeName>
        </edXML:DocumentType>
        <edXML:Subject>Về việc gửi văn bản mẫu</edXML:Subject>
        <edXML:SignerInfo>
          <edXML:Competence>TM. Sở Mẫu A</edXML:Competence>
          <edXML:Position>Giám đốc</edXML:Position>
          <edXML:FullName>Trần Thị Mẫu</edXML:FullName>
        </edXML:SignerInfo>
        <edXML:DueDate>2026/12/05</edXML:DueDate>
        <edXML:OtherInfo>
          <edXML:Priority>1</edXML:Priority>
          <edXML:PageAmount>2</edXML:PageAmount>
          <edXML:Direction>false</edXML:Direction>
          <edXML:Appendixes><edXML:Appendix>Phụ lục 1</edXML:Appendix></edXML:Appendixes>
        </edXML:OtherInfo>
        <edXML:SteeringType>1</edXML:SteeringType>
        <edXML:ToPlaces><edXML:Place>Như trên</edXML:Place></edXML:ToPlaces>`;

export const HOP = `
        <edXML:TraceHeader>
          <edXML:OrganId>000.00.12.H99</edXML:OrganId>
          <edXML:Timestamp>2026/11/20 09:15:00</edXML:Timestamp>
        </edXML:TraceHeader>`;

export const NEW = `
        <edXML:Bussiness>
          <edXML:BussinessDocType>0</edXML:BussinessDocType>
          <edXML:BussinessDocReason>Văn bản điện tử mới</edXML:BussinessDocReason>
          <edXML:Paper>0</edXML:Paper>
          <edXML:StaffInfo>
            <edXML:Department>Văn thư</edXML:Department>
            <edXML:Staff>Nguyễn Văn Mẫu</edXML:Staff>
            <edXML:Mobile>0900000000</edXML:Mobile>
            <edXML:Email>vanthu@mau-a.example</edXML:Email>
          </edXML:StaffInfo>
        </edXML:Bussiness>`;

export const REVOKE = `
        <edXML:Bussiness>
          <edXML:DocumentId>000.00.12.H99,2026/11/20,145/SMA-VP</edXML:DocumentId>
          <edXML:BussinessDocType>1</edXML:BussinessDocType>
          <edXML:BussinessDocReason>Gửi nhầm bản dự thảo</edXML:BussinessDocReason>
        </edXML:Bussiness>`;

export const UPDATE = `
        <edXML:Bussiness>
          <edXML:DocumentId>000.00.12.H99,2026/11/20,145/SMA-VP</edXML:DocumentId>
          <edXML:BussinessDocType>2</edXML:BussinessDocType>
          <edXML:BussinessDocReason>Thêm và bớt nơi nhận</edXML:BussinessDocReason>
          <edXML:Paper>0</edXML:Paper>
          <edXML:BussinessDocumentInfo>
            <edXML:DocumentInfo>0</edXML:DocumentInfo>
            <edXML:DocumentReceiver>1</edXML:DocumentReceiver>
            <edXML:ReceiverList>
              <edXML:Receiver>
                <edXML:OrganId>H98.02</edXML:OrganId>
                <edXML:ReceiverType>0</edXML:ReceiverType>
              </edXML:Receiver>
              <edXML:Receiver>
                <edXML:OrganId>vxp.mau.03</edXML:OrganId>
                <edXML:ReceiverType>1</edXML:ReceiverType>
              </edXML:Receiver>
            </edXML:ReceiverList>
          </edXML:BussinessDocumentInfo>
        </edXML:Bussiness>`;

export const REPLACE = `
        <edXML:Bussiness>
          <edXML:BussinessDocType>3</edXML:BussinessDocType>
          <edXML:BussinessDocReason>Thay thế văn bản có sai sót</edXML:BussinessDocReason>
          <edXML:ReplacementInfoList>
            <edXML:ReplacementInfo>
              <edXML:DocumentId>000.00.12.H99,2026/10/01,120/SMA-VP</edXML:DocumentId>
              <edXML:OrganIdList>
                <edXML:OrganId>H98.02</edXML:OrganId>
                <edXML:OrganId>000.00.00.G99</edXML:OrganId>
              </edXML:OrganIdList>
            </edXML:ReplacementInfo>
          </edXML:ReplacementInfoList>
        </edXML:Bussiness>`;

const BODY = `
    <edXML:edXMLBody>
      <edXML:edXMLManifest version="1.0">
        <edXML:Reference>
          <edXML:ContentId>cid:1</edXML:ContentId>
          <edXML:ContentType>text/plain</edXML:ContentType>
          <edXML:AttachmentName>cong-van-145.txt</edXML:AttachmentName>
        </edXML:Reference>
      </edXML:edXMLManifest>
    </edXML:edXMLBody>`;

const ATTACHMENTS = `
  <AttachmentEncoded>
    <Attachment>
      <ContentId>cid:1</ContentId>
      <AttachmentName>cong-van-145.txt</AttachmentName>
      <ContentType>text/plain</ContentType>
      <edXML:ContentTransferEncoded xmlns:edXML="${EDXML}">TWF1Cg==</edXML:ContentTransferEncoded>
    </Attachment>
  </AttachmentEncoded>`;

export interface DocumentShape {
  /** Content of `TraceHeaderList`. */
  readonly trace?: string;
  /** What follows `TraceHeaderList` in `edXMLHeader`. */
  readonly signature?: string;
  /** Whether the package has a manifest and an attachment. */
  readonly files?: boolean;
}

/** The element without an XML declaration, so that it also fits into a request. */
export function documentPackage(shape: DocumentShape = {}): string {
  const { trace = HOP + NEW, signature = '', files = true } = shape;
  return `<edXML xmlns="${EDXML}">
  <edXML:edXMLEnvelope xmlns:edXML="${EDXML}">
    <edXML:edXMLHeader>
      <edXML:MessageHeader>${FROM}
        <edXML:To>
          <edXML:OrganId>H98.02</edXML:OrganId>
          <edXML:OrganName>Sở Mẫu B</edXML:OrganName>
        </edXML:To>
        <edXML:To>
          <edXML:OrganName>Bộ Mẫu</edXML:OrganName>
          <edXML:OrganId>000.00.00.G99</edXML:OrganId>
        </edXML:To>${CODES}${REST}
      </edXML:MessageHeader>
      <edXML:TraceHeaderList>${trace}
      </edXML:TraceHeaderList>${signature}
    </edXML:edXMLHeader>${files ? BODY : ''}
  </edXML:edXMLEnvelope>${files ? ATTACHMENTS : ''}
</edXML>`;
}

/** @param wrapper `MessageHeader` of the national axis or `Status` of provincial ones */
export function statusPackage(wrapper: 'MessageHeader' | 'Status', code = '03'): string {
  return `<edXML xmlns="${EDXML}">
  <edXML:edXMLEnvelope xmlns:edXML="${EDXML}">
    <edXML:edXMLHeader>
      <edXML:${wrapper}>${FROM}
        <edXML:ResponseFor>
          <edXML:OrganId>H98.02</edXML:OrganId>
          <edXML:Code>77/SMB-VP</edXML:Code>
          <edXML:PromulgationDate>2026/11/18</edXML:PromulgationDate>
          <edXML:DocumentId>H98.02,2026/11/18,77/SMB-VP</edXML:DocumentId>
        </edXML:ResponseFor>
        <edXML:StaffInfo><edXML:Staff>Nguyễn Văn Mẫu</edXML:Staff></edXML:StaffInfo>
        <edXML:StatusCode>${code}</edXML:StatusCode>
        <edXML:Description>Đã tiếp nhận</edXML:Description>
        <edXML:Timestamp>2026/11/20 11:08:36</edXML:Timestamp>
      </edXML:${wrapper}>
    </edXML:edXMLHeader>
  </edXML:edXMLEnvelope>
</edXML>`;
}
