/**
 * `edxgate agency token ORGAN`: a new token, shown once; or one revoked.
 *
 * @module
 */
import type { Command } from 'commander';
import { createDigestSecret, digestKeyFile } from '../operate/digest-secrets.js';
import { createToken, DEFAULT_TOKEN_MS, revokeToken } from '../operate/tokens.js';
import {
  act,
  type CommonOptions,
  describe,
  durationOption,
  operatorContext,
  type Run,
  readConfig,
  say,
  withStore,
} from './command.js';
import { localTime } from './table.js';

interface TokenOptions extends CommonOptions {
  readonly expires?: number;
  readonly revoke?: string;
  readonly digestSecret?: boolean;
}

export function defineToken(parent: Command, run: Run): void {
  describe(parent.command('token').summary('a new token, shown once; or revoke one'), {
    description:
      'Make a token for an agency, or revoke one. The token is shown once and kept nowhere.',
    config: true,
    examples: [
      'edxgate agency token T99.01',
      'edxgate agency token T99.01 --expires 90d --json',
      'edxgate agency token T99.01 --revoke 3f9c0a1b2c3d',
      'edxgate agency token T99.01 --digest-secret',
    ],
    notes: 'Two tokens may live at a time, so that one can be replaced without a gap.',
  })
    .argument('<organ>', 'organ id')
    .option('--expires <duration>', 'how long it lives (default: 365d)', durationOption)
    .option('--revoke <id>', 'end this token at once')
    .option('--digest-secret', 'a new secret for PasswordDigest instead (exchange.ws_digest)')
    .action(act(run, (organ: string, options: TokenOptions) => token(run, organ, options)));
}

async function token(run: Run, organ: string, options: TokenOptions): Promise<undefined> {
  const config = readConfig(run, options);
  await withStore(run, config, 'write', async (store) => {
    const context = operatorContext(run, config, store);
    if (options.revoke !== undefined) {
      const revoked = await revokeToken(context, organ, options.revoke);
      say(run, options, revoked, () => `revoked: ${revoked.id}`);
      return;
    }
    if (options.digestSecret === true) {
      const keyFile = digestKeyFile(config.store.folder);
      const secret = await createDigestSecret(context, organ, keyFile);
      say(run, options, secret, () =>
        [
          secret.digestSecret,
          `  for ${secret.organId}, for PasswordDigest only; an older one has ended`,
          '  It is not shown again. Put it into a file with mode 0600.',
        ].join('\n'),
      );
      return;
    }
    const created = await createToken(context, organ, options.expires ?? DEFAULT_TOKEN_MS);
    say(run, options, created, () =>
      [
        created.token,
        `  for ${created.organId}, id ${created.id}, until ${localTime(created.expiresAt)}`,
        '  It is not shown again. Put it into a file with mode 0600.',
      ].join('\n'),
    );
  });
  return undefined;
}
