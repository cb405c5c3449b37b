#!/bin/sh
# Runs the fuzz targets of the readers, each for some seconds:   sh tests/fuzz.sh [seconds] [target ...]
# Needs clang++ and its runtime (Debian: clang, libclang-rt-14-dev or the one of its version). Programs, corpus and
# inputs that crash go to build/fuzz. Without targets: all of tests/fuzz/*.cpp. CXX may name another Clang.
# LPNTK_FUZZ_EXECUTIONS=10000000 runs each that often instead, with inputs chosen more simply, which is faster.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
seconds=${1:-30}
limit=-max_total_time=$seconds
[ -z "${LPNTK_FUZZ_EXECUTIONS:-}" ] || limit="-runs=$LPNTK_FUZZ_EXECUTIONS -entropic=0"
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- $(cd "$root/tests/fuzz" && ls ./*.cpp | sed 's,^\./,,; s,\.cpp$,,')
folder=$root/build/fuzz
compiler=${CXX:-clang++}
mkdir -p "$folder"
cd "$folder"

build() {
    # shellcheck disable=SC2046 # the flags are words, each one an argument
    [ -z "$(find "$root/include" "$root/tests/fuzz" -newer "$1" 2>/dev/null || echo new)" ] ||
        "$compiler" -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
            -Wall -Wextra -Wpedantic -Wconversion -Wshadow -I"$root/include" -I"$root/tests" \
            $(pkg-config --cflags eigen3 | sed 's/-I/-isystem /g') "$root/tests/fuzz/$1.cpp" -lz -o "$1"
}

# Small files to begin with: what the readers take, plain and gzip.
seed() {
    mkdir -p "corpus/$1"
    images='\0\0\010\003\0\0\0\002\0\0\0\002\0\0\0\003abcdefghijkl'
    labels='\0\0\010\001\0\0\0\002\003\007'
    case $1 in
        idx_images) printf "$images" >"corpus/$1/plain" ;;
        idx_labels) printf "$labels" >"corpus/$1/plain" ;;
        mnist)
            printf "\\0\\034$images$labels" >"corpus/$1/plain"
            { printf "\\0\\034$images" && printf "$labels" | gzip; } >"corpus/$1/packed_labels" ;;
        cifar10)
            for label in 001 011; do
                { printf "\\$label" && head -c 3072 "$root/README.md"; } >"corpus/$1/$label"
            done
            cat "corpus/$1/001" "corpus/$1/001" >"corpus/$1/plain" ;;
        byte_source)
            printf 'x\005\377\001\003some bytes, more bytes' >"corpus/$1/to_pack"
            { printf 'p\005\377\001\003' && printf 'one' | gzip && printf 'two' | gzip; } >"corpus/$1/packed" ;;
        safetensors) cp "$root"/tests/data/pytorch/*.safetensors "corpus/$1" ;;
        npy_*)
            cp "$root"/tests/data/npy/*.npy "corpus/$1"
            find "$root/tests/data/layers" -name '*.npy' -size -2k | head -n 20 | while read -r file; do
                cp "$file" "corpus/$1/$(basename "$(dirname "$file")")_$(basename "$file")"
            done ;;
    esac
    [ ! -f "corpus/$1/plain" ] || gzip <"corpus/$1/plain" >"corpus/$1/plain.gz"
}

stat_of() { sed -n "s/^stat::$1: *//p" "$target.log"; }

failed=""
for target in "$@"; do
    build "$target"
    seed "$target"
    longest=1024
    [ "$target" != cifar10 ] || longest=9300   # three records
    words=""
    case $target in
        npy_*) words="-dict=$root/tests/fuzz/npy.dict" ;;
        safetensors) words="-dict=$root/tests/fuzz/safetensors.dict" ;;
    esac
    # shellcheck disable=SC2086 # words, each an argument
    if "./$target" "corpus/$target" $words $limit -max_len="$longest" -rss_limit_mb=1024 \
        -timeout=60 -artifact_prefix="$folder/crash-$target-" -print_final_stats=1 >"$target.log" 2>&1; then
        echo "$target: $(stat_of number_of_executed_units) executions," \
            "$(stat_of average_exec_per_sec) a second," \
            "$(ls "corpus/$target" | wc -l) inputs in the corpus, $(stat_of peak_rss_mb) MB"
    else
        tail -n 40 "$target.log"
        failed="$failed $target"
    fi
done
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
