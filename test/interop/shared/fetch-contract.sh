#!/bin/sh
# fetch-contract.sh WSDL_URL FOLDER CA_FILE: the WSDL and every schema it needs, as files that name each other.
# For generators that cannot be told a private authority.
set -eu
cd "$2"
curl -fsS --max-time 60 --cacert "$3" -o edxgate.wsdl "$1"
while name=$(sed -nE 's/.*schemaLocation="[^"]*[?]xsd=([^"]*)".*/\1/p' ./*.wsdl ./*.xsd 2>/dev/null | head -n 1) && [ -n "$name" ]; do
  [ -e "$name" ] || curl -fsS --max-time 60 --cacert "$3" -o "$name" "${1%%\?*}?xsd=$name"
  sed -i -E "s/schemaLocation=\"[^\"]*[?]xsd=$name\"/schemaLocation=\"$name\"/" ./*.wsdl ./*.xsd
done
