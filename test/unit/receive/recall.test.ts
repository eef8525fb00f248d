import { expect } from 'chai';
import { documentKey } from '../../../src/model/document-id.js';
import type { EdxmlDocument, ReadPackage } from '../../../src/model/edxml.js';
import type { NewMessage } from '../../../src/model/message.js';
import { followedKeys } from '../../../src/receive/recall.js';
import { sampleDocument, sampleStatus } from '../../support/sample-document.js';

const OWN = documentKey('own');
const message = (read: ReadPackage) => ({ message: { read, documentKey: OWN } }) as NewMessage;
const keys = (business: EdxmlDocument['business']) =>
  followedKeys(message(sampleDocument({ documentId: 'own', business })), undefined);

describe('documents in whose order a package belongs', () => {
  it('are those that a follow-up names, in NFC, each once, its own left out', () => {
    const named = (documentId: string) => ({ documentId, organIds: [] });
    expect(keys({ type: 'new', documentId: 'A', replacements: [] })).to.deep.equal([]);
    expect(keys({ type: 'revoke', documentId: 'A', replacements: [] })).to.deep.equal(['A']);
    expect(keys({ type: 'update', documentId: 'A', replacements: [] })).to.deep.equal(['A']);
    expect(keys({ type: 'revoke', replacements: [] })).to.deep.equal([]);
    const replacements = ['Số 1'.normalize('NFD'), 'Số 1', 'own', 'B'].map(named);
    expect(keys({ type: 'replace', replacements })).to.deep.equal(['Số 1'.normalize('NFC'), 'B']);
  });

  it('are at most a thousand', () => {
    const replacements = Array.from({ length: 3000 }, (_, i) => ({
      documentId: `D${i}`,
      organIds: [],
    }));
    expect(keys({ type: 'replace', replacements })).to.have.lengthOf(1000);
  });

  it('are for a status those that it takes back', () => {
    const status = message(sampleStatus({ statusCode: '13' }));
    expect(followedKeys(status, undefined)).to.deep.equal([]);
    const recall = { documents: [{ key: documentKey('A') }, { key: OWN }], lanes: [] };
    expect(followedKeys(status, recall)).to.deep.equal(['A']);
  });
});
