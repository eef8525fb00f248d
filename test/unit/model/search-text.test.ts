import { expect } from 'chai';
import { foldSearchText } from '../../../src/model/search-text.js';

describe('model/search-text', () => {
  const cases: [string, string][] = [
    ['Về việc ĐẤU NỐI hệ thống', 've viec dau noi he thong'],
    ['Về việc'.normalize('NFD'), 've viec'],
    ['  a \n\t b ', 'a b'],
    ['145/SMA-TTĐT', '145/sma-ttdt'],
    ['', ''],
  ];
  for (const [text, folded] of cases) {
    it(`folds ${JSON.stringify(text)}`, () => {
      expect(foldSearchText(text)).to.equal(folded);
    });
  }

  it('joins parts and leaves out what is absent or blank', () => {
    expect(foldSearchText('Á', undefined, ' ', 'Đ')).to.equal('a d');
  });

  it('keeps a bounded length', () => {
    expect(foldSearchText('ế'.repeat(5000), 'x').length).to.equal(2000);
  });
});
