/**
 * The one table of everything edxgate can complain about. Faults, issues, the command line and
 * docs/errors.md are made from it. A code, once published, keeps its meaning.
 *
 * Columns: [side, English text, Vietnamese text, English hint, Vietnamese hint, extras].
 * `{name}` in a text is filled from the values of the issue. Side: who must act: `client` (the sender of
 * the request) or `server` (us or the operator); `warning` never refuses anything.
 *
 * @module
 */
export type Side = 'client' | 'server' | 'warning';

export interface ErrorEntry {
  readonly side: Side;
  readonly text: string;
  readonly textVi: string;
  readonly hint: string;
  readonly hintVi: string;
  /** HTTP status when it is not 500 (design: only 401, 404, 405, 413, 415 and 503). */
  readonly http?: 401 | 404 | 405 | 413 | 415 | 503;
  /** The same request may succeed later. */
  readonly temporary?: boolean;
}

function client(text: string, textVi: string, hint: string, hintVi: string): ErrorEntry {
  return { side: 'client', text, textVi, hint, hintVi };
}
function warning(text: string, textVi: string, hint: string, hintVi: string): ErrorEntry {
  return { side: 'warning', text, textVi, hint, hintVi };
}
function server(text: string, textVi: string, hint: string, hintVi: string): ErrorEntry {
  return { side: 'server', text, textVi, hint, hintVi, temporary: true };
}
/** Ours as well, but the same request will not succeed before somebody acts. */
function lasting(text: string, textVi: string, hint: string, hintVi: string): ErrorEntry {
  return { side: 'server', text, textVi, hint, hintVi };
}

