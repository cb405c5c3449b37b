#!/bin/sh
# A disk that has room for the numbers, but not for the picture.   full_disk_drawing.sh PROGRAM
# PROGRAM is tests/hostile/program.cpp. Needs gnuplot, and root to mount a small disk for itself alone; otherwise skipped (77).
set -eu
command -v gnuplot >/dev/null || { echo "skipped: there is no gnuplot"; exit 77; }
. "$(dirname "$0")/own_disk.sh"

fail() { echo "FAILED: $*"; exit 1; }

# Room for the picture's data is 352 KiB, for the picture with it 700 KiB.
for room in 40k 380k; do
    mount -t tmpfs -o "size=$room" none "$folder"
    code=0
    said=$("$program" --out "$folder/out" 2>&1) || code=$?
    echo "$said"
    [ "$code" = 1 ] || fail "exit code $code"
    case $said in *"written to $folder/out: table.csv, summary.json"*) ;; *) fail "the numbers are not told" ;; esac
    case $said in *"drawn in"*) fail "a picture is claimed" ;; esac
    case $said in *"heat.png cannot be drawn: "*"No space left on device"*) ;;
        *"heat.png cannot be drawn: "*"gnuplot could not write the whole picture; on the disk"*) ;;
        *) fail "the message" ;;
    esac
    [ "$(cd "$folder/out" && echo * .p*)" = "summary.json table.csv .p*" ] || fail "in the folder: $(ls -A "$folder/out")"
    umount "$folder"
done
echo passed
