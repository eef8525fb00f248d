/**
 * Faults in what callers are shown: packages and traces of others, traces, directory.
 *
 * @module
 */
import { changes, contract, type Fault, words } from './simulate-gateway-fault.js';
import { asOthers, editResult, onOperation, withMore } from './simulate-gateway-trade.js';
import {
  callerOf,
  drop,
  editAnswer,
  elementsOf,
  envelopeOf,
  isResultOf,
  mapElements,
  mapText,
  textOf,
} from './simulate-gateway-wire.js';

const SEEN_BY = 'docs/semantics.md, Who may see what';

const listLeaks: Fault = {
  name: 'list-leaks',
  does: words("lists other agencies' packages too", 'liệt kê cả gói tin của cơ quan khác'),
  breaks: contract(`${SEEN_BY}: the caller's own pending deliveries`),
  start: (setting) =>
    onOperation('ListPending', async (_, request, next) => {
      const answer = await next(request);
      if (!isResultOf(answer, 'ListPending')) return answer;
      const others = await asOthers(setting, request, next);
      const items = others.flatMap((one) => elementsOf(envelopeOf(one), 'Item'));
      return editAnswer(answer, (xml) => withMore(xml, items));
    }),
};

/** Whoever may not see something is answered as one who may. */
function shownToAll(name: string, operation: string, ...does: [string, string]): Fault {
  return {
    name,
    does: words(...does),
    breaks: contract(`${SEEN_BY}: ${operation}`),
    start: (setting) =>
      onOperation(operation, async (_, request, next) => {
        const answer = await next(request);
        if (isResultOf(answer, operation) || answer.status === 401) return answer;
        const others = await asOthers(setting, request, next);
        return others.find((one) => one.status === 200) ?? answer;
      }),
  };
}

export const VISIBLE_FAULTS: readonly Fault[] = [
  listLeaks,
  shownToAll(
    'get-for-all',
    'GetPackage',
    'hands packages to agencies that are no recipients',
    'trao gói tin cho cơ quan không phải bên nhận',
  ),

  changes(
    'traces-no-status',
    words('leaves status notices out of traces', 'bỏ trạng thái trong vết chuyển'),
    contract('GetTraces: Trace/Status'),
    (answer) => editResult(answer, 'GetTraces', (xml) => drop(xml, 'Status')),
  ),
  changes(
    'traces-wrong-recipient',
    words('names a wrong ToOrganId in traces', 'ghi sai ToOrganId trong vết chuyển'),
    contract('GetTraces: Trace/ToOrganId'),
    (answer) => editResult(answer, 'GetTraces', (xml) => mapText(xml, 'ToOrganId', () => 'T99.00')),
  ),
  changes(
    'traces-never-delivered',
    words('never says that a document was taken', 'không bao giờ báo đã nhận văn bản'),
    contract('docs/semantics.md, States of a delivery'),
    (answer) =>
      editResult(answer, 'GetTraces', (xml) =>
        mapText(drop(xml, 'Certificate'), 'State', (state) =>
          state === 'delivered' ? 'pending' : state,
        ),
      ),
  ),
  changes(
    'traces-no-certificate',
    words('leaves the delivery certificate out', 'bỏ chứng nhận chuyển giao'),
    contract('docs/semantics.md, Four readings of "arrived"'),
    (answer) => editResult(answer, 'GetTraces', (xml) => drop(xml, 'Certificate')),
  ),
  shownToAll(
    'traces-for-all',
    'GetTraces',
    'shows traces to agencies that have no part in them',
    'cho cơ quan không liên quan xem vết chuyển',
  ),
  changes(
    'directory-short',
    words('leaves the caller out of the directory', 'thiếu bên gọi trong danh mục'),
    contract('GetOrganizations: every agency'),
    (answer, request) =>
      editResult(answer, 'GetOrganizations', (xml) =>
        mapElements(xml, 'Organization', (whole) =>
          textOf(whole, 'OrganId') === callerOf(request) ? '' : whole,
        ),
      ),
  ),
];
