#!/bin/sh
# Runs one job (standard input) and writes the report (standard output).
exec perl -I"$1/lib" "$(dirname "$0")/client.pl" "$1"
