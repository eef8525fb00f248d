/**
 * `index.html` of an evidence file: the facts for people, in Vietnamese and English. Self-contained: no
 * scripts, nothing from elsewhere, and only links to members. Everything that came from outside is hostile
 * text: it is escaped, and what would turn the direction of writing is made visible.
 *
 * @module
 */
import type {
  AttemptFacts,
  CollectionFacts,
  DeliveryFacts,
  EvidenceFacts,
  StatusFacts,
} from './evidence-facts.js';
import { isMemberName } from './zip-format.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Controls, marks that turn or join text, line parts, halves of pairs. */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export function html(text: string): string {
  return text
    .replace(/[&<>"']/g, (one) => ENTITIES[one] ?? '')
    .replace(INVISIBLE, (one) => {
      const code = one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      return `<b class="u">U+${code}</b>`;
    });
}

/** Vietnam time, and UTC as it stands in the signed texts. */
function when(iso: string | undefined): string {
  const ms = iso === undefined ? Number.NaN : Date.parse(iso);
  if (iso === undefined || Number.isNaN(ms)) return '–';
  const local = new Date(ms + 7 * 3_600_000).toISOString();
  const [day = '', hour = ''] = local.slice(0, 19).split('T');
  const [year, month, date] = day.split('-');
  return `${hour} ${date}/${month}/${year} (+07:00) <small>${html(iso)}</small>`;
}

/** A link only for what can be the name of a member: that holds nothing to be escaped. */
function file(name: string): string {
  return isMemberName(name) ? `<a href="${name}">${name}</a>` : html(name);
}

function label(vi: string, en: string): string {
  return `${html(vi)} <span lang="en">${html(en)}</span>`;
}

function heading(vi: string, en: string): string {
  return `<h2>${label(vi, en)}</h2>`;
}

type Row = readonly [vi: string, en: string, content: string | undefined];

/** @param rows with content that is HTML already; those without are left out */
function facts(rows: readonly Row[]): string {
  const lines = rows.flatMap(([vi, en, content]) =>
    content === undefined ? [] : [`<tr><th>${label(vi, en)}</th><td>${content}</td></tr>`],
  );
  return `<table>${lines.join('\n')}</table>`;
}

function optional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : html(text);
}

const STATES: Readonly<Record<string, readonly [string, string]>> = {
  queued: ['chờ chuyển', 'waits to be delivered'],
  active: ['đang chuyển', 'is being delivered'],
  deferred: ['sẽ thử lại', 'will be tried again'],
  pending: ['chờ bên nhận lấy', 'waits to be collected'],
  held: ['bị giữ lại', 'held'],
  delivered: ['hệ thống bên nhận đã nhận', 'taken by the recipient’s system'],
  dead: ['không chuyển được', 'not delivered'],
  cancelled: ['đã huỷ', 'cancelled'],
};

