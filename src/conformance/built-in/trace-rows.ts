/**
 * Traces, the directory and Ping.
 *
 * @module
 */
import {
  ask,
  first,
  ID,
  is,
  marked,
  ok,
  type Row,
  send,
  there,
  traces,
  unknown,
  words,
} from './exchange-kit.js';

export const SEE: readonly Row[] = [
  [
    'traces.sender',
    'GetTraces',
    words('The sender sees the state of each recipient', 'Bên gửi thấy trạng thái từng nơi nhận'),
    [
      first,
      traces(
        'trace',
        'sender',
        ok(is('//g:Trace/g:ToOrganId', '{{recipient}}'), is('//g:Trace/g:State', 'pending')),
      ),
    ],
  ],
  [
    'traces.recipient',
    'GetTraces',
    words('A recipient sees its own', 'Bên nhận thấy phần của mình'),
    [first, traces('trace', 'recipient', ok(there('//g:Trace')))],
  ],
  [
    'traces.third',
    'Who may see what',
    words('Anybody else sees nothing', 'Bên khác không thấy gì'),
    [first, traces('trace', 'third', unknown)],
    ['third'],
  ],
  [
    'traces.document',
    'GetTraces',
    words('By document id', 'Theo mã văn bản'),
    [
      first,
      ask(
        'trace',
        'sender',
        'GetTraces',
        { DocumentId: '{{unique}}' },
        ok(is('//g:Trace/g:MessageId', '{{message}}')),
      ),
    ],
  ],
  [
    'traces.document.spaces',
    'GetTraces',
    words('A document id is not trimmed', 'Mã văn bản không bị cắt khoảng trắng'),
    [first, ask('trace', 'sender', 'GetTraces', { DocumentId: ' {{unique}}' }, unknown)],
  ],
  [
    'traces.two-recipients',
    'GetTraces',
    words('A recipient sees one lane of two', 'Bên nhận chỉ thấy một trong hai lượt'),
    [
      send('send', 'new-two', ok(there('//g:Delivery', 2)), 'sender', ID),
      traces('mine', 'recipient', ok(there('//g:Trace'))),
      traces('all', 'sender', ok(there('//g:Trace', 2))),
    ],
    ['third'],
  ],
  [
    'traces.status',
    'GetTraces',
    words('A status of the recipient stands in the trace', 'Trạng thái của bên nhận có trong vết'),
    [
      first,
      send('status', 'status-back', marked(), 'recipient'),
      traces(
        'trace',
        'sender',
        ok(
          is('//g:Trace/g:Status/g:StatusCode', '03'),
          is('//g:Trace/g:Status/g:FromOrganId', '{{recipient}}'),
        ),
      ),
    ],
  ],
  [
    'traces.status.third',
    'Who may see what',
    words('A status of somebody else is marked', 'Trạng thái của bên khác bị đánh dấu'),
    [
      first,
      send('status', 'status-third', marked('status.unmatched'), 'third'),
      traces('trace', 'sender', ok(there('//g:Trace/g:Status', 0))),
    ],
    ['third'],
  ],
  [
    'organizations.all',
    'GetOrganizations',
    words('The directory has the caller', 'Danh mục có bên gọi'),
    [
      ask(
        'list',
        'sender',
        'GetOrganizations',
        { MaxItems: '1000' },
        ok(there('//g:Organization[g:OrganId="{{sender}}"][g:Active="true"]')),
      ),
    ],
  ],
  [
    'organizations.page',
    'GetOrganizations',
    words('A page holds what was asked for', 'Trang chứa đúng số yêu cầu'),
    [
      ask(
        'list',
        'sender',
        'GetOrganizations',
        { MaxItems: '1' },
        ok(there('//g:Organization'), there('//g:Next')),
        { next: '//g:Next', seen: '//g:OrganId' },
      ),
      ask(
        'on',
        'sender',
        'GetOrganizations',
        { After: '{{next}}', MaxItems: '1' },
        ok(there('//g:Organization'), there('//g:Organization[g:OrganId="{{seen}}"]', 0)),
      ),
    ],
  ],
  [
    'organizations.changed',
    'GetOrganizations',
    words(
      'Nothing has changed since a day that lies ahead',
      'Không có gì thay đổi từ một ngày trong tương lai',
    ),
    [
      ask(
        'list',
        'sender',
        'GetOrganizations',
        { ChangedSince: '2999-01-01T00:00:00' },
        ok(there('//g:Organization', 0)),
      ),
    ],
  ],
  [
    'ping.caller',
    'Ping',
    words('Ping says who is calling', 'Ping cho biết bên gọi'),
    [
      ask(
        'ping',
        'recipient',
        'Ping',
        {},
        ok(is('//g:Pong/g:OrganId', '{{recipient}}'), there('//g:Pong/g:Echo', 0)),
      ),
    ],
  ],
  [
    'ping.echo',
    'Ping',
    words('Ping answers what it was told', 'Ping trả lại điều được nói'),
    [
      ask(
        'ping',
        'sender',
        'Ping',
        { Echo: 'Xin chào {{unique}}' },
        ok(is('//g:Pong/g:Echo', 'Xin chào {{unique}}')),
      ),
    ],
  ],
];
