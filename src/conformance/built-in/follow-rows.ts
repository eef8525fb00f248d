/**
 * Follow-ups and recalls.
 *
 * @module
 */
import {
  first,
  get,
  marked,
  ok,
  type Row,
  send,
  state,
  traces,
  unknown,
  words,
} from './exchange-kit.js';

export const FOLLOW: readonly Row[] = [
  [
    'follow.revoke',
    'Follow-ups and recall',
    words('A revoke takes back what was not collected', 'Thu hồi lấy lại gói chưa được lấy'),
    [
      first,
      send('revoke', 'revoke', marked()),
      get('get', 'recipient', unknown),
      traces('trace', 'sender', state('cancelled')),
    ],
  ],
  [
    'follow.revoke.collected',
    'Follow-ups and recall',
    words('A revoke of what was collected is passed on', 'Thu hồi gói đã lấy được chuyển tiếp'),
    [
      first,
      get('get', 'recipient', ok()),
      send('revoke', 'revoke', marked()),
      get('get-again', 'recipient', ok()),
    ],
  ],
  [
    'follow.revoke.third',
    'Follow-ups and recall',
    words('A revoke of somebody else changes nothing', 'Thu hồi của bên khác không có tác dụng'),
    [
      first,
      send('revoke', 'revoke-third', marked('document.unmatched'), 'third'),
      get('get', 'recipient', ok()),
    ],
    ['third'],
  ],
  [
    'follow.status-13',
    'Follow-ups and recall',
    words('Status 13 of the sender takes it back too', 'Trạng thái 13 của bên gửi cũng lấy lại'),
    [first, send('take-back', 'status-13', marked()), get('get', 'recipient', unknown)],
  ],
  [
    'follow.status-13.recipient',
    'Follow-ups and recall',
    words(
      'Status 13 of the recipient changes nothing',
      'Trạng thái 13 của bên nhận không có tác dụng',
    ),
    [
      first,
      send('take-back', 'status-13-back', marked('status.unmatched'), 'recipient'),
      get('get', 'recipient', ok()),
    ],
  ],
  [
    'follow.update',
    'Follow-ups and recall',
    words(
      'An update of a known document is not marked',
      'Cập nhật văn bản đã biết không bị đánh dấu',
    ),
    [first, send('update', 'update', marked())],
  ],
  [
    'follow.replace',
    'Follow-ups and recall',
    words(
      'A replacement of a known document is not marked',
      'Thay thế văn bản đã biết không bị đánh dấu',
    ),
    [first, send('replace', 'replace', marked())],
  ],
  [
    'follow.status.by-code',
    'Follow-ups and recall',
    words('A status may name its document by code alone', 'Trạng thái có thể chỉ nêu số, ký hiệu'),
    [send('send', 'new-coded', ok()), send('status', 'status-coded', marked(), 'recipient')],
  ],
];
