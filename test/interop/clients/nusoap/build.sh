#!/bin/sh
# build.sh WSDL_URL OUT_DIR CA_FILE SOAP: a copy of the packaged NuSOAP 0.9.5 that PHP 8 runs.
# PHP 8 takes only __construct for a constructor, no longer a function named like its class, and stops where
# NuSOAP sets a property of an array (older PHP warned).
set -eu
classes='nusoap_base|nusoap_fault|nusoap_xmlschema|soapval|soap_transport_http|nusoap_server|wsdl|nusoap_parser|nusoap_client'
sed -E -e "s/function ($classes) ?\(/function __construct(/" \
  -e "s/parent::($classes)\(/parent::__construct(/" \
  -e 's/\$this->schemas\[\$ns\]->imports/$xs->imports/' \
  /usr/share/php/nusoap/nusoap.php > "$2/nusoap.php"
