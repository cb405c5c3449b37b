#!/bin/sh
# Files that claim more than memory holds, read with 400 MB of it: a file_error (2) when the file cannot hold that much,
# a memory_error (3) when it does (files with holes take no disk); what fits once is read (0).   huge_claims.sh PROGRAM
# PROGRAM is tests/hostile/files.cpp. Skipped (77) where the limit cannot be set or the program does not start under it.
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
truncate -s 1T probe 2>/dev/null || { echo "skipped: no files with holes"; exit 77; }
"$program" write "$PWD/good.npy" 10

limited() { (ulimit -v 400000 && "$program" "$@"); }
limited npy_indices "$PWD/good.npy" 2>/dev/null || { echo "skipped: not under a limit of memory"; exit 77; }

failures=0
expect() {   # code, KIND, file
    code=0
    message=$(limited "$2" "$PWD/$3") || code=$?
    echo "$code $2: $message"
    [ "$code" = "$1" ] || { echo "FAILED: expected $1"; failures=$((failures + 1)); }
}

npy() {   # type, order, shape, bytes of the whole file
    printf '\223NUMPY\001\000v\000%-117s\n' "{'descr': '$1', 'fortran_order': $2, 'shape': $3, }" >file.npy
    [ "$4" = 128 ] || truncate -s "$4" file.npy
}
for order in False True; do
    npy '<f4' $order '(1000000000, 1000000)' 128
    expect 2 npy_matrix file.npy
    npy '<f4' $order '(1000000, 100000)' 400000000128
    expect 3 npy_matrix file.npy
done
for order in False True; do   # 240 MB of numbers fit once, not twice
    npy '<f4' $order '(5000, 12000)' 240000128
    expect 0 npy_matrix file.npy
done
npy '<f8' False '(100000000000,)' 128
expect 2 npy_vector file.npy
npy '<f8' False '(100000000000,)' 800000000128
expect 3 npy_vector file.npy
npy '|i1' False '(800000000000,)' 128
expect 2 npy_labels file.npy
npy '|i1' False '(800000000000,)' 800000000128
expect 3 npy_labels file.npy
expect 3 npy_indices file.npy

printf '\0\0\010\003\0\0\0\144\377\377\377\377\377\377\377\377' >images   # 2^32 - 1 pixels each way
expect 2 idx_images images
printf '\0\0\010\003\0\0\0\144\0\0\377\377\0\0\377\377' >images   # 100 images of 65535 x 65535 pixels
expect 2 idx_images images
truncate -s $((16 + 100 * 65535 * 65535)) images
expect 3 idx_images images
printf '\0\0\010\001\377\377\377\377' >labels   # 2^32 - 1 of them
expect 2 idx_labels labels
truncate -s $((8 + 4294967295)) labels
expect 3 idx_labels labels

mkdir mnist   # 100 MB of pixels are read, 400 MB of float are too many
printf '\0\0\010\003\0\0\0\144\0\0\003\350\0\0\003\350' >mnist/train-images-idx3-ubyte
truncate -s $((16 + 100 * 1000 * 1000)) mnist/train-images-idx3-ubyte
printf '\0\0\010\001\0\0\0\144' >mnist/train-labels-idx1-ubyte
truncate -s 108 mnist/train-labels-idx1-ubyte
expect 3 mnist mnist

mkdir cifar10
truncate -s $((3073 * 100000000)) cifar10/test_batch.bin
expect 3 cifar10 cifar10

# 300 MB of zeros packed to 300 KB, which the readers do not unpack unless they are told to.
printf '\0\0\010\003\0\0\001\054\0\0\003\350\0\0\003\350' >bomb
truncate -s $((16 + 300 * 1000 * 1000)) bomb
gzip -1 bomb
expect 2 idx_images bomb.gz
[ "$failures" = 0 ] && echo passed
