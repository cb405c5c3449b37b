#!/bin/sh
# Builds and runs the tests, setting up what they need first:   sh tests/run.sh [options of ctest]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
jobs=$(getconf _NPROCESSORS_ONLN)

sh "$root/cmake/install_dependencies.sh"
cd "$root"
# A whole build is shorter so, though a change costs more.
cmake --preset dev -DCMAKE_UNITY_BUILD=ON -DLPNTK_PRECOMPILE=ON -DCMAKE_CXX_FLAGS_DEBUG=-O1
cmake --build --preset dev --target lpntk_tests --parallel "$jobs"
ctest --preset dev --parallel "$jobs" "$@"
