/**
 * Collection: listing, getting, confirming, and who may.
 *
 * @module
 */
import {
  ask,
  confirm,
  first,
  get,
  ITS,
  is,
  ok,
  type Row,
  send,
  there,
  traces,
  unknown,
  words,
} from './exchange-kit.js';

export const COLLECT: readonly Row[] = [
  [
    'collect.get',
    'GetPackage',
    words('A recipient gets the package', 'Bên nhận lấy được gói tin'),
    [
      first,
      get(
        'get',
        'recipient',
        ok(
          is('//g:PackageContent/g:Kind', 'document'),
          is('//g:PackageContent/g:SignatureClass', 'absent'),
        ),
      ),
    ],
  ],
  [
    'collect.get.sender',
    'Who may see what',
    words('Its sender does not', 'Bên gửi thì không'),
    [first, get('get', 'sender', unknown)],
  ],
  [
    'collect.get.third',
    'Who may see what',
    words('Nor does anybody else', 'Bên khác cũng không'),
    [first, get('get', 'third', unknown)],
    ['third'],
  ],
  [
    'collect.get.mtom',
    'GetPackage',
    words('Asked in MTOM, answered in MTOM', 'Hỏi bằng MTOM, trả lời bằng MTOM'),
    [
      first,
      {
        name: 'get',
        as: 'recipient',
        request: { kind: 'operation', operation: 'GetPackage', carrier: 'mtom', fields: ITS },
        expect: ok(there('//g:PackageContent/g:Package')),
      },
    ],
  ],
  [
    'collect.confirm',
    'ConfirmReceived',
    words('done delivers it', 'done hoàn tất việc chuyển'),
    [
      first,
      confirm('confirm', 'recipient', 'done', ok(is('//g:Confirmation/g:Outcome', 'done'))),
      traces(
        'trace',
        'sender',
        ok(is('//g:Trace/g:State', 'delivered'), there('//g:Trace/g:Certificate')),
      ),
    ],
  ],
  [
    'collect.confirm.fail',
    'ConfirmReceived',
    words('fail ends it', 'fail kết thúc việc chuyển'),
    [
      first,
      confirm('confirm', 'recipient', 'fail', ok(is('//g:Confirmation/g:Outcome', 'fail'))),
      traces(
        'trace',
        'sender',
        ok(
          is('//g:Trace/g:State', 'dead'),
          is('//g:Trace/g:LastCode', 'delivery.rejected-by-recipient'),
        ),
      ),
    ],
  ],
  [
    'collect.confirm.again',
    'ConfirmReceived',
    words('The first confirmation stands', 'Xác nhận đầu tiên có hiệu lực'),
    [
      first,
      confirm('done', 'recipient', 'done', ok()),
      confirm('fail', 'recipient', 'fail', ok(is('//g:Confirmation/g:Outcome', 'done'))),
    ],
  ],
  [
    'collect.confirm.sender',
    'Who may see what',
    words('A sender does not confirm', 'Bên gửi không được xác nhận'),
    [first, confirm('confirm', 'sender', 'done', unknown)],
  ],
  [
    'collect.confirm.third',
    'Who may see what',
    words('Nor does anybody else', 'Bên khác cũng không'),
    [first, confirm('confirm', 'third', 'done', unknown)],
    ['third'],
  ],
  [
    'collect.get-after',
    'GetPackage',
    words('It may be got again after the confirmation', 'Có thể lấy lại sau khi xác nhận'),
    [first, confirm('confirm', 'recipient', 'done', ok()), get('get', 'recipient', ok())],
  ],
  [
    'collect.list.page',
    'ListPending',
    words(
      'A page holds what was asked for and says how to go on',
      'Trang chứa đúng số yêu cầu và chỉ cách đi tiếp',
    ),
    [
      first,
      send('second', 'status-any', ok()),
      ask(
        'list',
        'recipient',
        'ListPending',
        { MaxItems: '1' },
        ok(there('//g:Item'), there('//g:Next')),
      ),
    ],
  ],
  [
    'collect.list.kind',
    'ListPending',
    words('Kind filters', 'Kind để lọc'),
    [
      send('status', 'status-any', ok()),
      ask(
        'list',
        'recipient',
        'ListPending',
        { MaxItems: '1000', Kind: 'document' },
        ok(there('//g:Item[g:Kind="status"]', 0)),
      ),
    ],
  ],
  [
    'collect.list.kind-status',
    'ListPending',
    words('And the other way round', 'Và ngược lại'),
    [
      first,
      ask(
        'list',
        'recipient',
        'ListPending',
        { MaxItems: '1000', Kind: 'status' },
        ok(there('//g:Item[g:Kind="document"]', 0)),
      ),
    ],
  ],
];
