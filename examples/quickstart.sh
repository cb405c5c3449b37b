#!/bin/sh
# Builds and runs the quickstart, setting up what it needs first:   sh examples/quickstart.sh [--help | options]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
jobs=$(getconf _NPROCESSORS_ONLN)

{
    sh "$root/cmake/install_dependencies.sh"
    (cd "$root" && cmake --preset release && cmake --build --preset release --target quickstart --parallel "$jobs")
} >&2
exec "$root/build/release/examples/quickstart" "$@"
