#!/bin/sh
# build.sh WSDL_URL OUT_DIR CA_FILE SOAP: classes and driver of soap4r in OUT_DIR.
set -eu
generate="$(cd "$(dirname "$0")" && pwd)/generate.rb"
cd "$2"
SSL_CERT_FILE="$3" ruby -W0 "$generate" "$1"
