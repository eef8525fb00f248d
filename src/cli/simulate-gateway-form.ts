/**
 * Faults in the form of what comes back: refusals, SOAP versions, types, headers, the published
 * contract, and sign-in.
 *
 * @module
 */
import { parseContentType } from '../soap/content-type.js';
import { mtomAnswer, newContentId, xopInclude } from '../soap/envelope-writer.js';
import { changes, clause, contract, type Fault, words } from './simulate-gateway-fault.js';
import {
  bodyOf,
  callerOf,
  drop,
  editAnswer,
  editFault,
  elementsOf,
  type FrontAnswer,
  type FrontRequest,
  isFault,
  isResultOf,
  mapElements,
  mapText,
  signedInAs,
  textOf,
  withHeader,
} from './simulate-gateway-wire.js';

const REFUSALS = contract('design of refusals: docs/errors.md, and GatewayFault of xsd/gateway');
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope';
const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/';

// ---- refusals --------------------------------------------------------------------------------------

function withStatus(answer: FrontAnswer, status: number): FrontAnswer {
  return isFault(answer) && answer.status === 500 ? { ...answer, status } : answer;
}

/** `CODE: text` of a faultstring, or of a reason, without its code. */
function withoutCode(xml: string): string {
  return xml
    .replace(/<faultstring>[a-z0-9.-]+: /, '<faultstring>')
    .replace(/(<soap:Text xml:lang="[a-z]+">)[a-z0-9.-]+: /g, '$1');
}

function firstIssueOnly(xml: string): string {
  let seen = 0;
  return mapElements(xml, 'Issue', (whole) => (seen++ === 0 ? whole : ''));
}

const ofRefusals: readonly Fault[] = [
  changes(
    'fault-http-400',
    words('answers refusals with HTTP 400', 'trả lời từ chối bằng HTTP 400'),
    contract('refusals are HTTP 500 in both SOAP versions'),
    (answer) => withStatus(answer, 400),
  ),
  changes(
    'fault-http-200',
    words('answers refusals with HTTP 200', 'trả lời từ chối bằng HTTP 200'),
    clause('WS-I BP 1.1', 'R1126'),
    (answer) => withStatus(answer, 200),
  ),
  changes(
    'fault-text-only',
    words('leaves the code out of faultstring', 'bỏ mã lỗi trong faultstring'),
    contract('faultstring is CODE: text'),
    (answer) => editFault(answer, withoutCode),
  ),
  changes(
    'fault-no-detail',
    words('leaves the detail out of refusals', 'bỏ phần detail của từ chối'),
    contract('the declared fault GatewayFault'),
    (answer) => editFault(answer, (xml) => xml.replace(/<(soap:Detail|detail)>[\s\S]*<\/\1>/, '')),
  ),
  changes(
    'fault-first-issue',
    words('names only the first of several issues', 'chỉ nêu lỗi đầu tiên trong nhiều lỗi'),
    contract('every refusal names all issues at once'),
    (answer) => editFault(answer, firstIssueOnly),
  ),
  changes(
    'fault-no-vietnamese',
    words('leaves TextVi out of issues', 'bỏ TextVi của các lỗi'),
    REFUSALS,
    (answer) => editFault(answer, (xml) => drop(xml, 'TextVi')),
  ),
  changes(
    'fault-no-path',
    words('leaves Path of issues empty', 'để trống Path của các lỗi'),
    contract('Issue/Path: the element that is wrong'),
    (answer) => editFault(answer, (xml) => mapText(xml, 'Path', () => '')),
  ),
  changes(
    'fault-code-internal',
    words(
      'gives every refusal the code server.internal',
      'mọi từ chối đều mang mã server.internal',
    ),
    contract('stable codes: docs/errors.md'),
    (answer) =>
      editFault(answer, (xml) =>
        mapText(xml, 'Code', () => 'server.internal').replace(
          /<faultstring>[a-z0-9.-]+:/,
          '<faultstring>server.internal:',
        ),
      ),
  ),
  changes(
    'fault-side',
    words(
      "calls the client's faults its own: Server instead of Client",
      'coi lỗi của bên gọi là lỗi của trục: Server thay vì Client',
    ),
    clause('SOAP 1.1', '4.4.1'),
    (answer) =>
      editFault(answer, (xml) =>
        xml
          .replace('<faultcode>soap:Client<', '<faultcode>soap:Server<')
          .replace('<soap:Value>soap:Sender<', '<soap:Value>soap:Receiver<'),
      ),
  ),
  changes(
    'fault-temporary',
    words('calls every refusal temporary', 'coi mọi từ chối là tạm thời'),
    contract('GatewayFault/Temporary'),
    (answer) => editFault(answer, (xml) => mapText(xml, 'Temporary', () => 'true')),
  ),
];

