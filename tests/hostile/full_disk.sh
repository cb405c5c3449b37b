#!/bin/sh
# A disk that fills up while a file is written: the error says so and what was there stays.   full_disk.sh PROGRAM
# PROGRAM is tests/hostile/files.cpp. Needs root, to mount a disk of a few KiB for itself alone; otherwise skipped (77).
set -eu
program=$1
if [ $# = 1 ]; then
    if [ "$(id -u)" != 0 ] || ! unshare --mount sh -c 'mount -t tmpfs none /mnt' 2>/dev/null; then
        echo "skipped: no right to mount a disk"
        exit 77
    fi
    folder=$(mktemp -d)
    trap 'rmdir "$folder"' EXIT
    unshare --mount sh "$0" "$program" "$folder"
    exit
fi
cd "$2"

fail() { echo "FAILED: $*"; exit 1; }

# Writing 501 numbers, 4,136 bytes, to a disk where one page is free.
must_be_full() {
    code=0
    message=$("$program" write "$PWD/file.npy" 501) || code=$?
    echo "$message"
    [ "$code" = 2 ] || fail "exit code $code"
    case $message in *"file.npy: cannot be written: the disk is full") ;; *) fail "the message" ;; esac
}

mount -t tmpfs -o size=4k none . && cd "$2"
must_be_full
[ -z "$(ls -A)" ] || fail "files are left: $(ls -A)"

mount -t tmpfs -o size=8k none . && cd "$2"
"$program" write "$PWD/file.npy" 10
before=$(cksum <file.npy)
must_be_full
[ "$(ls -A)" = file.npy ] || fail "files are left: $(ls -A)"
[ "$(cksum <file.npy)" = "$before" ] || fail "the older file has changed"

mount -t tmpfs -o size=64k none . && cd "$2"
"$program" write "$PWD/file.npy" 501
"$program" npy_indices "$PWD/file.npy" || fail "what fits is not whole"
echo passed
