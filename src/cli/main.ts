#!/usr/bin/env node
/**
 * The program `edxgate`.
 *
 * @module
 */
import { runCommandLine } from './run.js';
import { processTerminal } from './terminal.js';

// Keys, tokens and documents are for their owner only, whatever the shell says.
process.umask(0o077);

// `edxgate log list | head` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal);
