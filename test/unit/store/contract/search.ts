/**
 * Contract of searching messages by words, alone and with the other filters.
 *
 * @module
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { documentKey } from '../../../../src/model/document-id.js';
import type { NewMessage } from '../../../../src/model/message.js';
import { foldSearchText } from '../../../../src/model/search-text.js';
import type { MessageFilter } from '../../../../src/store/store.js';
import type { Bench } from '../contract.js';
import { document, OTHER, SENDER, status, T0 } from '../samples.js';

const FLOOD = 'Về việc phòng, chống lũ lụt miền Trung';
const FOREST = 'Kế hoạch trồng rừng; đấu nối điện (đợt 2)';

export function searchContract(bench: Bench): void {
  let kept: NewMessage[] = [];

  /** Keeps messages with these texts; they are named a, b, c in their order. */
  async function keep(...messages: NewMessage[]): Promise<void> {
    kept = messages;
    for (const one of messages) await bench.store().acceptMessage(one);
  }

  /** Names of what is found, in the order it comes, read page by page. */
  async function found(filter: MessageFilter, limit = 9): Promise<string> {
    const names = kept.map((one) => one.message.messageId);
    let text = '';
    let after: string | undefined;
    do {
      const page = await bench.store().listMessages(filter, { limit, after });
      for (const one of page.items) text += 'abcdefgh'.charAt(names.indexOf(one.messageId));
      after = page.next;
    } while (after !== undefined);
    return text;
  }

  const saying = (...parts: string[]): NewMessage =>
    document({ searchText: foldSearchText(...parts) });

  it('finds words by their beginnings, all of them, in any order', async () => {
    await keep(saying(FLOOD), saying(FOREST), saying('Họp'));
    expect(await found({ search: 'lut' })).to.equal('a');
    expect(await found({ search: 'lu' })).to.equal('a');
    expect(await found({ search: 't' })).to.equal('ba');
    expect(await found({ search: 'trun phong' })).to.equal('a');
    expect(await found({ search: 'trung rung' })).to.equal('');
    // Not within words.
    expect(await found({ search: 'ut' })).to.equal('');
    expect(await found({ search: 'hop hop hop' })).to.equal('c');
    expect(await found({ search: 'hops' })).to.equal('');
  });

  it('does not care for diacritics, case and composition', async () => {
    await keep(saying(FLOOD), saying(FOREST));
    for (const search of ['lũ lụt', 'LŨ LỤT', 'lũ lụt'.normalize('NFD'), 'lu lut', 'Lu lụt']) {
      expect(await found({ search }), search).to.equal('a');
    }
    expect(await found({ search: 'Đấu nối đợt' })).to.equal('b');
    expect(await found({ search: 'dau noi dot' })).to.equal('b');
  });

  it('finds ids and codes whole or from any part on, with any marks between', async () => {
    await keep(
      saying('000.00.01.T99,2026/11/20,07/TB-VP', '7/TB-VP', 'Mẫu'),
      saying('000.00.10.T99,2026/11/20,70/TB-VP', '70/TB-VP'),
      saying('01 00 000'),
    );
    expect(await found({ search: '000.00.01.T99,2026/11/20,07/TB-VP' })).to.equal('a');
    expect(await found({ search: '000.00.01' })).to.equal('a');
    expect(await found({ search: '000-00-1' })).to.equal('b');
    expect(await found({ search: '00.01' })).to.equal('a');
    expect(await found({ search: '000.00' })).to.equal('ba');
    expect(await found({ search: '7/TB-VP' })).to.equal('a');
    expect(await found({ search: '/tb-v' })).to.equal('ba');
    expect(await found({ search: 'vp-tb' })).to.equal('');
    // Parts apart are words of their own.
    expect(await found({ search: '000 00 01' })).to.equal('ca');
  });

  it('takes whatever is typed as text', async () => {
    await keep(saying('bao lut OR 1'), saying('b o NEAR words facts k document'));
    const nothing = ['%', '_', '"', "'", '*', '^', '-', '()', ':', '\u0000', '"" ""', '+ -'];
    for (const search of nothing) expect(await found({ search }), search).to.equal('');
    for (const search of ['bao*', '"bao"', 'bao "', '-bao', '^bao', '{bao}', 'bao)', 'bao % *']) {
      expect(await found({ search }), search).to.equal('a');
    }
    expect(await found({ search: 'b_o' })).to.equal('b');
    expect(await found({ search: 'bao OR lut' })).to.equal('a');
    expect(await found({ search: 'bao OR rung' })).to.equal('');
    expect(await found({ search: 'bao NOT lut' })).to.equal('');
    expect(await found({ search: "' OR 1=1 --" })).to.equal('');
    expect(await found({ search: 'words:b' })).to.equal('');
    expect(await found({ search: 'facts : kdocument' })).to.equal('');
    expect(await found({ search: '' })).to.equal('ba');
    expect(await found({ search: ' \t\n' })).to.equal('ba');
    expect(await found({ search: 'x'.repeat(100_000) })).to.equal('');
    expect(await found({ search: 'bao '.repeat(10_000) })).to.equal('a');
    expect(await found({ search: 'a.'.repeat(10_000) })).to.equal('');
  });

  it('combines a search with every other filter', async () => {
    const text = foldSearchText(FLOOD);
    const about = status({ documentId: 'A', at: T0 + 2 * 86_400_000, code: '7/TB' });
    await keep(
      document({ documentId: 'A', at: T0, searchText: text }),
      document({ documentId: 'B', at: T0 + 86_400_000, from: OTHER, searchText: text }),
      { ...about, message: { ...about.message, searchText: text } },
      document({ documentId: 'A', at: T0 + 3 * 86_400_000, searchText: 'khac' }),
    );
    const search = 'lut';
    expect(await found({ search })).to.equal('cba');
    expect(await found({ search, fromOrganId: OTHER })).to.equal('b');
    expect(await found({ search, fromOrganId: SENDER })).to.equal('a');
    expect(await found({ search, kind: 'status' })).to.equal('c');
    expect(await found({ search, kind: 'document', fromOrganId: SENDER })).to.equal('a');
    expect(await found({ search, since: T0 + 1 })).to.equal('cb');
    expect(await found({ search, since: T0 + 2 * 86_400_000 })).to.equal('c');
    expect(await found({ search, since: T0 + 3 * 86_400_000 })).to.equal('');
    expect(await found({ search, documentKey: documentKey('A') })).to.equal('ca');
    expect(await found({ search, documentKey: documentKey('A'), kind: 'status' })).to.equal('c');
    expect(await found({ search: 'k', documentKey: documentKey('A') })).to.equal('d');
    expect(await found({ search: '%', documentKey: documentKey('A') })).to.equal('');
  });

  it('does not lose what was received out of turn', async () => {
    await keep(
      document({ at: T0 + 3_600_000, searchText: 'lut' }),
      document({ at: T0, searchText: 'lut' }),
    );
    expect(await found({ search: 'lut', since: T0 + 1 })).to.equal('a');
    expect(await found({ search: 'lut', since: T0 })).to.equal('ba');
  });

  it('pages through what is found, while more arrives', async () => {
    await keep(...Array.from({ length: 5 }, () => saying(FLOOD)));
    expect(await found({ search: 'lut' }, 2)).to.equal('edcba');
    const first = await bench.store().listMessages({ search: 'lut' }, { limit: 2 });
    await bench.store().acceptMessage(saying(FLOOD));
    const names = kept.map((one) => one.message.messageId);
    const { items } = await bench
      .store()
      .listMessages({ search: 'lut' }, { limit: 9, after: first.next });
    expect(items.map((one) => names.indexOf(one.messageId))).to.deep.equal([2, 1, 0]);
  });

  it('finds the same through the index and among the messages of one document', async () => {
    const piece = fc.constantFrom(
      ...[
        'lũ',
        'lụt',
        'l',
        '07',
        '7',
        '/',
        '-',
        '.',
        ',',
        ' ',
        '"',
        '*',
        'TB',
        'VP',
        'Đ',
        'ß',
        '①',
      ],
      ...['_', '²', '😀', '\u0301', '漢', "'", 'ﬁ', 'İ', '\ue000', '\u200b', 'ก', 'े'],
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, async (written, asked) => {
        const documentId = `D-${kept.length}-${Math.random()}`;
        const one = document({ documentId, searchText: foldSearchText(written) });
        await bench.store().acceptMessage(one);
        const key = documentKey(documentId);
        for (const search of [asked, written, written.slice(1)]) {
          const limit = 10_000;
          const { items } = await bench.store().listMessages({ search }, { limit });
          const inIndex = items.some((it) => it.messageId === one.message.messageId);
          const under = await bench.store().listMessages({ search, documentKey: key }, { limit });
          expect(under.items.length === 1, JSON.stringify([written, search])).to.equal(inIndex);
        }
      }),
      { numRuns: 150 },
    );
  });
}
