#!/bin/sh
# Runs one job (standard input) and writes the report (standard output).
exec perl "$(dirname "$0")/client.pl" "$1"
