#!/bin/sh
# Measures everything that README.md shows and fills its tables:   sh benchmarks/measure.sh [--data DIR] [--large] [--no-peers]
# To be run while nothing else runs. --data: MNIST's IDX files, instead of noise. --large: also the runs of minutes (60,000
# samples; 16 GB of memory). Results stay in build/measured.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
data=""
large=""
peers=yes
while [ $# -gt 0 ]; do
    case $1 in
        --data) data=$(cd "$2" && pwd); shift 2 ;;
        --large) large=yes; shift ;;
        --no-peers) peers=""; shift ;;
        *) sed -n '2,4s/^# //p' "$0"; exit 2 ;;
    esac
done
unset LPNTK_DATA LPNTK_LARGE OPENBLAS_CORETYPE
[ -z "$data" ] || export LPNTK_DATA="$data"

sh "$root/cmake/install_dependencies.sh"
cd "$root"
cmake --preset release
cmake --build --preset release --target lpntk_benchmarks lpntk_peer
mkdir -p build/measured
program=build/release/benchmarks/lpntk_benchmarks
"$program" --benchmark_repetitions=3 --benchmark_min_time=0.2 --benchmark_report_aggregates_only=true \
    --benchmark_out=build/measured/benchmarks.json
if [ -n "$peers" ]; then
    sh benchmarks/peers/run.sh --folder "$root/build/measured/peers" ${data:+--data "$data"}
fi
if [ -n "$large" ]; then
    LPNTK_LARGE=1 "$program" --benchmark_out=build/measured/large.json --benchmark_filter='by_class/lenet/60000|kernel/(lenet/60000|resnet18/512)|gram_in_full/lenet/2048|budget/resnet18/1000|gram/resnet18/(480|992)|scaling/samples/(lenet/(16384|32768)|mlp/32768)'
fi
python3 benchmarks/report.py build/measured
