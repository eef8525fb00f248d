/**
 * HTTP: methods, types, encodings, sign-in, what GET serves, and base64 in a request.
 *
 * @module
 */

import { gzipSync } from 'node:zlib';
import { accepted, type HttpRow, refusal, status, XML_11 } from './http-kit.js';
import { noXml, ping, sending, typed } from './soap-parts.js';

export const HTTP: readonly HttpRow[] = [
  [
    'http.put',
    'PUT is not taken',
    'Không nhận PUT',
    { method: 'PUT', body: ping },
    status(405, 'http.method'),
  ],
  [
    'http.path',
    'There is nothing beside the contract',
    'Không có gì ngoài hợp đồng',
    { path: '/khong-co', body: ping },
    status(404, 'http.not-found'),
  ],
  [
    'http.json',
    'JSON is not taken',
    'Không nhận JSON',
    { headers: typed('application/json'), body: '{}' },
    status(415, 'http.content-type'),
  ],
  [
    'http.form',
    'Forms are not taken',
    'Không nhận biểu mẫu',
    { headers: typed('multipart/form-data; boundary=b'), body: ping },
    status(415, 'http.content-type'),
  ],
  [
    'http.no-type',
    'A body without a type is not taken',
    'Không nhận nội dung không rõ kiểu',
    { headers: {}, body: ping },
    status(415, 'http.content-type'),
  ],
  [
    'http.charset.utf8',
    'The charset utf8 is UTF-8',
    'charset utf8 là UTF-8',
    { headers: typed('text/xml; charset="utf8"'), body: ping },
    accepted(),
  ],
  [
    'http.charset.ascii',
    'The charset us-ascii is taken',
    'Nhận charset us-ascii',
    { headers: typed('text/xml; charset=US-ASCII'), body: ping },
    accepted(),
  ],
  [
    'http.charset.none',
    'No charset is taken',
    'Nhận khi không có charset',
    { headers: typed('text/xml'), body: ping },
    accepted(),
  ],
  [
    'http.charset.other',
    'Another charset is not taken',
    'Không nhận charset khác',
    { headers: typed('text/xml; charset=iso-8859-1'), body: ping },
    status(415, 'http.charset'),
  ],
  [
    'http.charset.two',
    'Two charsets are not taken',
    'Không nhận hai charset',
    { headers: typed('text/xml; charset=utf-8; charset=utf8'), body: ping },
    status(415, 'http.charset'),
  ],
  [
    'http.type.upper-case',
    'The case of the type does not matter',
    'Kiểu không phân biệt hoa thường',
    { headers: typed('Text/XML; Charset=UTF-8'), body: ping },
    accepted(),
  ],
  [
    'http.gzip',
    'gzip is taken',
    'Nhận gzip',
    { headers: typed(XML_11, { 'content-encoding': 'gzip' }), body: gzipSync(ping) },
    accepted(),
  ],
  [
    'http.x-gzip',
    'x-gzip is the same',
    'x-gzip cũng vậy',
    { headers: typed(XML_11, { 'content-encoding': 'x-gzip' }), body: gzipSync(ping) },
    accepted(),
  ],
  [
    'http.identity',
    'identity is taken',
    'Nhận identity',
    { headers: typed(XML_11, { 'content-encoding': 'identity' }), body: ping },
    accepted(),
  ],
  [
    'http.gzip.broken',
    'What is no gzip is refused',
    'Từ chối gzip hỏng',
    { headers: typed(XML_11, { 'content-encoding': 'gzip' }), body: ping },
    refusal('http.gzip'),
  ],
  [
    'http.gzip.cut',
    'gzip that was cut is refused',
    'Từ chối gzip bị cắt',
    {
      headers: typed(XML_11, { 'content-encoding': 'gzip' }),
      body: gzipSync(ping).subarray(0, 60),
    },
    refusal('http.gzip'),
  ],
  [
    'http.brotli',
    'Other encodings are not taken',
    'Không nhận kiểu nén khác',
    { headers: typed(XML_11, { 'content-encoding': 'br' }), body: ping },
    status(415, 'http.content-encoding'),
  ],
  [
    'http.soap-action',
    'SOAPAction does not decide',
    'SOAPAction không quyết định',
    { headers: typed(XML_11, { soapaction: '"urn:example:other"' }), body: ping },
    accepted(),
  ],
];

