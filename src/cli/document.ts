/**
 * Writes docs/cli.md from the help pages: `node dist/src/cli/document.js`.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { EXIT, EXIT_STATUS_HELP } from './exit-status.js';
import { buildProgram } from './run.js';
import { processTerminal } from './terminal.js';

/** The page of a command without the exit statuses, which are the same for all and stand once. */
function page(command: Command, name: string, take: () => string): string {
  command.outputHelp();
  const help = take().replace(`\n${EXIT_STATUS_HELP}\n`, '').trimEnd();
  return `## ${name}\n\n\`\`\`text\n${help}\n\`\`\`\n`;
}

function* pages(command: Command, name: string, take: () => string): Generator<string> {
  const inner = command.commands.filter((one) => one.name() !== 'help');
  if (inner.length === 0) yield page(command, name, take);
  for (const one of inner) yield* pages(one, `${name} ${one.name()}`, take);
}

export async function commandLineDocument(): Promise<string> {
  let written = '';
  const terminal = {
    ...processTerminal,
    out: (text: string): void => {
      written += text;
    },
  };
  const program = await buildProgram({ terminal, status: EXIT.done }, () => true);
  const take = (): string => {
    const text = written;
    written = '';
    return text;
  };
  return `<!-- Made by \`node dist/src/cli/document.js\` from the help pages; do not edit. -->
# Command line

\`--json\` is a promise: camelCase, one object a line on standard output; members are added, never removed. With it errors are
\`{"error":{"code","text","textVi"}}\` on standard error, with \`issues\` where there is more than one fault.

\`\`\`text
${EXIT_STATUS_HELP}
\`\`\`

${[...pages(program, 'edxgate', take)].join('\n')}`;
}

/** From dist/src/cli/ to the top of the package. */
const TARGET = new URL('../../../docs/cli.md', import.meta.url);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(TARGET, await commandLineDocument());
}
