#!/bin/sh
# build.sh WSDL_URL OUT_DIR CA_FILE SOAP: generates C code from the served WSDL and compiles the client.
# wsdl2h follows https by itself but does not check the certificate.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$2"
wsdl2h -c -O4 -t "$here/typemap.dat" -o edxgate.h "$1"
soapcpp2 -c -C -L -x -w -I/usr/share/gsoap/import edxgate.h
mv EdxGatewayBinding1?.nsmap edxgate.nsmap
for program in sample client; do
  cc -std=gnu11 -O1 -Wall -Wno-unused-function -I. $(pkg-config --cflags gsoapssl) -o $program \
    "$here/$program.c" soapC.c soapClient.c $(pkg-config --libs gsoapssl) -lssl -lcrypto -lz
done
