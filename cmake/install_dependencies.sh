#!/bin/sh
# Makes sure that what lpntk is built from is there: on Debian and Ubuntu installs the packages that are missing,
# elsewhere says what to install. Asks for nothing; does nothing when nothing is missing.
set -eu

say() { echo "lpntk: $*" >&2; }
apt_get() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 "$@" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

programs=""   # a compiler or a CMake from elsewhere will do
have c++ || programs="$programs g++"
have cmake || programs="$programs cmake"
have make || programs="$programs make"
have gnuplot || programs="$programs gnuplot-nox"
libraries="libeigen3-dev libxtensor-dev zlib1g-dev libcli11-dev nlohmann-json3-dev catch2 libbenchmark-dev"

if ! have apt-get || ! have dpkg-query; then
    say "this is neither Debian nor Ubuntu, so nothing is installed for you. Needed are:"
    say "  programs:  a C++20 compiler (GCC 11, Clang 14 or newer), CMake 3.22 or newer, make;"
    say "             gnuplot for the pictures of the examples"
    say "  libraries: Eigen 3.4 or newer, xtensor, zlib; for the examples CLI11 and nlohmann_json;"
    say "             for the tests Catch2; for the benchmarks Google Benchmark"
    say "CMake downloads those libraries that it does not find."
    case "$programs" in
        "" | " gnuplot-nox") exit 0 ;;
        *) say "not found:$programs"; exit 1 ;;
    esac
fi

missing="$programs"
for package in $libraries; do
    status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) || status=""
    [ "$status" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    sudo=""
elif have sudo; then
    sudo="sudo"
else
    say "missing:$missing"
    say "install them as root: apt-get install$missing"
    exit 1
fi

say "installing with apt-get:$missing"
apt_get update || say "the package lists could not be updated"
packaged=""
for package in $missing; do
    if apt-cache show "$package" >/dev/null 2>&1; then
        packaged="$packaged $package"
    else
        say "$package is not among this distribution's packages: CMake will download it"
    fi
done
# shellcheck disable=SC2086 # the names are words, each one an argument
[ -z "$packaged" ] || apt_get install -y --no-install-recommends $packaged
