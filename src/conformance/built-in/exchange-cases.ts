/**
 * What the gateway does with a package after it was taken: duplicates, collection, traces, recalls, and
 * who may see what. Several steps each, with roles.
 *
 * @module
 */
import { writeXml } from '../../xml/write.js';
import type { Case, Need, Step } from '../suite.js';
import { contract } from './clauses.js';
import { COLLECT } from './collect-rows.js';
import type { Files } from './draft.js';
import { CARRIERS, DUPLICATES } from './duplicate-rows.js';
import type { Plan } from './exchange-kit.js';
import { PACKAGES } from './exchange-packages.js';
import { FOLLOW } from './follow-rows.js';
import { SEE } from './trace-rows.js';

export function exchangeCases(files: Files): Case[] {
  for (const [name, content] of PACKAGES) {
    const text = typeof content === 'string' ? content : writeXml(content);
    files.set(`${name}.exchange.edxml`, Buffer.from(text));
  }
  return [...DUPLICATES, ...COLLECT, ...SEE, ...FOLLOW, ...CARRIERS].map(
    ([id, place, title, plans, needs = []]) => ({
      id,
      title,
      clause: contract(`docs/semantics.md, ${place}`),
      needs: [...new Set<Need>(['recipient', ...needs])],
      steps: plans.map(stepOf),
    }),
  );
}

function stepOf(plan: Plan): Step {
  const source = plan.request.package;
  if (source === undefined) return plan;
  return {
    ...plan,
    request: { ...plan.request, package: { file: `${source.file}.exchange.edxml` } },
  };
}
