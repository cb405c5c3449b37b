#!/bin/sh
# Makes sure that Clang, its sanitizers and its OpenMP are there, on Debian and Ubuntu.
set -eu
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
install() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "$@" >&2; }

command -v clang++ >/dev/null 2>&1 || install clang
version=$(clang++ -dumpversion | cut -d. -f1)
install "libclang-rt-$version-dev" "libomp-$version-dev" pkg-config
