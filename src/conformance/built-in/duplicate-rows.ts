/**
 * Duplicates and conflicts, and what carries a package.
 *
 * @module
 */
import { duplicate, first, is, no, ok, type Row, send, sendStatus, words } from './exchange-kit.js';

export const DUPLICATES: readonly Row[] = [
  [
    'duplicate.same',
    'Duplicates',
    words(
      'The same package again gets the first answer',
      'Gửi lại đúng gói tin nhận lại trả lời đầu',
    ),
    [
      first,
      send(
        'again',
        'new',
        ok(
          is('//g:SendResult/g:Duplicate', 'true'),
          is('//g:SendResult/g:MessageId', '{{message}}'),
        ),
      ),
    ],
  ],
  [
    'duplicate.conflict',
    'Duplicates',
    words(
      'Other bytes under the same DocumentId are a conflict',
      'Nội dung khác cùng DocumentId là xung đột',
    ),
    [first, send('other', 'new-other', no('duplicate.conflict'))],
  ],
  [
    'duplicate.nfc',
    'Duplicates',
    words('DocumentId is compared after NFC', 'DocumentId được so sánh sau NFC'),
    [send('composed', 'new-nfc', ok()), send('decomposed', 'new-nfd', no('duplicate.conflict'))],
  ],
  [
    'duplicate.case',
    'Duplicates',
    words('Large and small letters differ', 'Phân biệt chữ hoa và chữ thường'),
    [send('small', 'new-small', ok()), send('large', 'new-large', duplicate('false'))],
  ],
  [
    'duplicate.revoke',
    'Duplicates',
    words('A revoke may come again with other bytes', 'Thu hồi có thể gửi lại với nội dung khác'),
    [
      send('revoke', 'revoke', ok()),
      send('other', 'revoke-other', duplicate('false')),
      send('again', 'revoke', duplicate('true')),
    ],
  ],
  [
    'duplicate.status',
    'Duplicates',
    words('A status package is known by its bytes', 'Gói trạng thái được nhận biết theo nội dung'),
    [
      send('status', 'status-any', ok()),
      send('again', 'status-any', duplicate('true')),
      send('other', 'status-any-other', duplicate('false')),
    ],
  ],
  [
    'duplicate.send-status',
    'Duplicates',
    words('SendStatus with the same Timestamp is the same', 'SendStatus cùng Timestamp là một'),
    [
      sendStatus('status', '01', '2025/01/15 08:00:00', duplicate('false')),
      sendStatus('again', '01', '2025/01/15 08:00:00', duplicate('true')),
    ],
  ],
  [
    'duplicate.send-status.time',
    'Duplicates',
    words('With another Timestamp it is another', 'Timestamp khác là trạng thái khác'),
    [
      sendStatus('status', '05', '2025/01/15 08:00:00', duplicate('false')),
      sendStatus('later', '05', '2025/01/15 09:00:00', duplicate('false')),
    ],
  ],
  [
    'duplicate.send-status.code',
    'Duplicates',
    words('With another code it is another', 'Mã khác là trạng thái khác'),
    [
      sendStatus('arrived', '01', '2025/01/15 08:00:00', duplicate('false')),
      sendStatus('accepted', '03', '2025/01/15 08:00:00', duplicate('false')),
    ],
  ],
];

const classed = (id: string, value: string, en: string, vi: string): Row => [
  `signature.${id}`,
  'Signatures',
  words(en, vi),
  [send('send', `signature-${id}`, ok(is('//g:SendResult/g:SignatureClass', value)))],
];

export const CARRIERS: readonly Row[] = [
  classed(
    'absent',
    'absent',
    'Without a signature the class is absent',
    'Không có chữ ký thì là absent',
  ),
  classed(
    'wrong-namespace',
    'wrong-namespace',
    'A Signature outside ds is of the wrong namespace',
    'Signature ngoài ds là sai không gian tên',
  ),
  classed(
    'placeholder',
    'placeholder',
    'An empty ds:Signature is a placeholder',
    'ds:Signature rỗng là giữ chỗ',
  ),
  [
    'signature.two',
    'Signatures',
    words(
      'A ds:Signature beside another one is invalid',
      'ds:Signature cạnh chữ ký khác là không hợp lệ',
    ),
    [send('send', 'signature-two', no('signature.invalid'))],
  ],
  ...(['1.1', '1.2'] as const).flatMap((soap) =>
    (['inline', 'mtom', 'swa'] as const).map(
      (carrier): Row => [
        `carrier.${carrier}.${soap}`,
        'SendPackage',
        words(
          `A package travels ${carrier} in SOAP ${soap}`,
          `Gói tin đi theo ${carrier} trong SOAP ${soap}`,
        ),
        [
          {
            name: 'send',
            as: 'sender',
            request: {
              kind: 'operation',
              operation: 'SendPackage',
              soap,
              carrier,
              package: { file: 'new' },
            },
            expect: duplicate('false'),
          },
        ],
      ],
    ),
  ),
];
