#!/bin/sh
# Makes sure that Clang, its sanitizers and its OpenMP are there, on Debian and Ubuntu.
set -eu
install() { sh "$(dirname "$0")/install.sh" "$@"; }
install clang++ clang
version=$(clang++ -dumpversion | cut -d. -f1)
install "/usr/lib/llvm-$version/lib/libarcher.so" "libclang-rt-$version-dev" "libomp-$version-dev" pkg-config
