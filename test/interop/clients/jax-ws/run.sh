#!/bin/sh
# One job: run.sh OUT_DIR
set -eu
exec java -cp "$1/classes:/usr/share/java/jaxws-rt.jar" Client
