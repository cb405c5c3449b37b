#!/bin/sh
# Makes sure that Chromium is there, on Debian.
set -eu
! command -v chromium >/dev/null 2>&1 || exit 0
sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
apt_get() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" >&2; }

apt_get update && apt_get install --no-install-recommends chromium
