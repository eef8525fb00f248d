#!/bin/sh
# kdwsdl2cpp cannot be told a private authority, so curl fetches the contract. Then generate and compile.
set -eu
wsdl=$1 out=$2 ca=$3
here=$(pwd)
../../shared/fetch-contract.sh "$wsdl" "$out" "$ca"
cd "$out"
flags="$(pkg-config --cflags Qt5Network) -fPIC -I. -I$here"
libs="-lkdsoap $(pkg-config --libs Qt5Network)"
# sample:begin generate
kdwsdl2cpp -both edxgate edxgate.wsdl
moc edxgate.h -o moc_edxgate.cpp
# sample:end generate
# shellcheck disable=SC2086 -- both hold several words
compile() { g++ -std=c++17 -O0 -w $flags -c "$1" -o "$2"; }
compile edxgate.cpp edxgate.o
compile moc_edxgate.cpp moc.o
compile "$here/sample.cpp" sample.o
compile "$here/client.cpp" client.o
for program in sample client; do
  # shellcheck disable=SC2086
  g++ "$program.o" edxgate.o moc.o -o "$program" $libs
done
