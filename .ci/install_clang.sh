#!/bin/sh
# Makes sure that Clang, its sanitizers and its OpenMP are there, on Debian and Ubuntu.
set -eu
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
apt_get() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" >&2; }
install() { apt_get install --no-install-recommends "$@"; }

command -v clang++ >/dev/null 2>&1 || { apt_get update && install clang; }
version=$(clang++ -dumpversion | cut -d. -f1)
install "libclang-rt-$version-dev" "libomp-$version-dev" pkg-config
