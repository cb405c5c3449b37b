#!/bin/sh
# Builds and runs the tests, setting up what they need first:   sh tests/run.sh [options of ctest]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
jobs=$(getconf _NPROCESSORS_ONLN)

sh "$root/cmake/install_dependencies.sh"
cd "$root"
cmake --preset dev -DCMAKE_UNITY_BUILD=ON   # a whole build takes half the time, though a change costs more
cmake --build --preset dev --target lpntk_tests --parallel "$jobs"
ctest --preset dev --parallel "$jobs" "$@"
