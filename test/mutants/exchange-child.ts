/**
 * A gateway with rule mutants built in, as a process of its own: a mutant may well never come back. Runs
 * from the copy. Told `{mutant}`, it switches; told `{look}`, it says what was passed since the last look.
 *
 * @module
 */
import { openGateway } from '../support/gateway.js';

interface Switch {
  $a?: number;
  $n?: number;
  $t?: Uint8Array;
}
const state = globalThis as Switch;

export type Told = { readonly mutant: number } | { readonly look: true };

async function main(): Promise<void> {
  const gateway = await openGateway();
  const tokens: string[] = [];
  for (const organId of ['T99.01', 'T99.02', 'T99.03'])
    tokens.push(await gateway.agency({ organId }));
  process.on('message', (told: Told) => {
    if ('mutant' in told) {
      state.$a = told.mutant;
      state.$n = 0;
      process.send?.({ done: true });
      return;
    }
    const passed: number[] = [];
    state.$t?.forEach((one, at) => {
      if (one === 1) passed.push(at);
    });
    state.$t?.fill(0);
    process.send?.({ passed });
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ url: gateway.soapUrl, tokens, folder: gateway.folder });
}

if (process.send !== undefined) await main();
