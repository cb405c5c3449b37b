#!/bin/sh
# A disk that fills up while a Gram is written: the error says so, and with room made the run goes on.
# full_disk_gram.sh PROGRAM     PROGRAM is tests/hostile/gram.cpp. Needs root, to mount a disk; otherwise skipped (77).
set -eu
. "$(dirname "$0")/own_disk.sh"

fail() { echo "FAILED: $*"; exit 1; }

# must_be_full MESSAGE
must_be_full() {
    code=0
    message=$("$program" write "$PWD/kappa.npy" "$PWD/filler") || code=$?
    echo "$message"
    [ "$code" = 2 ] || fail "exit code $code"
    case $message in *"$1"*) ;; *) fail "the message" ;; esac
    [ ! -e kappa.npy ] || fail "an unfinished file has the name"
}

# Too small from the start: known before anything is computed, nothing is left.
mount -t tmpfs -o size=500k none "$folder" && cd "$folder"
must_be_full "kappa.npy: cannot be written: the disk is full; it takes 3240128 bytes"
[ -z "$(ls -A)" ] || fail "files are left: $(ls -A)"

# Full while tiles are recorded.
mount -o remount,size=3300k "$folder"
must_be_full "the disk is full"
[ -e kappa.npy.part ] && [ -e kappa.npy.journal ] || fail "what was done is gone: $(ls -A)"
rm filler
"$program" write "$PWD/kappa.npy" "" || fail "it does not go on"
[ "$(ls -A)" = kappa.npy ] || fail "files are left: $(ls -A)"
echo passed