export const ERRORS = {
  // ---- HTTP ------------------------------------------------------------------------------------
  'http.not-found': {
    ...client(
      'There is nothing at this address.',
      'Không có gì tại địa chỉ này.',
      'Post SOAP requests to /soap; the WSDL is at /soap?wsdl.',
      'Gửi yêu cầu SOAP tới /soap; WSDL ở /soap?wsdl.',
    ),
    http: 404,
  },
  'http.method': {
    ...client(
      'Only POST is taken here.',
      'Chỉ chấp nhận phương thức POST.',
      'Send the SOAP request with POST.',
      'Gửi yêu cầu SOAP bằng POST.',
    ),
    http: 405,
  },
  'http.content-type': {
    ...client(
      'The content type {value} is not a SOAP content type.',
      'Kiểu nội dung {value} không phải là kiểu của SOAP.',
      'Use text/xml (SOAP 1.1), application/soap+xml (SOAP 1.2) or multipart/related.',
      'Dùng text/xml (SOAP 1.1), application/soap+xml (SOAP 1.2) hoặc multipart/related.',
    ),
    http: 415,
  },
  'http.charset': {
    ...client(
      'The character set {value} is not taken.',
      'Không chấp nhận bảng mã {value}.',
      'Send UTF-8.',
      'Gửi bằng UTF-8.',
    ),
    http: 415,
  },
  'http.content-encoding': {
    ...client(
      'The content encoding {value} is not taken.',
      'Không chấp nhận kiểu nén {value}.',
      'Send the body uncompressed or with gzip.',
      'Gửi nội dung không nén hoặc nén gzip.',
    ),
    http: 415,
  },
  'http.gzip': client(
    'The body is declared as gzip but cannot be unpacked.',
    'Nội dung được khai báo là gzip nhưng không giải nén được.',
    'Send the body uncompressed, or repair the compression.',
    'Gửi nội dung không nén hoặc sửa lại việc nén.',
  ),
  'http.too-large': {
    ...client(
      'The request is larger than {limit} bytes.',
      'Yêu cầu lớn hơn {limit} byte.',
      'Send a smaller package, or ask the operator to raise limits.request.',
      'Gửi gói tin nhỏ hơn, hoặc đề nghị quản trị viên tăng limits.request.',
    ),
    http: 413,
  },
  'http.busy': {
    ...server(
      'The gateway cannot take requests at the moment.',
      'Trục hiện không nhận được yêu cầu.',
      'Send the same request again after the time in Retry-After.',
      'Gửi lại đúng yêu cầu này sau thời gian ghi ở Retry-After.',
    ),
    http: 503,
  },
  // ---- who is calling --------------------------------------------------------------------------
  'auth.required': {
    ...client(
      'Sign in to use this service.',
      'Cần đăng nhập để dùng dịch vụ này.',
      'Send HTTP Basic (user = organ id, password = token) or a Bearer token.',
      'Gửi HTTP Basic (người dùng = mã định danh, mật khẩu = token) hoặc Bearer token.',
    ),
    http: 401,
  },
  'auth.failed': {
    ...client(
      'The organ id or the token is not right.',
      'Mã định danh hoặc token không đúng.',
      'Check both, and whether the token has expired; the operator can make a new one.',
      'Kiểm tra cả hai và thời hạn của token; quản trị viên có thể cấp token mới.',
    ),
    http: 401,
  },
  'auth.ws-security': {
    ...client(
      'The WS-Security header cannot be taken: {reason}.',
      'Không chấp nhận phần đầu WS-Security: {reason}.',
      'docs/sign-in.md says what is taken, and what each reason means.',
      'Xem docs/sign-in.md: hình thức được chấp nhận và ý nghĩa của từng lý do.',
    ),
    http: 401,
  },
  'auth.from': client(
    'From is {from}, but the caller is {caller} and may not send for it.',
    'From là {from}, nhưng bên gọi là {caller} và không được gửi thay.',
    'Sign in as the agency in From, or ask the operator for may-act-for.',
    'Đăng nhập bằng cơ quan ở From, hoặc đề nghị quản trị viên cho phép gửi thay.',
  ),
  // ---- SOAP ------------------------------------------------------------------------------------
  'soap.empty': client(
    'The request has no body.',
    'Yêu cầu không có nội dung.',
    'Send a SOAP envelope.',
    'Gửi một phong bì SOAP.',
  ),
  'soap.not-xml': client(
    'The request is not well-formed XML: {reason}',
    'Yêu cầu không phải là XML đúng cú pháp: {reason}',
    'Repair the XML; the line says where.',
    'Sửa XML; số dòng cho biết vị trí.',
  ),
  'soap.not-soap': client(
    'The request is XML but not a SOAP 1.1 or 1.2 envelope: {reason}',
    'Yêu cầu là XML nhưng không phải phong bì SOAP 1.1 hoặc 1.2: {reason}',
    'The root must be Envelope in a SOAP namespace, with one element in its Body.',
    'Gốc phải là Envelope trong không gian tên SOAP, với một phần tử trong Body.',
  ),
  'soap.version': client(
    'The Envelope is in the namespace {namespace}, which is neither SOAP 1.1 nor 1.2.',
    'Envelope nằm trong không gian tên {namespace}, không phải SOAP 1.1 hay 1.2.',
    'Use http://schemas.xmlsoap.org/soap/envelope/ (1.1) or http://www.w3.org/2003/05/soap-envelope (1.2).',
    'Dùng http://schemas.xmlsoap.org/soap/envelope/ (1.1) hoặc http://www.w3.org/2003/05/soap-envelope (1.2).',
  ),
  'soap.must-understand': client(
    'The header {element} must be understood, but is not known here.',
    'Phần đầu {element} bắt buộc phải hiểu nhưng hệ thống không biết.',
    'Leave the header out or drop its mustUnderstand attribute.',
    'Bỏ phần đầu này hoặc bỏ thuộc tính mustUnderstand.',
  ),
  'soap.operation': client(
    'There is no operation for the body element {element}.',
    'Không có thao tác nào cho phần tử {element} trong Body.',
    'Use an element of the WSDL; SOAPAction is not read.',
    'Dùng phần tử có trong WSDL; SOAPAction không được đọc.',
  ),
  'soap.request': client(
    'The request does not follow the schema: {reason}',
    'Yêu cầu không theo lược đồ: {reason}',
    'Compare with the operation in the WSDL.',
    'So sánh với thao tác trong WSDL.',
  ),
  'soap.multipart': client(
    'The multipart message cannot be read: {reason}',
    'Không đọc được thông điệp nhiều phần: {reason}',
    'Check boundary, part headers and the closing boundary.',
    'Kiểm tra boundary, phần đầu từng phần và boundary kết thúc.',
  ),
  'soap.part': client(
    'The part {cid} is referred to but is not in the message.',
    'Phần {cid} được tham chiếu nhưng không có trong thông điệp.',
    'Send the part with this Content-ID, or put the bytes inline.',
    'Gửi phần có Content-ID này, hoặc đặt dữ liệu trực tiếp.',
  ),
  'soap.part-unclear': client(
    '{element} is empty and names none of the {count} parts of the message.',
    '{element} rỗng và không nêu phần nào trong {count} phần của thông điệp.',
    'Refer to the part by its Content-ID, or send exactly one part.',
    'Tham chiếu phần theo Content-ID, hoặc chỉ gửi đúng một phần.',
  ),
  'soap.base64': client(
    'The content of {element} is not base64.',
    'Nội dung của {element} không phải là base64.',
    'Encode the exact bytes of the file in base64, with its padding.',
    'Mã hóa đúng các byte của tệp theo base64, kể cả phần đệm.',
  ),
  // ---- bytes and XML of a package --------------------------------------------------------------
  'package.empty': client(
    'The package is empty.',
    'Gói tin rỗng.',
    'Send the bytes of an .edxml file.',
    'Gửi nội dung của một tệp .edxml.',
  ),
  'package.compressed': client(
    'The package is a {value} archive, not XML.',
    'Gói tin là tệp nén {value}, không phải XML.',
    'Send the .edxml file itself.',
    'Gửi chính tệp .edxml.',
  ),
  'xml.encoding': client(
    'The XML is not UTF-8: {reason}',
    'XML không phải UTF-8: {reason}',
    'Write the file in UTF-8 and declare no other encoding.',
    'Ghi tệp bằng UTF-8 và không khai báo bảng mã khác.',
  ),
  'xml.doctype': client(
    'A DOCTYPE is not allowed.',
    'Không cho phép DOCTYPE.',
    'Remove the DOCTYPE and its entities.',
    'Bỏ DOCTYPE và các thực thể của nó.',
  ),
  'xml.processing-instruction': client(
    'A processing instruction is not allowed.',
    'Không cho phép chỉ thị xử lý (processing instruction).',
    'Remove it; only the XML declaration may stand first.',
    'Bỏ chỉ thị đó; chỉ được có khai báo XML ở đầu.',
  ),
  'xml.malformed': client(
    'The XML is not well-formed: {reason}',
    'XML không đúng cú pháp: {reason}',
    'Repair the XML; the line says where.',
    'Sửa XML; số dòng cho biết vị trí.',
  ),
  'xml.limits': client(
    'The XML goes beyond a limit: {reason}',
    'XML vượt quá giới hạn: {reason}',
    'Real packages stay far below; check the writer.',
    'Gói tin thật luôn nhỏ hơn nhiều; kiểm tra phần mềm tạo gói.',
  ),
  'package.root': client(
    'The root element is {element} in namespace "{namespace}", not edXML of QCVN 102.',
    'Phần tử gốc là {element} trong không gian tên "{namespace}", không phải edXML của QCVN 102.',
    'The root must be edXML in http://www.mic.gov.vn/TBT/QCVN_102_2016.',
    'Gốc phải là edXML trong http://www.mic.gov.vn/TBT/QCVN_102_2016.',
  ),
  'package.kind': client(
    'The package is neither a document nor a status: {reason}',
    'Gói tin không phải văn bản cũng không phải trạng thái: {reason}',
    'A document has To and Subject, a status has StatusCode.',
    'Văn bản có To và Subject, trạng thái có StatusCode.',
  ),
  // ---- schema ----------------------------------------------------------------------------------
  'schema.missing': client(
    '{element} is missing; expected: {expected}.',
    'Thiếu {element}; cần có: {expected}.',
    'Add the element at this place.',
    'Thêm phần tử vào vị trí này.',
  ),
  'schema.unexpected': client(
    '{element} is not expected here; expected: {expected}.',
    '{element} không được mong đợi ở đây; cần có: {expected}.',
    'Remove it, or move it to its place in the schema.',
    'Bỏ phần tử này hoặc chuyển về đúng vị trí theo lược đồ.',
  ),
  'schema.value': client(
    'The value of {element} is not allowed: {reason}',
    'Giá trị của {element} không hợp lệ: {reason}',
    'Write a value of the type in the schema.',
    'Ghi giá trị đúng kiểu trong lược đồ.',
  ),
  'schema.invalid': client(
    'The package does not follow the schema: {reason}',
    'Gói tin không theo lược đồ: {reason}',
    'Compare with the schema of QCVN 102.',
    'So sánh với lược đồ QCVN 102.',
  ),
  // ---- attachments -----------------------------------------------------------------------------
  'manifest.missing': client(
    'The attachment {cid} is not in the manifest.',
    'Tệp đính kèm {cid} không có trong edXMLManifest.',
    'Add a Reference with this ContentId to edXMLManifest.',
    'Thêm Reference có ContentId này vào edXMLManifest.',
  ),
  'manifest.unmatched': client(
    'The manifest names {cid}, but there is no such attachment.',
    'edXMLManifest nêu {cid} nhưng không có tệp đính kèm đó.',
    'Add the attachment or remove the Reference.',
    'Thêm tệp đính kèm hoặc bỏ Reference.',
  ),
  'manifest.repeated': client(
    'The ContentId {cid} is used more than once.',
    'ContentId {cid} được dùng nhiều lần.',
    'Give each attachment its own ContentId.',
    'Đặt cho mỗi tệp đính kèm một ContentId riêng.',
  ),
  'attachment.base64': client(
    'The content of the attachment {cid} is not base64.',
    'Nội dung tệp đính kèm {cid} không phải là base64.',
    'Encode the exact bytes of the file in base64, with its padding.',
    'Mã hóa đúng các byte của tệp theo base64, kể cả phần đệm.',
  ),
  'attachment.empty': client(
    'The attachment {cid} is empty.',
    'Tệp đính kèm {cid} rỗng.',
    'Attach the file again.',
    'Đính kèm lại tệp.',
  ),
  'attachment.too-many': client(
    'There are {count} attachments; at most {limit} are taken.',
    'Có {count} tệp đính kèm; nhiều nhất là {limit}.',
    'Send the files in several documents, or as one archive.',
    'Gửi các tệp trong nhiều văn bản, hoặc trong một tệp nén.',
  ),
  // ---- business rules --------------------------------------------------------------------------
  'document.too-many': client(
    'The package holds {count} elements {element}; at most {limit} are taken.',
    'Gói tin có {count} phần tử {element}; nhiều nhất là {limit}.',
    'Send it in several documents.',
    'Gửi thành nhiều văn bản.',
  ),
  'document.secrecy': client(
    'The document carries a secrecy mark ({value}); state secrets must not pass.',
    'Văn bản có dấu độ mật ({value}); không được gửi bí mật nhà nước qua trục.',
    'Send it by the way the law gives for secret documents.',
    'Gửi theo phương thức pháp luật quy định cho văn bản mật.',
  ),
  'document.organ-id': client(
    '{element} holds {value}, which cannot be an organ id.',
    '{element} có giá trị {value}, không thể là mã định danh.',
    'Write the organ id of the directory, such as 000.00.00.H41 or H41.02.',
    'Ghi mã định danh theo danh mục, ví dụ 000.00.00.H41 hoặc H41.02.',
  ),
  'document.date': client(
    '{element} holds {value}, which is not a date that exists.',
    '{element} có giá trị {value}, không phải ngày có thật.',
    'Write yyyy/MM/dd.',
    'Ghi theo dạng yyyy/MM/dd.',
  ),
  'document.business-part': client(
    'A package of business type {type} needs {element}.',
    'Gói tin loại nghiệp vụ {type} cần có {element}.',
    'Add the part; see the business types in docs.',
    'Bổ sung phần này; xem các loại nghiệp vụ trong tài liệu.',
  ),
  'document.attachments': client(
    'A new document needs at least one attachment.',
    'Văn bản mới cần ít nhất một tệp đính kèm.',
    'Attach the signed file of the document.',
    'Đính kèm tệp văn bản đã ký.',
  ),
  'status.code': client(
    'The status code {value} does not exist.',
    'Mã trạng thái {value} không tồn tại.',
    'Use 01 to 06, 13, 15 or 16.',
    'Dùng 01 đến 06, 13, 15 hoặc 16.',
  ),
  'status.reason': client(
    'Status {value} needs a reason in Description.',
    'Trạng thái {value} cần có lý do trong Description.',
    'Write the reason.',
    'Ghi lý do.',
  ),
  'sender.unknown': client(
    'The sender {value} is not in the directory.',
    'Bên gửi {value} không có trong danh mục.',
    'Ask the operator to register the agency.',
    'Đề nghị quản trị viên đăng ký cơ quan.',
  ),
  'sender.dissolved': client(
    'The sender {value} no longer takes part, since {since}.',
    'Bên gửi {value} không còn tham gia từ {since}.',
    'Its successor sends in its own name; see GetOrganizations.',
    'Cơ quan kế thừa gửi bằng tên của mình; tra bằng GetOrganizations.',
  ),
  'recipient.unknown': client(
    'The recipient {value} is not in the directory.',
    'Bên nhận {value} không có trong danh mục.',
    'Look the organ id up with GetOrganizations.',
    'Tra mã định danh bằng GetOrganizations.',
  ),
  'recipient.lane': client(
    'The recipient {value} is not in the lane of the sender, which is {lane}.',
    'Bên nhận {value} không cùng làn với bên gửi (làn của bên gửi: {lane}).',
    'Sandbox and production never mix: send to an agency that GetOrganizations lists.',
    'Làn thử nghiệm và làn chính thức không bao giờ lẫn nhau: gửi tới cơ quan có trong GetOrganizations.',
  ),
  'recipient.inactive': client(
    'The recipient {value} is not active.',
    'Bên nhận {value} không còn hoạt động.',
    'Look up its successor with GetOrganizations.',
    'Tra cơ quan kế thừa bằng GetOrganizations.',
  ),
  'recipient.not-yet': client(
    'The recipient {value} takes part only from {since}.',
    'Bên nhận {value} chỉ tham gia từ {since}.',
    'Send it then, or to the agency that has the task now.',
    'Gửi khi đến thời điểm đó, hoặc gửi cơ quan đang phụ trách.',
  ),
  'recipient.dissolved': client(
    'The recipient {value} no longer takes part, since {since}, and has no successor that does.',
    'Bên nhận {value} không còn tham gia từ {since} và không có cơ quan kế thừa đang tham gia.',
    'Look up with GetOrganizations who has its tasks now, and send to that agency.',
    'Tra bằng GetOrganizations cơ quan đang tiếp nhận nhiệm vụ và gửi tới cơ quan đó.',
  ),
  'recipient.none': client(
    'The package has no recipient.',
    'Gói tin không có bên nhận.',
    'Name at least one agency in To.',
    'Ghi ít nhất một cơ quan trong To.',
  ),
  // ---- signatures ------------------------------------------------------------------------------
  'signature.invalid': client(
    'The signature does not hold: {reason}',
    'Chữ ký không hợp lệ: {reason}',
    'Sign the final bytes; nothing may change after signing.',
    'Ký trên nội dung cuối cùng; không được sửa sau khi ký.',
  ),
  'signature.untrusted': client(
    'The signature holds, but its certificate does not speak for {from}: {reason}',
    'Chữ ký đúng, nhưng chứng thư không đại diện cho {from}: {reason}',
    'Register the certificate for the agency, or sign with the right one.',
    'Đăng ký chứng thư cho cơ quan, hoặc ký bằng đúng chứng thư.',
  ),
  'signature.coverage': client(
    'The signature does not cover {element}.',
    'Chữ ký không bao phủ {element}.',
    'Sign MessageHeader, Bussiness, edXMLManifest and AttachmentEncoded, or the whole document.',
    'Ký MessageHeader, Bussiness, edXMLManifest và AttachmentEncoded, hoặc toàn bộ gói tin.',
  ),
  'attachment.signature': client(
    'A signature inside the attachment {cid} does not hold: {reason}',
    'Chữ ký trong tệp đính kèm {cid} không hợp lệ: {reason}',
    'Attach the file as it was signed; nothing may change after signing.',
    'Đính kèm đúng tệp đã ký; không được sửa sau khi ký.',
  ),
  'signature.required': client(
    'This agency must sign its packages; the signature is {class}.',
    'Cơ quan này bắt buộc phải ký gói tin; chữ ký hiện là {class}.',
    'Sign the package with a registered certificate.',
    'Ký gói tin bằng chứng thư đã đăng ký.',
  ),
  // ---- duplicates, ids -------------------------------------------------------------------------
  'duplicate.conflict': client(
    'Another package with the same sender and DocumentId was stored before, with other content.',
    'Đã lưu một gói tin khác có cùng bên gửi và DocumentId nhưng nội dung khác.',
    'Send a correction as update or replace, or give the new document its own DocumentId.',
    'Gửi bản sửa theo loại cập nhật hoặc thay thế, hoặc đặt DocumentId mới cho văn bản mới.',
  ),
  'message.unknown': client(
    'There is no such message for this caller.',
    'Không có thông điệp này đối với bên gọi.',
    'Use an id from ListPending or from a SendResult.',
    'Dùng mã lấy từ ListPending hoặc SendResult.',
  ),
  'request.value': client(
    'The value of {element} cannot be used: {reason}',
    'Không dùng được giá trị của {element}: {reason}',
    'See the operation in the WSDL.',
    'Xem thao tác trong WSDL.',
  ),
  // ---- ours ------------------------------------------------------------------------------------
  'server.store': server(
    'The gateway could not store the package; nothing was accepted.',
    'Trục không lưu được gói tin; chưa nhận gì.',
    'Send the same request again later.',
    'Gửi lại đúng yêu cầu này sau.',
  ),
  'store.folder': lasting(
    'The folder of the store cannot be written ({reason}).',
    'Không ghi được vào thư mục kho lưu trữ ({reason}).',
    'See that the disk is mounted for writing and that the folder belongs to the user who runs edxgate.',
    'Kiểm tra ổ đĩa được gắn ở chế độ ghi và thư mục thuộc về người dùng chạy edxgate.',
  ),
  'store.missing': lasting(
    'There is no store in the folder {folder}.',
    'Không có kho dữ liệu trong thư mục {folder}.',
    'Check `store` in edxgate.yaml; `edxgate serve` makes a new store.',
    'Kiểm tra `store` trong edxgate.yaml; `edxgate serve` sẽ tạo kho mới.',
  ),
  'store.foreign': lasting(
    'The database file in the folder of the store belongs to another program.',
    'Tệp cơ sở dữ liệu trong thư mục của kho thuộc về chương trình khác.',
    'Point `store` in edxgate.yaml to a folder of its own.',
    'Đặt `store` trong edxgate.yaml tới một thư mục riêng.',
  ),
  'store.newer': lasting(
    'The store has schema {found}; this version knows schemas up to {known}.',
    'Kho dữ liệu có lược đồ {found}; phiên bản này chỉ biết tới lược đồ {known}.',
    'Use the version of edxgate that wrote the store, or a newer one.',
    'Dùng phiên bản edxgate đã ghi kho này hoặc bản mới hơn.',
  ),
  'store.older': lasting(
    'The store has schema {found}; this version needs schema {known}.',
    'Kho dữ liệu có lược đồ {found}; phiên bản này cần lược đồ {known}.',
    'Start `edxgate serve` once; it brings the store up to date.',
    'Chạy `edxgate serve` một lần; lệnh này nâng cấp kho dữ liệu.',
  ),
  'store.damaged': lasting(
    'The stored content of message {messageId} no longer matches its digest.',
    'Nội dung đã lưu của thông điệp {messageId} không còn khớp với mã băm.',
    'Restore the content from a backup.',
    'Khôi phục nội dung từ bản sao lưu.',
  ),
  'store.check': lasting(
    'The store is not sound: {count} findings.',
    'Kho dữ liệu không toàn vẹn: {count} phát hiện.',
    'List them with `edxgate store check --deep`; restore from a backup what is damaged.',
    'Xem bằng `edxgate store check --deep`; khôi phục phần hỏng từ bản sao lưu.',
  ),
  'store.backup': lasting(
    'The backup {folder} cannot be used: {reason}',
    'Không dùng được bản sao lưu {folder}: {reason}',
    'Take another backup; nothing was changed.',
    'Dùng bản sao lưu khác; chưa thay đổi gì.',
  ),
  'store.target': client(
    'The folder {folder} is not empty.',
    'Thư mục {folder} không trống.',
    'Name a new or empty folder; of a store that is there, --force puts the old one aside.',
    'Chỉ định thư mục mới hoặc trống; nếu đã có kho ở đó, --force chuyển kho cũ sang bên cạnh.',
  ),
  'server.disk': server(
    'The gateway has too little disk space left to accept packages; nothing was accepted.',
    'Trục sắp hết dung lượng đĩa nên không nhận gói tin; chưa nhận gì.',
    'Send the same request again later. Collecting and confirming go on.',
    'Gửi lại đúng yêu cầu này sau. Việc lấy và xác nhận gói tin vẫn hoạt động.',
  ),
  'server.busy': server(
    'The gateway has more to write than it can hold; nothing was accepted.',
    'Trục đang có quá nhiều dữ liệu chờ ghi; chưa nhận gì.',
    'Send the same request again later.',
    'Gửi lại đúng yêu cầu này sau.',
  ),
  'server.internal': server(
    'The gateway failed; nothing was accepted.',
    'Trục gặp lỗi; chưa nhận gì.',
    'Send the same request again; give the operator the correlation id.',
    'Gửi lại yêu cầu này; báo mã tra cứu cho quản trị viên.',
  ),
  // ---- delivery (last code of an attempt) --------------------------------------------------------
  'delivery.unreachable': server(
    'The recipient could not be reached: {reason}',
    'Không kết nối được bên nhận: {reason}',
    'It will be tried again.',
    'Hệ thống sẽ gửi lại.',
  ),
  'delivery.timeout': server(
    'The recipient did not answer in time.',
    'Bên nhận không trả lời kịp thời.',
    'It will be tried again.',
    'Hệ thống sẽ gửi lại.',
  ),
  'delivery.cut': server(
    'The connection ended before the answer; the recipient may have the package: {reason}',
    'Kết nối bị ngắt trước khi có trả lời; bên nhận có thể đã có gói tin: {reason}',
    'It will be sent again under the same message id.',
    'Hệ thống sẽ gửi lại với cùng mã thông điệp.',
  ),
  'delivery.http': server(
    'The recipient answered with HTTP status {status}.',
    'Bên nhận trả lời mã HTTP {status}.',
    'It will be tried again.',
    'Hệ thống sẽ gửi lại.',
  ),
  'delivery.fault': server(
    'The recipient answered with a SOAP fault: {reason}',
    'Bên nhận trả lời SOAP fault: {reason}',
    'It will be tried again.',
    'Hệ thống sẽ gửi lại.',
  ),
  'delivery.answer': server(
    'The answer of the recipient cannot be read: {reason}',
    'Không đọc được trả lời của bên nhận: {reason}',
    'It will be tried again.',
    'Hệ thống sẽ gửi lại.',
  ),
  'delivery.refused': client(
    'The recipient refused the package: {reason}',
    'Bên nhận từ chối gói tin: {reason}',
    'Talk to the recipient; send again under a new message when it is mended.',
    'Liên hệ bên nhận; sau khi khắc phục thì gửi lại.',
  ),
  'delivery.redirect': client(
    'The recipient answered with a redirect, which is never followed.',
    'Bên nhận chuyển hướng; hệ thống không bao giờ đi theo.',
    'Change the address of the agency if it has moved.',
    'Sửa địa chỉ của cơ quan nếu đã thay đổi.',
  ),
  'delivery.route': server(
    'There is no route to the recipient: {reason}',
    'Không có đường gửi tới bên nhận: {reason}',
    'Set the address of the agency; the delivery waits.',
    'Khai báo địa chỉ của cơ quan; việc gửi đang chờ.',
  ),
  'delivery.interrupted': server(
    'The gateway stopped during the attempt; how it ended is not known.',
    'Trục dừng giữa lần gửi; không rõ kết quả.',
    'Nothing to do: it is tried again under the same MessageId.',
    'Không cần làm gì: hệ thống gửi lại với cùng MessageId.',
  ),
  'delivery.exhausted': client(
    'All attempts failed; the last ended with {reason}',
    'Mọi lần gửi đều thất bại; lần cuối: {reason}',
    'Mend the cause; the sender was told with status 02 and may send it as a new document.',
    'Khắc phục nguyên nhân; bên gửi đã được báo bằng trạng thái 02 và có thể gửi lại thành văn bản mới.',
  ),
  'delivery.not-needed': client(
    'The recall was not passed on: the recipient never got the document.',
    'Không chuyển yêu cầu thu hồi: bên nhận chưa hề nhận được văn bản.',
    'Nothing to do.',
    'Không cần làm gì.',
  ),
  'delivery.recalled': client(
    'The sender took the document back before its delivery.',
    'Bên gửi đã lấy lại văn bản trước khi chuyển.',
    'Nothing to do; the sender may send it as a new document.',
    'Không cần làm gì; bên gửi có thể gửi lại thành văn bản mới.',
  ),
  'delivery.rejected-by-recipient': client(
    'The recipient collected the package and confirmed it as failed: {reason}',
    'Bên nhận đã lấy gói tin và xác nhận thất bại: {reason}',
    'Talk to the recipient.',
    'Liên hệ bên nhận.',
  ),
  'delivery.state': client(
    'The delivery is in a state in which this cannot be done: {value}',
    'Lượt gửi đang ở trạng thái không thực hiện được việc này: {value}',
    'See what can be done with it: edxgate queue show.',
    'Xem có thể làm gì với lượt gửi này: edxgate queue show.',
  ),
  'delivery.purged': client(
    'The content was deleted when its time was over; there is nothing left to deliver.',
    'Nội dung đã bị xóa khi hết hạn lưu; không còn gì để gửi.',
    'Ask the sender to send the document again.',
    'Đề nghị bên gửi gửi lại văn bản.',
  ),
  'delivery.cancelled': client(
    'An operator cancelled the delivery: {reason}',
    'Quản trị viên đã hủy lượt gửi: {reason}',
    'Start it again if need be: edxgate dead requeue.',
    'Nếu cần thì cho gửi lại: edxgate dead requeue.',
  ),
  'delivery.redirected': client(
    'The delivery went to the successor of its recipient: {reason}',
    'Lượt gửi đã chuyển cho cơ quan kế thừa của bên nhận: {reason}',
    'Look at the delivery to the successor.',
    'Xem lượt gửi tới cơ quan kế thừa.',
  ),
  'delivery.expired': client(
    'The delivery waited longer than its lifetime; the last failure was {reason}',
    'Lượt gửi chờ quá thời hạn; lỗi cuối cùng: {reason}',
    'Mend the cause; the sender was told with status 02 and may send it as a new document.',
    'Khắc phục nguyên nhân; bên gửi đã được báo bằng trạng thái 02 và có thể gửi lại thành văn bản mới.',
  ),
  // ---- command line and operator ---------------------------------------------------------------
  'cli.usage': client(
    'The command line is wrong: {reason}',
    'Dòng lệnh sai: {reason}',
    'See the help page of the command: --help.',
    'Xem trang trợ giúp của lệnh: --help.',
  ),
  'cli.failed': client(
    'The command failed: {reason}',
    'Lệnh thất bại: {reason}',
    'The message says why; nothing was half done.',
    'Thông báo cho biết lý do; không có việc gì làm dở.',
  ),
  'suite.invalid': client(
    'The conformance suite {folder} cannot be used; problems found: {count}.',
    'Không dùng được bộ ca kiểm thử {folder}; số lỗi tìm thấy: {count}.',
    'Each is named with its file and line; docs/conformance.md says what a suite holds.',
    'Từng lỗi được nêu kèm tệp và dòng; xem docs/conformance.md về cấu trúc một bộ.',
  ),
  'config.missing': client(
    'There is no configuration file: {file}',
    'Không có tệp cấu hình: {file}',
    'Name one with -c FILE or in EDXGATE_CONFIG; `edxgate try` makes a sample.',
    'Chỉ ra tệp bằng -c FILE hoặc EDXGATE_CONFIG; `edxgate try` tạo một tệp mẫu.',
  ),
  'config.invalid': client(
    '{file}: problems: {count}; nothing was started.',
    '{file}: số lỗi: {count}; chưa khởi động gì.',
    'Mend them all, then: edxgate config check.',
    'Sửa hết rồi chạy: edxgate config check.',
  ),
  'file.unreadable': client(
    'The file {file} cannot be read: {reason}',
    'Không đọc được tệp {file}: {reason}',
    'Check the name and who may read it.',
    'Kiểm tra tên tệp và quyền đọc.',
  ),
  'file.wide': client(
    'The secret file {file} can be opened by others (mode {mode}).',
    'Người khác mở được tệp bí mật {file} (quyền {mode}).',
    'Do: chmod 600, then start again.',
    'Chạy: chmod 600, rồi khởi động lại.',
  ),
  'trust.empty': client(
    '{file} holds no usable {block} block.',
    '{file} không có khối {block} nào dùng được.',
    'Give PEM or DER files of the authority.',
    'Dùng tệp PEM hoặc DER của tổ chức chứng thực.',
  ),
  'trust.broken': client(
    'A {block} block of {file} cannot be read.',
    'Không đọc được một khối {block} của {file}.',
    'Replace the block, or take it out; until then the trust of before stays in force.',
    'Thay hoặc bỏ khối đó; trong lúc chờ, cấu hình tin cậy cũ vẫn có hiệu lực.',
  ),
  'trust.agency': client(
    'The name of {file} is not an organ id.',
    'Tên của {file} không phải mã định danh.',
    'In trust.agency_anchors name each folder or file after its agency, such as T99.02 or T99.02.pem.',
    'Trong trust.agency_anchors đặt tên thư mục hoặc tệp theo cơ quan, ví dụ T99.02 hoặc T99.02.pem.',
  ),
  'server.port': client(
    'Port {port} of {host} is in use by another program.',
    'Cổng {port} của {host} đang được chương trình khác dùng.',
    'Stop the other program, or set {key} (or {variable}) to another port.',
    'Dừng chương trình kia, hoặc đặt {key} (hoặc {variable}) sang cổng khác.',
  ),
  'store.locked': {
    ...server(
      'The store is locked by another process{holder}.',
      'Kho dữ liệu đang bị tiến trình khác{holder} khóa.',
      'Only one process serves a store. Wait for the other to end, or stop it, then try again.',
      'Mỗi kho chỉ do một tiến trình phục vụ. Chờ tiến trình kia kết thúc hoặc dừng nó rồi thử lại.',
    ),
  },
  'peer.unreachable': client(
    'The gateway at {url} could not be reached: {reason}',
    'Không kết nối được tới trục tại {url}: {reason}',
    'Check the address, the network and the certificate of the gateway.',
    'Kiểm tra địa chỉ, mạng và chứng thư của trục.',
  ),
  'agency.unknown': client(
    'There is no agency {value} in the directory.',
    'Không có cơ quan {value} trong danh mục.',
    'List them: edxgate agency list.',
    'Xem danh sách: edxgate agency list.',
  ),
  'agency.exists': client(
    'The agency {value} is in the directory already.',
    'Cơ quan {value} đã có trong danh mục.',
    'Change it with `agency set`, or add --if-missing.',
    'Sửa bằng `agency set`, hoặc thêm --if-missing.',
  ),
  'agency.value': client(
    'The value of {element} cannot be used: {reason}',
    'Không dùng được giá trị của {element}: {reason}',
    'Nothing was changed; give another value.',
    'Chưa thay đổi gì; nhập giá trị khác.',
  ),
  'agency.validity': client(
    'The times of {value} cannot be used: {reason}',
    'Không dùng được thời gian hiệu lực của {value}: {reason}',
    'Nothing was changed; `valid until` must lie after `valid from`.',
    'Chưa thay đổi gì; thời điểm kết thúc phải sau thời điểm bắt đầu.',
  ),
  'agency.successor': client(
    'The agency {successor} cannot be the successor of {value}: {reason}',
    'Cơ quan {successor} không thể kế thừa {value}: {reason}',
    'Nothing was changed; name another agency of the directory, or none.',
    'Chưa thay đổi gì; chọn cơ quan khác trong danh mục, hoặc none.',
  ),
  'agency.waiting': client(
    'The agency {value} cannot change its lane: {count} deliveries to or from it are not final.',
    'Chưa chuyển được làn của cơ quan {value}: còn {count} lượt gửi đến hoặc đi chưa kết thúc.',
    'Let them end, or cancel them: edxgate queue list --to {value}.',
    'Chờ các lượt gửi kết thúc, hoặc hủy: edxgate queue list --to {value}.',
  ),
  'agency.not-qualified': client(
    'The agency {value} has not passed the partner suite, which conformance.require_pass asks for.',
    'Cơ quan {value} chưa đạt bộ kiểm thử đối tác mà conformance.require_pass yêu cầu.',
    'Its own system shows what is missing: edxgate conformance partner. Or give --pass-report FILE.',
    'Hệ thống của cơ quan tự xem phần còn thiếu: edxgate conformance partner. Hoặc nộp --pass-report FILE.',
  ),
  'agency.pass-report': client(
    'The pass report of {value} cannot be taken: {reason}',
    'Không nhận được báo cáo đạt của {value}: {reason}',
    'Nothing was changed; give the report as the gateway signed it, and --pass-key when it was another one.',
    'Chưa thay đổi gì; nộp đúng báo cáo trục đã ký, và --pass-key nếu đó là trục khác.',
  ),
  'agency.import': client(
    'The file cannot be imported: {reason}',
    'Không nhập được tệp: {reason}',
    'Nothing was imported; mend the line that is named.',
    'Chưa nhập gì; sửa dòng được nêu.',
  ),
  'token.limit': client(
    'The agency {value} has two live tokens already.',
    'Cơ quan {value} đã có hai token đang dùng.',
    'Revoke one first: agency token --revoke ID.',
    'Thu hồi một token trước: agency token --revoke ID.',
  ),
  'token.unknown': client(
    'The agency {value} has no such live token.',
    'Cơ quan {value} không có token này đang dùng.',
    'Look the id up with: agency show.',
    'Tra mã token bằng: agency show.',
  ),
  'user.unknown': client(
    'There is no user {value}.',
    'Không có người dùng {value}.',
    'List them: edxgate user list.',
    'Xem danh sách: edxgate user list.',
  ),
  'user.exists': client(
    'The user {value} is there already.',
    'Người dùng {value} đã có.',
    'Change it with `user set`, or choose another name.',
    'Sửa bằng `user set`, hoặc chọn tên khác.',
  ),
  'user.value': client(
    'The value {value} of {member} cannot be used.',
    'Không dùng được giá trị {value} của {member}.',
    'Names have lower-case letters, digits and . _ @ -; each role stands once, with its agencies.',
    'Tên gồm chữ thường, chữ số và . _ @ -; mỗi vai trò ghi một lần, kèm các cơ quan.',
  ),
  'user.changed': client(
    'The user {value} was changed in the meantime.',
    'Người dùng {value} vừa được thay đổi.',
    'Nothing was done; look at it again.',
    'Chưa thay đổi gì; xem lại rồi thực hiện.',
  ),
  'user.last-administrator': client(
    'Nobody would be left to give rights.',
    'Sẽ không còn ai có quyền quản trị.',
    'Make another administrator for all agencies first.',
    'Trước hết cấp vai trò quản trị cho người khác, với phạm vi toàn bộ.',
  ),
  'certificate.unreadable': client(
    'The certificate cannot be read: {reason}',
    'Không đọc được chứng thư: {reason}',
    'Give one X.509 certificate in PEM or DER.',
    'Dùng một chứng thư X.509 dạng PEM hoặc DER.',
  ),
  'certificate.unknown': client(
    'The agency {value} has no such certificate in use.',
    'Cơ quan {value} không có chứng thư này đang dùng.',
    'List them: agency certificate list.',
    'Xem danh sách: agency certificate list.',
  ),
  'delivery.unknown': client(
    'There is no delivery {value}.',
    'Không có lượt gửi {value}.',
    'List them: edxgate queue list.',
    'Xem danh sách: edxgate queue list.',
  ),
  'queue.reason': client(
    'A reason is needed: 1 to 500 characters, one line.',
    'Cần nêu lý do: 1 đến 500 ký tự, trên một dòng.',
    'Give it with --reason TEXT; it stands in the log of acts.',
    'Ghi bằng --reason TEXT; lý do được lưu trong nhật ký thao tác.',
  ),
  'queue.many': client(
    'More than {limit} deliveries match; nothing was changed.',
    'Có hơn {limit} lượt gửi khớp điều kiện; chưa thay đổi gì.',
    'Look at them with --dry-run, then say --yes.',
    'Xem trước bằng --dry-run, rồi thêm --yes.',
  ),
  'queue.successor': client(
    'The directory names no successor of {value} that takes part.',
    'Danh bạ không có cơ quan kế thừa nào của {value} đang hoạt động.',
    'Name one: edxgate agency set {value} --successor ORGAN.',
    'Khai báo: edxgate agency set {value} --successor ORGAN.',
  ),
  'breaker.unknown': client(
    'Nothing is paused for the recipient {value}.',
    'Bên nhận {value} không bị tạm ngừng gửi.',
    'List paused recipients: edxgate queue breakers.',
    'Xem bên nhận bị tạm ngừng: edxgate queue breakers.',
  ),
  'quarantine.unknown': client(
    'There is no refusal {value} with its bytes kept.',
    'Không có lần từ chối {value} còn lưu gói tin.',
    'List them: edxgate quarantine list.',
    'Xem danh sách: edxgate quarantine list.',
  ),
  'quarantine.cut': client(
    'Only the first {kept} of {size} bytes were kept; that is not the package.',
    'Chỉ lưu {kept} trên {size} byte đầu; không đủ gói tin.',
    'The sender has to send it again.',
    'Bên gửi phải gửi lại.',
  ),
  'quarantine.request': client(
    'What was kept is a request in which no package was found.',
    'Phần lưu lại là yêu cầu, chưa tách được gói tin.',
    'Look at it: edxgate quarantine export; the sender has to send it again.',
    'Xem: edxgate quarantine export; bên gửi phải gửi lại.',
  ),
  // ---- warnings: what was normalised or noticed ---------------------------------------------------
  'dialect.namespace': warning(
    'The namespace {value} was read as that of QCVN 102.',
    'Không gian tên {value} được hiểu là của QCVN 102.',
    'Write http://www.mic.gov.vn/TBT/QCVN_102_2016.',
    'Ghi http://www.mic.gov.vn/TBT/QCVN_102_2016.',
  ),
  'dialect.spelling': warning(
    '{value} was read as {element}.',
    '{value} được hiểu là {element}.',
    'Write {element}.',
    'Ghi {element}.',
  ),
  'dialect.order': warning(
    'The children of {element} were put into the order of the schema.',
    'Các phần tử con của {element} đã được sắp theo thứ tự của lược đồ.',
    'Write them in the order of the schema.',
    'Ghi theo thứ tự của lược đồ.',
  ),
  'dialect.empty': warning(
    '{element} is empty and was treated as absent.',
    '{element} rỗng và được coi là không có.',
    'Leave out elements without a value.',
    'Bỏ phần tử không có giá trị.',
  ),
  'dialect.date-order': warning(
    '{element} holds {value} and was read as {read}.',
    '{element} có giá trị {value}, được hiểu là {read}.',
    'Write yyyy/MM/dd.',
    'Ghi theo dạng yyyy/MM/dd.',
  ),
  'dialect.cid': warning(
    'The content id {value} was read as {read}.',
    'ContentId {value} được hiểu là {read}.',
    'Write cid: once, in both places.',
    'Ghi cid: một lần, ở cả hai nơi.',
  ),
  'dialect.missing': warning(
    '{element} is missing; it was filled in as "{read}" for the check.',
    'Thiếu {element}; được tạm điền "{read}" để kiểm tra.',
    'Write the element.',
    'Ghi phần tử này.',
  ),
  'dialect.unknown': warning(
    'The element {element} is not in the schema and was not read.',
    'Phần tử {element} không có trong lược đồ và không được đọc.',
    'Leave it out, or ask for an extension.',
    'Bỏ phần tử này, hoặc đề nghị mở rộng.',
  ),
  'dialect.value': warning(
    '{element} holds {value}, which the schema does not allow; it was read as {read}.',
    '{element} có giá trị {value} không theo lược đồ; được hiểu là {read}.',
    'Write a value of the type in the schema.',
    'Ghi giá trị đúng kiểu trong lược đồ.',
  ),
  'dialect.length': warning(
    '{element} is longer than the schema allows ({limit} characters).',
    '{element} dài hơn mức lược đồ cho phép ({limit} ký tự).',
    'Shorten it; a strict recipient may refuse.',
    'Rút ngắn; bên nhận nghiêm ngặt có thể từ chối.',
  ),
  'dialect.bom': warning(
    'The file starts with a byte order mark.',
    'Tệp bắt đầu bằng dấu thứ tự byte (BOM).',
    'Write UTF-8 without it.',
    'Ghi UTF-8 không có BOM.',
  ),
  'dialect.status-form': warning(
    'The status stands in edXMLHeader/Status, the form of provincial systems.',
    'Trạng thái nằm trong edXMLHeader/Status, dạng của hệ thống cấp tỉnh.',
    'Nothing to do; the national form is MessageHeader.',
    'Không cần làm gì; dạng quốc gia là MessageHeader.',
  ),
  'attachment.redacted': warning(
    'The content of the attachment {cid} was replaced by a redaction mark.',
    'Nội dung tệp đính kèm {cid} đã bị thay bằng dấu che.',
    'Nothing to do for test files; send the real file otherwise.',
    'Không cần làm gì với tệp thử; nếu không, gửi tệp thật.',
  ),
  'attachment.type': warning(
    'The attachment {cid} is declared {value}, but its bytes look like {read}.',
    'Tệp đính kèm {cid} khai báo là {value}, nhưng nội dung có vẻ là {read}.',
    'Declare the real type.',
    'Khai báo đúng kiểu tệp.',
  ),
  'recipient.repeated': warning(
    'The recipient {value} is named more than once; it gets one delivery.',
    'Bên nhận {value} được nêu nhiều lần; chỉ gửi một lần.',
    'Name each agency once.',
    'Ghi mỗi cơ quan một lần.',
  ),
  'recipient.succeeded': warning(
    'The recipient {value} no longer takes part; its successor {successor} gets the package.',
    'Bên nhận {value} không còn tham gia; gói tin được gửi cho cơ quan kế thừa {successor}.',
    'Use the organ id of the successor from now on.',
    'Từ nay dùng mã định danh của cơ quan kế thừa.',
  ),
  'document.future': warning(
    '{element} holds {value}, which lies in the future.',
    '{element} có giá trị {value}, là ngày trong tương lai.',
    'Check the clock of the writer.',
    'Kiểm tra đồng hồ của hệ thống tạo gói.',
  ),
  'document.unmatched': warning(
    'The document {value} that this package acts on is not one of the sender here; nothing was changed.',
    'Văn bản {value} mà gói tin này tác động không phải của bên gửi tại đây; không thay đổi gì.',
    'Check the document id; the package is delivered as it is.',
    'Kiểm tra mã văn bản; gói tin vẫn được chuyển nguyên trạng.',
  ),
  'status.unmatched': warning(
    'The document {value} was not exchanged between these agencies here; the status is delivered as it is.',
    'Văn bản {value} không được trao đổi giữa hai cơ quan tại đây; trạng thái vẫn được chuyển nguyên trạng.',
    'Check ResponseFor.',
    'Kiểm tra ResponseFor.',
  ),
  'status.no-reason': warning(
    'Status {value} should give a reason in Description.',
    'Trạng thái {value} nên nêu lý do trong Description.',
    'Write the reason.',
    'Ghi lý do.',
  ),
  'signature.not-signed': warning(
    'The package is not signed ({class}); it is for reference only.',
    'Gói tin không có chữ ký ({class}); chỉ có giá trị tham khảo.',
    'Sign the package in the ds namespace.',
    'Ký gói tin trong không gian tên ds.',
  ),
  'signature.recorded': warning(
    'The signature is {class}: {reason}. The policy of the agency takes it.',
    'Chữ ký là {class}: {reason}. Chính sách của cơ quan vẫn chấp nhận.',
    'Sign properly; the policy may change.',
    'Ký đúng cách; chính sách có thể thay đổi.',
  ),
  'signature.sha1': warning(
    'The signature uses SHA-1, which the policy of the agency still allows.',
    'Chữ ký dùng SHA-1, chính sách của cơ quan vẫn cho phép.',
    'Sign with SHA-256.',
    'Ký bằng SHA-256.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
