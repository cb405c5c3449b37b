#!/bin/sh
# A disk that has room for the numbers, but not for the picture.   full_disk_drawing.sh PROGRAM
# PROGRAM is tests/hostile/program.cpp. Needs gnuplot, and root to mount a small disk for itself alone; otherwise skipped (77).
set -eu
program=$1
if [ $# = 1 ]; then
    if ! command -v gnuplot >/dev/null || [ "$(id -u)" != 0 ] || ! unshare --mount mount -t tmpfs none /mnt 2>/dev/null; then
        echo "skipped: no gnuplot, or no right to mount a disk"
        exit 77
    fi
    folder=$(mktemp -d)
    trap 'rmdir "$folder"' EXIT
    unshare --mount sh "$0" "$program" "$folder"
    exit
fi

fail() { echo "FAILED: $*"; exit 1; }

# Room for the picture's data is 352 KiB, for the picture with it 700 KiB.
for room in 40k 380k; do
    mount -t tmpfs -o "size=$room" none "$2"
    code=0
    said=$("$program" --out "$2/out" 2>&1) || code=$?
    echo "$said"
    [ "$code" = 1 ] || fail "exit code $code"
    case $said in *"written to $2/out: table.csv, summary.json"*) ;; *) fail "the numbers are not told" ;; esac
    case $said in *"drawn in"*) fail "a picture is claimed" ;; esac
    case $said in *"heat.png cannot be drawn: "*"No space left on device"*) ;;
        *"heat.png cannot be drawn: "*"gnuplot could not write the whole picture; on the disk"*) ;;
        *) fail "the message" ;;
    esac
    [ "$(cd "$2/out" && echo * .p*)" = "summary.json table.csv .p*" ] || fail "in the folder: $(ls -A "$2/out")"
    umount "$2"
done
echo passed
