#!/bin/sh
# The program of the page: sample.sh OUT_DIR ADDRESS CA_FILE ORGAN_ID TOKEN_FILE [PACKAGE_FILE]...
set -eu
out=$1
shift
. "$(dirname "$0")/classpath.sh"
exec java -cp "$out/classes$SAAJ" Sample "$@"
