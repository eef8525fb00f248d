#!/bin/sh
# One job: run.sh OUT_DIR
set -eu
cd "$(dirname "$0")"
. ./classpath.sh
exec java -cp "$1/classes$AXIS" Client