// ---- answers ---------------------------------------------------------------------------------------

function isMultipart({ headers }: FrontAnswer): boolean {
  return parseContentType(headers.get('content-type')).type === 'multipart/related';
}

/** A SOAP 1.2 answer in the words of 1.1. */
function inSoap11(answer: FrontAnswer): FrontAnswer {
  if (isMultipart(answer) || !answer.body.includes(SOAP12)) return answer;
  const edited = editAnswer(answer, (xml) => {
    const version = xml.replaceAll(SOAP12, SOAP11);
    const code = /<soap:Value>(soap:\w+)<\/soap:Value>/.exec(xml)?.[1] ?? 'soap:Sender';
    const reason = /<soap:Text [^>]*>([^<]*)</.exec(xml)?.[1] ?? '';
    const detail = /<soap:Detail>([\s\S]*)<\/soap:Detail>/.exec(xml)?.[1] ?? '';
    const told = code.replace('Sender', 'Client').replace('Receiver', 'Server');
    return version.replace(
      /<soap:Fault>[\s\S]*<\/soap:Fault>/,
      () =>
        `<soap:Fault><faultcode>${told}</faultcode><faultstring>${reason}</faultstring><detail>${detail}</detail></soap:Fault>`,
    );
  });
  return withHeader(edited, 'content-type', 'text/xml; charset=utf-8');
}

/** An inline answer of GetPackage in the form that only callers with MTOM can read. */
function asMtom(answer: FrontAnswer): FrontAnswer {
  if (isMultipart(answer) || !isResultOf(answer, 'GetPackage')) return answer;
  const body = bodyOf(answer);
  const contentId = newContentId();
  const content = Buffer.from(textOf(body, 'Package') ?? '', 'base64');
  const mtom = mtomAnswer(
    answer.body.includes(SOAP12) ? '1.2' : '1.1',
    body.replace(/<Package>[^<]*</, `<Package>${xopInclude(contentId)}<`),
    { contentId, content },
  );
  return { ...withHeader(answer, 'content-type', mtom.contentType), body: mtom.body };
}

function isWsdl({ method, target }: FrontRequest): boolean {
  return method === 'GET' && /[?&]wsdl(?:[=&]|$)/i.test(target);
}

function swapped(xml: string, first: string, second: string): string {
  const [one] = elementsOf(xml, first);
  const [two] = elementsOf(xml, second);
  return one === undefined || two === undefined ? xml : xml.replace(one + two, () => two + one);
}

