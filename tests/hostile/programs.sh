#!/bin/sh
# The example programs under hostile circumstances.   programs.sh PROGRAM
# PROGRAM is tests/hostile/program.cpp, which shares with the examples all but what they compute.
set -u
program=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
has_gnuplot=$(command -v gnuplot >/dev/null && echo yes)

fail() { echo "FAILED: $*"; echo "--- stdout"; cat stdout; echo "--- stderr"; cat stderr; exit 1; }

# ends CODE COMMAND ...: the command ends with this code, its output is in stdout and stderr.
ends() {
    echo "== $*"
    expected=$1; shift
    rm -rf out; code=0
    "$@" >stdout 2>stderr || code=$?
    [ "$code" = "$expected" ] || fail "exit code $code, not $expected"
}
says() { grep -qF -- "$1" stderr || fail "stderr does not say: $1"; }
prints() { grep -qF -- "$1" stdout || fail "stdout does not say: $1"; }
there() { for file in "$@"; do [ -s "out/$file" ] || fail "out/$file is not there"; done; }
alone() { [ "$(ls -A out | tr '\n' ' ')" = "$1 " ] || fail "in out: $(ls -A out)"; }

numbers_are_there() { prints "written to out: table.csv, summary.json"; there table.csv summary.json; }

# Nothing wrong, and a temporary folder that does not exist.
for folder in /tmp "$scratch/nothing"; do
    ends 0 env TMPDIR="$folder" "$program" --out out
    numbers_are_there
    if [ -n "$has_gnuplot" ]; then
        alone "heat.png summary.json table.csv"
        prints "drawn in out: heat.png"
    fi
done

# Without gnuplot, and with one that fails: numbers, and no word of pictures that are not there.
mkdir bin
ends 0 env PATH="$scratch/bin" "$program" --out out
numbers_are_there
says "gnuplot is not installed: pictures are skipped"
if grep -q drawn stdout; then fail "a picture is claimed"; fi
printf '#!/bin/sh\n[ "$2" = --version ] || kill -SEGV $$\n' >bin/gnuplot
chmod +x bin/gnuplot
ends 0 env PATH="$scratch/bin:$PATH" "$program" --out out
numbers_are_there
says "out/heat.png is skipped: gnuplot fails: it was ended by Segmentation fault"
if grep -q drawn stdout; then fail "a picture is claimed"; fi

# Standard output that takes nothing.
if [ -c /dev/full ]; then
    ends 1 sh -c '"$1" --out out >/dev/full' sh "$program"
    says "standard output: what was printed is lost: No space left on device"
    there table.csv summary.json
    ends 1 sh -c '"$1" --help >/dev/full' sh "$program"
fi
ends 1 sh -c '"$1" --out out >&-' sh "$program"
says "standard output: what was printed is lost"
there table.csv summary.json
if grep -q "items ran" out/*; then fail "what was printed went into a file"; fi

# Options that cannot be meant.
ends 2 "$program" --seconds nan --out out
says "--seconds: 'nan' is not a number in 0..60"
[ ! -e out ] || fail "out was made"
ends 2 "$program" --out ''
says "--out: names no folder"
echo text >file
ends 1 "$program" --out file
says "file: this folder cannot be made"
ends 1 "$program" --data file --out out
says "program: --data file: is not a folder"
ends 1 "$program" --data nothing --out out
says "program: --data nothing: there is no such folder"
[ ! -e out ] || fail "out was left"

# As somebody who may not read or write everything.
mkdir -m 0 closed
mkdir -m 777 open
as_nobody=
[ "$(id -u)" != 0 ] || as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
if chmod 755 "$scratch" && $as_nobody "$program" --help >/dev/null 2>&1; then
    ends 1 $as_nobody "$program" --data closed --out open/out
    says "program: --data closed: cannot be read: Permission denied"
    ends 1 $as_nobody "$program" --data closed/deeper --out open/out
    says "program: --data closed/deeper: cannot be read: Permission denied"
    ends 1 $as_nobody "$program" --out closed/out
    says "closed/out: this folder cannot be made: Permission denied"
else
    echo "not tried: folders that may not be read"
fi

# More threads than can be had, and hardly a stack.
ends 0 sh -c 'ulimit -v 1000000 && "$1" --threads 1024 --out out' sh "$program"
numbers_are_there
says "program: --threads 1024: no more than"
prints "20 samples, 200 items ran"
ends 0 sh -c 'ulimit -v 300000 && "$1" --threads 1024 --out out' sh "$program"
prints "20 samples, 200 items ran"
for try in 1 2 3 4 5 6 7 8 9 10; do   # how much of so small a stack is free is random
    ends 1 env -i sh -c 'ulimit -s 16 && "$1" --out out' sh "$program"
    says "program: ulimit -s: KiB of stack is 16, must be >= 256"
done
for threads in 1 2 16; do
    ends 0 sh -c 'ulimit -s 256 && "$1" --threads "$2" --out out' sh "$program" "$threads"
    numbers_are_there
done
echo passed
