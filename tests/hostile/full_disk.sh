#!/bin/sh
# A disk that fills up while a file is written: the error says so and what was there stays.   full_disk.sh PROGRAM
# PROGRAM is tests/hostile/files.cpp. Needs root, to mount a disk of a few KiB for itself alone; otherwise skipped (77).
set -eu
. "$(dirname "$0")/own_disk.sh"
cd "$folder"

fail() { echo "FAILED: $*"; exit 1; }

# Writing 501 numbers, 4,136 bytes, to a disk where one page is free.
must_be_full() {
    code=0
    message=$("$program" write "$PWD/file.npy" 501) || code=$?
    echo "$message"
    [ "$code" = 2 ] || fail "exit code $code"
    case $message in *"file.npy: cannot be written: the disk is full") ;; *) fail "the message" ;; esac
}

mount -t tmpfs -o size=4k none . && cd "$folder"
must_be_full
[ -z "$(ls -A)" ] || fail "files are left: $(ls -A)"

mount -t tmpfs -o size=8k none . && cd "$folder"
"$program" write "$PWD/file.npy" 10
before=$(cksum <file.npy)
must_be_full
[ "$(ls -A)" = file.npy ] || fail "files are left: $(ls -A)"
[ "$(cksum <file.npy)" = "$before" ] || fail "the older file has changed"

mount -t tmpfs -o size=64k none . && cd "$folder"
"$program" write "$PWD/file.npy" 501
"$program" npy_indices "$PWD/file.npy" || fail "what fits is not whole"
echo passed
