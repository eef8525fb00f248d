#!/bin/sh
exec node client.mjs
