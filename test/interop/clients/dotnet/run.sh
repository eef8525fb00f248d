#!/bin/sh
# One job: run.sh OUT_DIR
set -eu
export HOME="$1/home"
exec mono "$1/Client.exe"
