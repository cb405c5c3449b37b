#!/bin/sh
# The progress bar stays on one line of its terminal, also when that changes its width.   terminal_width.sh PROGRAM
# PROGRAM is tests/hostile/program.cpp. Needs tmux; otherwise skipped (77).
set -eu
program=$1
if ! command -v tmux >/dev/null; then echo "skipped: no tmux"; exit 77; fi
folder=$(mktemp -d)
tmux() { command tmux -S "$folder/socket" -f /dev/null "$@"; }   # a server of its own
trap 'tmux kill-server 2>/dev/null || true; rm -rf "$folder"' EXIT

fail() { echo "FAILED: $*"; cat "$folder/screen"; exit 1; }
lines() { grep -c . "$folder/screen"; }

# appears PATTERN: sooner or later a line like this stands on the screen.
appears() {
    for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        sleep 0.4
        tmux capture-pane -p -t work >"$folder/screen"
        if grep -q "$1" "$folder/screen"; then return; fi
    done
    fail "no line like $1"
}

# start COLUMNS: the program works in a terminal of this width.
start() {
    tmux kill-session -t work 2>/dev/null || true
    tmux new-session -d -s work -x "$1" -y 10 "'$program' --seconds 20 --threads 1 --out '$folder/out'; sleep 9"
}

tmux new-session -d -s keeper "sleep 300"
for columns in 20 40 80 200; do
    start "$columns"
    appears "^a work of.* [1-9][0-9] %"   # by now the time left is told
    head -1 "$folder/screen"
    [ "$(lines)" = 1 ] || fail "more than one line at $columns columns"
done

# Narrower while it works: from then on the line fits, and lines do not pile up.
start 100
appears "named at length \[.*%"
tmux resize-window -t work -x 30
appears "^a work of some length,\\. .*%$"
cat "$folder/screen"
before=$(lines)
sleep 1
appears "^a work of some length,\\. .*%$"
[ "$(lines)" = "$before" ] || fail "lines pile up"
echo passed
