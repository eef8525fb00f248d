#!/bin/sh
exec "$1/client"
