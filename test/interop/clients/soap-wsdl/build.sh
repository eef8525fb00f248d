#!/bin/sh
# build.sh WSDL_URL OUT_DIR CA_FILE SOAP: classes for SOAP::WSDL in OUT_DIR/lib.
set -eu
export PERL_LWP_SSL_CA_FILE="$3"
perl "$(dirname "$0")/flatten.pl" "$1" "$2"
cd "$2"
wsdl2perl --prefix Edx --base_path lib "file://$2/edxgate.wsdl"
