#!/bin/sh
# Compiles the client; nothing is generated: build.sh WSDL_URL OUT_DIR CA_FILE
set -eu
cd "$(dirname "$0")"
. ./classpath.sh
javac -encoding UTF-8 -cp "$SAAJ" -d "$2/classes" ../../java/*.java ./*.java
