#!/bin/sh
# Makes classes from the served WSDL with WSDL2Java, and compiles the client: build.sh WSDL_URL OUT_DIR CA_FILE
set -eu
cd "$(dirname "$0")"
. ./classpath.sh
keytool -importcert -noprompt -alias gateway -file "$3" -storetype PKCS12 -keystore "$2/trust.p12" -storepass changeit
mkdir -p "$2/generated" "$2/classes"
# --NStoPkg: package names of one's own, instead of those made from the namespaces.
java -Djavax.net.ssl.trustStore="$2/trust.p12" -Djavax.net.ssl.trustStorePassword=changeit \
  -Dfile.encoding=UTF-8 -cp "$AXIS" org.apache.axis.wsdl.WSDL2Java -o "$2/generated" \
  --NStoPkg urn:edxgate:gateway:1=gateway --NStoPkg http://www.mic.gov.vn/TBT/QCVN_102_2016=edxml "$1"
javac -nowarn -encoding UTF-8 -cp "$AXIS" -d "$2/classes" "$2"/generated/*/*.java ../../java/*.java ./*.java
