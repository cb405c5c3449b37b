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

# start COLUMNS SECONDS: the program works in a terminal of this width.
start() {
    tmux kill-session -t work 2>/dev/null || true
    tmux new-session -d -s work -x "$1" -y 10 "'$program' --seconds $2 --threads 1 --out '$folder/out'; sleep 9"
    sleep 1.3
    tmux capture-pane -p -t work >"$folder/screen"
}

tmux new-session -d -s keeper "sleep 60"

for columns in 20 40 80 200; do
    start "$columns" 2
    head -1 "$folder/screen"
    [ "$(lines)" = 1 ] || fail "more than one line at $columns columns"
    grep -q "^a work of.* [0-9]* %" "$folder/screen" || fail "no percentage at $columns columns"
done

# Narrower while it works: from then on the line fits, and lines do not pile up.
start 100 4
tmux resize-window -t work -x 30
sleep 1
tmux capture-pane -p -t work >"$folder/screen"
cat "$folder/screen"
grep . "$folder/screen" | tail -1 | grep -q "^a work of some length.*  *[0-9]* %$" || fail "the line does not follow"
before=$(lines)
sleep 1
tmux capture-pane -p -t work >"$folder/screen"
[ "$(lines)" = "$before" ] || fail "lines pile up"
echo passed