export const SIGN_IN: readonly HttpRow[] = [
  [
    'auth.required',
    'Without a sign-in nothing is answered',
    'Không đăng nhập thì không trả lời',
    { as: 'nobody', body: ping },
    status(401, 'auth.required'),
  ],
  [
    'auth.scheme',
    'Another scheme is no sign-in',
    'Kiểu đăng nhập khác không được nhận',
    { headers: typed(XML_11, { authorization: 'Digest abc' }), body: ping },
    status(401, 'auth.failed'),
  ],
  [
    'auth.no-colon',
    'Basic without a colon is no sign-in',
    'Basic không có dấu hai chấm',
    { headers: typed(XML_11, { authorization: 'Basic YWJj' }), body: ping },
    status(401, 'auth.failed'),
  ],
  [
    'auth.token',
    'A wrong token is refused',
    'Từ chối token sai',
    { headers: typed(XML_11, { authorization: 'Bearer khong-phai-token' }), body: ping },
    status(401, 'auth.failed'),
  ],
  [
    'auth.before-body',
    'Who is unknown learns nothing of the body',
    'Không cho bên lạ biết gì về nội dung',
    { as: 'nobody', body: 'x' },
    status(401, 'auth.required'),
  ],
];

export const BASE64: readonly HttpRow[] = [
  [
    'soap.base64',
    'A Package that is no base64 is refused',
    'Từ chối Package không phải base64',
    { body: sending('*') },
    refusal('soap.base64'),
  ],
  [
    'soap.base64.element',
    'An element in Package is refused',
    'Từ chối phần tử trong Package',
    { body: sending('<a/>') },
    refusal('soap.base64'),
  ],
  [
    'soap.base64.blank',
    'An empty Package is refused',
    'Từ chối Package rỗng',
    { body: sending(' ') },
    refusal('package.empty'),
  ],
  [
    'soap.base64.padding',
    'Missing padding is refused',
    'Từ chối thiếu ký tự đệm',
    { body: sending('YQ') },
    refusal('soap.base64'),
  ],
  [
    'soap.base64.lines',
    'Base64 in lines is decoded',
    'Giải mã base64 chia dòng',
    { body: sending('eG\r\nlu') },
    noXml,
  ],
];

export const CONTRACT: readonly HttpRow[] = [
  [
    'wsdl.11',
    'The WSDL of SOAP 1.1',
    'WSDL của SOAP 1.1',
    { method: 'GET', path: '{{path}}?wsdl', headers: {} },
    {
      class: 'http',
      http: 200,
      assertions: [
        { xpath: 'count(//*[local-name()="portType"]/*[local-name()="operation"])', equals: '9' },
      ],
    },
  ],
  [
    'wsdl.12',
    'The WSDL of SOAP 1.2',
    'WSDL của SOAP 1.2',
    { method: 'GET', path: '{{path}}?wsdl=1.2', headers: {} },
    {
      class: 'http',
      http: 200,
      assertions: [
        { xpath: 'count(//*[local-name()="portType"]/*[local-name()="operation"])', equals: '9' },
      ],
    },
  ],
  ...[
    'edxml-document.xsd',
    'edxml-status.xsd',
    'edxml-types.xsd',
    'gateway.xsd',
    'receipt.xsd',
  ].map(
    (name): HttpRow => [
      `xsd.${name.replace('.xsd', '')}`,
      `The schema ${name}`,
      `Lược đồ ${name}`,
      { method: 'GET', path: `{{path}}?xsd=${name}`, headers: {} },
      { class: 'http', http: 200, assertions: [{ xpath: '/*[local-name()="schema"]', count: 1 }] },
    ],
  ),
];
