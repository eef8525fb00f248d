/**
 * docs/errors.md as text, made from the error table: nobody writes the list of codes twice.
 *
 * @module
 */
import { ERRORS, type ErrorEntry } from './error-table.js';

/** Title of the group that begins with this prefix; prefixes that share a title share a table. */
const TITLES: ReadonlyMap<string, string> = new Map([
  ['http', 'HTTP'],
  ['auth', 'Who is calling / Bên gọi'],
  ['soap', 'SOAP'],
  ['package', 'Bytes and XML of a package / Nội dung gói tin'],
  ['xml', 'Bytes and XML of a package / Nội dung gói tin'],
  ['schema', 'Schema / Lược đồ'],
  ['manifest', 'Attachments / Tệp đính kèm'],
  ['attachment', 'Attachments / Tệp đính kèm'],
  ['document', 'Business rules / Quy tắc nghiệp vụ'],
  ['status', 'Business rules / Quy tắc nghiệp vụ'],
  ['sender', 'Sender and recipients / Bên gửi và bên nhận'],
  ['recipient', 'Sender and recipients / Bên gửi và bên nhận'],
  ['signature', 'Signatures / Chữ ký'],
  ['duplicate', 'Ids and values of a request / Mã và giá trị của yêu cầu'],
  ['message', 'Ids and values of a request / Mã và giá trị của yêu cầu'],
  ['request', 'Ids and values of a request / Mã và giá trị của yêu cầu'],
  ['server', 'The gateway and its store / Trục và kho lưu trữ'],
  ['store', 'The gateway and its store / Trục và kho lưu trữ'],
  ['delivery', 'Delivery / Gửi tới bên nhận'],
]);
const OTHERS = 'Command line, configuration and directory / Dòng lệnh, cấu hình và danh mục';
const WARNINGS = 'Warnings / Cảnh báo';

const HEAD = `# Error codes / Mã lỗi

Made from \`src/model/error-table.ts\`; do not edit by hand.

A code, once published, keeps its meaning. Codes appear in SOAP faults (\`GatewayFault\`), in warnings of a
\`SendResult\`, in traces, in the log and on the command line. Programs should look at the code, never at the
text. \`{name}\` in a text stands for a value of the case at hand.

- *who*: \`client\` = whoever sent the request or ran the command must act; \`server\` = the gateway or its operator.
- *HTTP*: the status of the answer where it is not 500.
- *again*: the same request may succeed later (\`Temporary\` in the fault).
- Warnings refuse nothing.

Mã lỗi không đổi nghĩa sau khi công bố; phần mềm nên dựa vào mã, không dựa vào câu chữ. *who* cho biết bên cần
xử lý, *again* cho biết gửi lại sau có thể thành công. Cảnh báo không từ chối gì.
`;

function titleOf(code: string, { side }: ErrorEntry): string {
  if (side === 'warning') return WARNINGS;
  return TITLES.get(code.split('.')[0] ?? '') ?? OTHERS;
}

/** Text in a cell of a table: a bar would end the cell. */
function cell(...lines: readonly string[]): string {
  return lines.map((line) => line.replaceAll('|', '\\|')).join('<br>');
}

function row(code: string, entry: ErrorEntry): string {
  const { side, http, temporary, text, textVi, hint, hintVi } = entry;
  const facts =
    side === 'warning'
      ? []
      : [side, http === undefined ? '' : String(http), temporary ? 'yes' : ''];
  return `| ${[`\`${code}\``, ...facts, cell(text, textVi), cell(hint, hintVi)].join(' | ')} |`;
}

/** @returns Markdown, ending in a line feed: each code once, in the order of the table. */
export function errorDocument(): string {
  const groups = new Map<string, string[]>();
  for (const [code, entry] of Object.entries<ErrorEntry>(ERRORS)) {
    const title = titleOf(code, entry);
    groups.set(title, [...(groups.get(title) ?? []), row(code, entry)]);
  }
  const sections = [...groups].map(([title, rows]) => {
    const facts = title === WARNINGS ? [] : ['who', 'HTTP', 'again'];
    const columns = ['code', ...facts, 'text', 'what to do'];
    const head = [`| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`];
    return `\n## ${title}\n\n${[...head, ...rows].join('\n')}\n`;
  });
  return HEAD + sections.join('');
}
