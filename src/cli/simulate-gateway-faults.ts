/**
 * The table of faults that a simulated gateway can have, and the document that is made of it.
 *
 * @module
 */

import { COLLECTING_FAULTS } from './simulate-gateway-collecting.js';
import type { Fault } from './simulate-gateway-fault.js';
import { FORM_FAULTS } from './simulate-gateway-form.js';
import { LENIENT_FAULTS } from './simulate-gateway-lenient.js';
import { SENDING_FAULTS } from './simulate-gateway-sending.js';
import { VISIBLE_FAULTS } from './simulate-gateway-visible.js';

interface Group {
  readonly en: string;
  readonly vi: string;
  readonly faults: readonly Fault[];
}

const GROUPS: readonly Group[] = [
  { en: 'Form of what comes back', vi: 'Hình thức trả lời', faults: FORM_FAULTS },
  { en: 'Sending', vi: 'Gửi', faults: SENDING_FAULTS },
  { en: 'Collecting', vi: 'Lấy gói tin', faults: COLLECTING_FAULTS },
  { en: 'What callers are shown', vi: 'Bên gọi thấy gì', faults: VISIBLE_FAULTS },
  { en: 'What is not checked', vi: 'Không kiểm tra', faults: LENIENT_FAULTS },
];

export const FAULTS: readonly Fault[] = GROUPS.flatMap(({ faults }) => faults);

export function faultOf(name: string): Fault | undefined {
  return FAULTS.find((one) => one.name === name);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function row({ name, does, breaks }: Fault): string {
  const cells = [`\`${name}\``, does.en, does.vi, `${breaks.document}: ${breaks.place}`];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** docs/conformance-faults.md */
export function faultsDocument(): string {
  const tables = GROUPS.map(({ en, vi, faults }) =>
    [
      `## ${en} / ${vi}`,
      '',
      '| fault | does | làm sai | breaks |',
      '| --- | --- | --- | --- |',
      ...faults.map(row),
    ].join('\n'),
  );
  return `# Faults of a simulated gateway

\`edxgate simulate gateway --fault NAME\` runs a gateway on a temporary folder with one fault, or several, on purpose: whoever
has a conformance suite can see what it finds. Without \`--fault\` the gateway does everything right. Between the client and that
gateway stands a front that reads each request and answer and does the fault; the gateway itself has no switch for it.
A package that is taken by a fault of the last table is answered as accepted, and delivered to nobody.

\`edxgate simulate gateway --fault NAME\` chạy một trục trên thư mục tạm với một hay nhiều lỗi cố ý, để biết bộ kiểm tra phát hiện
được gì. Không có \`--fault\` thì trục làm đúng mọi việc.

\`\`\`text
edxgate simulate gateway --fault list-leaks --folder tokens --listen 127.0.0.1:8090
edxgate conformance run --target http://127.0.0.1:8090/soap --suite built-in --as T99.01 --token-file tokens/T99.01.token \\
        --peer T99.02 --peer-token-file tokens/T99.02.token --third T99.03 --third-token-file tokens/T99.03.token
\`\`\`

${FAULTS.length} faults. A suite that passes with one of them in place does not test that clause.

${tables.join('\n\n')}
`;
}
