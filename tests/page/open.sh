#!/bin/sh
# Inspects a small set with hostile names, and clicks through the report in headless Chromium.
#     open.sh CHROMIUM INSPECT MAKE_SET
set -u
browser=$1 inspect=$2 make_set=$3
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

folder="$scratch/<b>hostile & set"
mkdir "$folder"
"$make_set" "$folder" || fail "no set"
"$inspect" --data "$folder" --names "$folder/names.txt" --network mlp --epochs 6 --out "$scratch/out" || fail "inspect"
for file in report.html suspects.csv duplicates.csv redundant.csv kept.npy summary.json network.safetensors; do
    [ -s "$scratch/out/$file" ] || fail "$file is not there"
done
if grep -E 'https?://|(src|href)="[^#]' "$scratch/out/report.html"; then fail "the page asks for something outside"; fi

page="$scratch/page.html"
{ cat "$scratch/out/report.html"; echo '<script>'; cat "$here/clicks.js"; echo '</script>'; } >"$page"
for width in 500 1300; do
    timeout 60 "$browser" --headless=new --no-sandbox --disable-gpu --user-data-dir="$scratch/profile" \
        --window-size=$width,900 --virtual-time-budget=10000 --enable-logging=stderr --dump-dom "file://$page" \
        >"$scratch/dom" 2>"$scratch/log" || fail "the browser: $(tail -3 "$scratch/log")"
    if grep CONSOLE "$scratch/log"; then fail "the console is not empty"; fi
    sed -n 's|.*<pre id="told">\(.*\)</pre>.*|\1|p' "$scratch/dom" >"$scratch/told"
    grep -qx 'clicked through' "$scratch/told" || fail "$width pixels wide: $(cat "$scratch/told")"
done
echo "passed"
