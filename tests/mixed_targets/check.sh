#!/bin/sh
# Objects compiled for machines of different vectors must fail to link, and those for the same one must link and run.
# Usage: check.sh <compiler> <folder of the tests> <include options ...>
set -eu
compiler=$1
tests=$2
shift 2
case $(uname -m) in x86_64 | amd64) ;; *) echo "skipped: -mavx is of x86 only"; exit 77 ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

compile() { "$compiler" -std=c++20 -O1 -I"$tests" "$@"; }
compile "$@" -c "$tests/mixed_targets/maker.cpp" -o plain.o
compile "$@" -mavx -c "$tests/mixed_targets/maker.cpp" -o wide.o
compile "$@" -c "$tests/mixed_targets/user.cpp" -o user.o

compile plain.o user.o -o same
./same || { echo "objects for the same machine give a wrong kernel"; exit 1; }
if compile wide.o user.o -o mixed 2>errors.txt; then
    echo "objects for different vectors were linked"
    exit 1
fi
grep -q "make_features" errors.txt || { echo "linking failed for another reason:"; cat errors.txt; exit 1; }
echo "objects for different vectors do not link, as they should"
