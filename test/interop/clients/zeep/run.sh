#!/bin/sh
# The python that has Debian's python3-zeep. OUT_DIR keeps byte code out of the sources.
PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 client.py
