#!/bin/sh
# Installs what the lockfile says, with its integrity checks, into OUT_DIR: nothing is left among the sources.
# strong-soap 6 asks for Node 22 in its manifest; it runs on Node 20, so that is a warning only.
set -eu
cp package.json package-lock.json sample.cjs client.mjs "$2"
mkdir -p "$2/shared"
cp ../../shared/job.mjs "$2/shared/"
cd "$2"
npm ci --prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error
