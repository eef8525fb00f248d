/**
 * Writes docs/configuration.md from the table of settings: `node dist/src/config/document.js`.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DEFAULT_FILES, variableOf } from './environment.js';
import { ALL_SETTINGS, type Setting } from './settings.js';

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function row(setting: Setting<unknown>): string {
  const fallback =
    setting.fallback === undefined
      ? '**required**'
      : setting.fallback === ''
        ? 'none'
        : `\`${setting.fallback}\``;
  return `| \`${setting.key}\` | ${cell(fallback)} | ${cell(setting.form)} | ${cell(setting.what)} |`;
}

/** The example stays short: what most installations change. */
const EXAMPLE = `organ_id: 000.00.01.T99

exchange:
  listen: 0.0.0.0:8443
  tls:
    cert: tls/exchange.pem
    key: tls/exchange.key

store: /var/lib/edxgate

trust:
  anchors: [ca/national-root.pem, ca/province]
  crls: ca/crl

delivery:
  retry: "1m, 5m, 15m, 1h*6, 6h*20"
`;

export function configurationDocument(): string {
  return `<!-- Made by \`node dist/src/config/document.js\` from src/config/settings.ts; do not edit. -->
# Configuration

One file configures one gateway. It is looked for in this order: \`-c FILE\`, \`$EDXGATE_CONFIG\`, ${DEFAULT_FILES.map((file) => `\`./${file}\``).join(', ')}.

\`\`\`yaml
${EXAMPLE}\`\`\`

- Check a file without starting anything: \`edxgate config check -c edxgate.yaml\`. See every value and where it comes from: \`edxgate config show\`.
- All problems are told at once, with their lines. Unknown keys stop the start.
- Durations carry a unit: \`500ms\`, \`30s\`, \`15m\`, \`6h\`, \`90d\`. Sizes too: \`512B\`, \`64KiB\`, \`96MiB\`, \`1GiB\`.
- Relative paths start at the folder of the file.
- Secrets are files, never values, with mode 0600; a wider file stops the start.
- A listener that other machines can reach needs TLS, or \`insecure_http: true\` where a proxy in front adds it.
- The environment overrides single keys: \`${variableOf('exchange.listen')}\` stands for \`exchange.listen\`; lists are written with commas. Command line before environment before file before default.
- Agencies, tokens and certificates are not here: they live in the store, since they change at run time (\`edxgate agency --help\`).

| key | default | form | meaning |
| --- | --- | --- | --- |
${ALL_SETTINGS.map(row).join('\n')}
`;
}

/** From dist/src/config/ to the top of the package. */
const TARGET = new URL('../../../docs/configuration.md', import.meta.url);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(TARGET, configurationDocument());
}
