#!/bin/sh
# Runs one job (the file named by JOB_PROPERTIES) and writes the report (standard output).
exec "$1/client" "$JOB_PROPERTIES" "$1"
