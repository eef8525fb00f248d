#!/bin/sh
# Runs one job (standard input) and writes the report (standard output).
exec php -d display_errors=stderr -d memory_limit=128M "$(dirname "$0")/client.php" "$1"
