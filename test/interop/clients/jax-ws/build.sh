#!/bin/sh
# Makes classes from the served WSDL with wsimport, and compiles the client: build.sh WSDL_URL OUT_DIR CA_FILE
set -eu
cd "$(dirname "$0")"
keytool -importcert -noprompt -alias gateway -file "$3" -storetype PKCS12 -keystore "$2/trust.p12" -storepass changeit
mkdir -p "$2/generated" "$2/classes"
# -extension: without it wsimport makes no port for SOAP 1.2. accessExternalSchema: the schemas are files of their own.
export WSIMPORT_OPTS="-Djavax.net.ssl.trustStore=$2/trust.p12 -Djavax.net.ssl.trustStorePassword=changeit \
  -Djavax.xml.accessExternalSchema=all"
wsimport -extension -keep -Xnocompile -encoding UTF-8 -p gateway -s "$2/generated" "$1"
javac -nowarn -encoding UTF-8 -cp /usr/share/java/jaxws-rt.jar -d "$2/classes" \
  "$2"/generated/gateway/*.java ../../java/*.java ./*.java
