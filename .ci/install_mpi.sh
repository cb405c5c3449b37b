#!/bin/sh
# Makes sure that Open MPI is there, on Debian and Ubuntu.
set -eu
! command -v mpicxx >/dev/null 2>&1 || exit 0
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
apt_get() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" >&2; }

apt_get update && apt_get install --no-install-recommends libopenmpi-dev openmpi-bin
