#!/bin/sh
# The python that has Debian's python3-suds.
PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 client.py
