#!/usr/bin/env bash
# tests/app/run.sh APP FOLDER: one picture of each lesson by the desktop app, in a window of a virtual
# display; light and dark, wide and narrow. A picture counts when it has the right size and is not
# blank. Prints a line for each and ends "N passed, M failed".
set -uo pipefail
app=$1
folder=$2
mkdir -p "$folder"
passed=0 failed=0

# check NAME WIDTH HEIGHT OPTIONS...
check() {
    local name=$1 width=$2 height=$3 file=$folder/app-$1-$2.png said
    shift 3
    rm -f "$file"
    if ! said=$(LIBGL_ALWAYS_SOFTWARE=1 timeout 60 xvfb-run -a -s '-screen 0 1600x1200x24' \
        "$app" --size "${width}x$height" --screenshot "$file" "$@" 2>&1); then
        echo "FAILED $name $width: $said"
    elif said=$(python3 - "$file" "$width" "$height" 2>&1 <<'PYTHON'
import struct, sys, zlib

path, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
data = open(path, "rb").read()
assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG file"
assert struct.unpack(">II", data[16:24]) == (width, height), "not of the window's size"
chunks, at = b"", 8
while at < len(data):
    size, kind = struct.unpack(">I4s", data[at : at + 8])
    chunks += data[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
    at += 12 + size
rows = zlib.decompress(chunks)
# Filtered rows of a blank picture are all alike; text, curves and buttons make many kinds.
stride = 1 + 3 * width
kinds = len({rows[y * stride : (y + 1) * stride] for y in range(height)})
assert kinds > height // 3, f"only {kinds} different rows of {height}"
print(kinds, "different rows")
PYTHON
    ); then
        echo "ok     $name $width: $said"
        passed=$((passed + 1))
        return
    else
        echo "FAILED $name $width: ${said##*$'\n'}"
    fi
    failed=$((failed + 1))
}

# refuses STATUS EXPECTED OPTIONS...: what cannot be done ends with this status and says why: 2 for
# wrong use, 1 for a file that is none.
refuses() {
    local wanted=$1 expected=$2 said status
    shift 2
    said=$("$app" "$@" 2>&1)
    status=$?
    if ((status == wanted)) && [[ $said == *"$expected"* ]]; then
        echo "ok     refuses $*"
        passed=$((passed + 1))
    else
        echo "FAILED refuses $*: status $status, $said"
        failed=$((failed + 1))
    fi
}

check guess-the-line 1440 900 --lesson guess-the-line --set w=2 --set b=1
check gradient-descent 1440 900 --lesson gradient-descent --do step:8 --theme dark
check gradient-descent 390 844 --lesson gradient-descent --set landscape=bowl --do step:5
check one-neuron 1024 768 --lesson one-neuron --do step:200
check neurons-and-layers 1440 900 --lesson neurons-and-layers --set data=circle --do step:60
check neurons-and-layers 390 844 --lesson neurons-and-layers --set data=three-spirals --theme dark
check hello-sine 1440 900 --lesson hello-sine --do step:100 --do quantize
check judging-a-classifier 1440 900 --lesson judging-a-classifier --set classifier=detector --do step:3
check judging-a-classifier 390 844 --lesson judging-a-classifier --theme dark
check counting-cost 1440 900 --lesson counting-cost --set numbers=int8
check counting-cost 390 844 --lesson counting-cost --set kind=dense --theme dark
check arena 1440 900 --lesson arena --set model=resnet --do step:9
check arena 390 844 --lesson arena --set model=puzzle --set planner=by-hand --theme dark
printf '%s' '{"format": "whittle-progress", "version": 1, "lessons": {"one-neuron":
    {"prediction": 1, "goals": ["trained"], "link": "do=step:500"}}}' >"$folder/progress.json"
printf '{"format": "whittle-progress"' >"$folder/half.json"
check imported-progress 1440 900 --lesson one-neuron --import "$folder/progress.json"
refuses 1 'half.json' --import "$folder/half.json" --screenshot "$folder/none.png"
refuses 1 'none.json' --import "$folder/none.json" --screenshot "$folder/none.png"
refuses 2 'WIDTHxHEIGHT' --size huge
refuses 2 'option' --nonsense
refuses 2 'light or dark' --theme blue
rm -f "$folder/progress.json" "$folder/half.json"

echo "$passed passed, $failed failed"
((failed == 0))
