#!/bin/sh
# A rank that is killed ends the run of all with a message, and leaves a file that is resumed.
# kill_rank.sh "MPIEXEC ..." PROGRAM      PROGRAM is examples/mpi/lpntk_gram.cpp
set -eu
mpiexec=$1 program=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
fail() { echo "FAILED: $*"; cat output; exit 1; }
options="--samples 2400 --network mlp --epochs 0 --threads 1 --out ."
# shellcheck disable=SC2086 # words, each one an argument
run() { $mpiexec "$program" $options "$@"; }

run --file whole.npy >output 2>&1 || fail "a run that nobody kills"
kills=0
for pause in 0 0.2 0.5 0.8 1.2; do
    $mpiexec "$program" $options --file kappa.npy --resume >output 2>&1 &
    starter=$!
    rank=
    while kill -0 "$starter" 2>/dev/null && { [ -z "$rank" ] || [ ! -s kappa.npy.journal ]; }; do
        sleep 0.02
        rank=$(pgrep -P "$starter" | head -1) || true
    done
    sleep "$pause"
    [ -z "$rank" ] || kill -9 "$rank" 2>/dev/null || true
    if wait "$starter"; then break; fi
    kills=$((kills + 1))
    grep -q "signal 9" output || fail "no message that a rank was killed"
    [ ! -e kappa.npy ] || fail "an unfinished file has the name"
done
echo "$kills runs killed"
[ "$kills" -gt 0 ] || fail "every run was faster than its killer"
[ -e kappa.npy ] || run --file kappa.npy --resume >output 2>&1 || fail "it does not go on"
cmp whole.npy kappa.npy || fail "other bits"
echo passed