const ofAnswers: readonly Fault[] = [
  changes(
    'soap12-as-11',
    words('answers SOAP 1.2 with SOAP 1.1', 'trả lời SOAP 1.2 bằng SOAP 1.1'),
    contract('answered in the SOAP version of the request'),
    inSoap11,
  ),
  changes(
    'content-type-html',
    words('calls its envelopes text/html', 'khai báo phong bì là text/html'),
    clause('WS-I BP 1.1', 'R1110 and SOAP 1.1, 6: Content-Type text/xml'),
    (answer) =>
      /xml/.test(parseContentType(answer.headers.get('content-type')).type)
        ? withHeader(answer, 'content-type', 'text/html; charset=utf-8')
        : answer,
  ),
  changes(
    'mtom-unasked',
    words(
      'answers GetPackage with MTOM to callers that sent none',
      'trả lời GetPackage bằng MTOM cho bên gọi không dùng MTOM',
    ),
    contract('MTOM is answered only to MTOM'),
    asMtom,
  ),
  changes(
    'element-order',
    words('swaps MessageId and DocumentId in results', 'đổi chỗ MessageId và DocumentId'),
    contract('xsd/gateway: order of the elements of SendResult'),
    (answer) => editAnswer(answer, (xml) => swapped(xml, 'MessageId', 'DocumentId')),
  ),
  changes(
    'times-without-zone',
    words('leaves the Z out of times', 'bỏ chữ Z trong thời gian'),
    contract('docs/semantics.md, Time: UTC with Z'),
    (answer) =>
      editAnswer(answer, (xml) =>
        xml.replace(/>(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?)Z</g, '>$1<'),
      ),
  ),
  changes(
    'digest-upper-case',
    words('writes digests in upper case', 'ghi mã băm bằng chữ hoa'),
    contract('xsd/gateway: ContentDigest is lower-case hex'),
    (answer) =>
      editAnswer(answer, (xml) => mapText(xml, 'ContentDigest', (text) => text.toUpperCase())),
  ),
  changes(
    'ping-no-echo',
    words('leaves Echo out of Pong', 'bỏ Echo trong Pong'),
    contract('Ping/Echo comes back'),
    (answer) => editAnswer(answer, (xml) => drop(xml, 'Echo')),
  ),
  changes(
    'ping-wrong-organ',
    words('names itself in Pong, not the caller', 'Pong nêu chính trục, không nêu bên gọi'),
    contract('Pong/OrganId is that of the caller'),
    (answer) =>
      isResultOf(answer, 'Ping')
        ? editAnswer(answer, (xml) => mapText(xml, 'OrganId', () => 'T99.00'))
        : answer,
  ),
  changes(
    'wsdl-missing',
    words('has no WSDL at ?wsdl', 'không có WSDL tại ?wsdl'),
    contract('GET /soap?wsdl'),
    (answer, request) => (isWsdl(request) ? { ...answer, status: 404 } : answer),
  ),
  changes(
    'wsdl-cut',
    words('sends only the first half of the WSDL', 'chỉ gửi nửa đầu của WSDL'),
    contract('GET /soap?wsdl'),
    (answer, request) =>
      isWsdl(request)
        ? { ...answer, body: answer.body.subarray(0, answer.body.length >> 1) }
        : answer,
  ),
];

// ---- sign-in ---------------------------------------------------------------------------------------

const SIGN_IN = 'docs/sign-in.md';

/** Whoever it says it is, or the first agency: somebody is let in. */
const open: Fault = {
  name: 'signin-unchecked',
  does: words('lets everybody in, whatever the token', 'cho mọi bên gọi vào, bất kể mã truy cập'),
  breaks: contract(`${SIGN_IN}: no operation without sign-in`),
  start:
    ({ tokens }) =>
    async (request, next) => {
      const answer = await next(request);
      if (answer.status !== 401) return answer;
      const claimed = callerOf(request);
      const [first] = tokens.keys();
      const organId = claimed !== undefined && tokens.has(claimed) ? claimed : first;
      const token = tokens.get(organId ?? '');
      if (organId === undefined || token === undefined) return answer;
      return next(signedInAs(request, organId, token));
    },
};

const ofSignIn: readonly Fault[] = [
  open,
  changes(
    'signin-http-500',
    words('answers a missing sign-in with HTTP 500', 'trả lời thiếu đăng nhập bằng HTTP 500'),
    contract(`${SIGN_IN}: 401 with a challenge`),
    (answer) =>
      answer.status === 401
        ? { ...withHeader(answer, 'www-authenticate', undefined), status: 500 }
        : answer,
  ),
];

export const FORM_FAULTS: readonly Fault[] = [...ofRefusals, ...ofAnswers, ...ofSignIn];
