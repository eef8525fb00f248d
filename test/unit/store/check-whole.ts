/**
 * Is everything of a message in the store?
 *
 * @module
 */
import { expect } from 'chai';
import type { MessageId } from '../../../src/model/message-id.js';
import { sha256 } from '../../../src/store/content-files.js';
import type { Store } from '../../../src/store/store.js';

/** A message to two recipients, with one check, to which nothing has happened yet. */
export async function checkWhole(store: Store, messageId: MessageId): Promise<void> {
  const message = await store.getMessage(messageId);
  if (message === undefined) throw new Error(`lost: ${messageId}`);
  const content = await store.getContent(messageId);
  expect(sha256(content ?? Buffer.alloc(0))).to.equal(message.contentDigest);
  expect((await store.getAnswer(messageId))?.messageId).to.equal(messageId);
  expect(await store.deliveriesOf(messageId)).to.have.length(2);
  const events = (await store.listEvents(messageId)).map((one) => one.event);
  expect(events).to.deep.equal(['received', 'checked', 'stored']);
}
