#!/bin/sh
# Runs one job (standard input) and writes the report (standard output).
exec ruby -W0 -I"$1" "$(dirname "$0")/client.rb" "$1"