function attemptRow(one: AttemptFacts): string {
  const said = [one.code, one.reason, one.httpStatus === undefined ? '' : `HTTP ${one.httpStatus}`]
    .filter((text) => text !== undefined && text !== '')
    .join(' · ');
  const cells = [
    String(one.number),
    when(one.startedAt),
    html(one.outcome),
    html(one.endpoint ?? '–'),
    html(said),
    one.answer === undefined ? '–' : file(one.answer),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function attempts(all: readonly AttemptFacts[]): string {
  if (all.length === 0) return '';
  const head = [
    ['Lần', 'Attempt'],
    ['Bắt đầu', 'Began'],
    ['Kết quả', 'Outcome'],
    ['Địa chỉ', 'Endpoint'],
    ['Bên nhận trả lời', 'What was answered'],
    ['Nguyên văn', 'As it came'],
  ].map(([vi = '', en = '']) => `<th>${label(vi, en)}</th>`);
  return `<table class="list"><tr>${head.join('')}</tr>\n${all.map(attemptRow).join('\n')}</table>`;
}

function collectionRows(one: CollectionFacts): Row[] {
  const { confirmation: said } = one;
  const reason = said?.reason === undefined ? '' : ` · ${html(said.reason)}`;
  return [
    ['Thấy trong danh sách lần đầu', 'First listed', one.firstListedAt && when(one.firstListedAt)],
    ['Lấy gói tin lần đầu', 'First fetched', one.firstFetchedAt && when(one.firstFetchedAt)],
    [
      'Bên nhận xác nhận',
      'Confirmed by the recipient',
      said && `${html(said.outcome)} · ${when(said.confirmedAt)}${reason}`,
    ],
  ];
}

function delivery(one: DeliveryFacts): string {
  const [vi, en] = STATES[one.state] ?? [one.state, one.state];
  const certificates = one.certificates.map(({ file: name, madeAt }) => {
    return `${file(name)} · ${when(madeAt)}`;
  });
  const name = one.organName === undefined ? '' : ` · ${html(one.organName)}`;
  return [
    `<h3>${html(one.organId)}${name}</h3>`,
    facts([
      ['Tình trạng', 'State', `<strong>${label(vi, en)}</strong>`],
      ['Kết thúc lúc', 'Ended at', one.finishedAt && when(one.finishedAt)],
      [
        'Chứng nhận chuyển giao',
        'Delivery certificate',
        certificates.length === 0 ? label('không có', 'none') : certificates.join('<br>'),
      ],
      ['Lý do', 'Reason', optional(one.lastReason ?? one.lastCode)],
      ...(one.collection === undefined ? [] : collectionRows(one.collection)),
    ]),
    attempts(one.attempts),
  ].join('\n');
}

function status(one: StatusFacts): string {
  const members = [one.package, one.receipt].flatMap((name) => name ?? []).map(file);
  return facts([
    ['Mã trạng thái', 'Status code', html(one.statusCode ?? '–')],
    ['Bên gửi thông báo', 'From', html(one.fromOrganId)],
    ['Trục nhận lúc', 'Received by the gateway', when(one.receivedAt)],
    ['Thời điểm bên gửi ghi', 'Time as its sender wrote it', optional(one.timestamp)],
    ['Nội dung', 'Description', optional(one.description)],
    ['Tệp', 'Files', members.length === 0 ? undefined : members.join('<br>')],
  ]);
}

function message(one: EvidenceFacts): string {
  const name = one.fromName === undefined ? '' : ` · ${html(one.fromName)}`;
  return facts([
    ['Mã thông điệp', 'Message id', html(one.messageId)],
    ['Mã định danh văn bản', 'Document id', html(one.documentId)],
    ['Số, ký hiệu', 'Number and notation', html(one.documentCode)],
    ['Trích yếu', 'Subject', optional(one.subject)],
    ['Bên gửi', 'From', `${html(one.fromOrganId)}${name}`],
    ['Hệ thống nộp', 'Handed in by', html(one.callerOrganId)],
    ['Trục', 'Gateway', html(one.gateway)],
    ['Trục nhận lúc', 'Received by the gateway', when(one.receivedAt)],
    ['Biên nhận', 'Receipt', file('receipt.xml')],
    ['Gói tin', 'Package', one.package === undefined ? '–' : file(one.package)],
    ['SHA-256', 'SHA-256', `<code>${html(one.contentDigest)}</code>`],
    ['Kích thước', 'Size', `${one.sizeBytes} B`],
    ['Xoá nội dung lúc', 'Content deleted at', one.purgedAt && when(one.purgedAt)],
    [
      'Chữ ký của bên gửi',
      'Signature of the sender',
      `${html(one.signatureClass)} ${html(one.signature.reasons.join(', '))}`,
    ],
    ['Người ký', 'Signer', optional(one.signature.signer?.subject)],
  ]);
}

function keys(one: EvidenceFacts): string {
  const rows = one.keys.map(
    ({ file: name, fingerprint }) => `<li>${file(name)} <code>${html(fingerprint)}</code></li>`,
  );
  return `<ul>${rows.join('\n')}</ul>`;
}

function missing(one: EvidenceFacts): string {
  if (one.missing.length === 0) return '';
  const rows = one.missing.map(
    ({ what, text, textVi }) => `<li>${html(what)}: ${label(textVi, text)}</li>`,
  );
  return `${heading('Không có trong tệp này', 'Not in this file')}<ul>${rows.join('\n')}</ul>`;
}

const STYLE =
  'body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111;background:#fff}' +
  'table{border-collapse:collapse;width:100%;margin:.5em 0}th,td{border:1px solid #999;padding:.3em .6em;' +
  'text-align:left;vertical-align:top;overflow-wrap:anywhere}table:not(.list) th{width:30%}' +
  'span[lang=en]{color:#555;font-weight:normal;font-size:.85em}small{color:#555}.u{color:#a00}' +
  'h3{border-top:2px solid #999;padding-top:.5em}';

export function evidencePage(one: EvidenceFacts): string {
  const none = `<p>${label('Không có.', 'None.')}</p>`;
  const { log } = one;
  return `<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>Tệp chứng cứ ${html(one.messageId)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${label('Tệp chứng cứ', 'Evidence file')}</h1>
<p>${label(
    'Trang này chỉ để đọc. Chứng cứ là các tệp có chữ ký; cách kiểm tra nằm trong README.txt.',
    'This page is for reading only. The evidence are the signed files; README.txt tells how to check them.',
  )}</p>
${heading('Thông điệp', 'Message')}
${message(one)}
${heading('Chuyển đến các bên nhận', 'Deliveries')}
${one.deliveries.map(delivery).join('\n') || none}
${heading('Thông báo trạng thái', 'Status notices')}
${one.statuses.map(status).join('\n') || none}
${heading('Nhật ký', 'Log')}
<p>${label(
    `${log.covered} trong ${log.entries} sự kiện đã nằm trong nhật ký có chữ ký.`,
    `${log.covered} of ${log.entries} events are covered by signed checkpoints of the log.`,
  )} ${file('log/proof.txt')}</p>
${heading('Khoá công khai của trục (SHA-256)', 'Public keys of the gateway (SHA-256)')}
${keys(one)}
<p>${label(
    'Hãy so sánh với giá trị do trục công bố: tệp này không tự chứng minh khoá là của ai.',
    'Compare with what the gateway publishes: the file itself does not prove whose keys these are.',
  )}</p>
${missing(one)}
<p><small>${html(one.gateway)} · edxgate ${html(one.version)} · ${when(one.exportedAt)}</small></p>
</body>
</html>
`;
}
