#!/bin/sh
# install.sh <program, or file with its whole path> <package>...
# Installs the packages, on Debian and Ubuntu, unless what they bring is there.
set -eu
if command -v "$1" >/dev/null 2>&1 || [ -e "$1" ]; then exit 0; fi
shift
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
apt_get() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" >&2; }
apt_get update && apt_get install --no-install-recommends "$@"
