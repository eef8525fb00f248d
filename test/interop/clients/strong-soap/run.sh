#!/bin/sh
cd "$1" && exec node client.mjs
