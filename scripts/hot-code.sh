#!/usr/bin/env bash
# Writes link/recorder.ld anew: which functions a recorder runs, for the linker to put them side by side.
# It runs the release build under valgrind for some minutes, so that what comes once a minute is seen too.
# Usage: scripts/hot-code.sh [SAMPLES]      (150 unless told)
# SYSRAY names the program, which has to have its symbols.
set -euo pipefail
cd "$(dirname "$0")/.."

samples=${1:-150}
sysray=$(realpath -m "${SYSRAY:-target/release/sysray}")
[ -x "$sysray" ] || { echo "there is no $sysray: cargo build --release first, or name one in SYSRAY" >&2; exit 1; }
command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without line tables, which valgrind would read for longer than the program runs.
objcopy --strip-debug "$sysray" "$work/sysray"
nm --print-size "$work/sysray" >"$work/symbols"
valgrind --tool=callgrind --callgrind-out-file="$work/calls.%p" --demangle=no --compress-strings=no \
    "$work/sysray" record --budget none --count "$samples" --store "$work/store" 2>"$work/valgrind.log" ||
    { tail -n 20 "$work/valgrind.log" >&2; exit 1; }
python3 - "$samples" "$work/symbols" "$work"/calls.* >"$work/recorder.ld" <<'PYTHON'
import collections
import re
import sys

# Functions of one name and many types bring those with them that never ran. So many bytes of them may come from
# anywhere, and so many from our own code; else the name is left out.
STRANGERS_BYTES, OWN_STRANGERS_BYTES = 200_000, 1_000_000


def pattern(symbol):
    """A name without what changes with each compiler and version."""
    symbol = re.sub(r"\.llvm\.[0-9]+$", ".llvm.*", re.sub(r"17h[0-9a-f]{16}E.*$", "17h*", symbol))
    return re.sub(r"Cs[0-9A-Za-z]+_", "Cs*_", symbol) if symbol.startswith("_R") else symbol


samples = int(sys.argv[1])
calls, ran, called = collections.Counter(), set(), None
for line in (line for path in sys.argv[3:] for line in open(path)):
    kind, _, rest = line.partition("=")
    if kind in ("fn", "cfn"):
        called = rest.split("'")[0].strip()
        ran.add(called)
    elif kind == "calls":
        calls[called] += int(rest.split()[0])

everywhere, hot, number = collections.Counter(), collections.Counter(), collections.Counter()
for words in (line.split() for line in open(sys.argv[2])):
    if len(words) == 4 and words[2] in "tT":
        name, size = pattern(words[3]), int(words[1], 16)
        everywhere[name] += size
        if words[3] in ran:
            hot[name] += size
            number[name] += calls[words[3]]

strangers = {name: everywhere[name] - hot[name] for name in hot}
anywhere = {name for name in hot if strangers[name] <= STRANGERS_BYTES}
own = {name for name in hot if STRANGERS_BYTES < strangers[name] <= OWN_STRANGERS_BYTES}
often = {name for name in hot if number[name] >= samples / 2}
print("/* What a recorder runs lies side by side: to touch one function maps 64 KiB around it, and between those")
print("   of the desk each would bring its own. A function that is missing here, or is no more, does no harm.")
print("   Made by scripts/hot-code.sh, which says how. */")
print("SECTIONS")
print("{")
print("  .text.recorder :")
print("  {")
for files, names in (
    ("*", anywhere & often),
    ("*.sysray.*.rcgu.o", own & often),
    ("*.sysray.*.rcgu.o", own - often),
    ("*", anywhere - often),
):
    print(f"    {files}(")
    # What the compiler takes for cold (growing a vector, say) it keeps in sections of their own, and it runs all the same.
    for name in sorted(names):
        print(f"      .text.{name} .text.unlikely.{name}")
    print("    )")
print("  }")
print("}")
print("INSERT BEFORE .text;")
PYTHON
mv "$work/recorder.ld" link/recorder.ld
echo "link/recorder.ld names $(grep -c '^      ' link/recorder.ld) functions" >&2
