import { expect } from 'chai';
import { faultOf } from '../../support/answers.js';
import { operation } from '../../support/soap.js';
import { expectNoInternals, raw, useRig } from './rig.js';

/** What a program says when something inside of it has gone wrong. */
const LEAKS = [
  'TypeError: Cannot read properties of undefined',
  '\n    at Scanner.run (file:///x/y.js:1:2)',
  'at async Promise.all (index 0)',
  '/srv/src/xml/scan.ts',
  'scan.js:12',
  'node:internal/process/task_queues',
  '/app/node_modules/express/lib/router.js',
  'libxml2: parser error',
  'SQLITE_BUSY: database is locked',
];

describe('no fault shows anything of the inside', () => {
  const rig = useRig();

  for (const leak of LEAKS) {
    it(`the check would find ${JSON.stringify(leak)}`, () => {
      expect(() => expectNoInternals(`<Text>${leak}</Text>`)).to.throw();
    });
  }

  for (const leak of LEAKS) {
    it(`a failure inside with ${JSON.stringify(leak)} is a fault without it`, async () => {
      const { store } = rig.gateway;
      const failing = (): never => {
        throw new Error(leak);
      };
      Object.defineProperty(store, 'listPending', { value: failing, configurable: true });
      try {
        const answer = await rig.call(operation('ListPending'));
        faultOf(answer, 'server.internal');
        expect(answer.bytes.toString('utf8')).not.to.contain(leak.trim());
      } finally {
        Reflect.deleteProperty(store, 'listPending');
      }
      expect((await rig.call(operation('ListPending'))).status).to.equal(200);
    });
  }

  for (const listener of ['exchangeUrl', 'adminUrl'] as const) {
    for (const target of [
      '/nothing',
      '/soap/nothing',
      'http://[/soap',
      'http://a:b/livez',
      '/%',
      '/%ff%fe',
      '//',
      '*',
      '/soap?%',
      '/metrics/..;/x',
    ]) {
      it(`${listener} ${target}`, async () => {
        for (const method of ['GET', 'POST', 'PUT']) {
          const answer = await raw(
            rig.gateway[listener],
            `${method} ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
          );
          // The admin listener leads whoever has not signed in to its form, wherever they wanted to go.
          const isLed = listener === 'adminUrl' && answer.startsWith('HTTP/1.1 303 ');
          if (isLed) expect(answer).to.match(/^Location: \/sign-in(?:\?back=[\w%.;*-]+)?\r$/m);
          else expect(answer).to.match(/^HTTP\/1\.1 (?:4\d\d|500) /);
          expectNoInternals(answer);
          expect(answer).not.to.match(/x-powered-by|^server:/im);
        }
      });
    }
  }
});
