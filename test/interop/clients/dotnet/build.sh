#!/bin/sh
# Makes the proxy from the served WSDL with wsdl.exe, and compiles the client: build.sh WSDL_URL OUT_DIR CA_FILE SOAP
set -eu
cd "$(dirname "$0")"
# wsdl.exe has no option for an authority: one store of its own, instead of that of the user.
export HOME="$2/home"
mkdir -p "$HOME"
cert-sync --quiet --user "$3"
protocol=SOAP
if [ "${4:-1.1}" = 1.2 ]; then protocol=SOAP12; fi
wsdl -protocol:$protocol -out:"$2/Gateway.cs" "$1"
for main in Client Sample; do
  mcs -nowarn:0219 -out:"$2/$main.exe" -main:$main \
    -r:System.Web.Services -r:System.Xml -r:Mono.Security "$2/Gateway.cs" ./*.cs
done
